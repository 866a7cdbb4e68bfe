"""The form's fields on a page: what is shown for a value, and what comes back from a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from web.pages.fields import Field, parse, sections, shown, words
from workflow.definition.process import Process
from workflow.definition.reader import read_process

AK1 = Path(__file__).parents[3] / "definitions" / "ak1-online"


@pytest.fixture(scope="module")
def process() -> Process:
    """The shipped process."""
    return read_process(AK1)


def field(process: Process, name: str) -> Field:
    """A field of the process."""
    return next(f for s in sections(process) for f in s.fields if f.name == name)


def test_sections_come_in_the_order_in_which_a_person_meets_their_fields(process: Process) -> None:
    """The order of the form, whatever the order in which section titles are stored."""
    names = [s.name for s in sections(process)]
    assert names == ["request", "identity", "address", "education", "experience", "consent"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kind", "radios"),
        ("religion", "select"),
        ("nik", "digits"),
        ("birth_date", "date"),
        ("address", "long"),
        ("phone", "phone"),
        ("email", "email"),
        ("graduation_year", "integer"),
        ("skills", "lines"),
        ("employed", "boolean"),
        ("name", "text"),
    ],
)
def test_a_field_is_asked_for_in_the_way_of_its_type(process: Process, name: str, kind: str) -> None:
    """JSON Schema decides the control."""
    assert field(process, name).kind == kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "new"),
        ("nik", "1671015708010003"),
        ("birth_date", "2001-08-17"),
        ("graduation_year", 2023),
        ("skills", ["Las (2021)", "Mengemudi (2019)"]),
        ("employed", False),
        ("employed", True),
        ("address", "Jl. Merdeka\nNo. 12"),
    ],
)
def test_what_is_shown_comes_back_as_it_was(process: Process, name: str, value: Any) -> None:
    """Showing and parsing are each other's inverse for every value that the form admits."""
    f = field(process, name)
    assert parse((f,), shown(f, value)) == {name: value}


@pytest.mark.parametrize(
    ("name", "entered", "value"),
    [
        ("nik", {"nik": " 1671 0157 0801 0003 "}, "1671015708010003"),
        ("name", {"name": "  Siti   Rahmawati "}, "Siti Rahmawati"),
        ("birth_date", {"birth_date.day": "7", "birth_date.month": "8", "birth_date.year": "2001"}, "2001-08-07"),
        ("birth_date", {"birth_date.day": "31", "birth_date.month": "2", "birth_date.year": "2001"}, "2001-2-31"),
        ("birth_date", {"birth_date.day": "x"}, "--x"),
        ("graduation_year", {"graduation_year": "dua ribu"}, "dua ribu"),
        ("graduation_year", {"graduation_year": "٢٠٢٣"}, "٢٠٢٣"),
        ("skills", {"skills": "Las\r\n\r\n  Jahit \n"}, ["Las", "Jahit"]),
        ("employed", {"employed": "maybe"}, "maybe"),
        ("email", {}, None),
        ("skills", {"skills": " \n "}, None),
        ("birth_date", {}, None),
    ],
)
def test_an_entry_is_tidied_and_a_wrong_one_stays_wrong(
    process: Process, name: str, entered: dict[str, str], value: Any
) -> None:
    """Spaces that do not matter go; what cannot be read is kept for the form's check to name, never guessed."""
    assert parse((field(process, name),), entered) == {name: value}


@pytest.mark.parametrize(
    ("name", "value", "language", "told"),
    [
        ("kind", "renewal", "id", "Perpanjangan"),
        ("kind", "renewal", "en", "Renewal"),
        ("kind", "gone", "id", "gone"),
        ("birth_date", "2001-08-17", "id", "17-08-2001"),
        ("employed", False, "en", "No"),
        ("skills", ["Las", "Jahit"], "id", "Las\nJahit"),
        ("email", None, "id", ""),
        ("graduation_year", 2023, "en", "2023"),
    ],
)
def test_a_value_is_told_in_words(process: Process, name: str, value: Any, language: str, told: str) -> None:
    """Choices by their titles, dates day first, nothing as nothing."""
    assert words(field(process, name), value, language) == told
