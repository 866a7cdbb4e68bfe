"""From a case's data to its card."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from signing.card import CardFace, draw
from signing.claim_facts import CardClaim
from tests.kernel_kit import DEFINITIONS, ak1, good_data
from tests.signing_kit import LINK, TEMPLATE, picture
from workers.face import card_face, card_of, claim_of, masked, shown
from workflow.definition.card import Entry, Fixed, Joined, Piece
from workflow.definition.offices import read_offices
from workflow.definition.periods import parse_period

#: A quarter to midnight in Jakarta.
LATE = datetime(2026, 11, 20, 16, 45, tzinfo=UTC)


def dossier(**changes: Any) -> Any:
    """A dossier of AK-1 at Palembang."""
    office = read_offices(DEFINITIONS / "offices.yaml")["palembang"]
    return SimpleNamespace(process=ak1().process, office=office, data=good_data(**changes), time=ak1().time)


def test_choices_are_printed_in_the_forms_indonesian_words() -> None:
    """The card says Perempuan, not `female`."""
    face = card_face(dossier(), number="N-1", code="C0DE", officer="Citra", issued=LATE, development=True)
    assert face.fields == {
        "nik": "1671015708010003",
        "name": "Siti Rahmawati",
        "birth_place": "Palembang",
        "birth_date": "17 Agustus 2001",
        "sex": "Perempuan",
        "marital_status": "Belum kawin",
        "religion": "Islam",
        "address": "Jl. Merdeka No. 12, RT 03/RW 01, Kel. 19 Ilir, Kec. Bukit Kecil",
        "education": "Sarjana (S1), Akuntansi, 2023",
        "skills": "Pembukuan (2022); Spreadsheet (2021)",
        "experience": "Kasir, Toko Musi (2023–2025)",
    }
    assert (face.officer_title, face.report_rows, face.place) == ("Pejabat penanda tangan", 4, "Palembang")


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
    assert (face.fields["education"], face.fields["skills"], face.fields["experience"]) == (
        "Sarjana (S1), 2023",
        "",
        "",
    )


def test_the_card_of_ak1_is_the_one_that_it_always_was() -> None:
    """Drawn from data, the card is letter by letter what the code printed before: equal bytes for an equal face."""
    face = card_face(dossier(), number="N-1", code="C0DE", officer="Citra", issued=LATE, development=True)
    before = CardFace(
        number="N-1",
        code="C0DE",
        fields=face.fields,
        issued=date(2026, 11, 20),
        expires=date(2028, 11, 20),
        office_title="Dinas Ketenagakerjaan Kota Palembang",
        place="Palembang",
        officer_name="Citra",
        officer_title="Pejabat penanda tangan",
        development=True,
    )
    assert face == before
    template = card_of(dossier()).source
    assert draw(face, picture(), LINK, template) == draw(before, picture(), LINK, TEMPLATE)


def test_a_case_from_before_cards_were_data_is_drawn_like_ak1() -> None:
    """A pinned definition without a card goes on: its card is the one that the code drew then."""
    old = dossier()
    old.process = replace(old.process, card=None)
    assert card_of(old) == card_of(dossier())


def test_the_card_says_how_long_it_is_valid() -> None:
    """A process that issues for one year prints one year."""
    short = dossier()
    short.process = replace(short.process, card=replace(card_of(short), valid=parse_period("P1Y"), report_rows=3))
    face = card_face(short, number="N", code="C", officer="C", issued=LATE, development=True)
    assert (face.expires, face.report_rows) == (date(2027, 11, 20), 3)


@pytest.mark.parametrize(
    ("piece", "seen"),
    [
        (Entry(field="skills"), "Pembukuan (2022); Spreadsheet (2021)"),
        (Entry(field="employed"), "Tidak"),
        (Entry(field="email", before="Surel: "), "Surel: siti@example.org"),
        (Entry(field="nothing", before="Surel: "), ""),
        (Fixed(text="GRATIS"), "GRATIS"),
        (Joined(pieces=(Entry(field="nothing"), Fixed(text="a"), Fixed(text="b")), between=" / "), "a / b"),
    ],
)
def test_a_field_shows_entries_fixed_words_and_joined_pieces(piece: Piece, seen: str) -> None:
    """Empty pieces are left out, together with what stands before them."""
    assert shown(piece, ak1().process.form, good_data()) == seen


@pytest.mark.parametrize(
    ("name", "seen"), [("Siti Rahmawati", "S··· R······"), ("A", "A"), ("  Ali   bin Abu ", "A·· b·· A··"), ("", "")]
)
def test_the_public_sees_first_letters_only(name: str, seen: str) -> None:
    """Enough to compare with the paper, too little to learn a name."""
    assert masked(name) == seen


def test_the_claim_of_a_card_says_what_the_card_shows() -> None:
    """Number, days and office of the face, the first letters of the name, and the code of that very print."""
    face = card_face(dossier(), number="N-1", code="C0DE", officer="", issued=LATE, development=True, printed=True)
    assert claim_of(dossier(), face, "C0DE") == CardClaim(
        number="N-1",
        initials="SR",
        issued=date(2026, 11, 20),
        expires=date(2028, 11, 20),
        office="palembang",
        code="C0DE",
    )
