"""What happened to a case, and in which state it was at a moment: whole for staff, by roles for the party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from web import here
from web.database import session
from web.services import acted, refusals, said
from web.services.eras import entered, eras
from web.services.names import names_of
from web.services.said import Said
from web.services.sight import Seen
from workflow import lateness
from workflow.case import Case
from workflow.causes import cause
from workflow.db.history import read_events
from workflow.definition.process import Text
from workflow.events import Event
from workflow.evolve import fold

ASKED = "step_requested"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    seq: int
    #: Type of the event, such as `moved`.
    type: str
    at: datetime
    #: Name of who acted; to the party the role only, unless it was itself.
    who: Text
    #: Role in which it acted; of an officer who acted for the party, the officer's own.
    role: Text | None
    #: An officer acted for the party.
    for_party: bool
    #: Transition that was performed.
    do: str | None
    do_title: Text | None
    #: State that was entered.
    to: str | None
    to_title: Text | None
    #: How late it was told, where that is worth telling.
    late: Text | None
    #: The step that it speaks of, and why that failed, in words; staff only.
    step: Text | None
    cause: Text | None
    #: Who asked for the step that failed, and in which role; staff only.
    asked_by: Text | None
    asked_as: Text | None
    #: What was said with it, such as a reason; for staff who may read the case's data, and not the party.
    said: tuple[Said, ...]
    #: What the event says besides; staff only.
    body: Mapping[str, Any] | None
    #: SHA-256 that chains the events, hex; staff only.
    hash: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    entries: Sequence[Entry]
    #: State after the last entry.
    state: str
    state_title: Text
    revision: int
    #: Hash of the last entry, hex.
    head: str


def history(found: Seen, at: datetime | None = None) -> History:
    """The events up to `at` (aware; None for all), oldest first, and the state that they lead to."""
    case = found.case
    events = [e for e in read_events(session(), case.id) if at is None or e.at <= at]
    start = Case(id=case.id, process=case.process, definition=case.definition, office=case.office, owner=case.owner)
    folded = fold(here.ports().library.look_up(session(), case.office), start, events)
    told = list(eras(found, events))
    asked = {e.seq: (str(e.body.get("for", e.actor)), e.body.get("role", "")) for _, e in told if e.type == ASKED}
    names = names_of((*(e.actor for e in events), *(who for who, _ in asked.values())))
    tasks, inputs = acted.task_roles(told), said.inputs(found, events)
    return History(
        entries=tuple(_entry(seen, e, _Beside(names, asked, tasks, inputs)) for seen, e in told),
        state=folded.state,
        state_title=refusals.state_title(found, folded.state),
        revision=folded.revision,
        head=folded.head.hex(),
    )


class _Beside(NamedTuple):
    """What an entry is told with besides its event."""

    names: Mapping[str, Text]
    #: Account and role that asked for a step, by the step's number.
    asked: Mapping[int, tuple[str, str]]
    #: Title of a task's role, by the task's number.
    tasks: Mapping[int, Text]
    #: Inputs by their digest.
    inputs: Mapping[str, Mapping[str, Any]]


def _entry(found: Seen, event: Event, beside: _Beside) -> Entry:
    body, to = event.body, entered(event)
    failed = found.is_staff and event.type == "step_failed"
    do = body.get("do") or ("submit" if event.type == "submitted" else None)
    role = acted.role(found, event, beside.tasks)
    asked = beside.asked.get(body["step"]) if failed else None
    return Entry(
        seq=event.seq,
        type=event.type,
        at=event.at,
        who=_who(found, event, beside.names, role),
        role=role,
        for_party=acted.for_party(found, event),
        do=do,
        do_title=refusals.do_title(found, do) if do else None,
        to=to,
        to_title=refusals.state_title(found, to) if to else None,
        late=lateness.told(body["late"]) if "late" in body else None,
        step=refusals.run_title(body["run"]) if failed else None,
        cause=cause(body["code"]) if failed else None,
        asked_by=beside.names[asked[0]] if asked else None,
        asked_as=refusals.role_title(found, asked[1]) if asked and asked[1] and asked[0].isdecimal() else None,
        said=said.told(found, event, beside.inputs),
        body=body if found.is_staff else None,
        hash=event.hash.hex() if found.is_staff else None,
    )


def _who(found: Seen, event: Event, names: Mapping[str, Text], role: Text | None) -> Text:
    if found.is_staff or not event.actor.isdecimal():
        return names[event.actor]
    if event.actor == found.actor.id:
        return {"id": "Anda", "en": "you"}
    return role or acted.OFFICER
