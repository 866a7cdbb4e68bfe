"""Asking the guards of a transition: all at once, or those over a step's result when there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.commands import Command
from workflow.decision import Draft, Refused
from workflow.definition.guards import GuardError
from workflow.definition.process import BUILT_IN_MOVERS, Condition, Transition
from workflow.refusals import Refusal


def require_guards(draft: Draft, transition: Transition, command: Command) -> list[bool]:
    """The verdicts of the transition's guards; refuses with the sentence of the first that does not hold.

    Guards over a step's result are asked when there is a result (rule 4).
    """
    asked = [c for c in transition.when if not (transition.run and _of_result(c))]
    values = draft.values(command, {}, transition)
    try:
        if len(asked) < len(transition.when):
            verdicts = _verdicts(asked, draft, transition, command, {})
        else:
            verdicts = draft.book.machine.move(draft.case.state, transition.name, values)[1]
    except GuardError as error:
        raise Refused(Refusal("guard_error", {"do": transition.name, "why": str(error)})) from error
    if all(verdicts):
        return verdicts
    raise Refused(Refusal("guard", {"do": transition.name}, asked[len(verdicts) - 1].otherwise))


def holds(draft: Draft, transition: Transition, command: Command, result: Mapping[str, Any]) -> bool:
    """True when every guard of `transition` holds; refuses where one cannot be told."""
    return _all(transition.when, draft, transition, command, result)


def told(draft: Draft, transition: Transition, command: Command, result: Mapping[str, Any]) -> bool:
    """Like `holds`, once a step gave `result`: what a person's request was asked about is not asked again, for the
    worker that reports the result ticked no checklist."""
    asked = transition.when
    if transition.by not in BUILT_IN_MOVERS:
        asked = tuple(c for c in asked if _of_result(c))
    return _all(asked, draft, transition, command, result)


def _all(
    asked: Sequence[Condition], draft: Draft, transition: Transition, command: Command, result: Mapping[str, Any]
) -> bool:
    try:
        return all(_verdicts(asked, draft, transition, command, result))
    except GuardError as error:
        raise Refused(Refusal("guard_error", {"do": transition.name, "why": str(error)})) from error


def _verdicts(
    asked: Sequence[Condition], draft: Draft, transition: Transition, command: Command, result: Mapping[str, Any]
) -> list[bool]:
    """Verdicts in the order of the guards, ending with the first False."""
    values, verdicts = draft.values(command, result, transition), []  # type: Any, list[bool]
    for condition in asked:
        verdicts.append(condition.guard.holds({v: values(v) for v in condition.guard.variables}))
        if not verdicts[-1]:
            break
    return verdicts


def _of_result(condition: Condition) -> bool:
    return any(v.startswith("result.") for v in condition.guard.variables)
