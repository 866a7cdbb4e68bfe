"""Cards that are signed and wait for their level, since a time stamper or a revocation list is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from web import here
from web.database import session
from web.services.sight import Seen
from workflow.causes import cause
from workflow.db import card_files
from workflow.db.register import SIGNED
from workflow.db.tables import card
from workflow.definition.process import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Cards of the person's offices that wait for one reason."""

    code: str
    #: The reason in words.
    cause: Text
    count: int
    since: datetime


def pending(found: Seen) -> Text | None:
    """What the card of a case waits for before it is published; None where it waits for nothing by itself."""
    query = select(card.c.pending).where(card.c.case_id == found.case.id, card.c.state == SIGNED)
    query = query.where(card.c.pending.in_(card_files.AWAY))
    code = session().execute(query).scalar()
    return cause(code) if code else None


def waiting() -> Sequence[Waiting]:
    """Cards that wait at the person's offices, by reason."""
    person = here.signed_in()
    offices = person.offices(here.ports().library.offices)
    rows = card_files.counted(session(), offices, person.account) if offices else ()
    return [Waiting(code=r.code, cause=cause(r.code), count=r.n, since=r.since) for r in rows]
