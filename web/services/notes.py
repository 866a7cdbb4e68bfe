"""What the mover entered with the move into the present state, such as the reason of a return."""

from __future__ import annotations

from web import here
from web.database import session
from web.services import access, refusals
from web.services.sight import Seen
from web.services.views import NoteView
from workflow.db import history


def note(found: Seen) -> NoteView | None:
    """The inputs of the last move, for those who may read the case's data; None when it had none."""
    event = history.last_event(session(), found.case.id, "moved", "submitted")
    digest = event.body.get("input") if event else None
    if event is None or digest is None:
        return None
    inputs = history.read_input(session(), here.ports().vault, found.found, digest)
    if inputs and here.person() is not None:
        access.note(found, "input")
    do = str(event.body["do"])
    return NoteView(do=do, title=refusals.do_title(found, do), at=event.at, inputs=inputs)


def reason(found: Seen) -> str:
    """The reason that was given with the last move; empty when there is none."""
    last = note(found)
    return str(last.inputs.get("reason", "")) if last else ""
