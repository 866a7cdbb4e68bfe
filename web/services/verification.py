"""Is this card genuine, and does it stand? The register answers first; a file is then checked finding by finding."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from sqlalchemy import select

from signing.aspects import Aspect, of_file, of_register
from signing.marks import Mark
from signing.uploads import no_card, refused
from signing.verdict import Verdict
from signing.verify import report_untrusted
from web import here, limits
from web.config import MAX_REQUEST
from web.database import rollback, session
from web.errors import WebError
from web.services import cards, marks, typed
from web.services.sight import see
from workflow.db import card_ends, card_files, card_reports, register
from workflow.db.tables import card
from workflow.definition.process import Text

State = Literal["valid", "expired", "replaced", "revoked", "returned", "void", "unknown"]

_CHECKS = threading.BoundedSemaphore(2)
_PATIENCE = 20  # seconds


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
    #: First day on which one that is valid no more was so, where its office is; None for a valid one.
    changed_on: date | None = None
    #: Why a void one is void, such as `newer_print`.
    reason: str | None = None
    #: Level of the signature, such as `B-LT`.
    level: str | None = None
    #: Name of the officer who signed.
    signer: str | None = None
    #: When the holder's name and the file were erased; None while they are there.
    erased_at: datetime | None = None
    #: When a valid one was first reported, by a report that waits or was confirmed; None where there is none.
    reported_at: datetime | None = None
    #: What it is reported as; a reported card stays valid.
    marks: tuple[Mark, ...] = ()


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
    #: The report of ETSI TS 119 102-2, XML; empty unless it was asked for, and where no signature could be read.
    report: bytes = b""

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """Each aspect on its own: AdES, modification, coverage, signers, register and card status."""
        entry = self.entry
        asked = of_register(self.same_file, entry.state, earlier=self.earlier_file, marks=entry.marks)
        return of_file(self.verdict) + asked

    @property
    def genuine(self) -> bool:
        """True when the register holds this very file as valid, or an earlier one of it, and nothing speaks against its
        signature."""
        known = self.same_file is True or self.earlier_file
        return self.entry.state == "valid" and known and self.verdict.ok


def by_code(code: str) -> Entry:
    """What the register says of the card with this code or number, as a person types it, or with this link of a QR; an
    unknown one is an answer, not an error."""
    limits.count("verify")
    return _entry(typed.find(code))


def by_file(content: bytes, code: str = "", *, report: bool = False) -> FileFindings:
    """What is to be said of a PDF: found in the register by its bytes, or by the code printed on it. Nothing is kept.

    Raises `UploadRefused` for anything but a PDF (`file_empty`, `file_not_pdf`, `file_too_large`), `WebError` (`busy`).
    """
    limits.count("verify_upload")
    refusal = no_card(content)
    if refusal is not None:
        raise refusal
    if len(content) > MAX_REQUEST:
        raise refused("file_too_large")
    return _findings(content, code, report=report)


def report_of(content: bytes, code: str = "") -> bytes:
    """The report on a PDF; raises as `by_file` does, and `WebError` (`nothing_to_report`) where it bears no signature
    that could be read."""
    xml = by_file(content, code, report=True).report
    if not xml:
        raise WebError("nothing_to_report")
    return xml


def report_of_card(code: str) -> bytes:
    """The report on the file of a registered card, for whoever may have that file.

    Raises `WebError` (`not_signed_in`, `no_card`, and what downloading the card raises).
    """
    here.signed_in()
    limits.count("verify_upload")
    # Read under the person's own sight: a card of somebody else is none.
    case = session().execute(select(card.c.case_id).where(card.c.code == typed.code(code))).scalar_one_or_none()
    if case is None:
        raise WebError("no_card")
    content, _name = cards.download(see(case))
    # The transaction holds the look at the card, so it is not given up.
    xml = _findings(content, code, report=True, keep=True).report
    if not xml:
        raise WebError("nothing_to_report")
    return xml


def _findings(content: bytes, code: str, *, report: bool, keep: bool = False) -> FileFindings:
    sha256 = hashlib.sha256(content).hexdigest()
    earlier = card_files.earlier(session(), sha256)
    row = register.verify(session(), earlier.code if earlier else sha256) or typed.find(code)
    entry = _entry(row)
    if not keep:
        rollback()
    verdict, xml = _verdict(content, row["signatures"] if row else 1, report=report)
    return FileFindings(
        entry=entry,
        same_file=row["sha256"] == sha256 if row else None,
        verdict=verdict,
        sha256=sha256,
        earlier_file=earlier is not None,
        report=xml,
    )


def _verdict(content: bytes, signatures: int, *, report: bool) -> tuple[Verdict, bytes]:
    if not _CHECKS.acquire(timeout=_PATIENCE):
        raise WebError("busy")
    try:
        return report_untrusted(content, here.ports().trust(), signatures, report=report)
    finally:
        _CHECKS.release()


def _entry(row: Mapping[str, Any] | None) -> Entry:
    ports = here.ports()
    now = ports.clock()
    if row is None:
        return Entry(state="unknown", checked_at=now)
    office = ports.library.offices.get(row["office"])
    state = _state(row, now)
    reported = card_reports.reported(session(), row["code"]) if state == register.VALID else []
    return Entry(
        state=state,
        checked_at=now,
        number=row["number"],
        code=row["code"],
        holder=row["holder"],
        office=row["office"],
        office_title=office.title if office else None,
        issued_on=row["issued_on"],
        expires_on=row["expires_on"],
        changed_on=card_ends.ended_on(session(), row, state, office.zone if office else UTC),
        reason=row["reason"] if row["state"] == register.VOID else None,
        level=row["level"],
        signer=row["signer"],
        erased_at=row["erased_at"],
        reported_at=reported[0].since if reported else None,
        marks=marks.marks_of(reported, office),
    )


def _state(row: Mapping[str, Any], now: datetime) -> State:
    office = here.ports().library.offices.get(row["office"])
    return cast(State, register.worth(row, now.astimezone(office.zone).date() if office else now.date()))
