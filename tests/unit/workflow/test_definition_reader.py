"""From files to a process."""

import contextlib
import copy
import functools
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.canonical import canonical, digest
from workflow.definition.errors import DefinitionError
from workflow.definition.process import Process
from workflow.definition.reader import load_process, parse_process, read_process
from workflow.definition.yaml import load
from workflow.steps import STEPS

ROOT = Path(__file__).parents[3]
DEFINITIONS = ROOT / "definitions"
EXAMPLES = ROOT / "tests" / "definitions"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}


AK1 = texts(DEFINITIONS / "ak1-online")
BASE = texts(EXAMPLES / "base")
BAD = sorted((EXAMPLES / "bad").glob("*.yaml"))

YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


def documented() -> list[str]:
    """Every YAML block of the documentation that is a process, and the example of the format."""
    pages = (page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").rglob("*.md")))
    blocks = [block for page in pages for block in YAML_BLOCK.findall(page) if block.startswith("process:")]
    return [*blocks, (EXAMPLES / "format" / "process.yaml").read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def ak1() -> Process:
    return read_process(DEFINITIONS / "ak1-online")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_broken_definition_is_told_at_its_place(path):
    """Each file names, in its first lines, what is wrong with it and where; exactly that is told."""
    text = path.read_text(encoding="utf-8")
    file = re.search(r"^# file: (\S+)$", text, re.MULTILINE)[1]
    expected = re.findall(r"^# expect: (\w+) (\d+):(\d+)$", text, re.MULTILINE)
    with pytest.raises(DefinitionError) as caught:
        parse_process({**BASE, file: text})
    told = [(p.code, str(p.line), str(p.column)) for p in caught.value.problems]
    assert told == expected
    assert expected
    assert {p.file for p in caught.value.problems} == {file}
    assert all(p.message.endswith((".", "?")) for p in caught.value.problems)


def test_the_definition_that_the_broken_ones_come_from_is_sound():
    """Otherwise the broken ones would show nothing."""
    assert parse_process(BASE).name == "market-stall"


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    """A supervisor mends a file in one go."""
    broken = BASE["process.yaml"].replace("max_size: 1MB", "max_size: 1XB").replace("to: closed", "to: closd")
    broken = broken.replace('ratio: "3:4"', 'ratio: "3"')
    with pytest.raises(DefinitionError) as caught:
        parse_process({**BASE, "process.yaml": broken}, folder="somewhere")
    told = [problem.code for problem in caught.value.problems]
    assert told == ["bad_ratio", "bad_size", "unknown_state", "unknown_state"]
    assert str(caught.value).splitlines()[0].startswith("somewhere/process.yaml:13:57: bad_ratio: ")


def test_problems_of_all_files_are_told_together():
    """A broken form does not hide a broken notice."""
    with pytest.raises(DefinitionError) as caught:
        parse_process({**BASE, "form.yaml": "a: 1.5", "notices.yaml": "nearly_due: {}"})
    assert {(p.file, p.code) for p in caught.value.problems} == {
        ("form.yaml", "yaml_number"),
        ("notices.yaml", "missing_key"),
    }


def test_a_folder_without_a_process_is_told(tmp_path):
    """The file that is looked for is named."""
    with pytest.raises(DefinitionError, match=r"process\.yaml: missing_file"):
        read_process(tmp_path)


def test_a_draft_of_another_name_is_read_beside_its_form(tmp_path):
    """A file may be checked before it takes the place of `process.yaml`."""
    for name, text in BASE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    draft = tmp_path / "draft.yaml"
    draft.write_text(BASE["process.yaml"].replace("market-stall\ntitle", "new-stall\ntitle"), encoding="utf-8")
    assert read_process(draft).name == "new-stall"
    draft.write_text("a: 1.5", encoding="utf-8")
    with pytest.raises(DefinitionError, match=rf"^{re.escape(str(draft))}:1:4: yaml_number"):
        read_process(draft)


def test_a_file_that_is_not_text_is_told(tmp_path):
    """A word processor's file is refused in a sentence."""
    (tmp_path / "process.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionError, match="not_utf8"):
        read_process(tmp_path)


@pytest.mark.parametrize("shape", ["[]", "text", "12", "{states: []}", "{states: {a: 1}, transitions: {b: [x]}}"])
def test_data_of_any_shape_is_refused_without_failing(shape):
    """Readers survive what the schema has refused already."""
    for file in ("process.yaml", "form.yaml", "notices.yaml"):
        with pytest.raises(DefinitionError):
            parse_process({**BASE, file: shape})


def places(value, path=()):
    """Every place within plain data."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


PARTS = {name: load(BASE[f"{name}.yaml"], name).data for name in ("process", "form", "notices")}
PLACES = [path for path in places(PARTS) if path]
PLAIN = (
    st.none() | st.booleans() | st.integers(-9, 99) | st.sampled_from(["", "x", "review", "P1D", "data.area > 1", "{"])
)
SHAPES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "en", "role", "kind", "type", "period", "if", "$ref"]), inner, max_size=3
        )
    ),
    max_leaves=4,
)


@given(path=st.sampled_from(PLACES), value=SHAPES)
def test_a_definition_with_anything_anywhere_is_read_or_refused(path, value):
    """Whatever a supervisor writes in any place, the answer is a process or problems, never another error."""
    body = copy.deepcopy(PARTS)
    holder = functools.reduce(lambda part, key: part[key], path[:-1], body)
    holder[path[-1]] = value
    with contextlib.suppress(DefinitionError):
        assert load_process(body).hash


def test_the_shipped_process_is_read(ak1):
    """States, movers, limits and waits of the AK-1 card, as the format gives them."""
    assert ak1.name == "ak1-online"
    assert ak1.initial.name == "submitted"
    assert ak1.party_role().name == "applicant"
    assert ak1.roles["signer"].distinct_from == ("operator",)
    assert ak1.submit_assisted
    assert ak1.states["verifying"].task.lease == timedelta(minutes=30)
    assert ak1.states["verifying"].task.checklist == ("identity", "photo", "diploma")
    assert ak1.states["issued"].timers[1].after.years == 2
    assert ak1.documents["photo"].max_size == 2 * 1024 * 1024
    assert ak1.documents["photo"].ratio == (3, 4)
    assert ak1.documents["old_card"].required_when.variables == {"data.kind"}
    assert ak1.holds["holder"].replaces == "replace"
    assert ak1.clocks["service"].target.time == timedelta(hours=24)
    assert [step.at for step in ak1.clocks["service"].steps] == [75, 100]
    assert ak1.transitions["sign"].run_with == {"level": "B-LT"}
    assert ak1.transitions["withdraw"].sources == ("submitted", "verifying", "correction")
    assert [i.kind for i in ak1.transitions["return"].input] == ["text", "list", "choice"]
    assert ak1.form.search == {"nik"}
    assert ak1.form.statistic == {
        "birth_date": "age_group",
        "kecamatan": "as_is",
        "sex": "as_is",
        "education": "as_is",
    }
    assert set(ak1.form.fields) - ak1.form.personal == {"kind"}
    assert set(ak1.notices) >= {"due_soon", "overdue", "reminder", "report_due", "card_ready", "returned"}


def test_the_shipped_standard_has_its_six_and_eight_components(ak1):
    """LMG14, PLM6, LMG8: structured, free of charge, with its legal basis."""
    assert len(ak1.standard["delivery"]) == 6
    assert len(ak1.standard["management"]) == 8
    assert "GRATIS" in ak1.standard["fee"]["id"]
    assert len(ak1.standard["management"]["legal_basis"]["items"]) >= 2


@pytest.mark.parametrize("block", documented())
def test_every_documented_process_loads(block):
    """The documentation's examples are definitions, not pictures of them."""
    assert parse_process({**AK1, "process.yaml": block}).transitions


def test_the_shipped_process_is_the_documented_one_with_titles(ak1):
    """Apart from texts for people and further notices to them, the two say the same."""
    plain = parse_process({**AK1, "process.yaml": documented()[-1]})
    shared = {name: state.timers[: len(plain.states[name].timers)] for name, state in ak1.states.items()}
    untitled = {name: replace(state, title={}, timers=shared[name]) for name, state in ak1.states.items()}
    assert untitled == {name: replace(state, title={}) for name, state in plain.states.items()}
    further = [t for name, state in ak1.states.items() for t in state.timers[len(shared[name]) :]]
    assert all(t.notify and not t.fire for t in further)
    told = {name: move.then for name, move in plain.transitions.items()}
    assert all(ak1.transitions[name].then == then for name, then in told.items() if then)
    moves = {name: replace(move, title={}, then=told[name]) for name, move in ak1.transitions.items()}
    assert moves == {name: replace(move, title={}) for name, move in plain.transitions.items()}
    assert (ak1.holds, ak1.clocks, ak1.number) == (plain.holds, plain.clocks, plain.number)


def test_a_stored_process_is_the_same_process(ak1):
    """Through canonical JSON, which sorts keys, and back: equal, of the same hash and in the same order."""
    stored = load_process(json.loads(canonical(ak1.body)))
    assert stored == ak1
    assert stored.hash == ak1.hash == digest(ak1.body)
    assert list(stored.transitions) == list(ak1.transitions)
    assert list(stored.states) == list(ak1.states)
    assert stored.form.fields == ak1.form.fields
    assert [i.name for i in stored.transitions["return"].input] == ["reason", "fields", "cause"]


def test_a_stored_process_that_is_broken_is_told_without_lines(ak1):
    """What comes from the database has no lines."""
    body = json.loads(canonical(ak1.body))
    body["process"]["transitions"]["issue"]["to"] = "isued"
    with pytest.raises(DefinitionError, match=r"^process\.yaml: unknown_state: There is no state `isued`"):
        load_process(body)


def test_the_order_of_transitions_changes_the_hash():
    """The first system move that holds wins (rule 6), so another order is another process."""
    text = BASE["process.yaml"].replace("intake_checks}", "intake_checks, when: size(result.warnings) > 0}\n  @")
    text = text.replace("  @", "  ask: {from: received, to: correction, by: system, run: intake_checks}")
    begin, doubt, end = (text.index(f"  {name}:") for name in ("begin", "doubt", "ask"))
    swapped = text[:begin] + text[doubt:end] + text[begin:doubt] + text[end:]
    assert parse_process({**BASE, "process.yaml": swapped}).hash != parse_process({**BASE, "process.yaml": text}).hash


def test_comments_and_scenarios_do_not_change_the_hash():
    """Cases pin what decides about them."""
    commented = "# a remark\n" + BASE["process.yaml"].replace("roles:", "roles:   # who")
    files = {**BASE, "process.yaml": commented, "scenarios.yaml": "- name: x"}
    assert parse_process(files).hash == parse_process(BASE).hash


@pytest.mark.parametrize("file", ["process.yaml", "form.yaml", "notices.yaml", "standard.yaml", "card.yaml"])
def test_the_content_of_every_file_is_in_the_hash(file, ak1):
    """Changing one word of a text is another version."""
    changed = {**AK1, file: AK1[file].replace("id: ", "id:  ", 1)}
    assert parse_process(changed).hash == ak1.hash
    changed = {**AK1, file: re.sub(r'id: "', 'id: "X', AK1[file], count=1)}
    assert parse_process(changed).hash != ak1.hash


def test_a_title_that_is_not_written_is_the_name():
    """A process may be drafted without titles."""
    assert parse_process(BASE).states["waiting"].title == {"id": "Waiting", "en": "Waiting"}


def test_system_moves_that_share_a_step_read_its_result():
    """`result.ok` is known where the transition runs a step that has it."""
    begin = parse_process(BASE).transitions["begin"]
    assert begin.when[0].guard.variables == {"result.ok"}
    assert begin.when[0].otherwise["id"]


def test_a_steps_defaults_complete_what_a_definition_gives():
    """A worker gets every input that has a default."""
    text = BASE["process.yaml"].replace(", with: {level: B-LT}", "")
    assert parse_process({**BASE, "process.yaml": text}).transitions["grant"].run_with == {"level": "B-LT"}


def test_inputs_may_be_choices_or_schemas():
    """Beyond text, list and date."""
    text = BASE["process.yaml"].replace(
        "by: clerk, input: {reason: text}",
        "by: clerk, input: {why: {kind: choice, choices: [a, b]}, n: {type: integer}, d: date}",
    )
    why, number, day = parse_process({**BASE, "process.yaml": text}).transitions["return"].input
    assert (why.kind, why.choices) == ("choice", ("a", "b"))
    assert (number.kind, number.schema) == ("schema", {"type": "integer"})
    assert day.kind == "date"


def test_a_clocks_working_time_may_be_written_three_ways():
    """`P3D working`, a mapping, or `working: true` beside the target."""
    ways = ["target: P3D working", "target: {period: P3D, working: true}", "target: P3D\n    working: true"]
    for way in ways:
        text = BASE["process.yaml"].replace("target: P3D working", way)
        target = parse_process({**BASE, "process.yaml": text}).clocks["promise"].target
        assert (target.days, target.working) == (3, True)


def test_every_declared_step_has_texts_and_known_types():
    """Steps are shown to supervisors, and their results typed for guards."""
    for name, step in STEPS.items():
        assert name == step.name
        assert set(step.title) == set(step.text) == {"id", "en"}
        assert set(step.results.values()) <= {"STRING", "INT", "DOUBLE", "BOOL", "LIST", "TIMESTAMP"}
