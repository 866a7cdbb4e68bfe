"""The only code that changes a case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.kernel_kit import CITRA, DEDI, SITI, Desk, approved, copy_of, corrected, issued, verifying
from workflow.errors import CorruptHistoryError
from workflow.events import seal, stamp
from workflow.evolve import CHANGES, MOVES_TIMERS, evolve, fold


@pytest.mark.parametrize("make", [verifying, approved, corrected, issued])
def test_folding_the_events_gives_the_live_case(make: type[Desk]) -> None:
    """Live and replay are one code: the fold of the history is the case."""
    make().check()


def test_an_event_out_of_turn_is_corrupt_history() -> None:
    """Rule 3: an event whose number is not the next cannot be folded, nor one of an unknown type."""
    desk = verifying()
    with pytest.raises(CorruptHistoryError):
        fold(desk.books.__getitem__, desk.new, desk.events[1:])
    with pytest.raises(CorruptHistoryError):
        evolve(desk.book, desk.case, seal(desk.case.head, 17, desk.case.seq + 1, "renamed", "1", desk.now, {}))


def test_the_revision_counts_changes_of_data_and_state_only() -> None:
    """Rule 3: a claim, a timer and a step make events, but an open form stays fresh."""
    desk = verifying()
    before = desk.case
    until = stamp(desk.now + timedelta(minutes=30))
    claimed = evolve(
        desk.book,
        before,
        seal(before.head, 17, before.seq + 1, "task_claimed", "11", desk.now, {"task": 2, "until": until}),
    )
    assert (claimed.seq, claimed.revision) == (before.seq + 1, before.revision)
    assert claimed.task is not None
    assert claimed.task.holder == "11"
    desk = approved()
    revision = desk.case.revision
    desk.do("sign", CITRA)
    assert desk.case.revision == revision
    desk.finish()
    assert desk.case.state == "signed"
    assert desk.case.revision == revision + 1


def test_a_claim_without_a_task_is_corrupt_history() -> None:
    """Nothing is made up where the history does not fit."""
    case = issued().case
    with pytest.raises(CorruptHistoryError):
        evolve(issued().book, case, seal(case.head, 17, case.seq + 1, "task_claimed", "11", Desk().now, {"until": "x"}))


def test_submitting_again_forgets_who_acted_before() -> None:
    """Rule 15: four eyes count from the last submission."""
    desk = corrected()
    assert desk.case.performed["operator"] == ("11",)
    assert desk.give("resubmit").refusal is None
    assert desk.case.performed == {"applicant": (SITI.id,)}
    desk.check()


def test_a_final_state_gives_the_hold_back() -> None:
    """A key is held until one of the states of `until`."""
    desk = Desk()
    desk.give(standings={"holder": ("k" * 64, ())})
    assert desk.case.holds == {"holder": "k" * 64}
    desk.do("withdraw", SITI)
    assert desk.case.holds == {}
    desk.check()


def test_a_resubmission_with_another_key_takes_it_instead() -> None:
    """A NIK corrected at the resubmission is the one that is held."""
    desk = corrected()
    assert desk.give("resubmit", copy=copy_of(5), standings={"holder": ("z" * 64, ())}).refusal is None
    assert desk.case.holds == {"holder": "z" * 64}
    assert desk.case.data == 5


def test_events_that_change_timers_are_known() -> None:
    """Every type that is said to move timers exists; the others leave what is armed as it was."""
    assert set(CHANGES) >= MOVES_TIMERS
    desk = approved()
    for asked in (lambda: desk.do("sign", CITRA), desk.finish):
        armed = desk.timers()
        types = {e.type for e in asked().events}
        assert types & MOVES_TIMERS or desk.timers() == armed


def test_revoking_ends_the_case() -> None:
    """A final state has no task, no timer and nothing held."""
    desk = issued()
    desk.do("revoke", DEDI, input={"reason": "dobel"}, input_digest="f" * 64)
    assert (desk.case.state, desk.case.task, desk.timers()) == ("revoked", None, {})
    desk.check()
