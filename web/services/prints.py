"""Prints of a card before it is signed: for the officers at the counter, never for the party (PLM1)."""

from __future__ import annotations

from web import here
from web.database import session
from web.errors import WebError
from web.services import access
from web.services.sight import Seen
from web.services.views import PrintView
from workflow.db import prints, register
from workflow.db.prints import Print
from workflow.db.sealed_files import print_file


def show(found: Seen) -> PrintView | None:
    """The print that counts, for staff, as long as its card is not published."""
    kept = _current(found)
    return PrintView(n=kept.n, code=kept.code, sha256=kept.sha256) if kept else None


def download(found: Seen) -> tuple[bytes, str]:
    """The print's PDF and a name for it; raises `WebError` (`forbidden`, `no_print`)."""
    if found.is_owner or not found.is_staff:
        raise WebError("forbidden")
    kept, card = _current(found), register.of_case(session(), found.case.id)
    if kept is None or card is None:
        raise WebError("no_print")
    access.note(found, "print")
    ports = here.ports()
    content = print_file(session(), ports.vault, ports.blobs, kept)
    return content, f"{card.number.replace('/', '-')}-{kept.n}.pdf"


def _current(found: Seen) -> Print | None:
    if found.is_owner or not found.is_staff:
        return None
    card = register.of_case(session(), found.case.id)
    return prints.current(session(), card.id) if card and card.state in (register.RESERVED, register.SIGNED) else None
