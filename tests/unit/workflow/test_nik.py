"""The NIK: what rejects, and what only warns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.nik import PROVINCES, WARNINGS, is_nik, nik_warnings

SITI = "1671015708010003"
BORN = date(2001, 8, 17)


def test_a_number_that_agrees_has_no_warnings():
    """Region, birth date and sex fit."""
    assert nik_warnings(SITI, BORN, "female", "1671") == []


@pytest.mark.parametrize("text", ["", "167101570801000", SITI + "1", "16710157o8010003", SITI[:15] + "３", SITI + "\n"])
def test_only_sixteen_digits_are_a_nik(text):
    """The format is the only rule that rejects; a text that fails it has no warnings."""
    assert not is_nik(text)
    assert nik_warnings(text, BORN, "male", "1171") == []


@pytest.mark.parametrize(
    ("nik", "warnings"),
    [
        ("9971015708010003", ["nik_province_unknown", "nik_region_elsewhere"]),
        ("3524015708010003", ["nik_region_elsewhere"]),
        ("1671011708010003", ["nik_sex_differs"]),
        ("1671015808010003", ["nik_birth_date_differs"]),
        ("1671015708020003", ["nik_birth_date_differs"]),
        ("1671018108010003", ["nik_birth_date_impossible"]),
        ("1671014008010003", ["nik_birth_date_impossible"]),
        ("1671017013010003", ["nik_birth_date_impossible"]),
        ("1671017002010003", ["nik_birth_date_impossible"]),
        ("1671010008010003", ["nik_birth_date_impossible"]),
        ("1671015708010000", ["nik_serial_zero"]),
    ],
)
def test_doubts_are_told_to_the_officer(nik, warnings):
    """Each by its own code; none rejects."""
    assert nik_warnings(nik, BORN, "female", "1671") == warnings


def test_what_is_not_known_is_not_compared():
    """A person who entered nothing else is not warned about."""
    assert nik_warnings("3524010101700001") == []


@pytest.mark.parametrize("province", ["91", "92", "93", "94", "95", "96"])
def test_the_new_provinces_of_papua_are_known(province):
    """92–96 exist since 2003 and 2022."""
    assert nik_warnings(province + "71015708010003"[:14], BORN, "female") == []
    assert province in PROVINCES


def test_every_warning_has_a_text_in_each_language():
    """Officers read sentences, not codes."""
    assert all(set(text) == {"id", "en"} for text in WARNINGS.values())


@given(
    born=st.dates(date(1930, 1, 1), date(2025, 12, 31)),
    sex=st.sampled_from(["female", "male"]),
    serial=st.integers(1, 9999),
    province=st.sampled_from(sorted(PROVINCES)),
)
def test_a_well_made_number_is_never_doubted(born, sex, serial, province):
    """Births of both centuries, both sexes."""
    day = born.day + (40 if sex == "female" else 0)
    nik = f"{province}0101{day:02}{born:%m%y}{serial:04}"
    assert nik_warnings(nik, born, sex, province + "01") == []


@given(
    nik=st.text("0123456789", min_size=16, max_size=16),
    born=st.dates(),
    sex=st.sampled_from(["female", "male", None]),
)
def test_any_sixteen_digits_are_judged(nik, born, sex):
    """No number fails; every code told is a known one."""
    assert set(nik_warnings(nik, born, sex, "1671")) <= set(WARNINGS)
