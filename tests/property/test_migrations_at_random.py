"""Wherever in its life a case is moved to another version of its definition, and back, nothing of it is forgotten."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel_kit import ZONE, Desk, ak1
from tests.migration_kit import BACK, TO_CHECKING, renamed_word
from tests.property.test_commands_at_random import asked
from workflow.rulebook import Rulebook


@cache
def renamed() -> Rulebook:
    """AK-1 with `verifying` called `checking`."""
    with TemporaryDirectory() as folder:
        return Rulebook(renamed_word(Path(folder), "verifying", "checking"), ZONE)


def live_on(desk: Desk, draw: Any, length: int) -> None:
    """Commands, ends of steps, timers and passing time, in any order."""
    for _ in range(length):
        kind = draw(st.sampled_from(["ask", "ask", "ask", "finish", "fire", "wait"]))
        if kind == "wait":
            desk.wait(hours=draw(st.sampled_from([1, 20, 24 * 8])))
        elif kind == "finish" and desk.case.step is not None and not desk.case.step.failed:
            desk.finish(ok=draw(st.booleans()))
        elif kind == "fire" and desk.timers():
            desk.fire(draw(st.sampled_from(sorted(desk.timers()))))
        elif kind == "ask":
            desk.perform(asked(draw))


def told(desk: Desk) -> dict[str, set[int]]:
    """Levels told by clock, of clocks that stand aside too."""
    return {name: set(r.fired) for name, r in {**desk.case.clocks, **desk.case.aside}.items()}


def move(desk: Desk, into: Rulebook, states: dict[str, str]) -> bool:
    """Try to move the case; what it was told and who acted must stay."""
    levels, performed, armed = told(desk), desk.case.performed, set(desk.timers())
    entered, head = desk.case.entered_at, len(desk.events)
    if desk.case.state == "draft" or desk.migrate(into, states=states).refusal is not None:
        return False
    assert told(desk) == levels
    assert all(set(persons) <= set(desk.case.performed[role]) for role, persons in performed.items())
    if [e.type for e in desk.events[head:]] == ["migrated"]:
        assert desk.case.entered_at == entered
        assert {name for name in desk.timers() if name.startswith("clock/")} == {
            name for name in armed if name.startswith("clock/")
        }
    return True


def live_and_move(draw: Any, length: int) -> None:
    """A life with two changes of definition."""
    desk = Desk()
    live_on(desk, draw, length)
    moved = move(desk, renamed(), TO_CHECKING)
    live_on(desk, draw, length)
    if moved:
        move(desk, ak1(), BACK)
        live_on(desk, draw, length)
    desk.check()
    clock = [(e.body["clock"], e.body["at"]) for e in desk.events if e.type == "clock_reached"]
    assert len(clock) == len(set(clock)), "a level was told twice"


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_case_moved_at_any_moment_and_back_is_told_whole_by_its_history(data: st.DataObject) -> None:
    """The fold over both definitions is the live case; four eyes and levels told are never forgotten."""
    live_and_move(data.draw, 10)


@pytest.mark.long
@given(st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_cases_moved_at_any_moment_and_back_are_told_whole(data: st.DataObject) -> None:
    """The same over many and longer lives."""
    live_and_move(data.draw, 20)
