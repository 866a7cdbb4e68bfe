"""Who looked at whose data: a row whenever somebody other than the party reads it."""

from __future__ import annotations

from flask import Flask, Response, g
from sqlalchemy import insert

from web import here
from web.database import commit, session
from web.services.sight import Seen
from workflow.db.tables import access_log


def init(app: Flask) -> None:
    """Keep the rows that a request of `app` wrote, before its answer leaves the house."""
    app.after_request(_keep)


def note(seen: Seen, what: str) -> None:
    """Log that the person reads `what` (`data`, `input`, `document/ktp`, `card`, `print`, `search`) of a case that is
    not their own."""
    if not seen.is_owner:
        note_of(seen.case.id, what)


def note_of(case: int, what: str) -> None:
    """Log that the signed-in person, who is not the party, comes to know `what` of a case; once a request."""
    known: set[tuple[int, str]] = g.setdefault("looked_at", set())
    if (case, what) in known:
        return
    known.add((case, what))
    row = {"account": here.signed_in().account, "case_id": case, "what": what}
    session().execute(insert(access_log).values(**row))
    g.looked = True


def _keep(response: Response) -> Response:
    if g.pop("looked", False) and response.status_code < 400:
        commit()
    return response
