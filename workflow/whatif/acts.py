"""What came to a case from outside: what persons did, what steps answered, what other cases asked for.

Everything else in a history (moves by themselves, timers, clocks) follows from the rules, so it is not taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from workflow.commands import HOLD, SUBMIT, SYSTEM, TIMER
from workflow.events import Event

Kind = Literal["submit", "move", "answer", "divert"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One thing that happened to a case."""

    kind: Kind
    #: Event that told of it.
    seq: int
    at: datetime
    #: Account id as text, or `hold`; `system` for the answer of a step.
    actor: str
    #: Transition, or `submit`; of an answer the step's name.
    do: str
    #: What the event says of it.
    body: Mapping[str, Any]

    @property
    def version(self) -> int:
        """Version of the data that it submits; 0 where it submits none."""
        return int(self.body["data"]["version"]) if "data" in self.body else 0


def acts_of(events: Iterable[Event]) -> Sequence[Act]:
    """The acts of a history, in their order."""
    return [act for event in events if (act := _act(event)) is not None]


def _act(e: Event) -> Act | None:
    if e.type == "submitted":
        return Act(kind="submit", seq=e.seq, at=e.at, actor=e.actor, do=SUBMIT, body=e.body)
    if e.type == "moved" and e.actor not in (SYSTEM, TIMER) and "step" not in e.body:
        return Act(kind="move", seq=e.seq, at=e.at, actor=e.actor, do=e.body["do"], body=e.body)
    if e.type == "step_requested" and e.actor not in (SYSTEM, TIMER) and "again" not in e.body:
        carried = e.body["carry"]
        return Act(kind="move", seq=e.seq, at=e.at, actor=e.actor, do=carried["do"], body=carried)
    if e.type in ("step_succeeded", "step_skipped"):
        return Act(kind="answer", seq=e.seq, at=e.at, actor=SYSTEM, do=e.body["run"], body=e.body)
    if e.type == "diverted":
        return Act(kind="divert", seq=e.seq, at=e.at, actor=e.actor, do=e.body["run"], body=e.body)
    return None


def asked_by_hold(act: Act) -> bool:
    """True for what another case brought about."""
    return act.actor == HOLD
