"""What a state means to the person who looks at it: a tone, which has a colour, a shape and a word of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from workflow.case import DRAFT
from workflow.definition.process import BUILT_IN_MOVERS, Process

#: draft: not given yet; work: the office works; act: the applicant must act; ok: reached; bad: refused; end: over.
Tone = Literal["draft", "work", "act", "ok", "bad", "end"]


_OUTCOMES: Mapping[str, Tone] = {"reached": "ok", "refused": "bad", "over": "end"}


def tone(process: Process, state: str) -> Tone:
    """The tone of `state`."""
    if state == DRAFT or state not in process.states:
        return "draft"
    spec = process.states[state]
    if spec.outcome is not None:
        return _OUTCOMES[spec.outcome]
    if spec.final:
        return "bad" if _by_staff_alone(process, state) else "end"
    party = process.party_role()
    if spec.task is not None:
        return "act" if party and spec.task.role == party.name else "work"
    return "work" if _moves_by_itself(process, state) or _waits(process, state) else "ok"


def resting(process: Process) -> frozenset[str]:
    """States that are the aim of the process: nobody has to do anything and it does not end, or it ended well."""
    return frozenset(s for s in process.states if tone(process, s) == "ok")


def _moves_by_itself(process: Process, state: str) -> bool:
    return any(t.by == "system" for t in process.moves_from(state))


def _waits(process: Process, state: str) -> bool:
    return any(hold.full == state for hold in process.holds.values())


def _by_staff_alone(process: Process, state: str) -> bool:
    party = process.party_role()
    others = BUILT_IN_MOVERS | ({party.name} if party else set())
    movers = {t.by for t in process.transitions.values() if t.to == state}
    return bool(movers) and not movers & others
