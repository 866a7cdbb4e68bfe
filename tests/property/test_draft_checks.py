"""Checking a draft never fails, whatever its authors wrote."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lifecycle_kit import PROCESS, texts
from workflow.definition.diff import diff
from workflow.definition.diff_words import sentences
from workflow.definition.draft import check_files
from workflow.definition.drawing import draw
from workflow.definition.reader import parse_process

FILES = texts()
LINES = FILES["process.yaml"].splitlines(keepends=True)
AS_IT_IS = parse_process(FILES)
places = st.integers(0, len(LINES) - 1)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("drop"), places, places),
        st.tuples(st.just("copy"), places, places),
        st.tuples(st.just("swap"), places, places),
        st.tuples(st.just("mangle"), places, st.sampled_from(["[", "  ", "null", "{}", "0", '"', "é", "-", ": "])),
    ),
    min_size=1,
    max_size=4,
)


def edited(changes: list[tuple[str, int, object]]) -> dict[str, str]:
    """AK-1 with lines dropped, copied, swapped and mangled."""
    lines = list(LINES)
    for kind, at, other in changes:
        if kind == "drop":
            lines[at] = ""
        elif kind == "copy":
            lines[at] += LINES[int(str(other))]
        elif kind == "swap":
            lines[at], lines[int(str(other))] = lines[int(str(other))], lines[at]
        else:
            lines[at] = lines[at].rstrip("\n") + f" {other}\n"
    return {**FILES, "process.yaml": "".join(lines)}


@settings(max_examples=60)
@given(edits)
def test_a_draft_is_either_sound_or_told_what_is_wrong(changes: list[tuple[str, int, object]]) -> None:
    """And what is sound can be compared and drawn."""
    checked = check_files(PROCESS, edited(changes))
    assert (checked.process is None) == bool(checked.problems)
    assert all(p.code and p.message for p in checked.problems)
    if checked.process is not None:
        found = diff(AS_IT_IS, checked.process)
        told = sentences(found)
        assert bool(told) == (found.before != found.after)
        assert all(words["id"] and words["en"] for words in told)
        assert draw(checked.process).startswith("<svg")


@given(
    st.dictionaries(st.sampled_from(["process.yaml", "form.yaml", "scenarios.yaml", "x.yaml"]), st.text(max_size=200))
)
def test_any_text_is_checked(files: dict[str, str]) -> None:
    """A draft may hold anything for as long as it is one."""
    checked = check_files(PROCESS, files)
    assert checked.process is None
    assert checked.problems
