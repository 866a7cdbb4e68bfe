"""From a case's data to its card."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.kernel_kit import DEFINITIONS, ak1, good_data, variant
from workers.face import card_face, expiry, masked
from workflow.definition.offices import read_offices

#: A quarter to midnight in Jakarta.
LATE = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)


def dossier(**changes: Any) -> Any:
    """A dossier of AK-1 at Palembang."""
    office = read_offices(DEFINITIONS / "offices.yaml")["palembang"]
    return SimpleNamespace(process=ak1().process, office=office, data=good_data(**changes), time=ak1().time)


def test_choices_are_printed_in_the_forms_indonesian_words() -> None:
    """The card says Perempuan, not `female`."""
    face = card_face(dossier(), number="N-1", code="C0DE", officer="Citra", issued=LATE, development=True)
    assert (face.sex, face.marital_status, face.religion) == ("Perempuan", "Belum kawin", "Islam")
    assert face.name == "Siti Rahmawati"
    assert face.birth_date == date(2001, 8, 17)
    assert face.address.endswith("Kec. Bukit Kecil")


def test_dates_are_those_of_the_office() -> None:
    """Signed at 23.45 in Jakarta is that day, though it is still the afternoon in UTC; valid for two years."""
    face = card_face(
        dossier(), number="N-1", code="C0DE", officer="Citra", issued=LATE.replace(hour=18), development=False
    )
    assert (face.issued, face.expires) == (date(2026, 11, 21), date(2028, 11, 21))


def test_what_was_left_empty_stays_empty() -> None:
    """No word is made up for an optional field."""
    face = card_face(
        dossier(major=None, skills=None, experience=None),
        number="N",
        code="C",
        officer="C",
        issued=LATE,
        development=True,
    )
    assert (face.education_major, face.skills, face.experience) == (None, None, None)


def test_the_end_is_the_timer_of_the_state_that_publishing_enters(tmp_path: Path) -> None:
    """A process that changes P2Y changes the card; one without an end issues no card."""
    book = variant(tmp_path, ("{after: P2Y, fire: expire}", "{after: P1Y, fire: expire}"))
    assert expiry(book.process, LATE, dossier()) == date(2027, 11, 20)
    book = variant(tmp_path, ("{after: P2Y, fire: expire}", "{every: P2Y, fire: expire}"))
    with pytest.raises(ValueError, match="lets none expire"):
        expiry(book.process, LATE, dossier())


@pytest.mark.parametrize(
    ("name", "seen"), [("Siti Rahmawati", "S··· R······"), ("A", "A"), ("  Ali   bin Abu ", "A·· b·· A··"), ("", "")]
)
def test_the_public_sees_first_letters_only(name: str, seen: str) -> None:
    """Enough to compare with the paper, too little to learn a name."""
    assert masked(name) == seen
