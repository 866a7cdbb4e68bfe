"""Reading calendars."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.calendar_kit import DISNAKER, WIB, disnaker, text
from workflow.calendar import intervals
from workflow.definition import calendars
from workflow.definition.calendar import UnknownCalendarError
from workflow.definition.calendars import find_calendar, load_calendar, parse_calendar, read_calendar
from workflow.definition.errors import DefinitionError
from workflow.definition.public_holidays import public_holidays

NAMED = "name: {id: A, en: A}"
COUNTRY = "holidays:\n  country: ID\n  categories: [public, government]\n"
FULL = text(
    "08:00-12:00",
    "13:00-16:00",
    more='seasons:\n  ramadan:\n    title: {id: R, en: R}\n    hours: {monday: ["09:00-12:00"]}\n    between:\n'
    '      - {from: "2026-02-19", to: "2026-03-20"}\n'
    '      - {from: "2027-02-08", to: "2027-03-09", estimated: true}\n'
    f'half_days:\n  - {{date: "2026-12-31", {NAMED}, hours: ["08:00-11:00"]}}\n'
    f'{COUNTRY}  added:\n    - {{date: "2026-06-17", {NAMED}}}\n'
    f'  removed:\n    - {{date: "2026-03-18", {NAMED}}}\n',
)


def problems(broken: str) -> list[tuple[str, int, int]]:
    with pytest.raises(DefinitionError) as caught:
        parse_calendar(broken)
    return [(p.code, p.line, p.column) for p in caught.value.problems]


def test_the_shipped_calendar_knows_public_holidays_and_cuti_bersama():
    """Nyepi 2026 is a Thursday; the day before is cuti bersama; both have a name in each language."""
    holidays = disnaker().holidays
    assert holidays[date(2026, 3, 19)] == {"id": "Hari Suci Nyepi", "en": "Day of Silence"}
    assert holidays[date(2026, 3, 18)]["id"] == "Cuti Bersama Hari Suci Nyepi"
    assert date(2026, 3, 17) not in holidays
    assert (disnaker().known.first, disnaker().known.last) == (date(2024, 1, 1), date(2039, 12, 31))


def test_a_stored_calendar_is_the_one_that_was_read():
    """Also after a way through JSON, which forgets the order of keys, and without asking the library again."""
    body = json.loads(json.dumps(disnaker().body, sort_keys=True))
    stored = load_calendar(body)
    assert stored == disnaker()
    assert (stored.week, stored.seasons, stored.holidays, stored.known) == (
        disnaker().week,
        disnaker().seasons,
        disnaker().holidays,
        disnaker().known,
    )


def test_a_stored_calendar_knows_the_years_it_was_made_with(monkeypatch):
    """A program that looks farther ahead must not take years without holidays for known ones."""
    monkeypatch.setattr(calendars, "YEARS_AHEAD", calendars.YEARS_AHEAD + 5)
    assert load_calendar(disnaker().body).known == disnaker().known
    assert parse_calendar(DISNAKER.read_text(encoding="utf-8")).known.last == date(2044, 12, 31)


def test_another_holiday_is_another_calendar():
    """The hash tells all days: what the file says, and what the library told."""
    body = json.loads(json.dumps(disnaker().body))
    del body["days"]["2026-03-18"]
    assert load_calendar(body) != disnaker()
    moved = DISNAKER.read_text(encoding="utf-8").replace('"08:00-12:00"', '"08:00-11:59"', 1)
    assert parse_calendar(moved) != disnaker()
    assert parse_calendar(DISNAKER.read_text(encoding="utf-8")) == disnaker()


def test_local_rules_outrank_those_of_the_country():
    """A local holiday closes, a removed one opens, a half day has its own hours, a season those of the season."""
    read = parse_calendar(FULL)
    assert read.hours_on(date(2026, 6, 17)) == ()
    assert len(read.hours_on(date(2026, 3, 18))) == 0  # a Wednesday of Ramadan, in which only Mondays have hours
    assert date(2026, 3, 18) not in read.holidays
    assert [(o.opens, o.closes) for o in read.hours_on(date(2026, 12, 31))] == [(8 * 60, 11 * 60)]
    assert [(o.opens, o.closes) for o in read.hours_on(date(2026, 2, 23))] == [(9 * 60, 12 * 60)]
    assert [o.opens for o in read.hours_on(date(2026, 11, 23))] == [8 * 60, 13 * 60]


def test_a_half_day_opens_even_on_a_holiday():
    """Independence Day 2026, with a ceremony and a counter until noon."""
    half = f'half_days:\n  - {{date: "2026-08-17", {NAMED}, hours: ["08:00-12:00"]}}\n'
    read = parse_calendar(text("08:00-16:00", more=half + COUNTRY))
    assert len(intervals(read, WIB, date(2026, 8, 17))) == 1


def test_without_a_country_there_are_only_local_holidays():
    """Nothing is taken from anywhere by default."""
    read = parse_calendar(text("08:00-16:00", more=f'holidays:\n  added:\n    - {{date: "2026-06-17", {NAMED}}}\n'))
    assert list(read.holidays) == [date(2026, 6, 17)]


def test_a_part_of_a_country_has_holidays_of_its_own():
    """Bavaria keeps Epiphany, Germany does not; names stay German where there is no Indonesian."""
    germany = "holidays:\n  country: DE\n"
    whole = parse_calendar(text("08:00-16:00", more=germany))
    bavaria = parse_calendar(text("08:00-16:00", more=germany + "  subdivision: BY\n"))
    assert date(2026, 1, 6) not in whole.holidays
    assert bavaria.holidays[date(2026, 1, 6)] == {"id": "Heilige Drei Könige", "en": "Epiphany"}


def test_the_language_of_the_environment_changes_nothing(monkeypatch):
    """The library would fall back on it, and one file would have two hashes."""
    germany = text("08:00-16:00", more="holidays:\n  country: DE\n")
    hashes = set()
    for language in ("th_TH", "de_DE", "C"):
        monkeypatch.setenv("LANGUAGE", language)
        monkeypatch.setenv("LANG", language)
        public_holidays.cache_clear()
        hashes.add(parse_calendar(germany).hash)
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('monday: ["08:00-12:00"', 'monday: [@@"08:00-12.00"', "bad_hours"),
        ('monday: ["08:00-12:00"', 'monday: [@@"12:00-08:00"', "hours_order"),
        ('"13:00-16:00"]\n  tuesday', '@@"12:00-16:00"]\n  tuesday', "hours_overlap"),
        ("  monday:", "  @@mondy:", "unknown_key"),
        ("version: 1", "version: @@0", "out_of_range"),
        ('valid_from: "2024-01-01"', 'valid_from: @@"2024-13-01"', "bad_date"),
        ('valid_from: "2024-01-01"', "valid_from: @@2024", "wrong_type"),
        ("title: {id: A, en: A}", "@@title: {id: A}", "missing_language"),
        ("calendar: plain", "calendar: @@Plain", "bad_name"),
        ('to: "2026-03-20"', 'to: @@"2026-02-18"', "days_order"),
        ('- {from: "2027-02-08"', '- @@{from: "2026-03-20"', "seasons_overlap"),
        ('to: "2027-03-09"', 'to: @@"2040-03-09"', "date_out_of_range"),
        ("country: ID", "country: @@IDN", "unknown_country"),
        ("government]", "@@goverment]", "unknown_category"),
        ("country: ID\n", "country: ID\n  subdivision: @@JB\n", "unknown_subdivision"),
        ('date: "2026-06-17"', 'date: @@"2026-06-31"', "bad_date"),
        ('date: "2026-06-17"', 'date: @@"2026-12-31"', "date_twice"),
        ('date: "2026-06-17"', 'date: "2026-03-18"', ""),
        ('date: "2026-03-18"', 'date: @@"2026-03-17"', "not_a_holiday"),
    ],
)
def test_a_broken_calendar_is_told_at_its_place(old, new, code):
    """At the mark; of two lists that name one date, at the second."""
    marked = FULL.replace(old, new, 1)
    assert marked != FULL
    if not code:
        marked, code = marked.replace('removed:\n    - {date: "', 'removed:\n    - {date: @@"'), "date_twice"
    before = marked[: marked.index("@@")]
    place = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert (code, *place) in problems(marked.replace("@@", ""))


def test_a_country_is_needed_for_its_parts():
    """A kind of holidays without a country says nothing."""
    assert [p[0] for p in problems(text("08:00-16:00", more="holidays:\n  categories: [public]\n"))] == ["missing_key"]


def test_a_calendar_without_any_hour_is_refused():
    """Nothing would ever be due under it."""
    assert [p[0] for p in problems(text(days=()).replace("hours:\n", "hours: {}\n"))] == ["empty_mapping"]
    assert {p[0] for p in problems(text())} == {"empty_list"}


def test_all_problems_are_told_at_once():
    """A supervisor mends the file once."""
    broken = FULL.replace("country: ID", "country: XX").replace('"2026-06-17"', '"2026-06-31"')
    assert {p[0] for p in problems(broken)} == {"unknown_country", "bad_date"}


def test_a_date_named_twice_is_told():
    """Two names for one day: which is it?"""
    twice = f'holidays:\n  added:\n    - {{date: "2026-06-17", {NAMED}}}\n    - {{date: "2026-06-17", {NAMED}}}\n'
    assert [p[0] for p in problems(text("08:00-16:00", more=twice))] == ["date_twice"]


def test_a_calendar_beside_the_process_outranks_the_shipped_one(tmp_path):
    """A supervisor's own `disnaker` is the one that counts; others are still found."""
    process = tmp_path / "my-process"
    folder = tmp_path / "calendars"
    folder.mkdir()
    (folder / "disnaker.yaml").write_text(text("08:00-16:00").replace("plain", "disnaker"), encoding="utf-8")
    (folder / "local.yaml").write_text(text("08:00-16:00").replace("plain", "local"), encoding="utf-8")
    assert find_calendar("disnaker", process) == folder / "disnaker.yaml"
    assert find_calendar("disnaker") == DISNAKER
    assert find_calendar("disnaker", tmp_path / "elsewhere" / "process") == DISNAKER
    assert read_calendar(find_calendar("local", process)).name == "local"


@pytest.mark.parametrize("name", ["disnaker2", "../offices", ""])
def test_an_unknown_calendar_is_told_with_those_there_are(name):
    """A name is a name, not a path."""
    with pytest.raises(UnknownCalendarError, match="disnaker"):
        find_calendar(name)


def test_a_calendar_has_the_name_of_its_file(tmp_path):
    """Else it could not be found by its name."""
    (tmp_path / "other.yaml").write_text(text("08:00-16:00"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="name_differs"):
        read_calendar(tmp_path / "other.yaml")
