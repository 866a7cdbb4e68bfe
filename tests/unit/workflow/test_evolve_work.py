"""What work on a task changes: holder and lease, place in the queue, conflicts of interest, lent roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.kernel_kit import Desk, approved, stored_and_read
from workflow.case import Case
from workflow.errors import CorruptHistoryError
from workflow.events import seal, stamp
from workflow.evolve import MOVES_TIMERS, evolve
from workflow.timers import armed


def after(desk: Desk, type_: str, actor: str = "20", **body: Any) -> Case:
    """The case after an event of its task; stored and read it is the same."""
    case = desk.case
    assert case.task is not None
    said: Mapping[str, Any] = {"task": case.task.seq, **body}
    desk.case = evolve(desk.book, case, seal(case.head, case.id, case.seq + 1, type_, actor, desk.now, said))
    assert stored_and_read(desk.case) == desk.case
    return desk.case


@pytest.mark.parametrize("type_", ["task_assigned", "task_delegated"])
def test_who_is_given_a_task_holds_it_from_a_new_lease_on(type_: str) -> None:
    """Not the actor: the person named; the timer of the lease moves with it."""
    desk = approved()
    until = desk.now + timedelta(minutes=30)
    case = after(desk, type_, to="13", until=stamp(until))
    assert case.task is not None
    assert (case.task.holder, case.task.until) == ("13", until)
    assert armed(desk.book, case)[f"lease/{case.task.seq}"] == until
    assert type_ in MOVES_TIMERS
    assert case.revision == approved().case.revision


def test_a_task_that_is_not_there_cannot_be_handed_over() -> None:
    """Nothing is made up where the history does not fit."""
    desk = approved()
    desk.case = desk.case._replace(task=None)
    event = seal(desk.case.head, 17, desk.case.seq + 1, "task_assigned", "20", desk.now, {"to": "13", "until": "x"})
    with pytest.raises(CorruptHistoryError):
        evolve(desk.book, desk.case, event)


@pytest.mark.parametrize(("name", "place"), [("urgent", -1), ("normal", 0), ("low", 1)])
def test_a_priority_is_a_place_in_the_queue(name: str, place: int) -> None:
    """It belongs to the task: the next one begins as a normal one."""
    desk = approved()
    case = after(desk, "task_prioritised", priority=name, input="0" * 64)
    assert case.task is not None
    assert case.task.priority == place


def test_a_conflict_of_interest_stays_and_releases_the_own_hold_alone() -> None:
    """Another's hold is left alone; a second officer's conflict stands beside the first."""
    desk = approved()
    until = stamp(desk.now + timedelta(minutes=30))
    after(desk, "task_claimed", "13", until=until)
    case = after(desk, "recused", "14", input="0" * 64)
    assert (case.recused, case.task and case.task.holder) == (("14",), "13")
    case = after(desk, "recused", "13", input="0" * 64)
    assert (case.recused, case.task and case.task.holder) == (("14", "13"), None)


def test_a_broken_glass_ends_by_its_hour_or_by_its_review() -> None:
    """Justified it runs on; not justified it ends at once; one that is over is forgotten when another is broken."""
    desk = approved()
    until = desk.now + timedelta(hours=1)
    after(desk, "glass_broken", "30", glass=4, role="signer", until=stamp(until), input="0" * 64)
    after(desk, "glass_broken", "31", glass=5, role="signer", until=stamp(until), input="0" * 64)
    case = after(desk, "glass_reviewed", glass=4, verdict="justified", input="0" * 64)
    assert [g.glass for g in case.glass] == [4, 5]
    case = after(desk, "glass_reviewed", glass=5, verdict="not_justified", input="0" * 64)
    assert [(g.glass, g.account, g.role, g.until) for g in case.glass] == [(4, "30", "signer", until)]
    desk.wait(hours=2)
    later = stamp(desk.now + timedelta(hours=1))
    case = after(desk, "glass_broken", "31", glass=6, role="signer", until=later, input="0" * 64)
    assert [g.glass for g in case.glass] == [6]
