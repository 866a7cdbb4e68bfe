"""Differences between two versions of a process."""

from __future__ import annotations

import pytest

from alur.furnish import SHIPPED
from tests.lifecycle_kit import FOLDER, texts
from workflow.definition.diff import Change, Diff, diff
from workflow.definition.diff_words import sentences
from workflow.definition.reader import load_process, parse_process, read_process


def between(*changes: tuple[str, str], name: str = "process.yaml") -> Diff:
    """From AK-1 to a variant of it."""
    return diff(parse_process(texts()), parse_process(texts(*changes, name=name)))


def english(found: Diff) -> list[str]:
    """The sentences."""
    return [words["en"] for words in sentences(found)]


@pytest.mark.parametrize("process", SHIPPED)
def test_a_process_does_not_differ_from_itself(process: str) -> None:
    """Read from files or from the database, it is the same."""
    spec = read_process(FOLDER.parent / process)
    found = diff(spec, load_process(spec.body))
    assert (found.changes, found.renames) == ((), ())
    assert sentences(found) == ()


def test_a_changed_promise_tells_from_what_to_what() -> None:
    """The clock, its target, both values."""
    found = between(("target: PT24H", "target: PT48H"))
    assert found.changes == (
        Change(part="clocks", name="service", kind="changed", field="target", before="PT24H", after="PT48H"),
    )
    assert english(found) == ["The clock “service”: target changed from “PT24H” to “PT48H”."]
    assert sentences(found)[0]["id"] == "Jam layanan “service”: target berubah dari “PT24H” menjadi “PT48H”."


def test_a_condition_and_its_sentence_are_told() -> None:
    """Guards are compared as they are written."""
    [change] = between(('if: "documents.complete"', 'if: "documents.complete && checklist.complete"')).changes
    assert (change.part, change.name, change.field) == ("transitions", "approve", "when")


@pytest.mark.parametrize(
    ("old", "new", "part", "name", "field"),
    [
        ("max_size: 2MB\n    ratio", "max_size: 3MB\n    ratio", "documents", "photo", "max_size"),
        ("limit: 1,", "limit: 2,", "holds", "holder", "limit"),
        ("{after: P7D, notify", "{after: P5D, notify", "timers", "correction/0", "after"),
        ("lease: PT30M", "lease: PT45M", "states", "verifying", "task"),
        (
            "run: sign_card\n    with: {level: B-LT}",
            "run: sign_card\n    with: {level: B-T}",
            "transitions",
            "sign",
            "run_with",
        ),
        ('id: "Disetujui"', 'id: "Sudah disetujui"', "states", "approved", "title"),
        ("calendar: disnaker ", "calendar: kantor ", "process", "", "calendar"),
    ],
)
def test_every_part_tells_its_changes(old: str, new: str, part: str, name: str, field: str) -> None:
    """Where it stands and what of it changed, and nothing else."""
    [change] = between((old, new)).changes
    assert (change.part, change.name, change.kind, change.field) == (part, name, "changed", field)


def test_forms_notices_and_the_standard_are_compared_too() -> None:
    """Texts in the files beside the process."""
    assert {c.part for c in between(('fee: {id: "GRATIS', 'fee: {id: "BEBAS'), name="standard.yaml").changes} == {
        "standard"
    }
    [change] = between(("Jenis permohonan", "Macam permohonan"), name="form.yaml").changes
    assert (change.part, change.name, change.field) == ("fields", "kind", "title")


def test_a_renamed_state_is_proposed_and_what_follows_it_is_no_change() -> None:
    """Its title and moves are the same, so only the name is told; nothing is added or removed."""
    text = texts()["process.yaml"].replace("approved", "agreed")
    found = diff(parse_process(texts()), parse_process({**texts(), "process.yaml": text}))
    assert found.renamed("states") == {"approved": "agreed"}
    assert found.changes == ()
    [words] = english(found)
    assert words.startswith("The state “approved” may have been renamed to “agreed” (likeness ")


def test_what_is_not_alike_is_added_and_removed() -> None:
    """A hold that goes, a notice timer that comes."""
    found = between(
        ("      - {after: P23M, notify: [applicant], notice: expiring}\n", ""),
        (
            "      - {after: P7D, notify: [applicant], notice: reminder}\n      - {after: P14D, fire: lapse}",
            "      - {after: P14D, fire: lapse}",
        ),
    )
    kinds = {(c.part, c.name, c.kind) for c in found.changes}
    assert ("timers", "issued/2", "removed") in kinds
    assert ("timers", "correction/1", "removed") in kinds


def test_the_order_of_transitions_is_a_change() -> None:
    """Rule 6: of several system moves the first that holds wins."""
    text = texts()["process.yaml"]
    start, end = text.index("  reject:\n"), text.index("  sign:\n")
    moved = text[:start] + text[end:] + text[start:end]
    found = diff(parse_process(texts()), parse_process({**texts(), "process.yaml": moved}))
    [change] = found.changes
    assert (change.part, change.field, change.after[-1]) == ("transitions", "order", "reject")
    assert english(found)[0].startswith("The order of the transitions changed to “begin, return,")


def test_inputs_and_sections_tell_their_order() -> None:
    """What people are asked first is a change."""
    [change] = between(("      reason: text\n      fields: list\n", "      fields: list\n      reason: text\n")).changes
    assert (change.name, change.field, change.after) == ("return", "inputs", ["fields", "reason", "cause"])


def test_what_is_only_written_differently_is_told_so() -> None:
    """Another hash, the same meaning."""
    found = between(("from: [submitted, verifying, correction]", "from: [submitted, verifying, correction]"))
    assert sentences(found) == ()
    found = between(("    from: verifying\n    to: approved", "    from: [verifying]\n    to: approved"))
    assert found.changes == ()
    assert english(found) == ["The meaning is the same; only the way it is written differs."]
