"""The dossier of a case: everything that officers and auditors may read of it, in one PDF."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from signing.dossier import Member, bound
from signing.errors import DossierError
from signing.uploads import PDF
from web import here
from web.database import session
from web.errors import WebError
from web.services import access, card_reports, cards, documents
from web.services.card_reports import CardReportView
from web.services.cards import PUBLISHED
from web.services.documents import File
from web.services.sight import Seen, require_reading
from workflow.blobs import BlobError
from workflow.db import drawings, register
from workflow.db.cases import WorkingCopy
from workflow.db.sealed_files import card_file
from workflow.definition.process import Text
from workflow.vault import UnreadableError

_BINDINGS = threading.BoundedSemaphore(2)
_PATIENCE = 20  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """An uploaded document, a drawing, or the card."""

    #: Kind of document; `card` for the card, `drawing` for what somebody drew.
    kind: str
    #: As it may be shown: the PDF itself, or the safe picture; None where it could not be read.
    shown: File | None
    #: As it was sent, byte for byte; None where it could not be read.
    original: File | None
    #: Its name for people where the process's documents do not tell it.
    title: Text | None = None

    @property
    def attached(self) -> File | None:
        """The original where it is attached: a PDF, which a reader may check by itself."""
        return self.original if self.original is not None and self.original.media_type == PDF else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """What a dossier is made of."""

    copy: WorkingCopy
    #: The card, uploads in the order of the process, and what was drawn last.
    papers: Sequence[Paper]
    #: What was reported of the card.
    reports: Sequence[CardReportView]


def gather(found: Seen) -> Gathered:
    """Everything of a case, for officers and auditors who may read it; the look is logged.

    Raises `WebError` (`forbidden`; nobody gets the dossier of an own case) and `DataErasedError`.
    """
    require_reading(found)
    if found.is_owner or not found.is_staff:
        raise WebError("forbidden")
    copy = documents.standing(found)
    access.note(found, "dossier")
    papers = (_card(found), *(_paper(found, kind) for kind in _kinds(found, copy)), _drawing(found))
    there = [paper for paper in papers if paper is not None]
    return Gathered(copy=copy, papers=there, reports=card_reports.of_case(found))


def made(told: Mapping[str, Any], members: Sequence[Member]) -> bytes:
    """The dossier's bytes; raises `WebError` (`busy`, `dossier_failed`)."""
    if not _BINDINGS.acquire(timeout=_PATIENCE):
        raise WebError("busy")
    try:
        return bound(told, members)
    except DossierError as error:
        structlog.get_logger().warning("dossier not bound", code=error.code, why=str(error))
        raise WebError("dossier_failed") from error
    finally:
        _BINDINGS.release()


def _kinds(found: Seen, copy: WorkingCopy) -> list[str]:
    return [kind for kind in found.process.documents if kind in copy.documents]


def _paper(found: Seen, kind: str) -> Paper:
    try:
        original = documents.read(found, kind)
        shown = original if original.media_type == PDF else documents.read(found, kind, picture=True)
    except (BlobError, UnreadableError):
        return Paper(kind=kind, shown=None, original=None)
    return Paper(kind=kind, shown=shown, original=original)


def _drawing(found: Seen) -> Paper | None:
    """What was drawn for the card, such as its holder's signature."""
    given = drawings.last(session(), here.ports().vault, found.found, found.process)
    if given is None:
        return None
    asked, row = given
    try:
        original, shown = documents.opened(found, row), documents.opened(found, row, picture=True)
    except (BlobError, UnreadableError):
        return Paper(kind=drawings.KIND, shown=None, original=None, title=asked.title)
    return Paper(kind=drawings.KIND, shown=shown, original=original, title=asked.title)


def _card(found: Seen) -> Paper | None:
    """The published card, also one that stands no more: a dossier is a record."""
    row = register.of_case(session(), found.case.id)
    if row is None or row.state not in PUBLISHED or not row.blob:
        return None
    ports = here.ports()
    try:
        content = card_file(session(), ports.vault, ports.blobs, found.case.id)
    except (BlobError, UnreadableError):
        return Paper(kind=cards.CARD, shown=None, original=None)
    file = File(content=content, media_type=PDF, name=f"{row.number.replace('/', '-')}.pdf")
    return Paper(kind=cards.CARD, shown=file, original=file)
