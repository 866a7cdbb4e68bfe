"""YAML as definitions use it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.errors import DefinitionError
from workflow.definition.yaml import MAX_CHARACTERS, MAX_DEPTH, load

WORDS = st.lists(st.text("abcxyz'=&().", min_size=1, max_size=8), min_size=1, max_size=8).map(" ".join)


def test_only_the_constants_of_yaml_1_2_are_not_text():
    """`on`, `yes` and dates stay text; true, null and whole numbers do not."""
    text = "{on: yes, off: no, at: 2026-11-20, t: 12:30, true_: true, nil: ~, empty: , n: -12, quoted: '12'}"
    assert load(text, "f").data == {
        "on": "yes",
        "off": "no",
        "at": "2026-11-20",
        "t": "12:30",
        "true_": True,
        "nil": None,
        "empty": None,
        "n": -12,
        "quoted": "12",
    }


def test_places_of_keys_and_values_are_told_from_one():
    """An editor counts lines and columns from 1."""
    source = load("a:\n  b: [x, y]\n", "f")
    assert source.place(("a", "b"), key=True) == (2, 3)
    assert source.place(("a", "b")) == (2, 6)
    assert source.place(("a", "b", 1)) == (2, 10)


def test_an_absent_value_is_placed_at_what_would_hold_it():
    """A missing key has no place of its own; the mapping that lacks it has."""
    assert load("a:\n  b: {c: 1}\n", "f").place(("a", "b", "d", "e")) == (2, 6)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: &x 1", "yaml_anchor", 1, 4),
        ("a: *x", "yaml_alias", 1, 4),
        ("a: !!str 1", "yaml_tag", 1, 4),
        ("a: ! 1", "yaml_tag", 1, 4),
        ("? [a]\n: 1", "yaml_key", 1, 3),
        ("b: 1\n<<: {a: 1}", "yaml_merge", 2, 1),
        ("a: 1\nb: 2\na: 3", "duplicate_key", 3, 1),
        ("a: 1.5", "yaml_number", 1, 4),
        ("a: .inf", "yaml_number", 1, 4),
        ("a: 0x1F", "yaml_number", 1, 4),
        ("a: 1671015708010003", "yaml_number", 1, 4),
        ("a: 0123", "leading_zero", 1, 4),
        ("%YAML 1.1\n---\na: 1", "yaml_directive", 2, 1),
        ("a: 1\n---\nb: 2", "yaml_documents", 2, 1),
        ("a: 'x\n", "yaml_syntax", 2, 1),
        ("a:\n\t- b", "yaml_syntax", 2, 1),
        ("a: 1\nb: \x07", "yaml_character", 2, 4),
        ("a: 1\nb: \0", "yaml_character", 2, 4),
        ('a: "\\0"', "yaml_character", 1, 4),
        ('a: "\\ud800"', "yaml_character", 1, 4),
        ("a: \ud800", "yaml_character", 1, 4),
        ("😀: 1", "yaml_key", 1, 1),
        ("# nothing", "empty_file", 1, 1),
        ("a: " + "[" * (MAX_DEPTH + 1), "too_deep", 1, MAX_DEPTH + 4),
        ("a" * (MAX_CHARACTERS + 1), "too_large", 1, 1),
    ],
)
def test_what_definitions_do_not_use_is_refused_at_its_place(text, code, line, column):
    """The first thing that is not plain YAML 1.2 is told with line and column."""
    with pytest.raises(DefinitionError) as caught:
        load(text, "file.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.code, problem.line, problem.column) == ("file.yaml", code, line, column)


def test_files_of_windows_editors_are_read():
    """A byte-order mark and CRLF change neither values nor places."""
    source = load("\ufeffa: 1\r\nb: 'x\r\n  y'\r\n", "f")
    assert source.data == {"a": 1, "b": "x y"}
    assert source.place(("b",)) == (2, 4)
    assert source.place_inside(("b",), 2) == (3, 3)


def test_a_problem_reads_as_file_line_column_code_sentence():
    """The line that `alur definitions check` prints."""
    with pytest.raises(DefinitionError, match=r"^f\.yaml:1:4: leading_zero: `007` would lose its leading zero"):
        load("a: 007", "f.yaml")


@pytest.mark.parametrize("style", ["plain", "single", "double", "literal", "folded"])
@given(words=WORDS)
def test_a_character_within_a_string_is_found_in_the_file(style, words):
    """Whatever the quotes and folds, the place of a character holds that character."""
    half = words.replace(" ", "\n     ", 1)
    text = {
        "plain": f"a: x {half}\n",
        "single": "a: 'x " + half.replace("'", "''") + "'\n",
        "double": f'a: "\\u0041 {half}"\n',
        "literal": f"a: |\n     x {half}\n",
        "folded": f"a: >-\n     x {half}\n",
    }[style]
    source = load(text, "f")
    lines = text.split("\n")
    for offset, character in enumerate(source.data["a"]):
        if character.isspace() or character == "A":
            continue
        line, column = source.place_inside(("a",), offset)
        assert lines[line - 1][column - 1] == character


@given(words=WORDS)
def test_characters_of_a_folded_string_keep_their_order(words):
    """Later characters never stand before earlier ones."""
    source = load("a: >-\n  " + words.replace(" ", "\n  ") + "\n", "f")
    places = [source.place_inside(("a",), offset) for offset in range(len(source.data["a"]))]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
