"""Card numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.numbers import PLACEHOLDERS, NumberTemplateError, check_template, format_number, typed_number

#: Templates that may be used, among them those of the shipped offices.
TEMPLATES = [
    "{office}-AK1-{year}-{serial:06}",
    "PLG-AK1-{year}-{serial:06}",
    "3524-{year}{month:02}-{serial:05}",
    "DTK-AK1-{serial:04}-{month:02}{year}",
    "{year}{month:02}{serial:03}",
    "{serial:02}{month:02}{year}",
    "{month}/{serial}",
]


def test_placeholders_are_filled_and_padded():
    """Zero padding as written; text stays."""
    number = format_number("{office}-AK1-{year}-{serial:06}", office="palembang", year=2026, month=3, serial=17)
    assert number == "palembang-AK1-2026-000017"


def test_a_serial_that_outgrows_its_width_is_written_in_full():
    """Cutting digits would give a number twice."""
    assert format_number("{serial:02}", office="x", year=2026, month=1, serial=12345) == "12345"


@pytest.mark.parametrize(
    ("template", "offset"),
    [
        ("AK1", 0),
        ("{serial}-{serial}", 0),
        ("{yaer}-{serial}", 0),
        ("A-{serial.__class__}", 2),
        ("A-{serial!r}", 2),
        ("A-{0}-{serial}", 2),
        ("A-{}-{serial}", 2),
        ("{serial:6}", 0),
        ("{serial:>06}", 0),
        ("{serial:013}", 0),
        ("{office:03}-{serial}", 0),
        ("A}-{serial}", 1),
        ("{{serial}}", 0),
        ("{serial", 0),
        ("{month}{serial}", 7),
        ("{office}{serial:05}", 8),
        ("Ä-{serial}", 0),
        ("{serial}" + "x" * 120, 0),
    ],
)
def test_what_could_repeat_or_reach_into_objects_is_refused(template, offset):
    """The formatter is closed, and each serial gives its own number."""
    with pytest.raises(NumberTemplateError) as caught:
        check_template(template)
    assert caught.value.offset == offset


def test_a_wrong_placeholder_is_told_with_the_nearest_one():
    """`yaer` is `year`."""
    with pytest.raises(NumberTemplateError, match=r"did you mean `year`\?") as caught:
        check_template("{yaer}{serial}")
    assert caught.value.hint == "year"


@pytest.mark.parametrize("template", TEMPLATES)
@given(
    first=st.tuples(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 2_000_000)),
    second=st.tuples(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 2_000_000)),
)
def test_two_serials_never_give_one_number(template, first, second):
    """Different values of the placeholders that a template has give different numbers."""
    used = [name in template for name in ("{year", "{month", "{serial")]
    numbers = [format_number(template, office="o", year=y, month=m, serial=s) for y, m, s in (first, second)]
    differ = any(a != b and seen for a, b, seen in zip(first, second, used, strict=True))
    assert (numbers[0] != numbers[1]) == differ


@given(text=st.text("{}:0123456789abcdefghijklmnoprstuvwxy._-!r ", max_size=30))
def test_any_text_is_either_refused_or_holds_its_serial(text):
    """No template slips through the check and fails later."""
    try:
        check_template(text)
    except NumberTemplateError:
        return
    assert "987654321098" in format_number(text, office="o", year=2026, month=1, serial=987654321098)
    assert any("{" + name in text for name in PLACEHOLDERS)


@pytest.mark.parametrize("template", TEMPLATES)
@given(
    st.integers(2000, 2199), st.integers(1, 12), st.integers(1, 99_999), st.sampled_from(["-", " ", " - ", "/", "."])
)
def test_a_number_is_found_however_it_is_typed(template: str, year: int, month: int, serial: int, sign: str) -> None:
    """Small letters, other signs, and letters that look like digits."""
    number = format_number(template, office="banda-aceh", year=year, month=month, serial=serial)
    typed = "".join(sign if c in "-/" else c for c in number)
    for text in (typed, typed.lower(), f" {typed} ", typed.replace("1", "l").replace("0", "O")):
        assert typed_number(template, office="banda-aceh", text=text) == number, text


@pytest.mark.parametrize("text", ["PLG AK1 2026 123", "plgak12026000123", "PLG-AKI-2O26-OOOl23", "PLG/AK1/2026/000123"])
def test_what_stands_for_the_signs_and_zeros_of_a_number_does_not_matter(text: str) -> None:
    """People leave them out."""
    assert typed_number("PLG-AK1-{year}-{serial:06}", office="palembang", text=text) == "PLG-AK1-2026-000123"


@pytest.mark.parametrize("text", ["", "PLG-AK1-2026", "PLG-AK1-2026-", "XLG-AK1-2026-000123", "PLG-AK1-2026-000123-4"])
def test_what_is_no_number_of_a_template_is_none(text: str) -> None:
    """Nothing is guessed that was not typed."""
    assert typed_number("PLG-AK1-{year}-{serial:06}", office="palembang", text=text) is None
