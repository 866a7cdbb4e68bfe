"""Names of those who acted, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from web.database import session
from workflow.db.tables import account
from workflow.definition.process import Text

#: Actors that are no persons.
BUILT_IN: Mapping[str, Text] = {
    "system": {"id": "sistem", "en": "the system"},
    "timer": {"id": "sistem (jadwal)", "en": "the system (schedule)"},
    "hold": {"id": "sistem (kartu baru)", "en": "the system (new card)"},
}


def names_of(actors: Iterable[str | None]) -> Mapping[str, Text]:
    """Names by actor, in each language; an actor without an account keeps its id."""
    wanted = {a for a in actors if a}
    ids = [int(a) for a in wanted if a.isdecimal()]
    rows = session().execute(select(account.c.id, account.c.title, account.c.name).where(account.c.id.in_(ids)))
    known = {str(row.id): row.title or row.name for row in rows} if ids else {}
    return {a: BUILT_IN.get(a) or _same(known.get(a, a)) for a in wanted}


def _same(name: str) -> Text:
    return {"id": name, "en": name}
