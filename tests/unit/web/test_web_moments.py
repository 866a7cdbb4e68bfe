"""Moments in the zone of an office."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web.services.moments import iso, told

MOMENT = datetime(2026, 11, 21, 2, 12, 30, 999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Jakarta", "21-11-2026 09.12 WIB"),
        ("Asia/Makassar", "21-11-2026 10.12 WITA"),
        ("Asia/Jayapura", "21-11-2026 11.12 WIT"),
    ],
)
def test_a_moment_is_told_in_the_offices_zone(zone: str, words: str) -> None:
    """Indonesian writes the time with a dot, English with a colon."""
    found = told(MOMENT, ZoneInfo(zone))
    assert found["id"] == words
    assert found["en"] == words.replace(".", ":")


def test_a_moment_for_programs_keeps_its_zone() -> None:
    """ISO 8601, whole seconds."""
    assert iso(MOMENT, ZoneInfo("Asia/Jakarta")) == "2026-11-21T09:12:30+07:00"
