"""Is this card genuine? For anybody, without signing in: by QR, by number, by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from signing.errors import UploadRefused
from web import here
from web.database import commit, rollback
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import content_of, go, shown
from web.pages.verdicts import KINDS, NO_SIGNED_CARD, NOT_GENUINE, Verdict, worth
from web.pages.words import _, local
from web.services import card_reports, typed, verification
from web.services.verification import Entry, FileFindings
from web.statuses import status_of

pages = Blueprint("checking", __name__)

XML = "application/xml"


Tone = Literal["ok", "act", "bad", "end"]


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
    #: First day on which it was valid no more.
    ended_on: str
    #: Who signed its file electronically, and at which level; empty where nobody did.
    signed: str
    #: Day on which the holder's name and the file were erased; empty while they are there.
    erased_on: str
    #: What a valid one is reported as, and since when.
    marks: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    tone: str
    icon: str
    words: str
    says: str
    card: Card | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    tone: Tone
    words: str
    says: str


#: Look of an aspect by whether it holds.
_TONES: Mapping[bool | None, Tone] = {True: "ok", False: "bad", None: "end"}


@pages.get("/verify")
def ask() -> Response:
    """Ask by number or by file."""
    code = request.args.get("code")
    if code is None:
        return _ask({}, 200)
    wanted = typed.wanted(code).replace("/", "-")
    if not wanted:
        return _ask({"code": _("Tulis nomor atau kode yang tercetak pada kartu.")}, 422)
    return redirect(url_for("checking.by_code", code=wanted), code=303)


@pages.get("/verify/<code>")
def by_code(code: str) -> Response:
    """The register's answer."""
    entry = verification.by_code(code)
    return shown(
        "public/verdict.html",
        v=_shown(_words(entry), entry, code),
        findings=[],
        checked_at=_at(entry),
        may_report=code if entry.state == "valid" else "",
    )


@pages.post("/verify")
def upload() -> Response:
    """The register's answer to a file, and what was found in it; or the report on it, to be saved."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _ask({"file": _("Pilih berkas PDF kartu dahulu.")}, 422)
    try:
        if request.form.get("as") == "report":
            return _report(verification.report_of(content_of(sent)))
        found = verification.by_file(content_of(sent))
    except UploadRefused as error:
        return _ask({"file": local(error.text)}, status_of(error.code))
    except WebError as error:
        if error.problem.code != "nothing_to_report":
            raise
        return _ask({"file": error.problem.sentence(language())}, status_of(error.problem.code))
    verdict = _verdict(found)
    return shown(
        "public/verdict.html",
        v=_shown(verdict, found.entry),
        findings=_findings(found),
        checked_at=_at(found.entry),
        may_report=found.entry.code if found.entry.state == "valid" else "",
    )


@pages.get("/verify/<code>/report")
def ask_report(code: str) -> Response:
    """What somebody may report of a card."""
    return _ask_report(code, {}, 200)


@pages.post("/verify/<code>/report")
def report(code: str) -> Response:
    """Take a report; nothing of who reports is kept."""
    try:
        card_reports.report(code, request.form.get("kind", ""))
    except WebError as error:
        rollback()
        return _ask_report(code, {"kind": error.problem.sentence(language())}, status_of(error.problem.code))
    commit()
    return go(url_for("checking.by_code", code=code), _("Terima kasih. Kantor penerbit akan memeriksa laporan ini."))


@pages.after_request
def fresh(response: Response) -> Response:
    """A card may be revoked the next second, so no browser and no proxy keeps an answer."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask_report(code: str, errors: dict[str, str], status: int) -> Response:
    entry = verification.by_code(code)
    return shown(
        "public/report_card.html",
        status,
        code=code,
        number=entry.number or "",
        state=entry.state,
        kinds=[(kind, local(words)) for kind, words in KINDS.items()],
        errors=errors,
    )


def _report(xml: bytes) -> Response:
    response = make_response(xml)
    response.headers["Content-Type"] = XML
    response.headers["Content-Disposition"] = 'attachment; filename="report.xml"'
    return response


def _ask(errors: dict[str, str], status: int) -> Response:
    return shown("public/verify_ask.html", status, errors=errors, entered=request.args.get("code", ""))


def _verdict(found: FileFindings) -> Verdict:
    """The register's word counts, but never for a file that is not the registered one or does not verify."""
    if found.entry.state == "valid" and not found.genuine:
        return NOT_GENUINE
    if found.entry.state == "unknown":
        return NOT_GENUINE if found.verdict.signatures else NO_SIGNED_CARD
    return _words(found.entry)


def _words(entry: Entry) -> Verdict:
    return worth(entry.state, entry.marks, reason=entry.reason)


def _findings(found: FileFindings) -> list[Finding]:
    """Each aspect on its own, then each signature and time stamp, then what else speaks against the file."""
    out = [Finding(tone=_TONES[a.holds], words=local(a.title), says=local(a.text)) for a in found.aspects]
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
    for stamp in found.verdict.stamps:
        said = _("%(who)s, %(at)s", who=stamp.authority, at=times.moment(stamp.stamped_at, _zone(found.entry)))
        out.append(Finding(tone="ok" if stamp.integrity else "bad", words=_("Stempel waktu arsip"), says=said))
    told = {a.code for a in found.aspects}
    more = [p for p in found.verdict.problems if p.code not in told]
    return out + [Finding(tone="bad", words=_("Masalah"), says=local(p.text)) for p in more]


def _shown(verdict: Verdict, entry: Entry, asked: str | None = None) -> Shown:
    return Shown(
        tone=verdict.tone,
        icon=verdict.icon,
        words=local(verdict.short),
        says=local(verdict.says),
        card=_card(entry, asked) if entry.number else None,
    )


def _card(entry: Entry, asked: str | None) -> Card:
    by_code = asked is None or typed.code(asked) == entry.code
    return Card(
        number=entry.number or "",
        code=(entry.code or "") if by_code else "",
        holder=entry.holder or "",
        office=local(entry.office_title) or entry.office or "",
        issued_on=_day(entry.issued_on),
        expires_on=_day(entry.expires_on),
        ended_on=times.day(entry.changed_on) if entry.changed_on else "",
        signed=_("%(who)s, PAdES %(level)s", who=entry.signer, level=entry.level)
        if entry.signer and entry.level
        else "",
        erased_on=times.day(entry.erased_at.astimezone(_zone(entry)).date()) if entry.erased_at else "",
        marks=[local(mark.text) for mark in entry.marks],
    )


def _day(text: str | None) -> str:
    return times.day(date.fromisoformat(text)) if text else ""


def _at(entry: Entry) -> str:
    return times.moment(entry.checked_at, _zone(entry))


def _zone(entry: Entry) -> ZoneInfo:
    offices = here.ports().library.offices
    office = offices.get(entry.office or "") or next(iter(offices.values()))
    return office.zone
