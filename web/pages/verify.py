"""Is this card genuine? For anybody, without signing in: by QR, by number, by file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from signing.errors import UploadRefused
from web import here
from web.pages import times
from web.pages.answers import content_of, shown
from web.pages.verdicts import NO_SIGNED_CARD, NOT_GENUINE, VOID_PRINT, WORDS, Verdict
from web.pages.words import _, local
from web.services import verification
from web.services.verification import Entry, FileFindings
from web.statuses import status_of
from workflow.db.prints import NEWER

pages = Blueprint("checking", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What anybody may know of a card, in words."""

    number: str
    #: As it stands below the QR; empty where the number was asked for, since a print has another than the card.
    code: str
    holder: str
    office: str
    issued_on: str
    expires_on: str
    #: Who signed its file electronically, and at which level; empty where nobody did.
    signed: str
    #: Day on which the holder's name and the file were erased; empty while they are there.
    erased_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    tone: str
    icon: str
    words: str
    says: str
    card: Card | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    tone: Literal["ok", "act", "bad", "end"]
    words: str
    says: str


@pages.get("/verify")
def ask() -> Response:
    """Ask by number or by file."""
    code = request.args.get("code")
    if code is None:
        return _ask({}, 200)
    wanted = code.strip().strip("/").replace("/", "-")
    if not wanted:
        return _ask({"code": _("Tulis nomor atau kode yang tercetak pada kartu.")}, 422)
    return redirect(url_for("checking.by_code", code=wanted), code=303)


@pages.get("/verify/<code>")
def by_code(code: str) -> Response:
    """The register's answer."""
    entry = verification.by_code(code)
    return shown("public/verdict.html", v=_shown(_words(entry), entry, code), findings=[], checked_at=_at(entry))


@pages.post("/verify")
def upload() -> Response:
    """The register's answer to a file, and what was found in it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _ask({"file": _("Pilih berkas PDF kartu dahulu.")}, 422)
    try:
        found = verification.by_file(content_of(sent))
    except UploadRefused as error:
        return _ask({"file": _why(error)}, status_of(error.code))
    verdict = _verdict(found)
    return shown(
        "public/verdict.html",
        v=_shown(verdict, found.entry),
        findings=_findings(found),
        checked_at=_at(found.entry),
    )


def _ask(errors: dict[str, str], status: int) -> Response:
    return shown("public/verify_ask.html", status, errors=errors, entered=request.args.get("code", ""))


def _why(error: UploadRefused) -> str:
    """Why a file is not checked; here only a PDF is asked for."""
    if error.code == "file_type_not_accepted":
        return _("Berkas ini bukan PDF. Kirim berkas PDF kartu.")
    return local(error.text)


def _verdict(found: FileFindings) -> Verdict:
    """The register's word counts, but never for a file that is not the registered one or does not verify."""
    if found.entry.state == "valid" and not found.genuine:
        return NOT_GENUINE
    if found.entry.state == "unknown":
        return NOT_GENUINE if found.verdict.signatures else NO_SIGNED_CARD
    return _words(found.entry)


def _words(entry: Entry) -> Verdict:
    return VOID_PRINT if entry.reason == NEWER else WORDS[entry.state]


def _findings(found: FileFindings) -> list[Finding]:
    out = [_same_file(found.same_file, earlier=found.earlier_file)]
    for signature in found.verdict.signatures:
        words = _("Tanda tangan") if signature.integrity else _("Tanda tangan rusak")
        at = signature.stamped_at or signature.claimed_at
        said = _("%(who)s, PAdES %(level)s", who=signature.signer, level=signature.level.value)
        if at is not None:
            said += ", " + times.moment(at, _zone(found.entry))
        out.append(Finding(tone="ok" if signature.integrity else "bad", words=words, says=said))
        if signature.development:
            says = _("DEV – TIDAK SAH: sertifikat percobaan, bukan sertifikat resmi.")
            out.append(Finding(tone="act", words=_("Sertifikat percobaan"), says=says))
    out += [Finding(tone="bad", words=_("Masalah"), says=local(p.text)) for p in found.verdict.problems]
    return out


def _same_file(same: bool | None, *, earlier: bool) -> Finding:
    if earlier:
        says = _("Berkas terdahulu dari kartu yang sama, dari sebelum arsipnya diperbarui.")
        return Finding(tone="ok", words=_("Isi berkas"), says=says)
    if same:
        return Finding(tone="ok", words=_("Isi berkas"), says=_("Sama persis dengan kartu yang terdaftar."))
    if same is None:
        return Finding(tone="end", words=_("Isi berkas"), says=_("Tidak ada kartu terdaftar dengan isi ini."))
    return Finding(tone="bad", words=_("Isi berkas"), says=_("Berbeda dari kartu yang terdaftar."))


def _shown(verdict: Verdict, entry: Entry, asked: str | None = None) -> Shown:
    return Shown(
        tone=verdict.tone,
        icon=verdict.icon,
        words=local(verdict.short),
        says=local(verdict.says),
        card=_card(entry, asked) if entry.number else None,
    )


def _card(entry: Entry, asked: str | None) -> Card:
    by_code = asked is None or asked.strip().upper() == entry.code
    return Card(
        number=entry.number or "",
        code=(entry.code or "") if by_code else "",
        holder=entry.holder or "",
        office=local(entry.office_title) or entry.office or "",
        issued_on=_day(entry.issued_on),
        expires_on=_day(entry.expires_on),
        signed=_("%(who)s, PAdES %(level)s", who=entry.signer, level=entry.level)
        if entry.signer and entry.level
        else "",
        erased_on=times.day(entry.erased_at.astimezone(_zone(entry)).date()) if entry.erased_at else "",
    )


def _day(text: str | None) -> str:
    return times.day(date.fromisoformat(text)) if text else ""


def _at(entry: Entry) -> str:
    return times.moment(entry.checked_at, _zone(entry))


def _zone(entry: Entry) -> ZoneInfo:
    offices = here.ports().library.offices
    office = offices.get(entry.office or "") or next(iter(offices.values()))
    return office.zone
