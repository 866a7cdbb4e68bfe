"""A new version of a calendar: seen beforehand, published by another person, followed by all stored dues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from alur.wiring import House
from tests.calendar_kit import at
from tests.drain_kit import by_hand, engine_write, one, quiet_house, rows, whole
from tests.office_time_kit import armed, at_desk, disnaker_with, holiday, promise, task_due
from tests.support import account_id, as_web, send
from workers.clock import follow_calendars, tick
from workflow.db import calendar_change, calendars, journal, recount
from workflow.db.calendar_change import Preview
from workflow.definition.calendar import Calendar

MONDAY = at("2026-11-23 09:00").astimezone(UTC)
#: Tuesday is declared a holiday; as a version that holds from Tuesday on.
NEW = disnaker_with(2, "2026-11-24", holiday("2026-11-24"))


@pytest.fixture
def quiet(house: House) -> Iterator[House]:
    """A house of its own for each test: versions cannot be taken back."""
    with quiet_house(house) as own:
        yield own


def published(house: House, new: Calendar, now: datetime) -> Preview:
    """Submit a version as one supervisor, publish it as another."""
    with house.engine.begin() as db:
        calendars.submit(db, new, str(account_id(house, "supervisor")), now)
    with house.engine.begin() as db:
        approver = str(account_id(house, "supervisor2"))
        return calendar_change.publish(db, house.library, new.name, approver, now)[1]


def follow(house: House, now: datetime) -> int:
    """The clock process lets stored dues follow."""
    return follow_calendars(house.engine, house.library, now)


def killed_while_following(house: House) -> None:
    """One page of cases in a transaction that is never committed."""
    with house.engine.begin() as db:
        assert recount.follow(db, house.library, MONDAY)
        raise SQLAlchemyError("killed")


def test_a_preview_tells_every_due_that_would_move_and_changes_nothing(quiet: House, tmp_path: Path) -> None:
    """Two working days from Monday end on Wednesday 16.00; with Tuesday free, on Thursday 16.00. A paused case and one
    that is finished are not told of; nobody's promise is broken by a day to come."""
    promise(quiet, tmp_path, "P2D working")
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        running, paused, done = (at_desk(quiet, hand) for _ in range(3))
        send(quiet, paused, "return", "operator", given={"reason": "x", "fields": ["photo"]})
        send(quiet, done, "reject", "operator", given={"reason": "x"})
        hand.drain()
    stored = armed(quiet, running)
    with as_web(quiet, "supervisor", "palembang", "lamongan", "banda-aceh") as db:
        seen = calendar_change.preview(db, quiet.library, NEW, MONDAY)
    assert (seen.cases, seen.later, seen.earlier, seen.newly_broken, seen.no_longer_broken) == (2, 1, 0, 0, 0)
    assert [(s.case, s.name, s.before, s.after) for s in seen.told] == [
        (running, "clock/service", at("2026-11-25 16:00"), at("2026-11-26 16:00"))
    ]
    assert armed(quiet, running) == stored
    assert one(quiet, "SELECT count(*) FROM calendar") == 1


def test_stored_dues_follow_a_published_version(quiet: House, tmp_path: Path) -> None:
    """Timers and the task's due move to where the new calendar puts them; the journal tells who changed what."""
    promise(quiet, tmp_path, "P2D working")
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        case = at_desk(quiet, hand)
        told = published(quiet, NEW, MONDAY)
        assert follow(quiet, MONDAY) >= 1
        assert task_due(quiet, case) == armed(quiet, case)["clock/service/100"] == at("2026-11-26 16:00")
        assert follow(quiet, MONDAY) == 0
        with quiet.engine.connect() as db:
            event = journal.read(db, types=["calendar_published"])[0]
            assert journal.whole(db) is None
        assert event.body["hash"] == NEW.hash
        assert event.body["preview"] == told.numbers()
        assert event.actor == str(account_id(quiet, "supervisor2"))
        assert event.body["author"] == str(account_id(quiet, "supervisor"))
        whole(quiet, case)


def test_the_dues_are_those_of_a_case_decided_anew(quiet: House, tmp_path: Path) -> None:
    """A projection: what `follow` wrote is what the engine would write had it decided after the publication."""
    promise(quiet, tmp_path, "P2D working")
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        before = at_desk(quiet, hand)
        published(quiet, NEW, MONDAY)
        after = at_desk(quiet, hand)
        follow(quiet, MONDAY)
    assert armed(quiet, before) == armed(quiet, after)
    assert task_due(quiet, before) == task_due(quiet, after)


def test_a_level_that_was_told_is_not_told_again_when_its_due_moves(quiet: House, tmp_path: Path) -> None:
    """Rule 10. PT10H from Monday 09.00: 75 % is 7.5 h, of which Monday has 6 (three before the break, three after
    it), so 75 % is told on Tuesday 09.00. Then a version makes Wednesdays short: 75 % is not armed again."""
    promise(quiet, tmp_path, "PT10H working")
    short = disnaker_with(2, "2026-11-25", ('wednesday: ["07:30-12:00", "13:00-16:00"]', 'wednesday: ["07:30-08:00"]'))
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        case = at_desk(quiet, hand)
        assert armed(quiet, case)["clock/service/75"] == at("2026-11-24 09:00")
        hand.now = at("2026-11-24 09:00").astimezone(UTC)
        tick(quiet.engine, quiet.redis, hand.now)
        hand.drain()
        assert set(armed(quiet, case)) == {"clock/service/100"}
        published(quiet, short, hand.now)
        follow(quiet, hand.now)
        assert set(armed(quiet, case)) == {"clock/service/100"}
        hand.now += timedelta(days=7)
        tick(quiet.engine, quiet.redis, hand.now)
        hand.drain()
    levels = rows(quiet, "SELECT body->>'at' FROM event WHERE case_id = :c AND type = 'clock_reached'", c=case)
    assert [r[0] for r in levels] == ["75", "100"]


def test_a_timer_already_swept_is_put_off_by_the_new_calendar(quiet: House, tmp_path: Path) -> None:
    """Fired by the old calendar, decided by the new: it is not due, and is armed for its new moment, once."""
    promise(quiet, tmp_path, "P1D working")
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        case = at_desk(quiet, hand)
        published(quiet, NEW, MONDAY)
        hand.now = at("2026-11-24 16:00").astimezone(UTC)
        tick(quiet.engine, quiet.redis, hand.now)
        follow(quiet, hand.now)
        hand.drain()
        assert one(quiet, "SELECT count(*) FROM event WHERE case_id = :c AND type = 'clock_reached'", c=case) == 0
        assert armed(quiet, case)["clock/service/100"] == at("2026-11-25 16:00")


def test_following_goes_on_where_it_was_killed(quiet: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of cases a transaction: what was committed stays, the page that was cut short is done again."""
    monkeypatch.setattr("workflow.db.concerned.PAGE", 2)
    monkeypatch.setattr(recount, "PAGE", 2)
    promise(quiet, tmp_path, "P2D working")
    follow(quiet, MONDAY)
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        cases = [at_desk(quiet, hand) for _ in range(5)]
    published(quiet, NEW, MONDAY)
    with quiet.engine.begin() as db:
        assert recount.follow(db, quiet.library, MONDAY)
    with pytest.raises(SQLAlchemyError):
        killed_while_following(quiet)
    assert [armed(quiet, c)["clock/service/100"] == at("2026-11-26 16:00") for c in cases] == [True] * 2 + [False] * 3
    follow(quiet, MONDAY)
    assert all(armed(quiet, c)["clock/service/100"] == at("2026-11-26 16:00") for c in cases)
    assert one(quiet, "SELECT moved FROM recount WHERE hash = :h", h=NEW.hash) == 5 * 3


def test_following_twice_moves_nothing_the_second_time(quiet: House, tmp_path: Path) -> None:
    """Idempotent: made to look again, it finds every due where it belongs."""
    promise(quiet, tmp_path, "P2D working")
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        at_desk(quiet, hand)
    published(quiet, NEW, MONDAY)
    follow(quiet, MONDAY)
    engine_write(quiet, "UPDATE recount SET reached = 0, moved = 0, done_at = NULL")
    follow(quiet, MONDAY)
    assert one(quiet, "SELECT sum(moved) FROM recount") == 0


def test_working_timers_of_a_state_follow_too(quiet: House, tmp_path: Path) -> None:
    """A reminder after three working days, of a case that waits for its correction: Thursday, then Friday at 16.30."""
    promise(quiet, tmp_path, "P2D working", ("after: P7D,", 'after: "P3D working",'))
    with by_hand(quiet) as hand:
        hand.now = MONDAY
        case = at_desk(quiet, hand)
        send(quiet, case, "return", "operator", given={"reason": "x", "fields": ["photo"]})
        hand.drain()
        assert armed(quiet, case)["state/correction/0"] == at("2026-11-26 16:00")
        lapse = armed(quiet, case)["state/correction/1"]
        assert published(quiet, NEW, MONDAY).later == 1
        follow(quiet, MONDAY)
        assert armed(quiet, case) == {"state/correction/0": at("2026-11-27 16:30"), "state/correction/1": lapse}
