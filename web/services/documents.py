"""Documents: inspected in a confined process before they are kept, and encrypted with the person's key."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from signing.inspect import inspect, rendition
from signing.uploads import PDF, Inspection, UploadRules
from web import here, limits
from web.database import rollback, session
from web.errors import WebError
from web.services import access
from web.services.editing import require_editing
from web.services.sight import Seen, require_reading, see
from web.services.views import DocumentView
from workflow.commands import Submission
from workflow.db import cases
from workflow.db.cases import DataErasedError, WorkingCopy
from workflow.db.tables import document
from workflow.submission import is_required
from workflow.vault import PersonKey

#: Each inspection may use hundreds of megabytes: at most so many at once in this process.
_INSPECTIONS = threading.BoundedSemaphore(3)
_PATIENCE = 20  # seconds

JPEG = "image/jpeg"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """An upload that may be kept."""

    case: int
    kind: str
    plain: bytes
    #: The safe picture; None for a PDF.
    picture: bytes | None
    found: Inspection


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A document's bytes."""

    content: bytes
    media_type: str
    #: A name to save it under.
    name: str


def inspect_upload(case: int, kind: str, plain: bytes) -> Inspected:
    """What was found about an upload for `kind` of a case; no transaction stays open meanwhile.

    Raises a refusal, `unknown_document`, or `UploadRefused`.
    """
    seen = see(case)
    require_editing(seen)
    spec = seen.process.documents.get(kind)
    if spec is None:
        raise WebError("unknown_document")
    rollback()
    limits.count("upload")
    return inspected(case, kind, plain, UploadRules(accept=spec.accept, max_size=spec.max_size, ratio=spec.ratio))


def inspected(case: int, kind: str, plain: bytes, rules: UploadRules) -> Inspected:
    """What was found about an upload by `rules`. Raises `WebError` (`busy`), `UploadRefused`."""
    if not _INSPECTIONS.acquire(timeout=_PATIENCE):
        raise WebError("busy")
    try:
        found = inspect(plain, rules)
        picture = rendition(plain) if found.media_type != PDF else None
    finally:
        _INSPECTIONS.release()
    return Inspected(case=case, kind=kind, plain=plain, picture=picture, found=found)


def attach(upload: Inspected) -> int:
    """Keep an inspected upload in the working copy, in place of one of its kind; returns the new revision."""
    seen = see(upload.case, lock=True)
    require_editing(seen)
    ports = here.ports()
    blob, facts = sealed(upload, cases.person_key_of(session(), ports.vault, seen.found))
    cases.attach(session(), ports.vault, seen.found, upload.kind, upload.plain, blob, facts)
    return seen.found.revision + 1


def sealed(upload: Inspected, key: PersonKey) -> tuple[str, dict[str, Any]]:
    """Store an inspected upload, closed with its person's key: its name, and the facts of its row."""
    ports, where = here.ports(), f"document/{upload.case}/{upload.kind}"
    picture = ports.blobs.put(key.close(upload.picture, where)) if upload.picture else None
    facts = {
        "media_type": upload.found.media_type,
        "size": upload.found.size,
        "rendition": picture,
        "inspection": {
            "pages": upload.found.pages,
            "pixels": list(upload.found.pixels) if upload.found.pixels else None,
            "warnings": list(upload.found.warnings),
        },
    }
    return ports.blobs.put(key.close(upload.plain, where)), facts


def detach(case: int, kind: str) -> int:
    """Take a document out of the working copy; returns the new revision. Raises `unknown_document`."""
    seen = see(case, lock=True)
    require_editing(seen)
    ports = here.ports()
    if kind not in cases.read_working_copy(session(), ports.vault, seen.found).documents:
        raise WebError("unknown_document")
    cases.detach(session(), ports.vault, seen.found, kind)
    return seen.found.revision + 1


def read(seen: Seen, kind: str, *, picture: bool = False) -> File:
    """A document as the person sees the case; `picture` gives the safe picture of it where there is one.

    Raises `WebError` (`forbidden`, `unknown_document`). Read by others than the party, it is logged.
    """
    require_reading(seen)
    entry = _standing(seen).documents.get(kind)
    row = session().execute(select(document).where(document.c.id == entry["id"])).one_or_none() if entry else None
    if row is None:
        raise WebError("unknown_document")
    return opened(seen, row, picture=picture)


def opened(seen: Seen, row: Row[Any], *, picture: bool = False) -> File:
    """The file of a row of `document`, which the person may read; read by others than the party, it is logged."""
    access.note(seen, f"document/{row.kind}")
    ports = here.ports()
    safe = picture and row.rendition is not None
    key = cases.person_key_of(session(), ports.vault, seen.found)
    sealed = ports.blobs.get(row.rendition if safe else row.blob)
    type_ = JPEG if safe else row.media_type
    return File(
        content=key.open(sealed, f"document/{seen.case.id}/{row.kind}"),
        media_type=type_,
        name=f"{seen.case.id}-{row.kind}.{_ENDINGS[type_]}",
    )


_ENDINGS = {PDF: "pdf", JPEG: "jpg", "image/png": "png"}


def standing(seen: Seen) -> WorkingCopy:
    """Data and documents as the person sees them: the working copy while it may be edited, else the version.

    Read by others than the party, it is logged. Raises `DataErasedError`.
    """
    copy = _standing(seen)
    access.note(seen, "data")
    return copy


def _standing(seen: Seen) -> WorkingCopy:
    if seen.case.erased is not None:
        raise DataErasedError("The data of this case was erased.")
    ports = here.ports()
    if seen.may_edit:
        return cases.read_working_copy(session(), ports.vault, seen.found)
    content: Mapping[str, Any] = (
        cases.read_version(session(), ports.vault, seen.found, seen.case.data) if seen.case.data else {}
    )
    return WorkingCopy(content.get("data", {}), content.get("documents", {}), None)


def list_all(seen: Seen, copy: WorkingCopy) -> tuple[DocumentView, ...]:
    """Every kind of document of the process: what is there, and what is required for these data."""
    ids = [entry["id"] for entry in copy.documents.values()]
    rows = session().execute(select(document).where(document.c.id.in_(ids))).all() if ids else []
    stored = {row.id: row for row in rows}
    asked = Submission(0, "", copy.data, {})
    return tuple(
        _view(seen, name, is_required(seen.process, name, asked), stored.get(copy.documents.get(name, {}).get("id")))
        for name in seen.process.documents
    )


def _view(seen: Seen, name: str, required: bool, row: Any) -> DocumentView:
    spec = seen.process.documents[name]
    empty = DocumentView(
        kind=name, title=spec.title, required=required, accept=spec.accept, max_size=spec.max_size, ratio=spec.ratio
    )
    if row is None:
        return empty
    return replace(
        empty,
        id=row.id,
        media_type=row.media_type,
        size=row.size,
        has_rendition=row.rendition is not None,
        warnings=tuple(row.inspection.get("warnings", ())),
        at=row.at,
    )
