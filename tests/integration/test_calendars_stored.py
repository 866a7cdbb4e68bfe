"""Versions of calendars in the database: immutable, approved by somebody else, noticed without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alur.furnish import furnish
from alur.wiring import House
from tests.calendar_kit import at, disnaker
from tests.drain_kit import as_owner, by_hand, engine_write, one, quiet_house, rows, submitted
from tests.office_time_kit import armed, at_desk, disnaker_with, holiday, promise, put_in_force, task_due
from tests.support import account_id, as_web
from workflow.db import calendars, cases
from workflow.db.batch import promised
from workflow.db.calendars import CalendarRefusedError

FRIDAY = at("2026-11-20 10:00").astimezone(UTC)


@pytest.fixture
def quiet(house: House) -> Iterator[House]:
    """A house of its own for each test: versions cannot be taken back."""
    with quiet_house(house) as own:
        yield own


def versions(house: House) -> list[tuple[int, str, str | None]]:
    """Version, author and approver of every row."""
    found = rows(house, "SELECT version, author, approver FROM calendar WHERE name = 'disnaker' ORDER BY version")
    return [tuple(r) for r in found]


def test_the_shipped_calendar_is_published_once(quiet: House) -> None:
    """Every start furnishes; the second changes nothing, and what is stored is what ships."""
    furnish(quiet)
    assert versions(quiet) == [(1, "shipped", "shipped")]
    with quiet.engine.connect() as db:
        assert calendars.read(db, disnaker().hash) == disnaker()


def test_an_office_that_published_its_own_version_is_not_overruled(quiet: House) -> None:
    """A newer shipped version does not take the place of what supervisors decided."""
    put_in_force(quiet, disnaker_with(2, "2026-12-01"))
    with quiet.engine.begin() as db:
        assert not calendars.publish_shipped(db, disnaker_with(3, "2027-01-01"), FRIDAY)
    assert [v for v, _, _ in versions(quiet)] == [1, 2]


def test_a_newer_shipped_version_follows_the_shipped_one(quiet: House) -> None:
    """An upgrade of Alur may bring holidays that were announced meanwhile; the same number again brings nothing."""
    with quiet.engine.begin() as db:
        assert not calendars.publish_shipped(db, disnaker_with(1, "2024-01-01", holiday("2026-12-01")), FRIDAY)
        assert calendars.publish_shipped(db, disnaker_with(2, "2026-12-01"), FRIDAY)
    assert versions(quiet) == [(1, "shipped", "shipped"), (2, "shipped", "shipped")]


def test_nobody_publishes_what_they_submitted(quiet: House) -> None:
    """Four eyes, told with a code and kept by the database besides."""
    eka = str(account_id(quiet, "supervisor"))
    with quiet.engine.begin() as db:
        calendars.submit(db, disnaker_with(2, "2026-12-01"), eka, FRIDAY)
    with quiet.engine.begin() as db, pytest.raises(CalendarRefusedError) as told:
        calendars.publish(db, calendars.draft(db, "disnaker"), eka, FRIDAY)
    assert told.value.refusal.code == "calendar_four_eyes"
    with pytest.raises(DBAPIError, match="calendar_four_eyes"):
        engine_write(quiet, "UPDATE calendar SET approver = :e, published_at = now() WHERE version = 2", e=eka)
    with pytest.raises(DBAPIError, match="row-level security"), as_web(quiet, "supervisor2") as db:
        db.execute(text("UPDATE calendar SET approver = '1', published_at = now() WHERE version = 2"))


def test_versions_are_numbered_without_a_gap(quiet: House) -> None:
    """A version that jumps ahead, or that was submitted before, is refused with the number that would be right."""
    with quiet.engine.begin() as db:
        with pytest.raises(CalendarRefusedError) as told:
            calendars.submit(db, disnaker_with(3, "2026-12-01"), "1", FRIDAY)
        assert told.value.refusal.code == "calendar_version"
        assert told.value.refusal.details["next"] == 2
        calendars.submit(db, disnaker_with(2, "2026-12-01"), "1", FRIDAY)
        with pytest.raises(CalendarRefusedError) as told:
            calendars.submit(db, disnaker_with(2, "2026-12-01"), "2", FRIDAY)
        assert told.value.refusal.code == "calendar_known"


def test_a_draft_that_another_version_overtook_cannot_be_published(quiet: House) -> None:
    """Two drafts of one number: the one that is published leaves the other without a use."""
    with quiet.engine.begin() as db:
        calendars.submit(db, disnaker_with(2, "2026-12-01"), "1", FRIDAY)
        calendars.submit(db, disnaker_with(2, "2026-12-02"), "1", FRIDAY.replace(hour=9))
        assert calendars.draft(db, "disnaker").valid_from == date(2026, 12, 2)
        calendars.publish(db, calendars.draft(db, "disnaker"), "2", FRIDAY)
        with pytest.raises(CalendarRefusedError) as told:
            calendars.draft(db, "disnaker")
    assert told.value.refusal.code == "no_calendar_draft"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calendar SET valid_from = '2020-01-01'",
        "UPDATE calendar SET body = '{}'",
        "UPDATE calendar SET approver = 'x', author = 'y'",
        "DELETE FROM calendar",
        "TRUNCATE calendar CASCADE",
    ],
)
def test_a_published_version_is_never_changed(quiet: House, change: str) -> None:
    """Not even the owner of the schema rewrites the hours by which dues were counted."""
    with pytest.raises(Exception, match=r"immutable|append-only"):
        as_owner(quiet, change)


def test_a_running_engine_notices_a_new_version(quiet: House, tmp_path: Path) -> None:
    """Two working days from Friday end on Tuesday; with Monday declared a holiday, on Wednesday. No restart."""
    promise(quiet, tmp_path, "P2D working")
    with by_hand(quiet) as hand:
        hand.now = FRIDAY
        first = at_desk(quiet, hand)
        assert task_due(quiet, first) == at("2026-11-24 16:00")
        put_in_force(quiet, disnaker_with(2, "2026-11-21", holiday("2026-11-23")), FRIDAY)
        second = at_desk(quiet, hand)
        assert task_due(quiet, second) == at("2026-11-25 16:00")
        assert armed(quiet, second)["clock/service/100"] == at("2026-11-25 16:00")


def test_time_that_was_counted_stays_counted(quiet: House, tmp_path: Path) -> None:
    """A version that claims to hold since last week holds from the day after its publication.

    PT16H from Thursday 14.00: 2 h on Thursday, 7.5 h on Friday, and 6.5 h on Monday: 07.30–12.00 is 4.5, so 15.00. A
    version published on Friday at noon makes Thursday, Friday and Monday holidays: Monday is free, so Tuesday 15.00.
    """
    promise(quiet, tmp_path, "PT16H working")
    days = ", ".join(f'{{date: "2026-11-{day}", name: {{id: A, en: A}}}}' for day in (19, 20, 23))
    with by_hand(quiet) as hand:
        hand.now = at("2026-11-19 14:00").astimezone(UTC)
        case = at_desk(quiet, hand)
        assert task_due(quiet, case) == at("2026-11-23 15:00")
        put_in_force(
            quiet,
            disnaker_with(2, "2026-11-16", ("added: []", f"added: [{days}]")),
            at("2026-11-20 12:00").astimezone(UTC),
        )
    with quiet.engine.connect() as db:
        case_ = cases.get(db, case).case
        quiet.library.keep_time(db, [(case_.definition, "palembang")])
    assert promised(quiet.library.book(case_.definition, "palembang"), case_) == at("2026-11-24 15:00")


def test_a_process_of_clock_time_asks_for_no_calendar(quiet: House) -> None:
    """AK-1 as it ships counts clock time: its drain looks at no calendar at all."""
    with by_hand(quiet) as hand:
        hand.now = FRIDAY
        at_desk(quiet, hand)
    assert quiet.library.calendars.state("disnaker") == ()


def test_a_year_that_no_version_knows_fails_the_command_alone(quiet: House, tmp_path: Path) -> None:
    """The calendar knows fifteen years ahead; a case beyond gets an engine error, and the drain goes on."""
    promise(quiet, tmp_path, "P1D working")
    with by_hand(quiet) as hand:
        hand.now = datetime(2060, 1, 5, 3, tzinfo=UTC)
        case, _ = submitted(quiet)
        assert hand.drain() == 1
    assert one(quiet, "SELECT status FROM command WHERE case_id = :c", c=case) == "failed"
