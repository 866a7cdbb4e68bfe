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
from web.services import access, cards, documents
from web.services.cards import PUBLISHED
from web.services.documents import File
from web.services.sight import Seen, require_reading
from workflow.blobs import BlobError
from workflow.db import register
from workflow.db.cases import WorkingCopy
from workflow.db.sealed_files import card_file
from workflow.vault import UnreadableError

_BINDINGS = threading.BoundedSemaphore(2)
_PATIENCE = 20  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """An uploaded document, or the card."""

    #: Kind of document; `card` for the card.
    kind: str
    #: As it may be shown: the PDF itself, or the safe picture; None where it could not be read.
    shown: File | None
    #: The original where it is a PDF, byte for byte; None where it is not attached.
    original: File | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """What a dossier is made of."""

    copy: WorkingCopy
    #: Uploads in the order of the process, the card first.
    papers: Sequence[Paper]


def gather(found: Seen) -> Gathered:
    """Everything of a case, for officers and auditors who may read it; the look is logged.

    Raises `WebError` (`forbidden`; nobody gets the dossier of an own case) and `DataErasedError`.
    """
    require_reading(found)
    if found.is_owner or not found.is_staff:
        raise WebError("forbidden")
    copy = documents.standing(found)
    access.note(found, "dossier")
    papers = [p for p in (_card(found), *(_paper(found, kind) for kind in _kinds(found, copy))) if p]
    return Gathered(copy=copy, papers=papers)


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
    return Paper(kind=kind, shown=shown, original=original if original.media_type == PDF else None)


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
