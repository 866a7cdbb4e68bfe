"""Timers on the real database: swept, fired once, tried again."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from alur.wiring import House
from tests.drain_kit import by_hand, engine_write, in_verification, one, rows, submitted, whole, with_card
from tests.support import send, settle, state
from workflow.db import sweeps


def sent_back(house: House) -> int:
    """A case that waits for a correction."""
    case, _ = in_verification(house)
    send(house, case, "return", "operator", given={"reason": "x", "fields": ["photo"]})
    settle(house)
    return case


def sweep(house: House, now: datetime, limit: int = 1000) -> int:
    """One sweep of a clock process."""
    with house.engine.begin() as db:
        return sweeps.fire_timers(db, now, limit)


def armed(house: House, case: int) -> list[str]:
    """Names of the armed timers."""
    return [r[0] for r in rows(house, "SELECT name FROM timer WHERE case_id = :c ORDER BY name", c=case)]


def count(house: House, case: int, type_: str) -> int:
    """How many events of a type a case has."""
    return int(one(house, "SELECT count(*) FROM event WHERE case_id = :c AND type = :t", c=case, t=type_))


def test_a_correction_that_nobody_makes_is_reminded_of_and_lapses(quiet: House) -> None:
    """Seven days: a reminder; fourteen: the case expires, its number of timers is none."""
    case = sent_back(quiet)
    assert armed(quiet, case) == ["state/correction/0", "state/correction/1"]
    with by_hand(quiet) as hand:
        hand.wait(days=7, minutes=1)
        sweep(quiet, hand.now)
        hand.drain()
        assert armed(quiet, case) == ["state/correction/1"]
        assert state(quiet, case) == "correction"
        hand.wait(days=7)
        sweep(quiet, hand.now)
        hand.drain()
    assert (state(quiet, case), armed(quiet, case)) == ("expired", [])
    assert one(quiet, "SELECT count(*) FROM outbox WHERE case_id = :c AND kind = 'notify'", c=case) >= 1
    whole(quiet, case)


def test_clocks_that_sweep_at_once_fire_each_timer_once_and_in_order(quiet: House) -> None:
    """One sweeps at a time and a case hears of one due at a time, so a reminder never gets lost behind a lapse that was
    due with it: four clock processes and two engines, each case is reminded and then expires."""
    cases_ = [sent_back(quiet) for _ in range(6)]
    later = datetime.now(UTC) + timedelta(days=15)
    start, done = threading.Barrier(6), threading.Event()

    def clock(_: int) -> int:
        start.wait()
        fired = 0
        while not done.is_set():
            fired += sweep(quiet, later, limit=2)
            time.sleep(0.01)
        return fired

    def engine(_: int) -> int:
        with by_hand(quiet) as hand:
            hand.now = later
            start.wait()
            while any(state(quiet, case) != "expired" for case in cases_):
                hand.drain()
                time.sleep(0.01)
            done.set()
        return 0

    with ThreadPoolExecutor(6) as pool:
        engines = [pool.submit(engine, n) for n in range(2)]
        assert sum(pool.map(clock, range(4))) >= 12
        assert [e.result(timeout=60) for e in engines] == [0, 0]
    found = rows(
        quiet,
        "SELECT case_id, payload->>'timer' AS timer, count(*) AS n FROM command WHERE \"do\" = '@timer' "
        "AND case_id = ANY(:c) GROUP BY 1, 2",
        c=cases_,
    )
    assert sorted((r.case_id, r.timer, r.n) for r in found) == sorted(
        (c, f"state/correction/{i}", 1) for c in cases_ for i in (0, 1)
    )
    for case in cases_:
        fired = rows(
            quiet, "SELECT body->>'index' FROM event WHERE case_id = :c AND type = 'timer_fired' ORDER BY seq", c=case
        )
        assert [r[0] for r in fired] == ["0", "1"]
    whole(quiet, *cases_)


def test_a_second_clock_sweeps_nothing_while_the_first_is_at_it(quiet: House) -> None:
    """The sweep is held by one transaction; who comes meanwhile goes on without waiting."""
    case = sent_back(quiet)
    later = datetime.now(UTC) + timedelta(days=8)
    with quiet.engine.begin() as first:
        assert sweeps.fire_timers(first, later) >= 1
        assert sweep(quiet, later) == 0
    with by_hand(quiet) as hand:
        hand.now = later
        hand.drain()
    assert count(quiet, case, "timer_fired") == 1


def test_a_timer_that_comes_twice_acts_once(quiet: House) -> None:
    """A second command for the same timer finds it fired and is refused."""
    case = sent_back(quiet)
    with by_hand(quiet) as hand:
        hand.wait(days=8)
        sweep(quiet, hand.now)
        engine_write(
            quiet,
            'INSERT INTO command (case_id, "do", actor, payload, key) VALUES '
            "(:c, '@timer', 'timer', '{\"timer\": \"state/correction/0\"}', gen_random_uuid())",
            c=case,
        )
        hand.drain()
    assert count(quiet, case, "timer_fired") == 1
    assert armed(quiet, case) == ["state/correction/1"]


def test_a_timer_that_finds_a_step_pending_is_tried_again(quiet: House) -> None:
    """Rule 4: it waits a minute and then fires, once the step is over."""
    case, _ = with_card(quiet)
    engine_write(quiet, "DELETE FROM timer WHERE case_id = :c AND name <> 'state/issued/1'", c=case)
    engine_write(
        quiet,
        'UPDATE case_ SET fold = fold || \'{"step": [99, "sign_card", ["sign"], "1", "signer", {}, null]}\' '
        "WHERE id = :c",
        c=case,
    )
    with by_hand(quiet) as hand:
        hand.wait(days=731)
        sweep(quiet, hand.now)
        hand.drain()
        assert state(quiet, case) == "issued"
        due = one(quiet, "SELECT due_at FROM timer WHERE case_id = :c AND name = 'state/issued/1'", c=case)
        assert timedelta(0) < due - hand.now <= timedelta(minutes=1)
        engine_write(quiet, "UPDATE case_ SET fold = fold - 'step' WHERE id = :c", c=case)
        hand.wait(minutes=1)
        sweep(quiet, hand.now)
        hand.drain()
    assert (state(quiet, case), armed(quiet, case)) == ("expired", [])
    whole(quiet, case)


def test_a_clock_that_is_ahead_of_the_engine_loses_no_timer(quiet: House) -> None:
    """Two machines never agree to the millisecond: a timer that came too early is armed again for its moment."""
    case = sent_back(quiet)
    due = one(quiet, "SELECT due_at FROM timer WHERE case_id = :c AND name = 'state/correction/0'", c=case)
    with by_hand(quiet) as hand:
        hand.now = due - timedelta(milliseconds=50)
        assert sweep(quiet, due) >= 1
        hand.drain()
        assert count(quiet, case, "timer_fired") == 0
        assert one(quiet, "SELECT due_at FROM timer WHERE case_id = :c AND name = 'state/correction/0'", c=case) == due
        hand.now = due
        sweep(quiet, due)
        hand.drain()
    assert count(quiet, case, "timer_fired") == 1


def test_a_timer_of_a_state_that_was_left_does_nothing(quiet: House) -> None:
    """A resubmission that was drained first leaves the swept timer without effect."""
    case = sent_back(quiet)
    owner = one(quiet, "SELECT a.name FROM account a JOIN case_ c ON c.owner = a.id WHERE c.id = :c", c=case)
    send(quiet, case, "resubmit", owner, submits=True)
    with by_hand(quiet) as hand:
        hand.wait(days=15)
        sweep(quiet, hand.now)
        hand.drain()
    assert state(quiet, case) == "verifying"
    assert count(quiet, case, "timer_fired") == 0
    whole(quiet, case)


def test_a_clock_that_slept_for_a_year_reminds_once(quiet: House) -> None:
    """Rule 9: missed notices merge; the next is armed ahead of now."""
    case, _ = with_card(quiet)
    with by_hand(quiet) as hand:
        hand.wait(days=600)
        while sweep(quiet, hand.now):
            hand.drain()
        assert count(quiet, case, "timer_fired") == 1
        next_due = one(quiet, "SELECT due_at FROM timer WHERE case_id = :c AND name = 'state/issued/0'", c=case)
        assert next_due > hand.now
    whole(quiet, case)


def test_the_promise_is_written_beside_the_task(quiet: House) -> None:
    """The inbox sorts by the earliest moment at which a running clock is used up."""
    case, _ = in_verification(quiet)
    begun = one(quiet, "SELECT at FROM event WHERE case_id = :c AND seq = 1", c=case)
    assert one(quiet, "SELECT due_at FROM task WHERE case_id = :c AND status = 'open'", c=case) == begun + timedelta(
        days=1
    )


def test_answered_commands_are_pruned_and_waiting_ones_never(quiet: House) -> None:
    """A week after its answer a command is gone, in small bites; one that waits stays however old."""
    case, _ = in_verification(quiet)
    waiting, _ = submitted(quiet)
    engine_write(
        quiet,
        "UPDATE command SET done_at = done_at - interval '8 days', created_at = created_at - interval '9 days' "
        "WHERE case_id = ANY(:c)",
        c=[case, waiting],
    )
    with quiet.engine.begin() as db:
        assert sweeps.prune(db, limit=1) == 1
    with quiet.engine.begin() as db:
        sweeps.prune(db)
    assert rows(quiet, "SELECT status FROM command WHERE case_id = ANY(:c)", c=[case, waiting]) == [("pending",)]
    settle(quiet)
