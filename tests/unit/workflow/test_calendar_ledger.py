"""The ledger that explains office time."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tests.calendar_kit import BERLIN, WIB, at, calendar, disnaker, hours
from workflow.calendar import Succession
from workflow.calendar_ledger import Kind, Stretch, ledger
from workflow.definition.calendar import WEEKDAYS
from workflow.definition.periods import PeriodError


def told(stretches: tuple[Stretch, ...], language: str = "id") -> list[str]:
    return [stretch.why[language] for stretch in stretches]


def test_a_friday_is_told_with_its_break():
    """All of Fri 20 Nov 2026, from midnight to midnight."""
    friday = ledger(disnaker(), WIB, at("2026-11-20 00:00"), at("2026-11-21 00:00"))
    assert told(friday) == [
        "Jumat, sebelum jam kerja 07.30",
        "Jumat, jam kerja 07.30–11.30",
        "Jumat, istirahat 11.30–13.00",
        "Jumat, jam kerja 13.00–16.30",
        "Jumat, sesudah jam kerja 16.30",
    ]
    assert told(friday, "en")[1:4] == [
        "Friday, office hours 07:30–11:30",
        "Friday, break 11:30–13:00",
        "Friday, office hours 13:00–16:30",
    ]
    assert [s.kind for s in friday] == [Kind.BEFORE, Kind.OPEN, Kind.BREAK, Kind.OPEN, Kind.AFTER]
    assert friday[2].start == at("2026-11-20 11:30")
    assert friday[2].end == at("2026-11-20 13:00")


def test_holidays_weekends_and_ramadan_are_told_by_name():
    """From Tue 17 March 2026 14:00 (Ramadan) to Sun 22 March 12:00."""
    stretches = ledger(disnaker(), WIB, at("2026-03-17 14:00"), at("2026-03-22 12:00"))
    assert told(stretches) == [
        "Selasa, jam kerja 12.30–15.00 (Ramadan)",
        "Selasa, sesudah jam kerja 15.00 (Ramadan)",
        "Libur: Cuti Bersama Hari Suci Nyepi",
        "Libur: Hari Suci Nyepi",
        "Libur: Cuti Bersama Hari Raya Idul Fitri",
        "Libur: Hari Raya Idul Fitri",
        "Libur: Hari kedua dari Hari Raya Idul Fitri",
    ]
    assert told(stretches, "en")[3] == "Holiday: Day of Silence"
    assert (stretches[0].start, stretches[-1].end) == (at("2026-03-17 14:00"), at("2026-03-22 12:00"))
    assert told(ledger(disnaker(), WIB, at("2026-11-21 01:00"), at("2026-11-21 02:00"))) == ["Sabtu, bukan hari kerja"]


def test_what_is_estimated_is_told_as_such():
    """Ramadan 2027 and Idul Fitri 2027 are not announced yet."""
    (ramadan,) = ledger(disnaker(), WIB, at("2027-02-15 09:00"), at("2027-02-15 10:00"))
    assert ramadan.why == {
        "id": "Senin, jam kerja 08.00–12.00 (Ramadan, perkiraan)",
        "en": "Monday, office hours 08:00–12:00 (Ramadan, estimated)",
    }
    (eid,) = ledger(disnaker(), WIB, at("2027-03-10 09:00"), at("2027-03-10 10:00"))
    assert eid.why["id"] == "Libur: Hari Raya Idul Fitri (perkiraan)"


def test_half_days_and_holidays_kept_open_are_told():
    """A half day by its name; a removed holiday as one on which the office is open all the same."""
    more = (
        'half_days:\n  - {date: "2026-12-31", name: {id: Tutup buku, en: Year-end}, hours: ["08:00-11:00"]}\n'
        "holidays:\n  country: ID\n  categories: [public, government]\n"
        '  removed:\n    - {date: "2026-12-24", name: {id: Cuti bersama Natal, en: Christmas leave}}\n'
    )
    office = calendar("08:00-16:00", more=more)
    (kept,) = ledger(office, WIB, at("2026-12-24 09:00"), at("2026-12-24 10:00"))
    assert kept.why["id"] == "Kamis, jam kerja 08.00–16.00 (tetap buka: Cuti bersama Natal)"
    half = ledger(office, WIB, at("2026-12-31 10:00"), at("2026-12-31 12:00"))
    assert told(half, "en") == [
        "Thursday, office hours 08:00–11:00 (Year-end)",
        "Thursday, after office hours at 11:00 (Year-end)",
    ]


def test_each_version_explains_its_own_time():
    """Mon 2 Nov 2026: hours from 08:00 until noon, when the version with 10:00–14:00 takes over."""
    noon = at("2026-11-02 12:00")
    versions = Succession(first=calendar("08:00-16:00"), changes=((noon, calendar("10:00-14:00")),))
    stretches = ledger(versions, WIB, at("2026-11-02 09:00"), at("2026-11-02 15:00"))
    assert [(s.why["en"], s.end) for s in stretches] == [
        ("Monday, office hours 08:00–16:00", noon),
        ("Monday, office hours 10:00–14:00", at("2026-11-02 14:00")),
        ("Monday, after office hours at 14:00", at("2026-11-02 15:00")),
    ]


def test_a_day_with_a_clock_change_has_its_own_length():
    """25 Oct 2026 in Berlin lasts 25 h, of which 01:00–05:00 are 5."""
    office = calendar("01:00-05:00", days=tuple(WEEKDAYS))
    day = ledger(office, BERLIN, at("2026-10-25 00:00", BERLIN), at("2026-10-26 00:00", BERLIN))
    assert [s.end - s.start for s in day] == [hours(1), hours(5), hours(19)]
    assert day[0].start == at("2026-10-24 22:00", UTC)


def test_a_clock_set_back_over_midnight_leaves_no_hole():
    """7 Nov 2010, 00:01 → 6 Nov 23:01 in St John's: the 7th begins at 02:30 UTC, and 03:00 to 04:00 UTC is of it."""
    office = calendar("00:00-01:00", days=tuple(WEEKDAYS), since="2010-01-01")
    start, end = at("2010-11-07 03:00", UTC), at("2010-11-07 04:00", UTC)
    (hour,) = ledger(office, ZoneInfo("America/St_Johns"), start, end)
    assert (hour.start, hour.end, hour.why["en"]) == (start, end, "Sunday, office hours 00:00–01:00")


def test_no_time_has_no_entry_and_time_runs_forward():
    """An empty ledger for one moment; a refusal for an end before the start, and for a moment without a zone."""
    moment = at("2026-11-20 10:00")
    assert ledger(disnaker(), WIB, moment, moment) == ()
    with pytest.raises(PeriodError, match="forward"):
        ledger(disnaker(), WIB, moment, moment - hours(1))
    with pytest.raises(PeriodError, match="zone"):
        ledger(disnaker(), WIB, moment.replace(tzinfo=None), moment)
