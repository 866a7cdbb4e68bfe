"""The effect's job: do one step under its lease and keep its result under its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

import structlog

from workers import doorbell
from workers.errors import StepError
from workers.workshop import Workshop, current
from workflow.db import outbox
from workflow.db.outbox import StepId, Work

Perform = Callable[[Workshop, Work], Mapping[str, Any]]

#: Every declared step has a module of its name beside this one, with a function of its name. They are imported when
#: they are first asked for: signing alone costs 67 MB that an engine worker never needs.
STEP_MODULES = frozenset({"intake_checks", "sign_card", "publish_card", "notify", "void_card"})

#: Steps that follow a commit: no case waits for them.
UNASKED = frozenset({"notify", "void_card"})

_RETRY = {"times": 6, "backoff": 10}

log = structlog.get_logger()


def perform(case: int, seq: int, kind: str, attempt: int) -> bool:
    """Do the step, unless it was done, cancelled or dispatched anew meanwhile; True when it was done now."""
    workshop = current()
    with workshop.engine.begin() as connection:
        work = outbox.start(connection, StepId(case, seq, kind), attempt)
    if work is None:
        return False
    asked = kind not in UNASKED
    try:
        result = function_of(kind)(workshop, work)
    except StepError as error:
        _failed(workshop, work, error.code, str(error), final=error.final, asked=asked)
        return False
    except Exception as error:
        log.exception("step failed", case=case, seq=seq, kind=kind, attempt=attempt)
        _failed(workshop, work, "step_error", type(error).__name__, final=False, asked=asked)
        return False
    with workshop.engine.begin() as connection:
        outbox.succeed(connection, work, result, asked=asked)
    if asked:
        doorbell.ring(workshop.redis)
    return True


def function_of(kind: str) -> Perform:
    """The function of a declared step: takes the workshop and the work, returns JSON-able results."""
    if kind not in STEP_MODULES:
        raise StepError("unknown_step", f"No worker knows the step {kind}.", final=True)
    function: Perform = getattr(import_module(f"workers.jobs.{kind}"), kind)
    return function


def _failed(workshop: Workshop, work: Work, code: str, why: str, *, final: bool, asked: bool) -> None:
    retry = work.input.get("retry", _RETRY)
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
        )
    log.warning(
        "step not done",
        case=work.id.case,
        kind=work.id.kind,
        attempt=work.attempt,
        code=code,
        gave_up=gave_up,
    )
    if gave_up and asked:
        doorbell.ring(workshop.redis)
