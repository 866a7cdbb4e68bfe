"""Who looked at whose data: a row whenever somebody other than the party reads it."""

from __future__ import annotations

from flask import Flask, Response, g

from web import here
from web.database import commit, rollback, session
from web.services.sight import Seen
from workflow.db import accesses

#: Where a request remembers its looks; an error that is answered without any data forgets them.
LOOKS = "looks"
BAD_REQUEST = 400


def init(app: Flask) -> None:
    """Keep the rows that a request of `app` wrote, before its answer leaves the house."""
    app.after_request(_keep)


def note(seen: Seen, what: str) -> None:
    """Log that the person reads `what` (`data`, `input`, `document/ktp`, `card`, `print`, `dossier`, `search`) of a
    case that is not their own."""
    if not seen.is_owner:
        note_of(seen.case.id, what)


def note_of(case: int, what: str) -> None:
    """Log that the signed-in person, who is not the party, comes to know `what` of a case; once a request."""
    looks: dict[tuple[int, str], int] = g.setdefault(LOOKS, {})
    if (case, what) in looks:
        return
    account = here.signed_in().account
    looks[case, what] = account
    accesses.note(session(), account, case, what)


def _keep(response: Response) -> Response:
    looks = g.pop(LOOKS, None)
    if not looks:
        return response
    if response.status_code >= BAD_REQUEST:
        # A page may show the data beside the reason of a refusal; of what was refused nothing may stay.
        rollback()
        for (case, what), account in looks.items():
            accesses.note(session(), account, case, what)
    commit()
    return response
