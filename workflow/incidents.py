"""Incidents: a step that failed for good. People retry it, skip it with a reason, or divert the case, all as events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.case import Step
from workflow.commands import Command
from workflow.decision import Draft, Refused
from workflow.inputs import MAX_TEXT
from workflow.permission import held_through, refuse_barred
from workflow.refusals import Refusal
from workflow.steps import UNCERTAIN

RETRY, SKIP, DIVERT = "incident.retry", "incident.skip", "incident.divert"


def retry(draft: Draft, command: Command) -> Step:
    """Ask for the failed step again, as the person who asked first; a step that is fenced goes on where it stopped."""
    step = _failed(draft, command)
    said = dict(_through(draft, command))
    if step.failed == UNCERTAIN:
        # Asked again, the signer may sign a second time: somebody has to have looked, and says what he found.
        _require_reason(command)
    if command.input_digest is not None:
        said["input"] = command.input_digest
    draft.request_again(command.actor.id, step, said)
    return step


def skip(draft: Draft, command: Command) -> tuple[Step, Mapping[str, Any]]:
    """The step without which the case is to move, and what its event says of it. The caller moves."""
    step = _failed(draft, command)
    if any(r.step == step.run for r in draft.book.process.requires):
        raise Refused(Refusal("step_required", {"run": step.run}))
    _require_reason(command)
    return step, {"input": command.input_digest, "code": step.failed, **_through(draft, command)}


def divert(draft: Draft, command: Command) -> None:
    """Put the case into another state of its process, and say why; never past a step that the process requires."""
    step = _failed(draft, command)
    _require_reason(command)
    to = command.input.get("to")
    if to not in draft.book.process.states:
        raise Refused(Refusal("invalid_input", {"fields": [{"field": "to", "code": "not_a_choice"}]}))
    required = [r.step for r in draft.book.process.requires if r.before == to]
    if required:
        raise Refused(Refusal("step_required", {"run": required[0]}))
    body = {"step": step.seq, "run": step.run, "from": draft.case.state, "to": to, "input": command.input_digest}
    draft.add("diverted", command.actor.id, {**body, **_through(draft, command)})


def _failed(draft: Draft, command: Command) -> Step:
    case, book = draft.case, draft.book
    if case.step is None or not case.step.failed:
        raise Refused(Refusal("no_incident", {"do": command.do}))
    if not command.actor.roles & book.staff:
        code = "wrong_office" if command.actor.elsewhere & book.staff else "wrong_role"
        details = {"do": command.do, "office": case.office, "role": ", ".join(sorted(book.staff))}
        raise Refused(Refusal(code, details))
    draft.require(refuse_barred(case, command.actor, command.do))
    return case.step


def _through(draft: Draft, command: Command) -> Mapping[str, Any]:
    return held_through(command.actor, sorted(command.actor.roles & draft.book.staff))


def _require_reason(command: Command) -> None:
    reason = command.input.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise Refused(Refusal("invalid_input", {"fields": [{"field": "reason", "code": "missing"}]}))
    if len(reason) > MAX_TEXT:
        raise Refused(Refusal("invalid_input", {"fields": [{"field": "reason", "code": "too_long"}]}))
