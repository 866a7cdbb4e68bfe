"""Steps in the outbox: leased, tried again, done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from alur.wiring import House
from tests.drain_kit import by_hand, engine_write, one, pass_time, rows, submitted, whole, with_card
from tests.support import send, settle, state
from workflow.db import outbox
from workflow.db.outbox import LEASE, StepId, Work

TEN = timedelta(seconds=10)


def asked(house: House) -> tuple[int, str]:
    """A case whose intake checks wait to be done."""
    case, siti = submitted(house)
    with by_hand(house) as hand:
        hand.drain()
    return case, siti


def dispatch(house: House, case: int) -> list[Work]:
    """What a relay would enqueue for the case."""
    with house.engine.begin() as db:
        return [w for w in outbox.dispatchable(db) if w.id.case == case]


def row(house: House, case: int, kind: str = "intake_checks") -> Any:
    """The step as it is stored."""
    sql = "SELECT *, due_at - now() AS left FROM outbox WHERE case_id = :c AND kind = :k"
    return rows(house, sql, c=case, k=kind)[0]


def fail(house: House, work: Work, *, final: bool = False, times: int = 3) -> bool:
    """Note a failed attempt."""
    with house.engine.begin() as db:
        return outbox.fail(db, work, "tsa_unavailable", "no answer", final=final, asked=True, base=TEN, times=times)


def test_a_dispatched_step_is_leased_and_not_given_out_again(quiet: House) -> None:
    """Until its lease ran out nobody else gets it; then it is a new attempt."""
    case, _ = asked(quiet)
    first = dispatch(quiet, case)
    assert [(w.id.kind, w.attempt) for w in first] == [("intake_checks", 1)]
    assert LEASE - TEN < row(quiet, case).left <= LEASE
    assert dispatch(quiet, case) == []
    pass_time(quiet)
    assert [w.attempt for w in dispatch(quiet, case)] == [2]
    settle(quiet)


def test_many_relays_at_once_give_each_step_out_once(quiet: House) -> None:
    """Rows are leased under lock: no step is in two queues."""
    cases = [asked(quiet)[0] for _ in range(8)]

    def relay(_: int) -> list[StepId]:
        with quiet.engine.begin() as db:
            return [w.id for w in outbox.dispatchable(db)]

    with ThreadPoolExecutor(4) as pool:
        given = [id_ for ids in pool.map(relay, range(8)) for id_ in ids]
    assert len(given) == len(set(given))
    assert {id_.case for id_ in given} >= set(cases)
    pass_time(quiet)
    settle(quiet)


def test_no_more_than_the_limit_is_in_flight(quiet: House) -> None:
    """The rest waits in PostgreSQL, where nothing is lost."""
    for _ in range(3):
        asked(quiet)
    with quiet.engine.begin() as db:
        assert len(outbox.dispatchable(db, limit=2)) == 2
    with quiet.engine.begin() as db:
        assert outbox.dispatchable(db, limit=2) == []
    pass_time(quiet)
    settle(quiet)


def test_an_old_attempt_does_not_begin_once_a_new_one_was_given_out(quiet: House) -> None:
    """A job that waited too long in the queue finds that out by its attempt."""
    case, _ = asked(quiet)
    old = dispatch(quiet, case)[0]
    pass_time(quiet)
    new = dispatch(quiet, case)[0]
    with quiet.engine.begin() as db:
        assert outbox.start(db, old.id, old.attempt) is None
        assert outbox.start(db, new.id, new.attempt) == new
    settle_later(quiet)


def settle_later(house: House) -> None:
    """Let leases run out and finish everything."""
    pass_time(house)
    settle(house)


def test_a_failed_attempt_waits_longer_each_time_and_then_gives_up(quiet: House) -> None:
    """Ten seconds, twenty, and after the third an incident that people see."""
    case, _ = asked(quiet)
    waits = []
    for last in (False, False, True):
        work = dispatch(quiet, case)[0]
        assert fail(quiet, work) is last
        waits.append(row(quiet, case).left)
        pass_time(quiet)
    assert [round(w.total_seconds(), -1) for w in waits[:2]] == [10, 20]
    found = row(quiet, case)
    assert (found.status, found.attempts, found.error) == ("failed", 3, "tsa_unavailable: no answer")
    with by_hand(quiet) as hand:
        hand.drain()
    failed = one(quiet, "SELECT body FROM event WHERE case_id = :c AND type = 'step_failed'", c=case)
    assert (failed["code"], failed["attempts"]) == ("tsa_unavailable", 3)
    assert state(quiet, case) == "submitted"
    whole(quiet, case)


def test_a_final_failure_is_not_tried_again(quiet: House) -> None:
    """Where trying again could do harm, the first failure is the incident."""
    case, _ = asked(quiet)
    assert fail(quiet, dispatch(quiet, case)[0], final=True)
    assert row(quiet, case).status == "failed"


def test_the_first_result_stands(quiet: House) -> None:
    """A second attempt that ends later changes nothing and tells nothing."""
    case, _ = asked(quiet)
    slow = dispatch(quiet, case)[0]
    pass_time(quiet)
    quick = dispatch(quiet, case)[0]
    with quiet.engine.begin() as db:
        assert outbox.succeed(db, quick, {"ok": True, "warnings": []}, asked=True)
        assert not outbox.succeed(db, slow, {"ok": False, "warnings": ["x"]}, asked=True)
    assert fail(quiet, slow, final=True)
    found = row(quiet, case)
    assert (found.status, found.result) == ("done", {"ok": True, "warnings": []})
    sql = "SELECT count(*) FROM command WHERE case_id = :c AND \"do\" = '@step'"
    assert one(quiet, sql, c=case) == 1
    settle(quiet)
    assert state(quiet, case) == "verifying"
    whole(quiet, case)


def test_a_failed_attempt_of_before_does_not_put_off_the_one_that_runs(quiet: House) -> None:
    """Only the attempt that holds the lease may move it."""
    case, _ = asked(quiet)
    old = dispatch(quiet, case)[0]
    pass_time(quiet)
    dispatch(quiet, case)
    fail(quiet, old)
    assert row(quiet, case).left > TEN
    settle_later(quiet)


def test_a_step_that_was_cancelled_before_it_began_is_not_done(quiet: House) -> None:
    """Withdrawing takes the step out of the outbox."""
    case, siti = asked(quiet)
    send(quiet, case, "withdraw", siti)
    with by_hand(quiet) as hand:
        hand.drain()
    assert row(quiet, case).status == "cancelled"
    assert [work.id.kind for work in dispatch(quiet, case)] == ["notify"]


def test_the_result_of_a_cancelled_step_is_recorded_and_ignored(quiet: House) -> None:
    """Rule 4: it was on its way when the case was withdrawn; the case hears of it and stays as it is."""
    case, siti = asked(quiet)
    work = dispatch(quiet, case)[0]
    with quiet.engine.begin() as db:
        work = outbox.start(db, work.id, work.attempt) or work
    send(quiet, case, "withdraw", siti)
    with by_hand(quiet) as hand:
        hand.drain()
        with quiet.engine.begin() as db:
            assert not outbox.succeed(db, work, {"ok": True, "warnings": []}, asked=True)
        hand.drain()
    assert state(quiet, case) == "withdrawn"
    assert row(quiet, case).result == {"ok": True, "warnings": []}
    last = one(quiet, "SELECT type FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1", c=case)
    assert last == "step_ignored"
    whole(quiet, case)


def test_a_card_signed_by_a_cancelled_step_is_voided(quiet: House) -> None:
    """Rule 4: the number stays in the register, void, with its reason; a void card never comes back."""
    case, _ = with_card(quiet)
    card = one(quiet, "SELECT id FROM card WHERE case_id = :c", c=case)
    engine_write(
        quiet,
        "INSERT INTO command (case_id, \"do\", actor, payload, key) VALUES (:c, '@step', 'system', "
        "jsonb_build_object('step', 2, 'run', 'sign_card', 'ok', true, 'result', jsonb_build_object('card', :k)), "
        "gen_random_uuid())",
        c=case,
        k=card,
    )
    settle(quiet)
    found = rows(quiet, "SELECT state, reason FROM card WHERE id = :k", k=card)[0]
    assert tuple(found) == ("void", "cancelled")
    whole(quiet, case)


def test_followers_are_told_once(quiet: House) -> None:
    """A notice done twice stands in each account once."""
    case, _ = with_card(quiet)
    engine_write(quiet, "UPDATE outbox SET status = 'due', attempts = 0 WHERE case_id = :c AND kind = 'notify'", c=case)
    settle(quiet)
    found = rows(quiet, "SELECT name, count(*) FROM notice WHERE case_id = :c GROUP BY name", c=case)
    assert [tuple(r) for r in found] == [("card_ready", 1)]
