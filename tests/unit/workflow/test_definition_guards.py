"""Guards: the adapter of the expression language."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.guard_source import words
from workflow.definition.guards import GuardError, GuardSyntaxError, compile_guard

VARIABLES = {
    "data.kind": "STRING",
    "data.age": "INT",
    "data.share": "DOUBLE",
    "data.skills": "LIST",
    "data.other": "DYN",
    "documents.complete": "BOOL",
    "result.ok": "BOOL",
    "now": "TIMESTAMP",
}


#: Text as it can be stored.
ADMITTED = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def holds(source: str, **values: object) -> bool:
    return compile_guard(source, VARIABLES).holds({name.replace("__", "."): v for name, v in values.items()})


def test_a_guard_reads_flat_values():
    """Variable names with dots are the keys."""
    assert holds("data.kind == 'renewal' && documents.complete", data__kind="renewal", documents__complete=True)
    assert not holds("data.kind == 'renewal' && documents.complete", data__kind="new", documents__complete=True)


def test_a_guard_names_the_variables_that_it_reads():
    """Only these are handed to the evaluation; strings, comments and functions are no names."""
    guard = compile_guard("data.kind . startsWith('data.age') && result.ok // now", VARIABLES)
    assert guard.variables == {"data.kind", "result.ok"}
    assert guard.source == "data.kind . startsWith('data.age') && result.ok // now"


@pytest.mark.parametrize(
    "source",
    [
        "data.kind == ''",
        "data.age == 0",
        "data.share == 0.0",
        "size(data.skills) == 0",
        "!documents.complete",
    ],
)
def test_an_absent_value_is_the_empty_one_of_its_type(source):
    """Missing and None alike, so that a guard is defined on every case."""
    guard = compile_guard(source, VARIABLES)
    assert guard.holds({})
    assert guard.holds(dict.fromkeys(VARIABLES))


def test_a_whole_number_fits_a_fraction():
    """A field of fractions may hold 2."""
    assert holds("data.share > 1.5", data__share=2)


def test_times_are_compared_and_read_in_a_zone():
    """`now` is aware; its day can be asked for in a zone."""
    friday_evening = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert holds("now > timestamp('2026-11-20T00:00:00Z')", now=friday_evening)
    assert holds("now.getDayOfWeek('Asia/Jakarta') == 6", now=friday_evening)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("now > timestamp('2026-01-01T00:00:00Z')", {}),
        ("now > timestamp('2026-01-01T00:00:00Z')", {"now": datetime(2026, 1, 1)}),  # noqa: DTZ001
        ("data.kind == 'x'", {"data.kind": 3}),
        ("data.age > 3", {"data.age": 2**80}),
        ("10 / data.age > 3", {"data.age": 0}),
        ("data.share > 1.0", {"data.share": "x"}),
        ("data.other.missing == 1", {"data.other": {}}),
        (
            "data.skills.all(a, data.skills.all(b, data.skills.all(c, a + b != c)))",
            {"data.skills": ["a"] * 300},
        ),
    ],
)
def test_what_cannot_be_told_is_an_error_never_a_no(source, values):
    """Wrong types, division by zero and a spent budget are told, not taken as false."""
    guard = compile_guard(source, VARIABLES)
    with pytest.raises(GuardError) as caught:
        guard.holds(values)
    assert caught.value.code == "guard_undecided"
    assert source in str(caught.value)


def test_a_pattern_cannot_hang_the_server():
    """Matching takes linear time."""
    assert not holds("data.kind.matches('^(a+)+$')", data__kind="a" * 20_000 + "b")


@pytest.mark.parametrize(
    ("source", "code", "offset"),
    [
        ("data.kidn == 'x'", "guard_unknown_name", 0),
        ("true && data.kidn == 'x'", "guard_unknown_name", 8),
        ("'é' != data.kidn", "guard_unknown_name", 7),
        ("data.kind == 'x' &&\n data.agee > 1", "guard_unknown_name", 21),
        ("data['kind'] == 'x'", "guard_unknown_name", 0),
        ("open('/etc/passwd') == ''", "guard_unknown_function", 0),
        ("true && data.kind.strip() == ''", "guard_unknown_function", 18),
        ("data.kind > 3", "guard_type", 10),
        ("data.age == null", "guard_type", 9),
        ("data.kind ==", "guard_syntax", 12),
        ("data.kind == 'x'; true", "guard_syntax", 16),
        ("data.kind == 'x", "guard_syntax", 13),
        ("data.age + 1", "guard_not_bool", 0),
        ("data.other", "guard_not_bool", 0),
        ("has(data.kind)", "guard_has", 0),
        ("true && has (data.kind)", "guard_has", 8),
        ("(" * 17 + "true" + ")" * 17, "guard_too_deep", 16),
        ("true ? (true) : " * 40 + "true", "guard_too_deep", 0),
        ("true || " * 400, "guard_too_long", 2000),
    ],
)
def test_what_is_no_guard_is_refused_at_its_character(source, code, offset):
    """Unknown names, wrong types, bad syntax: the place within the expression is told."""
    with pytest.raises(GuardSyntaxError) as caught:
        compile_guard(source, VARIABLES)
    assert (caught.value.problem, caught.value.offset) == (code, offset)


def test_an_unknown_name_is_told_with_the_nearest_one():
    """`data.kidn` is `data.kind`."""
    with pytest.raises(GuardSyntaxError, match=r"did you mean `data\.kind`\?") as caught:
        compile_guard("data.kidn == 'x'", VARIABLES)
    assert caught.value.hint == "data.kind"


def test_guards_of_the_same_source_and_types_are_equal():
    """A process read twice is the same process."""
    assert compile_guard("data.age > 3", VARIABLES) == compile_guard("data.age > 3", VARIABLES)
    assert compile_guard("data.age > 3", VARIABLES) != compile_guard("data.age > 4", VARIABLES)
    assert len({compile_guard("data.age > 3", VARIABLES), compile_guard("data.age > 3", VARIABLES)}) == 1


def test_one_guard_serves_several_threads():
    """Workers and pages share a process."""
    guard = compile_guard("data.age > 3 && data.kind.startsWith('a')", VARIABLES)
    ages = [n % 7 for n in range(2_000)]
    with ThreadPoolExecutor(8) as pool:
        verdicts = pool.map(lambda age: guard.holds({"data.age": age, "data.kind": "abc"}), ages)
    assert list(verdicts) == [age > 3 for age in ages]


@given(age=st.integers(-(2**53), 2**53), kind=ADMITTED, complete=st.booleans())
def test_a_guard_agrees_with_python(age, kind, complete):
    """Any admitted value goes through unchanged."""
    values = {"data.age": age, "data.kind": kind, "documents.complete": complete}
    guard = compile_guard("data.age >= 18 && size(data.kind) > 3 || documents.complete", VARIABLES)
    assert guard.holds(values) == ((age >= 18 and len(kind) > 3) or complete)


@given(source=st.text("data.kind=('\")[]{}/\\ \n+0rbhas", max_size=60))
def test_any_text_is_read_into_words_or_refused(source):
    """Neither the reading of words nor the compiler fails in another way."""
    assert all(source[at] == name[0] for name, at in words(source).names)
    with suppress(GuardSyntaxError, GuardError):
        assert compile_guard(source, VARIABLES).holds({}) in (True, False)
