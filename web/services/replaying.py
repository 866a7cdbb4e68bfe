"""A case as it was, for those who may read it: state, task, clocks, data, and who could have done what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from web import here
from web.database import session
from web.errors import WebError
from web.services import access, clocks, refusals
from web.services.names import names_of
from web.services.sight import Seen
from web.services.views import ClockView
from workflow.db.replaying import Past, data_then, past
from workflow.definition.process import BUILT_IN_MOVERS, Text
from workflow.finding import Finding
from workflow.powers import Power
from workflow.replay import Until


@dataclass(frozen=True, kw_only=True, slots=True)
class PowerView:
    """A move out of the state of then, and who was able to perform it."""

    do: str
    title: Text
    role: str
    role_title: Text
    #: Nobody performs it: it happens by itself.
    by_itself: bool
    able: tuple[Text, ...]
    #: Those of the role who were kept from it, with the code of the reason.
    kept: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldView:
    """The open task of then."""

    role: str
    role_title: Text
    office: str
    holder: Text | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastView:
    """A case at a past event or moment."""

    id: int
    at: datetime
    seq: int
    state: str
    state_title: Text
    revision: int
    #: Hash of the last event, hex.
    head: str
    #: Hash of the definition that it pinned.
    definition: str
    complete: bool
    finding: Finding | None
    data_version: int
    #: The data that stood; None when there was none, or it was erased.
    data: Mapping[str, Any] | None
    #: Salted digests of the documents that stood, by kind.
    documents: Mapping[str, str]
    task: HeldView | None
    clocks: tuple[ClockView, ...]
    powers: tuple[PowerView, ...]


def replayed(found: Seen, until: Until) -> PastView:
    """The case at `until`; the data of then counts as a look at it. Staff only (`forbidden`)."""
    if not found.is_staff:
        raise WebError("forbidden")
    ports = here.ports()
    then = past(session(), ports.library, found.found, until, found.now)
    data = data_then(session(), ports.vault, found.found, then)
    if data:
        access.note(found, f"data/{then.case.data}")
    seen = replace(found, found=replace(found.found, case=then.case), book=then.book, now=then.moment)
    return _view(seen, then, data)


def _view(seen: Seen, then: Past, data: Mapping[str, Any]) -> PastView:
    case = then.case
    actors = {id_ for p in then.powers for id_ in (*p.able, *p.kept)} | {case.task.holder if case.task else None}
    names = names_of(actors)
    return PastView(
        id=case.id,
        at=then.moment,
        seq=case.seq,
        state=case.state,
        state_title=refusals.state_title(seen, case.state),
        revision=case.revision,
        head=case.head.hex(),
        definition=case.definition,
        complete=then.complete,
        finding=then.finding,
        data_version=case.data,
        data=data or None,
        documents=case.documents,
        task=_task(seen, names),
        clocks=clocks.clocks(seen),
        powers=tuple(_power(seen, power, names) for power in then.powers),
    )


def _task(seen: Seen, names: Mapping[str, Text]) -> HeldView | None:
    task = seen.case.task
    if task is None:
        return None
    return HeldView(
        role=task.role,
        role_title=refusals.role_title(seen, task.role),
        office=task.office,
        holder=names[task.holder] if task.holder else None,
        until=task.until,
    )


def _power(seen: Seen, power: Power, names: Mapping[str, Text]) -> PowerView:
    return PowerView(
        do=power.do,
        title=refusals.do_title(seen, power.do),
        role=power.role,
        role_title=refusals.role_title(seen, power.role),
        by_itself=power.role in BUILT_IN_MOVERS,
        able=tuple(names[id_] for id_ in power.able),
        kept=tuple({"who": names[id_], "code": code} for id_, code in power.kept.items()),
    )
