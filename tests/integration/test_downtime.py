"""The clock process was away: what fell due meanwhile is told once, in order, and says that it is late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from alur.wiring import House
from tests.calendar_kit import at
from tests.drain_kit import Hand, by_hand, one, rows, whole
from tests.office_time_kit import armed, at_desk
from tests.support import account_id, send
from workers import clock
from workflow.commands import Actor
from workflow.db import cases as store
from workflow.db import tasks

BEGIN = at("2026-11-16 08:00").astimezone(UTC)
HOUR = timedelta(hours=1)

FIRED = """SELECT e.case_id, e.type, coalesce(e.body->>'at', e.body->>'index', 'lease') AS level,
    coalesce(e.body->>'reached', e.body->>'due') AS due, (e.body->>'late')::int AS late
    FROM event e JOIN command c ON c.case_id = e.case_id AND c."do" = '@timer' AND (c.outcome->>'seq')::int = e.seq
    WHERE e.type IN ('clock_reached', 'timer_fired', 'lease_expired') ORDER BY c.id"""


def catch_up(house: House, hand: Hand, clocks: int) -> None:
    """Let clock processes tick, all at once, and the engine work, until nothing is left to do at this moment."""
    with ThreadPoolExecutor(clocks) as pool:
        quiet = 0
        while quiet < 2:
            fired = sum(pool.map(lambda _: clock.tick(house.engine, house.redis, hand.now), range(clocks)))
            quiet = 0 if fired + hand.drain() else quiet + 1


def prepared(house: House, hand: Hand) -> dict[str, int]:
    """Five cases on Monday and Tuesday morning, the last look of the clock process on Tuesday at 04.30."""
    cases: dict[str, int] = {}
    for name, hours in (("early", 0.0), ("second", 3.0), ("late", 20.0)):
        hand.now = BEGIN + hours * HOUR
        cases[name] = at_desk(house, hand)
        if name == "second":
            cases["returned"] = at_desk(house, hand)
            send(house, cases["returned"], "return", "operator", given={"reason": "x", "fields": ["photo"]})
            hand.drain()
    hand.now = BEGIN + 20.5 * HOUR
    catch_up(house, hand, 1)
    return cases


def test_a_clock_that_was_away_for_36_hours_tells_every_due_once_and_in_order(quiet: House) -> None:
    """Stopped on Tuesday 04.30 and started on Wednesday 16.30, with three clock processes at once.

    The promise is 24 hours with levels at 18 and 24. `early` (Monday 08.00): 75 % at 02.00 was told in time; 100 % on
    Tuesday 08.00. `second` (11.00): 05.00 and 11.00. `late` (Tuesday 04.00): 22.00, and Wednesday 04.00.
    `returned` stands still and hears nothing.
    """
    with by_hand(quiet) as hand:
        cases = prepared(quiet, hand)
        in_time = fired(quiet, cases)
        assert in_time == [("early", "75", BEGIN + 18 * HOUR, 2.5)]
        hand.now += 36 * HOUR
        catch_up(quiet, hand, 3)
        told = fired(quiet, cases)[len(in_time) :]
        assert [(name, level, (due - BEGIN) / HOUR) for name, level, due, _ in told] == [
            ("second", "75", 21.0),
            ("early", "100", 24.0),
            ("second", "100", 27.0),
            ("late", "75", 38.0),
            ("late", "100", 44.0),
        ]
        assert all(late == (hand.now - due) / HOUR for _, _, due, late in told)
        assert set(armed(quiet, cases["returned"])) == {"state/correction/0", "state/correction/1"}
        notices = rows(
            quiet,
            "SELECT input->>'late' AS late FROM outbox WHERE kind = 'notify' AND input ? 'late' AND case_id = ANY(:c)",
            c=list(cases.values()),
        )
        assert len(notices) == 6
        whole(quiet, *cases.values())


def fired(house: House, cases: dict[str, int]) -> list[tuple[Any, ...]]:
    """Case, level, due and lateness in hours, in the order in which the clock process told of them."""
    names = {number: name for name, number in cases.items()}
    return [
        (names[r.case_id], r.level, datetime.fromisoformat(r.due), r.late and r.late / 3600)
        for r in rows(house, FIRED)
        if r.case_id in names
    ]


def test_a_reminder_and_a_lapse_that_were_slept_over_come_in_their_order(quiet: House) -> None:
    """A correction that nobody made for two weeks: reminded first, then expired, though both were due long ago; and a
    claim that ran out meanwhile is given back."""
    with by_hand(quiet) as hand:
        hand.now = BEGIN
        case, other = at_desk(quiet, hand), at_desk(quiet, hand)
        send(quiet, case, "return", "operator", given={"reason": "x", "fields": ["photo"]})
        hand.drain()
        _claim(quiet, other, hand.now)
        hand.now += timedelta(days=14, hours=36)
        catch_up(quiet, hand, 2)
    timers = rows(
        quiet, "SELECT body->>'index' AS i FROM event WHERE case_id = :c AND type = 'timer_fired' ORDER BY seq", c=case
    )
    assert [r.i for r in timers] == ["0", "1"]
    assert one(quiet, "SELECT state FROM case_ WHERE id = :c", c=case) == "expired"
    assert one(quiet, "SELECT count(*) FROM event WHERE case_id = :c AND type = 'lease_expired'", c=other) == 1
    whole(quiet, case, other)


def _claim(house: House, case: int, now: datetime) -> None:
    """Claim the open task of a case."""
    with house.engine.begin() as db:
        found = store.get(db, case, lock=True)
        assert found.case.task is not None
        actor = Actor(str(account_id(house, "operator")), frozenset({"operator"}))
        book = house.library.book(found.case.definition, found.case.office)
        tasks.claim(db, book, found, found.case.task.seq, actor, now)
