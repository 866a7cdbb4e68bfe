"""A case whose form is closed: who comes with an old tab or the back button is led to where the case is now."""

from __future__ import annotations

from flask import abort, url_for

from web.errors import ProblemError
from web.pages.answers import go
from web.pages.words import _, local
from web.services import refusals
from web.services.editing import require_editing
from web.services.sight import Seen


def require_open(found: Seen) -> None:
    """Go on only while the person may change the working copy.

    Once the case has left its form, the request ends with the way to the case's page and a message; any other refusal
    is raised.
    """
    try:
        require_editing(found)
    except ProblemError as error:
        if error.problem.code != "wrong_state":
            raise
        # An exception that holds a response passes every error handler untouched.
        abort(go(url_for("case.show", case=found.case.id), _told(found), "info"))


def _told(found: Seen) -> str:
    number, state = found.case.id, local(refusals.state_title(found, found.case.state))
    return _("Permohonan ini sudah diajukan, nomor %(n)d. Statusnya sekarang: %(state)s.", n=number, state=state)
