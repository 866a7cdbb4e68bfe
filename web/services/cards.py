"""The card of a case: nothing of it is shown or given before it is published."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import select

from web import here
from web.database import session
from web.errors import WebError
from web.services import access, marks
from web.services.sight import Seen, require_reading
from web.services.views import CardView
from workflow.db import card_ends, card_reports
from workflow.db.register import EXPIRED, REPLACED, RETURNED, REVOKED, VALID
from workflow.db.sealed_files import card_file
from workflow.db.tables import card

#: Name of the card among the papers of a case; no kind of document is called so.
CARD = "card"
#: States of a card that was published.
PUBLISHED = (VALID, REPLACED, REVOKED, EXPIRED, RETURNED)
#: States in which its file may be had: an old card stays a record, and its QR tells that it is old.
DOWNLOADABLE = (VALID, REPLACED, EXPIRED, RETURNED)


def show(found: Seen) -> CardView | None:
    """The published card of the case, for those who may read the case's data."""
    if not found.may_read:
        return None
    row = session().execute(select(card).where(card.c.case_id == found.case.id)).one_or_none()
    if row is None or row.state not in PUBLISHED:
        return None
    office = here.ports().library.offices.get(row.office)
    reported = card_reports.reported(session(), row.code) if row.state == VALID else ()
    return CardView(
        number=row.number,
        code=row.code,
        state=row.state,
        level=row.level,
        sha256=row.sha256,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        changed_on=card_ends.first_day(row.state, row.changed_at, row.expires_on, office.zone if office else UTC),
        downloadable=row.state in DOWNLOADABLE and row.erased_at is None,
        marks=marks.marks_of(reported, office),
    )


def download(found: Seen) -> tuple[bytes, str]:
    """The card's PDF and a name for it; raises `WebError` (`forbidden`, `no_card`, `card_not_valid`)."""
    require_reading(found)
    row = session().execute(select(card).where(card.c.case_id == found.case.id)).one_or_none()
    if row is None or row.state not in PUBLISHED:
        raise WebError("no_card")
    if row.erased_at is not None:
        raise WebError("data_erased")
    if not row.blob:
        raise WebError("no_card")
    if row.state not in DOWNLOADABLE:
        raise WebError("card_not_valid", {"state": row.state})
    access.note(found, "card")
    ports = here.ports()
    return card_file(session(), ports.vault, ports.blobs, found.case.id), f"{row.number.replace('/', '-')}.pdf"
