"""Claiming and releasing tasks under the web's role, and leases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, ready_to_sign, rows, whole
from tests.support import account_id, as_web, new_account, outcome, send, settle
from workflow.case import Case
from workflow.db import cases, sweeps, tasks
from workflow.db.tasks import TaskRefusedError

TICKS = ("identity", "photo", "diploma")


def act(
    house: House, what: Any, case: int, who: str, *, office: str = "palembang", now: datetime | None = None
) -> Case:
    """Claim or release the open task of a case, as the web does it."""
    with as_web(house, who, office) as db:
        found = cases.get(db, case, lock=True)
        book = house.library.book(found.case.definition, found.case.office)
        assert found.case.task is not None
        now = now or datetime.now(UTC)
        actor = cases.actor(db, account_id(house, who), found.case, now)
        after: Case = what(db, book, found, found.case.task.seq, actor, now)
        return after


def refused(house: House, what: Any, case: int, who: str, **more: Any) -> str:
    """Code of the refusal."""
    with pytest.raises(TaskRefusedError) as told:
        act(house, what, case, who, **more)
    return told.value.refusal.code


def swept(house: House, case: int, now: datetime) -> int:
    """How many timers of the case wait for the engine after a sweep at `now`."""
    with house.engine.begin() as db:
        sweeps.fire_timers(db, now)
    sql = "SELECT count(*) FROM command WHERE case_id = :c AND \"do\" = '@timer' AND status = 'pending'"
    return int(one(house, sql, c=case))


def test_a_claim_leaves_its_event_and_not_a_new_revision(quiet: House) -> None:
    """Rule 3: seq counts it, revision does not; the inbox row and the lease say the same as the fold."""
    case, _ = in_verification(quiet)
    with quiet.engine.connect() as db:
        before = cases.get(db, case)
    after = act(quiet, tasks.claim, case, "operator")
    with quiet.engine.connect() as db:
        found = cases.get(db, case)
    assert found.case == after
    assert (found.case.seq, found.revision) == (before.case.seq + 1, before.revision)
    me = str(account_id(quiet, "operator"))
    row = rows(quiet, "SELECT assignee, lease_until FROM task WHERE case_id = :c AND status = 'open'", c=case)[0]
    assert found.case.task is not None
    assert tuple(row) == (me, found.case.task.until) == (found.case.task.holder, found.case.task.until)
    due = one(quiet, "SELECT due_at FROM timer WHERE case_id = :c AND name LIKE 'lease/%'", c=case)
    assert due == found.case.task.until
    whole(quiet, case)


def test_what_another_holds_can_be_neither_claimed_nor_done(quiet: House) -> None:
    """The second officer is refused with who holds it; the holder may claim again and act."""
    case, _ = in_verification(quiet)
    act(quiet, tasks.claim, case, "operator")
    assert refused(quiet, tasks.claim, case, "operator2") == "not_holder"
    assert refused(quiet, tasks.release, case, "operator2") == "not_holder"
    early = send(quiet, case, "approve", "operator2", checklist=TICKS)
    act(quiet, tasks.claim, case, "operator")
    mine = send(quiet, case, "approve", "operator", checklist=TICKS)
    settle(quiet)
    assert outcome(quiet, early)[1]["code"] == "not_holder"
    assert outcome(quiet, mine)[0] == "done"
    whole(quiet, case)


def test_of_many_who_claim_at_once_one_gets_it(quiet: House) -> None:
    """The case row is locked, so claims are taken one after the other."""
    case, _ = in_verification(quiet)
    people = [new_account(quiet, "operator@palembang") for _ in range(5)]

    def try_(who: str) -> str:
        try:
            act(quiet, tasks.claim, case, who)
        except TaskRefusedError as error:
            return error.refusal.code
        return "claimed"

    with ThreadPoolExecutor(5) as pool:
        told = sorted(pool.map(try_, people))
    assert told == ["claimed"] + ["not_holder"] * 4
    whole(quiet, case)


def test_a_released_task_is_open_to_all(quiet: House) -> None:
    """Releasing leaves its event; releasing what nobody holds changes nothing."""
    case, _ = in_verification(quiet)
    act(quiet, tasks.claim, case, "operator")
    after = act(quiet, tasks.release, case, "operator")
    assert act(quiet, tasks.release, case, "operator") == after
    assert one(quiet, "SELECT count(*) FROM timer WHERE case_id = :c AND name LIKE 'lease/%'", c=case) == 0
    act(quiet, tasks.claim, case, "operator2")
    whole(quiet, case)


def test_expired_lease_returns_the_task_to_the_queue(quiet: House) -> None:
    """Half an hour without renewal: the clock gives the task back, and the next officer may claim it."""
    case, _ = in_verification(quiet)
    begun = datetime.now(UTC)
    act(quiet, tasks.claim, case, "operator", now=begun)
    with by_hand(quiet) as hand:
        hand.now = begun + timedelta(minutes=31)
        assert swept(quiet, case, begun + timedelta(minutes=29)) == 0
        hand.drain()
        assert one(quiet, "SELECT assignee FROM task WHERE case_id = :c AND status = 'open'", c=case) is not None
        assert swept(quiet, case, hand.now) == 1
        hand.drain()
    assert one(quiet, "SELECT assignee FROM task WHERE case_id = :c AND status = 'open'", c=case) is None
    types = rows(quiet, "SELECT type, actor FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1", c=case)
    assert tuple(types[0]) == ("lease_expired", "timer")
    act(quiet, tasks.claim, case, "operator2")
    whole(quiet, case)


def test_a_renewed_claim_is_not_ended_by_the_old_lease(quiet: House) -> None:
    """Claiming again moves the lease; a sweep at the old moment finds nothing due."""
    case, _ = in_verification(quiet)
    begun = datetime.now(UTC)
    act(quiet, tasks.claim, case, "operator", now=begun)
    act(quiet, tasks.claim, case, "operator", now=begun + timedelta(minutes=20))
    assert swept(quiet, case, begun + timedelta(minutes=31)) == 0
    assert one(quiet, "SELECT assignee FROM task WHERE case_id = :c AND status = 'open'", c=case) is not None


def test_four_eyes_hold_where_a_task_is_claimed(quiet: House) -> None:
    """Rule 15: who verified cannot even claim the signing; who belongs elsewhere cannot claim anything."""
    case, _ = ready_to_sign(quiet)
    operator = account_id(quiet, "operator")
    with quiet.engine.begin() as db:
        db.execute(
            text("INSERT INTO membership VALUES (:a, 'signer', 'palembang') ON CONFLICT DO NOTHING"), {"a": operator}
        )
    assert refused(quiet, tasks.claim, case, "operator") == "four_eyes"
    assert refused(quiet, tasks.claim, case, "operator2") == "wrong_role"
    far = new_account(quiet, "signer@lamongan", "operator@palembang")
    assert refused(quiet, tasks.claim, case, far) == "wrong_office"


def test_a_task_that_is_over_cannot_be_claimed(quiet: House) -> None:
    """The number of the task is part of the claim: a page left open claims nothing else."""
    case, _ = in_verification(quiet)
    with quiet.engine.connect() as db:
        old = cases.get(db, case).case.task
    assert old is not None
    send(quiet, case, "approve", "operator", checklist=TICKS)
    settle(quiet)

    def claim_old(db: Any, book: Any, found: Any, _: int, actor: Any, now: Any) -> Case:
        return tasks.claim(db, book, found, old.seq, actor, now)

    assert refused(quiet, claim_old, case, "signer") == "wrong_state"
