"""Whatever is sent in whatever order, a case stays within its definition and its history tells it whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kernel_kit import (
    ANI,
    BUDI,
    CHECKLIST,
    CITRA,
    DEDI,
    EKA,
    FAR,
    HOLD,
    SITI,
    SYSTEM,
    TIMER,
    Desk,
    ak1,
    copy_of,
    good_data,
    standing,
)
from workflow.commands import FINISH_STEP, Command
from workflow.evolve import MOVES_TIMERS

ACTORS = st.sampled_from([SITI, ANI, BUDI, CITRA, DEDI, EKA, FAR, SYSTEM, TIMER, HOLD])
#: The mover that each transition wants, so that many of the commands are performed.
FITTING = {
    "applicant": SITI,
    "operator": ANI,
    "signer": CITRA,
    "head": DEDI,
    "system": SYSTEM,
    "timer": TIMER,
    "hold": HOLD,
}
COPIES = st.sampled_from([copy_of(), copy_of(2), copy_of(3, kinds=("photo",)), copy_of(4, data={}), None])
STANDINGS = st.sampled_from([{}, standing(99, "issued"), standing(99, "verifying"), {"holder": ("z" * 64, ())}])
INPUTS = st.sampled_from([{}, {"reason": "x"}, {"reason": "x", "fields": ["photo"]}, {"reason": ""}, {"odd": 1}])


def asked(draw: Any) -> Command:
    """A command that might or might not be allowed."""
    do = draw(st.sampled_from(["submit", *ak1().transitions, "nonsense"]))
    transition = ak1().transitions.get(do)
    fits = FITTING[transition.by] if transition else SITI
    given_ = draw(INPUTS)
    return Command(
        do,
        draw(st.just(fits) | ACTORS),
        input=given_,
        input_digest="f" * 64 if given_ else None,
        revision=draw(st.none() | st.integers(0, 6)),
        checklist=draw(st.sampled_from([CHECKLIST, (), ("photo",)])),
        submission=draw(COPIES) if do in ("submit", "resubmit") else None,
        data=good_data(),
        standings=draw(STANDINGS) if do in ("submit", "resubmit") else {},
    )


def play(desk: Desk, draw: Any, length: int) -> None:
    """Commands, finished and late steps, timers due and not, and passing time, in any order."""
    for _ in range(length):
        kind = draw(st.sampled_from(["ask", "ask", "ask", "finish", "late", "fire", "wait"]))
        if kind == "wait":
            desk.wait(hours=draw(st.sampled_from([1, 20, 24 * 8, 24 * 400])))
        elif kind == "finish" and desk.case.step is not None:
            desk.finish(ok=draw(st.booleans()))
        elif kind == "late":
            payload = {"step": draw(st.integers(0, 20)), "run": "sign_card", "ok": True, "result": {"card": 7}}
            if desk.case.step is None or desk.case.step.seq != payload["step"]:
                desk.perform(Command(FINISH_STEP, SYSTEM, payload=payload))
        elif kind == "fire":
            fire(desk, draw)
        else:
            desk.perform(asked(draw))
        look(desk)


def fire(desk: Desk, draw: Any) -> None:
    """Fire any timer that is or was armed; one that is not due must not change the case."""
    name = draw(st.sampled_from([*desk.timers(), "state/correction/1", "state/issued/0", "clock/service/100"]))
    moment = desk.timers().get(name)
    before = desk.case
    fired = desk.fire(name)
    if moment is None or moment > desk.now:
        assert fired.refusal is not None
        assert desk.case == before
        return
    if fired.refusal is None:
        due = fired.events[0].body.get("due") if name.startswith("state/") else None
        again = desk.timers().get(name)
        if due and again is not None:
            assert again > datetime.fromisoformat(due), "a timer was armed in the past of what fired"


def look(desk: Desk) -> None:
    """What must hold after every command."""
    process = desk.book.process
    case = desk.case
    assert case.state == "draft" or case.state in process.states
    assert [e.seq for e in desk.events] == list(range(1, len(desk.events) + 1))
    assert (case.state == "draft") == (not desk.events)
    spec = process.states[case.state].task if case.state != "draft" else None
    assert (case.task is None) == (spec is None)
    if case.state != "draft" and process.states[case.state].final:
        assert case.step is None
        assert desk.timers() == {}
        assert case.holds == {}
    for event in desk.events:
        if event.type == "moved":
            transition = process.transitions[event.body["do"]]
            assert event.body["from"] in transition.sources
            assert event.body["to"] == transition.to


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_commands_in_any_order_keep_the_case_within_its_definition(data: st.DataObject) -> None:
    """No undeclared state, no move that is not written, a gapless chain, and the fold is the live case."""
    desk = Desk()
    play(desk, data.draw, 25)
    desk.check()


@pytest.mark.long
@given(st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_commands_in_any_order_keep_the_case_within_its_definition(data: st.DataObject) -> None:
    """The same over many and longer lives."""
    desk = Desk()
    play(desk, data.draw, 60)
    desk.check()


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_not_said_to_move_timers_leaves_them_armed_as_they_were(data: st.DataObject) -> None:
    """The writer rewrites timers only after certain events; after no other may they differ."""
    desk = Desk()
    for _ in range(20):
        before, count = desk.timers(), len(desk.events)
        play(desk, data.draw, 1)
        if not {e.type for e in desk.events[count:]} & MOVES_TIMERS:
            assert desk.timers() == before
