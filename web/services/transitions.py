"""Performing a transition: write the command, commit, ring, and wait for what becomes of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from web import here
from web.database import commit, rollback, session
from web.errors import ProblemError, WebError
from web.services import outcomes, refusals
from web.services.outcomes import Outcome
from web.services.secrets import Handed
from web.services.sight import Seen, see
from workflow.commands import SUBMIT
from workflow.db import cases
from workflow.db.tables import command
from workflow.refusals import Refusal

#: Longest time that a request waits for an outcome, in seconds.
MAX_WAIT = 30.0

#: Commands get their unique key from the account and the key that the person's device made.
_KEYS = uuid.UUID("6f1d3c0e-3b0f-5a7e-9f0a-5d1a4c0b7e11")


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A command that will be performed or refused, never lost, once the caller has committed."""

    #: Command id.
    command: int
    case: int


def accept(
    case: int,
    do: str,
    *,
    given: Mapping[str, Any] | None = None,
    checklist: Sequence[str] = (),
    revision: int | None = None,
    key: str | None = None,
    secret: Handed | None = None,
) -> Accepted:
    """Write the command `do` of the signed-in person. The caller commits, then calls `ring`.

    `given` are the transition's inputs, `revision` the one that the person saw, `key` makes a repetition (a double
    click, a retry) give the command of the first time, `secret` is what the person gave to sign with. Whether it is
    performed is decided by the engine alone; raises `WebError` for an unknown case, what `Handed.of_transition` raises,
    and a refusal (`unknown_transition`, 422) for a name that the process does not have.
    """
    seen = see(case, lock=True)
    if do != SUBMIT and do not in seen.process.transitions:
        raise ProblemError(refusals.told(Refusal("unknown_transition", {"do": do}), seen, status=422))
    transition = seen.process.transitions.get(do)
    submits = transition is None or seen.book.submits(transition)
    batch = (secret or Handed(None)).of_transition(seen, transition)
    return write(seen, do, submits=submits, given=given, checklist=checklist, revision=revision, key=key, secret=batch)


def write(
    seen: Seen,
    do: str,
    *,
    submits: bool,
    given: Mapping[str, Any] | None = None,
    checklist: Sequence[str] = (),
    revision: int | None = None,
    key: str | None = None,
    secret: str | None = None,
) -> Accepted:
    """Write a command for a locked case; keywords as in `accept`, but `secret` only names what was handed over. The
    caller commits, then calls `ring`."""
    case = seen.case.id
    unique = uuid.uuid5(_KEYS, f"{seen.person.account}/{case}/{key}") if key else uuid.uuid4()
    known = session().execute(select(command.c.id).where(command.c.key == unique)).scalar() if key else None
    if known is not None:
        return Accepted(command=int(known), case=case)
    id_ = cases.accept(
        session(),
        here.ports().vault,
        seen.found,
        do=do,
        actor=seen.actor.id,
        key=unique,
        submits=submits,
        given=given,
        checklist=checklist,
        revision=revision,
        secret=secret,
    )
    return Accepted(command=id_, case=case)


def ring() -> None:
    """Wake an engine worker, after the commit. One that cannot be woken now finds the command by itself."""
    here.ports().ring()


def wait(accepted: Accepted, seconds: float) -> Outcome:
    """What became of an accepted command, or that it still waits after `seconds` (at most `MAX_WAIT`).

    It ends at the state change, a refusal or an incident (rule 5). No connection is held while waiting.
    """

    def look() -> Outcome | None:
        try:
            found = outcomes.of_command(accepted.command)
        finally:
            rollback()
        return found if found.settled else None

    patience = max(0.0, min(seconds, MAX_WAIT))
    settled = here.ports().await_outcome(accepted.case, look, patience)
    return settled or Outcome(command=accepted.command, case=accepted.case, status="pending")


def perform(case: int, do: str, *, seconds: float = 10, **given: Any) -> Outcome:
    """Accept, commit, ring and wait at once, for pages; keywords as in `accept`."""
    accepted = accept(case, do, **given)
    commit()
    ring()
    return wait(accepted, seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One task of a bulk request."""

    case: int
    #: Sequence number of the task.
    seq: int


def accept_for_task(
    asked: Asked,
    do: str,
    given: Mapping[str, Any] | None,
    checklist: Sequence[str],
    key: str | None,
    secret: Handed | None = None,
) -> Accepted:
    """Like `accept`, for a task that must still be the open one and may be done in bulk."""
    seen = see(asked.case, lock=True)
    task = seen.case.task
    if task is None or task.seq != asked.seq:
        details = {"do": do, "state": seen.case.state, "by": seen.case.moved_by}
        raise ProblemError(refusals.told(Refusal("wrong_state", details), seen))
    spec = seen.process.states[seen.case.state].task
    if spec is None or not spec.bulk:
        raise WebError("not_bulk", {"do": refusals.do_title(seen, do)["id"]})
    return accept(asked.case, do, given=given, checklist=checklist, key=key, secret=secret)


def wait_all(accepted: Sequence[Accepted], seconds: float) -> list[Outcome]:
    """Like `wait` for many, within one span of time."""
    end = time.monotonic() + max(0.0, min(seconds, MAX_WAIT))
    return [wait(one, end - time.monotonic()) for one in accepted]
