"""Who looked at whose data: a row whenever somebody other than the party reads it."""

from __future__ import annotations

from flask import Flask, Response, g
from sqlalchemy import insert

from web.database import commit, session
from web.services.sight import Seen
from workflow.db.tables import access_log


def init(app: Flask) -> None:
    """Keep the rows that a request of `app` wrote, before its answer leaves the house."""
    app.after_request(_keep)


def note(seen: Seen, what: str) -> None:
    """Log that the person reads `what` (`data`, `document/ktp`, `card`) of a case that is not their own."""
    if seen.is_owner:
        return
    row = {"account": seen.person.account, "case_id": seen.case.id, "what": what}
    session().execute(insert(access_log).values(**row))
    g.looked = True


def _keep(response: Response) -> Response:
    if g.pop("looked", False) and response.status_code < 400:
        commit()
    return response
