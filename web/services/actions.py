"""What the person may do now, and why the rest is refused: the engine's own rule, asked beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from web import here
from web.database import session
from web.errors import Problem
from web.services import refusals
from web.services.sight import Seen
from workflow.case import DRAFT
from workflow.commands import SUBMIT, Submission
from workflow.db import cases
from workflow.definition.process import BUILT_IN_MOVERS, Input, Text, Transition
from workflow.permission import refuse_editing, refuse_submit, refuse_transition
from workflow.refusals import Refusal
from workflow.submission import refuse_content


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    #: Name of the transition, `submit` or `save`.
    do: str
    title: Text
    allowed: bool
    #: Why it is refused now.
    problem: Problem | None
    #: What the person enters with it.
    inputs: tuple[Input, ...] = ()
    #: It asks for the task's checklist.
    checklist: bool = False
    #: The person acts for the party.
    assisted: bool = False
    #: A step runs before the case moves: it takes a while.
    runs: str | None = None
    #: The state that it leads to.
    to: str | None = None


def actions(found: Seen) -> tuple[Action, ...]:
    """Every action that persons have on this process, in the definition's order; drafts have `submit` first."""
    out = [_saving(found)]
    if found.case.state == DRAFT:
        out.append(_submitting(found))
    out += [_moving(found, t) for t in found.process.transitions.values() if t.by not in BUILT_IN_MOVERS]
    return tuple(out)


def _saving(found: Seen) -> Action:
    return _action(found, "save", refuse_editing(found.book, found.case, found.actor))


def _submitting(found: Seen) -> Action:
    refusal = refuse_submit(found.book, found.case, found.actor) or _refuse_copy(found)
    return _action(found, SUBMIT, refusal, to=found.process.initial.name)


def _moving(found: Seen, transition: Transition) -> Action:
    refusal = refuse_transition(found.book, found.case, transition, found.actor, found.now)
    if refusal is None and found.book.submits(transition):
        refusal = _refuse_copy(found)
    spec = found.process.states[found.case.state].task if found.case.state in found.process.states else None
    asks = any("checklist." in v for c in transition.when for v in c.guard.variables)
    return _action(
        found,
        transition.name,
        refusal,
        to=transition.to,
        inputs=transition.input,
        checklist=bool(asks and spec and spec.checklist),
        assisted=transition.by == found.book.party and not found.is_owner,
        runs=transition.run,
    )


def _refuse_copy(found: Seen) -> Refusal | None:
    """Why what has been entered so far cannot be given."""
    copy = cases.read_working_copy(session(), here.ports().vault, found.found)
    documents = {kind: d["digest"] for kind, d in copy.documents.items()}
    today = found.now.astimezone(found.zone).date()
    return refuse_content(found.process, Submission(0, "", copy.data, documents), today)


def _action(found: Seen, do: str, refusal: Refusal | None, **more: object) -> Action:
    return Action(
        do=do,
        title=refusals.do_title(found, do),
        allowed=refusal is None,
        problem=refusals.told(refusal, found) if refusal else None,
        **more,  # type: ignore[arg-type]
    )
