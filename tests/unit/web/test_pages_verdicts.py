"""What a card is worth, in large words."""

from __future__ import annotations

from datetime import date

import pytest

from signing.marks import Mark
from web.pages.verdicts import worth

LOST, FALSE = "hilang atau dicuri", "diduga palsu"
CONFIRMED, WAITS = "Kantor penerbit membenarkan", "memeriksanya"


def mark(kind: str, *, confirmed: bool) -> Mark:
    """A mark of today."""
    return Mark(kind=kind, since=date(2026, 11, 22), confirmed=confirmed)


@pytest.mark.parametrize(
    ("marks", "told", "untold"),
    [
        ([mark("lost", confirmed=False)], [LOST, WAITS], [FALSE, CONFIRMED]),
        ([mark("lost", confirmed=True)], [CONFIRMED, LOST, "sebelum menerimanya"], [FALSE, WAITS]),
        ([mark("suspected", confirmed=True)], [CONFIRMED, FALSE], [LOST, WAITS]),
        ([mark("lost", confirmed=False), mark("suspected", confirmed=True)], [CONFIRMED, FALSE, LOST, WAITS], []),
    ],
)
def test_the_lead_of_a_reported_card_follows_its_marks(marks: list[Mark], told: list[str], untold: list[str]) -> None:
    """It names what was reported and what the office found of it, what is confirmed first."""
    says = worth("valid", marks).says["id"]
    places = [says.find(words) for words in told]
    assert -1 not in places
    assert places == sorted(places)
    assert [words for words in untold if words in says] == []


def test_a_card_that_ended_is_told_by_its_end() -> None:
    """Its marks say nothing more."""
    assert worth("revoked", [mark("lost", confirmed=True)]) == worth("revoked")
