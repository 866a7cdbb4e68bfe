"""Moving running cases to another version of their definition, performed in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from alur.wiring import House
from tests.drain_kit import (
    CHECKLIST,
    Hand,
    by_hand,
    engine_write,
    in_verification,
    one,
    quiet_house,
    rows,
    submitted,
    whole,
)
from tests.migration_kit import TO_CHECKING, Mover, renamed_word
from tests.support import as_web, open_filled, send, settle, state
from workflow.db import case_migrations as store
from workflow.db import journal
from workflow.db.case_migrations import MigrationRefusedError
from workflow.db.schema import WEB
from workflow.definition.process import Process


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Process:
    """AK-1 with `verifying` called `checking`."""
    return renamed_word(tmp_path_factory.mktemp("versions"), "verifying", "checking")


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house in which nobody else's cases are moved."""
    with quiet_house(house) as quiet:
        yield quiet


@pytest.fixture
def hand(own: House) -> Iterator[Hand]:
    """A drain whose clock is set by hand."""
    with by_hand(own) as hand:
        yield hand


@pytest.fixture
def moving(own: House, hand: Hand, new: Process) -> Mover:
    """Migrations of a house, led by hand."""
    return Mover(own, hand, new)


def test_cases_are_moved_by_their_own_commands_and_fold_to_what_is_stored(own: House, moving: Mover) -> None:
    """Proposed by one, approved by another, performed case by case; histories tell it whole."""
    cases = [in_verification(own)[0] for _ in range(3)]
    draft = open_filled(own, None, by="operator")
    id_ = moving.begin(canary={"cases": 0})
    moving.run()
    assert moving.migration(id_).status == "finished"
    assert moving.progress(id_) == {"moved": 4}
    assert {state(own, case) for case in cases} == {"checking"}
    assert set(moving.definitions([*cases, draft])) == {moving.new.hash}
    whole(own, *cases)
    send(own, cases[0], "approve", "operator", checklist=CHECKLIST)
    settle(own)
    assert state(own, cases[0]) == "approved"
    whole(own, cases[0])
    states = rows(own, "SELECT state FROM task WHERE status = 'open' AND case_id = ANY(:c)", c=cases[1:])
    assert {row.state for row in states} == {"checking"}


def test_nobody_approves_what_they_proposed(moving: Mover) -> None:
    """Four eyes, in the engine and in the database."""
    id_ = moving.propose()
    supervisor = moving.account("supervisor")
    with moving.house.engine.begin() as db, pytest.raises(MigrationRefusedError) as refused:
        store.approve(db, id_, supervisor, moving.now)
    assert refused.value.refusal.code == "migration_four_eyes"
    with as_web(moving.house, "supervisor2", "palembang") as db, pytest.raises(ProgrammingError, match="of another"):
        db.execute(text("UPDATE migration SET approver = '99', status = 'running' WHERE id = :id"), {"id": id_})


def test_only_supervisors_see_and_lead_migrations(moving: Mover) -> None:
    """Row-level security: an operator finds none and changes none."""
    id_ = moving.propose()
    with as_web(moving.house, "operator", "palembang") as db:
        assert db.execute(text("SELECT count(*) FROM migration")).scalar() == 0
        assert db.execute(text("UPDATE migration SET status = 'aborted' WHERE id = :i"), {"i": id_}).rowcount == 0
    with as_web(moving.house, "supervisor2", "palembang") as db:
        store.approve(db, id_, moving.account("supervisor2"), moving.now)
    assert moving.migration(id_).status == "running"
    assert WEB == "alur_web"


def test_the_canary_is_moved_first_and_watched(own: House, moving: Mover) -> None:
    """Two cases, then an hour of waiting, then the rest."""
    for _ in range(5):
        in_verification(own)
    id_ = moving.begin(canary={"cases": 2, "wait": "PT1H"})
    moving.run()
    assert moving.progress(id_) == {"moved": 2, "due": 3}
    moving.hand.wait(minutes=59)
    moving.run()
    assert moving.progress(id_) == {"moved": 2, "due": 3}
    moving.hand.wait(minutes=2)
    moving.run()
    assert moving.progress(id_) == {"moved": 5}
    assert moving.migration(id_).status == "finished"


def test_an_incident_of_the_canary_stops_the_migration_by_itself(own: House, moving: Mover) -> None:
    """A step that fails in the new definition is found before the rest is moved; a person resumes."""
    cases = [in_verification(own)[0] for _ in range(3)]
    id_ = moving.begin(canary={"cases": 1, "wait": "PT1H"})
    moving.run()
    first = min(cases)
    at = moving.now + timedelta(minutes=5)
    engine_write(
        own,
        "INSERT INTO incident (case_id, seq, process, office, run, code, at) "
        "VALUES (:c, 99, 'ak1-online', 'palembang', 'sign_card', 'step_error', :at)",
        c=first,
        at=at,
    )
    moving.hand.wait(minutes=10)
    moving.run()
    found = moving.migration(id_)
    assert (found.status, found.why) == ("paused", "canary_failed")
    assert moving.progress(id_) == {"moved": 1, "due": 2}
    with own.engine.begin() as db:
        store.resume(db, id_, moving.account("supervisor2"), moving.now)
    moving.run()
    moving.hand.wait(hours=2)
    moving.run()
    assert moving.migration(id_).status == "finished"
    with own.engine.connect() as db:
        types = [e.type for e in journal.read(db)][:5]
        assert journal.whole(db) is None
    assert types == [
        "migration_finished",
        "migration_resumed",
        "migration_paused",
        "migration_approved",
        "migration_proposed",
    ]


def test_the_throttle_holds_by_the_clock(own: House, moving: Mover) -> None:
    """No more cases a minute than the plan says."""
    for _ in range(5):
        in_verification(own)
    id_ = moving.begin(canary={"cases": 0}, throttle={"per_minute": 2})
    moving.run()
    assert moving.progress(id_) == {"moved": 2, "due": 3}
    moving.hand.wait(seconds=61)
    moving.run()
    assert moving.progress(id_) == {"moved": 4, "due": 1}
    moving.hand.wait(seconds=61)
    moving.run()
    assert moving.progress(id_) == {"moved": 5}


def test_a_pending_step_is_waited_for(own: House, moving: Mover) -> None:
    """A case at work waits and is moved when its step has ended."""
    case, _ = submitted(own)
    moving.hand.drain()
    id_ = moving.begin(canary={"cases": 0})
    moving.run()
    assert moving.progress(id_) == {"waiting": 1}
    settle(own)
    moving.hand.wait(minutes=2)
    moving.run()
    assert state(own, case) == "checking"
    assert moving.migration(id_).status == "finished"
    whole(own, case)


def test_what_is_blocked_is_told_with_its_reason(own: House, moving: Mover) -> None:
    """Blocked cases stay as they are, and are listed."""
    case, _ = in_verification(own)
    id_ = moving.begin(canary={"cases": 0}, states={**TO_CHECKING, "verifying": "block"})
    moving.run()
    assert moving.progress(id_) == {"blocked": 1}
    with own.engine.connect() as db:
        assert store.reasons(db, id_) == {"held_back": 1}
        assert [(r.case_id, r.code, r.details) for r in store.stayed(db, id_)] == [
            (case, "held_back", {"state": "verifying"})
        ]
    assert state(own, case) == "verifying"


def test_killed_in_the_middle_nothing_is_lost_and_nothing_twice(own: House, moving: Mover) -> None:
    """A look that was not committed leaves nothing; one that was is answered by the drain, and asked once."""
    cases = [in_verification(own)[0] for _ in range(6)]
    id_ = moving.begin(canary={"cases": 0}, throttle={"per_minute": 3})
    moving.look()
    with own.engine.connect() as db:
        moving.step_on(db)
        db.rollback()
    moving.look()
    assert one(own, "SELECT count(*) FROM command WHERE \"do\" = '@migrate'") == 3
    moving.look()
    moving.look()
    assert one(own, "SELECT count(*) FROM command WHERE \"do\" = '@migrate'") == 3
    # The answers are pruned before anybody looked: the cases are asked again and say that they moved.
    moving.hand.drain()
    engine_write(own, "DELETE FROM command WHERE \"do\" = '@migrate'")
    moving.hand.wait(minutes=2)
    moving.run()
    moving.hand.wait(minutes=2)
    moving.run()
    moving.hand.wait(minutes=2)
    moving.run()
    assert moving.progress(id_) == {"moved": 6}
    assert one(own, "SELECT count(*) FROM event WHERE type = 'migrated'") == 6
    whole(own, *cases)


def test_operators_and_the_migration_take_turns_on_a_case(own: House, moving: Mover) -> None:
    """A command that was sent before is performed in the old definition, one after it in the new."""
    before, after = in_verification(own)[0], in_verification(own)[0]
    send(own, before, "approve", "operator", checklist=CHECKLIST)
    id_ = moving.begin(canary={"cases": 0})
    moving.look()
    moving.look()
    send(own, after, "approve", "operator", checklist=CHECKLIST)
    moving.run()
    assert (state(own, before), state(own, after)) == ("approved", "approved")
    assert moving.progress(id_) == {"moved": 2}
    types = rows(own, "SELECT type FROM event WHERE case_id = :c ORDER BY seq", c=before)
    assert [r.type for r in types][-2:] == ["moved", "migrated"]
    types = rows(own, "SELECT type FROM event WHERE case_id = :c ORDER BY seq", c=after)
    assert [r.type for r in types][-2:] == ["migrated", "moved"]
    whole(own, before, after)


def test_reverting_restores_what_was_and_leaves_what_moved_on(own: House, moving: Mover) -> None:
    """Cases that have not moved go back; one that moved on is left and told."""
    cases = [in_verification(own)[0] for _ in range(3)]
    draft = open_filled(own, None, by="operator")
    old = moving.definitions(cases)[0]
    id_ = moving.begin(canary={"cases": 0})
    moving.run()
    send(own, cases[2], "approve", "operator", checklist=CHECKLIST)
    moving.hand.drain()
    with own.engine.begin() as db:
        store.revert(db, id_, moving.account("supervisor2"), moving.now)
    moving.run()
    assert moving.migration(id_).status == "reverted"
    assert moving.progress(id_) == {"reverted": 3, "left": 1}
    assert [state(own, case) for case in cases] == ["verifying", "verifying", "approved"]
    assert moving.definitions([*cases[:2], draft]) == [old] * 3
    with own.engine.connect() as db:
        assert store.reasons(db, id_) == {"moved_on": 1}
    whole(own, *cases)


def test_reverting_by_the_mapping_takes_along_what_moved_on(own: House, moving: Mover) -> None:
    """Where the mapping is clear, a case goes back from the state in which it is now."""
    case, _ = in_verification(own)
    id_ = moving.begin(canary={"cases": 0})
    moving.run()
    send(own, case, "approve", "operator", checklist=CHECKLIST)
    moving.hand.drain()
    with own.engine.begin() as db:
        store.revert(db, id_, moving.account("supervisor2"), moving.now, map_back=True)
    moving.run()
    assert moving.progress(id_) == {"reverted": 1}
    assert state(own, case) == "approved"
    whole(own, case)


def test_one_migration_of_a_process_is_under_way_at_a_time(moving: Mover) -> None:
    """Two plans for the same cases would answer each other's."""
    first = moving.begin(canary={"cases": 0})
    second = moving.propose()
    with moving.house.engine.begin() as db, pytest.raises(MigrationRefusedError) as refused:
        store.approve(db, second, moving.account("supervisor2"), moving.now)
    assert refused.value.refusal.code == "migration_busy"
    with moving.house.engine.begin() as db:
        store.abort(db, first, moving.account("supervisor2"), moving.now)
        store.approve(db, second, moving.account("supervisor2"), moving.now)


def test_what_is_not_possible_in_a_status_is_refused(moving: Mover) -> None:
    """A decision that comes too early or too late changes nothing."""
    id_ = moving.propose()
    who = moving.account("supervisor2")
    for decision in (store.pause, store.resume, store.revert):
        with moving.house.engine.begin() as db, pytest.raises(MigrationRefusedError) as refused:
            decision(db, id_, who, moving.now)
        assert refused.value.refusal.code == "migration_status"
