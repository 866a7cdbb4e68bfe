"""What a person fills in, and the facts that outlive it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.form import WARNINGS, check_data, data_warnings
from workflow.definition.reader import read_process
from workflow.definition.statistics import age_group, age_on, statistics
from workflow.definition.yaml import load

FOLDER = Path(__file__).parents[3] / "definitions" / "ak1-online"
FORM = read_process(FOLDER).form
SITI = load((FOLDER / "samples" / "siti.yaml").read_text(encoding="utf-8"), "siti.yaml").data
TODAY = date(2026, 11, 20)


def problems(data, *, complete=True, today=TODAY):
    return [(p.field, p.code) for p in check_data(FORM, data, complete=complete, today=today)]


def test_the_sample_application_is_complete():
    """Scenarios begin with it."""
    assert problems(SITI) == []


def test_a_draft_may_lack_anything():
    """Required fields are asked for at submission only."""
    assert problems({}, complete=False) == []
    assert ("nik", "required") in problems({})


def test_what_is_missing_is_told_in_the_order_of_the_form():
    """The person goes through the form from the top."""
    assert [field for field, _ in problems({})] == [f for f in FORM.fields if f in FORM.schema["required"]]


@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_entry_counts_as_not_given(empty):
    """A browser sends empty text for what was not filled in."""
    assert problems({**SITI, "phone": empty}) == []
    assert problems({**SITI, "name": empty}) == [("name", "required")]
    assert problems({**SITI, "name": empty}, complete=False) == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("nik", "167101570801000", "bad_format"),
        ("nik", "16710157080100031", "bad_format"),
        ("nik", 1671015708010003, "wrong_type"),
        ("nik", "１６71015708010003", "bad_format"),
        ("birth_date", "2001-02-30", "bad_format"),
        ("birth_date", "17-08-2001", "bad_format"),
        ("birth_date", "2011-11-21", "under_age"),
        ("birth_date", "2030-01-01", "under_age"),
        ("kind", "gift", "not_a_choice"),
        ("name", "x" * 101, "too_long"),
        ("email", "siti", "bad_format"),
        ("graduation_year", 26, "out_of_range"),
        ("skills", ["x"] * 21, "too_many"),
        ("skills", [""], "too_short"),
        ("employed", "no", "wrong_type"),
        ("salary", 1, "unknown_field"),
    ],
)
def test_an_entry_that_cannot_be_accepted_is_told(field, value, code):
    """In drafts and at submission alike, once a field, in both languages."""
    for complete in (True, False):
        (problem,) = check_data(FORM, {**SITI, field: value}, complete=complete, today=TODAY)
        assert (problem.field, problem.code) == (field, code)
        assert set(problem.message) == {"id", "en"}
        assert "{" not in problem.message["id"]


def test_the_fields_own_sentence_is_told():
    """`x-error` says how to mend this field."""
    (problem,) = check_data(FORM, {**SITI, "nik": "1"}, complete=True, today=TODAY)
    assert problem.message["id"] == "NIK harus tepat 16 angka, tanpa spasi."
    (problem,) = check_data(FORM, {**SITI, "nik": ""}, complete=True, today=TODAY)
    assert problem.message == {
        "id": "NIK belum diisi.",
        "en": "National identity number (NIK) is not filled in.",
    }


def test_the_least_age_is_reached_on_the_birthday():
    """15 rejects, 18 warns; both are settings of the form."""
    assert problems({**SITI, "birth_date": "2011-11-20"}) == []
    assert problems({**SITI, "birth_date": "2011-11-21"}) == [("birth_date", "under_age")]
    assert data_warnings(FORM, {**SITI, "birth_date": "2011-11-20"}, TODAY) == ["young_applicant"]
    assert data_warnings(FORM, {**SITI, "birth_date": "2008-11-21"}, TODAY) == ["young_applicant"]
    assert data_warnings(FORM, {**SITI, "birth_date": "2008-11-20"}, TODAY) == []
    assert set(WARNINGS["young_applicant"]) == {"id", "en"}


def test_facts_are_brackets_that_name_nobody():
    """Rule 12: age group, kecamatan, sex and education survive erasure, and nothing else."""
    assert statistics(FORM, SITI, TODAY) == {
        "age_group": "20-29",
        "kecamatan": "Bukit Kecil",
        "sex": "female",
        "education": "s1",
    }


def test_an_absent_entry_leaves_no_fact():
    """Facts are counted, so an empty one would be a group of its own."""
    assert statistics(FORM, {"sex": "male", "kecamatan": ""}, TODAY) == {"sex": "male"}


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        ("2011-11-21", "under-15"),
        ("2011-11-20", "15-19"),
        ("2006-11-21", "15-19"),
        ("2006-11-20", "20-29"),
        ("1996-11-20", "30-44"),
        ("1981-11-20", "45-54"),
        ("1971-11-21", "45-54"),
        ("1971-11-20", "55+"),
    ],
)
def test_age_groups_are_those_of_the_labour_market_report(birth, group):
    """15–19, 20–29, 30–44, 45–54, 55 and over."""
    assert age_group(date.fromisoformat(birth), TODAY) == group


@given(birth=st.dates(date(1940, 1, 1), date(2020, 1, 1)), today=st.dates(date(2020, 1, 2), date(2060, 1, 1)))
def test_a_person_grows_older_by_one_once_a_year(birth, today):
    """Age counts the birthdays that have passed."""
    birthdays = sum(
        (year, birth.month, birth.day) <= (today.year, today.month, today.day) for year in range(birth.year + 1, 2061)
    )
    assert age_on(birth, today) == birthdays


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(data=st.dictionaries(st.sampled_from([*FORM.fields, "other"]), ANYTHING, max_size=6))
def test_any_data_is_checked_without_failing(data):
    """At most one problem a field, each with a sentence."""
    found = check_data(FORM, data, complete=False, today=TODAY)
    assert len({p.field for p in found}) == len(found)
    assert all(p.field in data and p.message["id"] for p in found)
