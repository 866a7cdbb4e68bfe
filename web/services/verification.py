"""Is this card genuine, and does it stand? The register answers first; a file is then checked finding by finding."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from signing.uploads import PDF, media_type, refused
from signing.verdict import Verdict
from signing.verify import verify_untrusted
from web import here, limits
from web.config import MAX_REQUEST
from web.database import rollback, session
from web.errors import WebError
from workflow.db import card_files, register
from workflow.definition.process import Text

State = Literal["valid", "expired", "replaced", "revoked", "returned", "void", "unknown"]

_CHECKS = threading.BoundedSemaphore(2)
_PATIENCE = 20  # seconds
_MAX_CODE = 100  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What the register tells anybody of a card."""

    #: What the card is worth now.
    state: State
    #: When it was asked.
    checked_at: datetime
    number: str | None = None
    code: str | None = None
    #: The holder's name, masked.
    holder: str | None = None
    office: str | None = None
    office_title: Text | None = None
    issued_on: str | None = None
    expires_on: str | None = None
    #: Why a void one is void, such as `newer_print`.
    reason: str | None = None
    #: Level of the signature, such as `B-LT`.
    level: str | None = None
    #: Name of the officer who signed.
    signer: str | None = None
    #: When the holder's name and the file were erased; None while they are there.
    erased_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFindings:
    """What was found about an uploaded file, each finding for itself."""

    #: What the register says of the card that the file is, or is said to be.
    entry: Entry
    #: The file's bytes are those of the registered card; None when no card was found or named.
    same_file: bool | None
    #: Signature, certificate and modifications.
    verdict: Verdict
    #: SHA-256 of the file, hex.
    sha256: str
    #: The file is one that the card had before its archive was renewed.
    earlier_file: bool = False

    @property
    def genuine(self) -> bool:
        """True when the register holds this very file as valid, or an earlier one of it, and nothing speaks against its
        signature."""
        known = self.same_file is True or self.earlier_file
        return self.entry.state == "valid" and known and self.verdict.ok


def by_code(code: str) -> Entry:
    """What the register says of the card with this code or number; an unknown one is an answer, not an error."""
    limits.count("verify")
    return _entry(_row(code))


def by_file(content: bytes, code: str = "") -> FileFindings:
    """What is to be said of a PDF: found in the register by its bytes, or by the code printed on it.

    Raises `UploadRefused` for anything but a PDF, `WebError` (`busy`).
    """
    limits.count("verify_upload")
    if not content:
        raise refused("file_empty")
    if media_type(content) != PDF:
        raise refused("file_type_not_accepted")
    if len(content) > MAX_REQUEST:
        raise refused("file_too_large")
    sha256 = hashlib.sha256(content).hexdigest()
    earlier = card_files.earlier(session(), sha256)
    row = register.verify(session(), earlier.code if earlier else sha256) or (_row(code) if code.strip() else None)
    entry = _entry(row)
    rollback()
    return FileFindings(
        entry=entry,
        same_file=row["sha256"] == sha256 if row else None,
        verdict=_verdict(content, row["signatures"] if row else 1),
        sha256=sha256,
        earlier_file=earlier is not None,
    )


def _verdict(content: bytes, signatures: int) -> Verdict:
    if not _CHECKS.acquire(timeout=_PATIENCE):
        raise WebError("busy")
    try:
        return verify_untrusted(content, here.ports().trust(), signatures)
    finally:
        _CHECKS.release()


def _row(code: str) -> Mapping[str, Any] | None:
    wanted = code.strip()
    if not wanted or len(wanted) > _MAX_CODE or not wanted.isprintable():
        return None
    return register.verify(session(), wanted) or register.verify(session(), wanted.upper())


def _entry(row: Mapping[str, Any] | None) -> Entry:
    ports = here.ports()
    now = ports.clock()
    if row is None:
        return Entry(state="unknown", checked_at=now)
    office = ports.library.offices.get(row["office"])
    return Entry(
        state=_state(row, now),
        checked_at=now,
        number=row["number"],
        code=row["code"],
        holder=row["holder"],
        office=row["office"],
        office_title=office.title if office else None,
        issued_on=row["issued_on"],
        expires_on=row["expires_on"],
        reason=row["reason"] if row["state"] == register.VOID else None,
        level=row["level"],
        signer=row["signer"],
        erased_at=row["erased_at"],
    )


def _state(row: Mapping[str, Any], now: datetime) -> State:
    state: State = row["state"]
    office = here.ports().library.offices.get(row["office"])
    today = now.astimezone(office.zone).date() if office else now.date()
    if state == register.VALID and row["expires_on"] and date.fromisoformat(row["expires_on"]) < today:
        return "expired"
    return state
