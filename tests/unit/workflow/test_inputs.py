"""What a person enters with a transition."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel_kit import ANI, CHECKLIST, verifying
from workflow.definition.process import Input, Transition
from workflow.inputs import MAX_LIST, MAX_TEXT, input_problems

SPECS = (
    Input(name="reason", title={}, kind="text"),
    Input(name="note", title={}, kind="text", optional=True),
    Input(name="fields", title={}, kind="list", choices=("a", "b"), optional=True),
    Input(name="names", title={}, kind="list", optional=True),
    Input(name="day", title={}, kind="date", optional=True),
    Input(name="way", title={}, kind="choice", choices=("post", "counter"), optional=True),
    Input(name="sum", title={}, kind="schema", schema={"type": "integer", "minimum": 1}, optional=True),
)
TRANSITION = Transition(name="t", title={}, sources=("s",), to="s", by="operator", input=SPECS)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "reason", "missing"),
        ({"reason": ""}, "reason", "missing"),
        ({"reason": "  \n"}, "reason", "missing"),
        ({"reason": 5}, "reason", "wrong_type"),
        ({"reason": "x" * (MAX_TEXT + 1)}, "reason", "too_long"),
        ({"reason": "x", "other": 1}, "other", "unknown"),
        ({"reason": "x", "fields": "a"}, "fields", "wrong_type"),
        ({"reason": "x", "fields": [1]}, "fields", "wrong_type"),
        ({"reason": "x", "fields": ["a", "z"]}, "fields", "not_a_choice"),
        ({"reason": "x", "names": ["a"] * (MAX_LIST + 1)}, "names", "too_long"),
        ({"reason": "x", "names": ["a" * (MAX_TEXT + 1)]}, "names", "wrong_type"),
        ({"reason": "x", "day": "2026-02-30"}, "day", "wrong_type"),
        ({"reason": "x", "day": 20260101}, "day", "wrong_type"),
        ({"reason": "x", "way": "mail"}, "way", "not_a_choice"),
        ({"reason": "x", "way": ["post"]}, "way", "not_a_choice"),
        ({"reason": "x", "sum": 0}, "sum", "wrong_type"),
    ],
)
def test_a_wrong_input_is_told_with_field_and_code(given: dict[str, Any], field: str, code: str) -> None:
    """Each kind of input knows what it takes."""
    assert input_problems(TRANSITION, given) == [{"field": field, "code": code}]


def test_good_inputs_pass() -> None:
    """The longest text, a real date, allowed choices and a value that fits its schema."""
    given = {"reason": "x" * MAX_TEXT, "fields": ["a", "b"], "day": "2028-02-29", "way": "post", "sum": 1, "note": ""}
    assert input_problems(TRANSITION, given) == []


def test_all_problems_are_told_at_once() -> None:
    """A person mends everything in one go."""
    found = input_problems(TRANSITION, {"x": 1, "day": "?"})
    assert {(p["field"], p["code"]) for p in found} == {("x", "unknown"), ("reason", "missing"), ("day", "wrong_type")}


def test_a_tick_that_the_checklist_does_not_know_is_refused() -> None:
    """Only the items of the state's task can be ticked."""
    refused = verifying().ask("approve", ANI, checklist=(*CHECKLIST, "stamp")).refusal
    assert refused is not None
    assert refused.details == {"fields": [{"field": "checklist.stamp", "code": "unknown"}]}


def test_a_reason_reaches_the_history_as_a_digest_only() -> None:
    """Rule 11: text inputs are personal data; the event says their salted digest."""
    desk = verifying()
    returned = desk.do("return", ANI, input={"reason": "foto buram sekali", "fields": ["photo"]}, input_digest="e" * 64)
    assert returned.events[0].body["input"] == "e" * 64
    assert "buram" not in str(returned.events)
