"""The effect's job: do one step under its lease and keep its result under its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, NamedTuple

import structlog

from workers import doorbell
from workers.errors import StepError, StepWaits
from workers.workshop import Workshop, current
from workflow.db import outbox
from workflow.db.outbox import StepId, Work

Perform = Callable[[Workshop, Work], Mapping[str, Any]]

#: Every declared step has a module of its name beside this one, with a function of its name. They are imported when
#: they are first asked for: signing alone costs 67 MB that an engine worker never needs.
STEP_MODULES = frozenset(
    {"intake_checks", "draw_card", "sign_card", "countersign_card", "publish_card", "notify", "void_card"}
)

#: Steps that follow a commit: no case waits for them.
UNASKED = frozenset({"notify", "void_card"})

_RETRY = {"times": 6, "backoff": 10}

log = structlog.get_logger()


class Carried(NamedTuple):
    """What became of an attempt."""

    #: The step was done now.
    done: bool
    #: Its case has been told by a command, which waits.
    told: bool


def perform(case: int, seq: int, kind: str, attempt: int) -> bool:
    """Do the step, unless it was done, cancelled or dispatched anew meanwhile; True when it was done now."""
    workshop = current()
    work = begin(workshop, StepId(case, seq, kind), attempt)
    if work is None:
        return False
    carried = carry_out(workshop, work)
    batch = secret_of(work)
    if batch is not None and workshop.desk is not None:
        workshop.desk.settled(batch)
    if carried.told:
        doorbell.ring(workshop.redis)
    return carried.done


def begin(workshop: Workshop, id_: StepId, attempt: int) -> Work | None:
    """Take the step's lease for this attempt; None when there is nothing to do any more."""
    with workshop.engine.begin() as connection:
        return outbox.start(connection, id_, attempt, at=workshop.moment())


def carry_out(workshop: Workshop, work: Work, find: Callable[[str], Perform] | None = None) -> Carried:
    """Do a step that began and keep what came of it; `find` gives the step's function, `function_of` unless given."""
    kind, asked = work.id.kind, work.id.kind not in UNASKED
    try:
        result = (find or function_of)(kind)(workshop, work)
    except StepWaits as error:
        with workshop.engine.begin() as connection:
            outbox.wait(connection, work, error.code, str(error), at=workshop.moment())
        return Carried(done=False, told=False)
    except StepError as error:
        return _failed(workshop, work, error.code, str(error), final=error.final, asked=asked)
    except Exception as error:
        log.exception("step failed", case=work.id.case, seq=work.id.seq, kind=kind, attempt=work.attempt)
        return _failed(workshop, work, "step_error", type(error).__name__, final=False, asked=asked)
    with workshop.engine.begin() as connection:
        outbox.succeed(connection, work, result, asked=asked)
    return Carried(done=True, told=asked)


def secret_of(work: Work) -> str | None:
    """The batch with whose secret the step signs; None where nobody gave one."""
    batch: str | None = work.input.get("secret")
    return batch


def function_of(kind: str) -> Perform:
    """The function of a declared step: takes the workshop and the work, returns JSON-able results."""
    if kind not in STEP_MODULES:
        raise StepError("unknown_step", f"No worker knows the step {kind}.", final=True)
    function: Perform = getattr(import_module(f"workers.jobs.{kind}"), kind)
    return function


def _failed(workshop: Workshop, work: Work, code: str, why: str, *, final: bool, asked: bool) -> Carried:
    retry = work.input.get("retry", _RETRY)
    # A step that is bound to somebody's secret never tries again by itself: the secret may be gone, or lock the key.
    final = final or secret_of(work) is not None
    with workshop.engine.begin() as connection:
        gave_up = outbox.fail(
            connection,
            work,
            code,
            why,
            final=final,
            asked=asked,
            base=timedelta(seconds=retry["backoff"]),
            times=retry["times"],
            at=workshop.moment(),
        )
    log.warning(
        "step not done",
        case=work.id.case,
        kind=work.id.kind,
        attempt=work.attempt,
        code=code,
        why=why,
        gave_up=gave_up,
    )
    return Carried(done=False, told=gave_up and asked)
