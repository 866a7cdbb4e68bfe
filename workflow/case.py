"""A case: one instance of a state machine, as the fold of its events says it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

DRAFT = "draft"

#: The empty mapping; cannot be written to, so it can be everybody's default.
NONE: Mapping[str, Any] = MappingProxyType({})


class Task(NamedTuple):
    """The open task of the current state."""

    #: Sequence number of the event that opened it; with the case it is the task's identity.
    seq: int
    role: str
    office: str
    #: Account that claimed it.
    holder: str | None = None
    #: When the claim runs out.
    until: datetime | None = None
    #: Its place in the queue (`workflow.priorities`): what is smaller comes first.
    priority: int = 0


class Step(NamedTuple):
    """A step that a worker performs before the move commits. At most one is pending."""

    #: Sequence number of its `step_requested`.
    seq: int
    run: str
    #: Transitions that wait for its result; more than one when several system moves share it.
    moves: tuple[str, ...]
    #: Who asked, and in which role.
    actor: str
    role: str
    #: What the request already knows of the `moved` event that will follow.
    carry: Mapping[str, Any] = NONE
    #: Failed for good: a stable code of the cause. Nothing waits any more; people decide.
    failed: str | None = None


class Reading(NamedTuple):
    """A clock's ledger. Moments only: how much time they hold depends on a calendar, and cases pin none (rule 17)."""

    started: datetime
    #: Since when it stands still.
    paused_at: datetime | None = None
    #: When it stood still before: from and until, in order.
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    stopped: datetime | None = None
    #: Percents already told (rule 10: once per level).
    fired: tuple[int, ...] = ()


class Grant(NamedTuple):
    """A role on this one case that an officer without it took in an emergency, by breaking the glass."""

    #: Number of the broken glass.
    glass: int
    account: str
    role: str
    #: When it ends by itself.
    until: datetime


class Erased(NamedTuple):
    """That the personal data of a case are gone: what stays is its history."""

    #: When; for an erasure that was done again after a restore, when it was done first.
    at: datetime
    #: `retention` or `right`.
    under: str


class Case(NamedTuple):
    id: int
    process: str
    #: Hash of the definition it pins.
    definition: str
    office: str
    #: Account of the party; None when the person has none.
    owner: str | None = None
    state: str = DRAFT
    #: Counts changes of data and state (rule 3).
    revision: int = 0
    seq: int = 0
    #: Hash of the last event.
    head: bytes = b""
    #: Version of the data that stands; 0 before the first submission.
    data: int = 0
    #: Salted digests of the documents that stand, by kind.
    documents: Mapping[str, str] = NONE
    #: All documents that its data requires are there.
    complete: bool = False
    submitted_at: datetime | None = None
    #: When the current state was entered, and by which event.
    entered_at: datetime | None = None
    #: Who moved it there.
    moved_by: str | None = None
    task: Task | None = None
    step: Step | None = None
    #: Persons who acted since the last submission, by role (rule 15).
    performed: Mapping[str, tuple[str, ...]] = NONE
    clocks: Mapping[str, Reading] = NONE
    #: Ledgers of clocks that an earlier definition counted and this one does not know.
    aside: Mapping[str, Reading] = NONE
    #: How often each timer of the current state has fired, by index.
    fired: Mapping[str, int] = NONE
    #: HMAC of the key it holds, by hold.
    holds: Mapping[str, str] = NONE
    #: HMAC of the key for whose place it stands in line, by hold.
    line: Mapping[str, str] = NONE
    #: Transitions that a hold asked for while a step was pending; performed when it has ended.
    owed: tuple[str, ...] = ()
    #: Officers who declared a conflict of interest.
    recused: tuple[str, ...] = ()
    #: Grants of broken glass, of which some may have ended.
    glass: tuple[Grant, ...] = ()
    #: None while its personal data are there.
    erased: Erased | None = None


#: Places of the fields in the tuple.
_PLACES: Mapping[str, int] = {name: place for place, name in enumerate(Case._fields)}
_SEQ, _HEAD = _PLACES["seq"], _PLACES["head"]


def advanced(case: Case, seq: int, head: bytes, changes: Mapping[str, Any]) -> Case:
    """`case` after event `seq` with the hash `head`, with new values of the fields that `changes` names.

    `_replace` takes twice the time, and every event ends here.
    """
    values = list(case)
    values[_SEQ] = seq
    values[_HEAD] = head
    for name in changes:
        values[_PLACES[name]] = changes[name]
    return tuple.__new__(Case, values)


def fold_to_json(case: Case) -> dict[str, Any]:
    """The part of a case that has no column of its own; empty parts are left out, moments are still moments."""
    parts = {
        "documents": case.documents,
        "complete": case.complete,
        "submitted_at": case.submitted_at,
        "entered_at": case.entered_at,
        "moved_by": case.moved_by,
        "task": case.task and tuple(case.task),
        "step": case.step and tuple(case.step),
        "performed": case.performed,
        "clocks": {name: tuple(r) for name, r in case.clocks.items()},
        "aside": {name: tuple(r) for name, r in case.aside.items()},
        "fired": case.fired,
        "holds": case.holds,
        "line": case.line,
        "owed": case.owed,
        "recused": case.recused,
        "glass": [tuple(grant) for grant in case.glass],
        "erased": case.erased and tuple(case.erased),
    }
    return {name: part for name, part in parts.items() if part}


def fold_text(case: Case) -> str:
    """`fold_to_json` as the JSON text that is stored."""
    return orjson.dumps(fold_to_json(case), default=dict, option=FOLD_OPTIONS).decode()


#: Moments are written in UTC with `Z`; mappings that are no dicts become some.
FOLD_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_SORT_KEYS


#: Parts that are stored as they are.
_PLAIN = ("documents", "complete", "moved_by", "fired", "holds", "line")


def fold_from_json(fold: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of `Case` from what `fold_to_json` stored."""
    out: dict[str, Any] = {k: fold[k] for k in _PLAIN if k in fold}
    out |= {name: tuple(fold[name]) for name in ("owed", "recused") if name in fold}
    for name in ("submitted_at", "entered_at"):
        if name in fold:
            out[name] = _moment(fold[name])
    if "task" in fold:
        seq, role, office, holder, until, *priority = fold["task"]
        out["task"] = Task(seq, role, office, holder, _moment(until), *priority)
    if "step" in fold:
        seq, run, moves, actor, role, carry, failed = fold["step"]
        out["step"] = Step(seq, run, tuple(moves), actor, role, carry, failed)
    if "performed" in fold:
        out["performed"] = {role: tuple(persons) for role, persons in fold["performed"].items()}
    if "glass" in fold:
        out["glass"] = tuple(Grant(a, b, c, datetime.fromisoformat(d)) for a, b, c, d in fold["glass"])
    if "erased" in fold:
        out["erased"] = Erased(datetime.fromisoformat(fold["erased"][0]), fold["erased"][1])
    for name in ("clocks", "aside"):
        if name in fold:
            out[name] = {clock: _reading(*parts) for clock, parts in fold[name].items()}
    return out


def _reading(
    started: str, paused: str | None, pauses: list[list[str]], stopped: str | None, fired: list[int]
) -> Reading:
    return Reading(datetime.fromisoformat(started), _moment(paused), _pauses(pauses), _moment(stopped), tuple(fired))


def _pauses(stored: list[list[str]]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in stored)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
