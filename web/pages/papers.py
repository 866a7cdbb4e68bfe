"""Documents of an application: sent one by one, looked at, replaced, taken away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from signing.errors import UploadRefused
from signing.uploads import JPEG, PDF
from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import sheets, times
from web.pages.answers import content_of, go, new_key, require_person, shown
from web.pages.settled import require_open
from web.pages.tones import Tone
from web.pages.words import _, local
from web.services import cases, corrections, documents
from web.services.documents import File
from web.services.sight import Seen, see
from web.services.views import DocumentView
from web.statuses import status_of

pages = Blueprint("papers", __name__)
pages.before_request(require_person)

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
#: Names of media types for people.
TYPES = {PDF: "PDF", JPEG: "JPEG", "image/png": "PNG"}
#: What a person uploaded runs nothing and loads nothing, also when it is opened by itself.
_LOCKED = "default-src 'none'; sandbox; frame-ancestors 'self'"
#: Chromium shows no PDF within a sandbox; active content was refused when the file came in.
_LOCKED_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@pages.get("/cases/<int:case>/documents")
def all_papers(case: int) -> AnyResponse:
    """Every kind of document with its rules and what is there."""
    found = see(case)
    require_open(found)
    return _page(found, {}, 200)


@pages.post("/cases/<int:case>/documents/<kind>")
def upload(case: int, kind: str) -> AnyResponse:
    """Keep a document; one that is refused says why, and nothing else changes."""
    require_open(see(case))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(see(case), {kind: _("Pilih berkas dahulu, lalu tekan Unggah.")}, 422)
    try:
        documents.attach(documents.inspect_upload(case, kind, content_of(sent)))
    except UploadRefused as error:
        return _page(see(case), {kind: local(error.text)}, status_of(error.code))
    commit()
    words = _("%(title)s sudah diunggah.", title=local(see(case).process.documents[kind].title))
    return go(url_for("papers.all_papers", case=case), words)


@pages.post("/cases/<int:case>/documents/<kind>/remove")
def remove(case: int, kind: str) -> AnyResponse:
    """Take a document away; one that is gone already is no error."""
    require_open(see(case))
    try:
        documents.detach(case, kind)
        commit()
    except WebError as error:
        if error.problem.code != "unknown_document":
            raise
    return go(url_for("papers.all_papers", case=case), _("Dokumen sudah dihapus."))


@pages.get("/cases/<int:case>/documents/<kind>")
def view(case: int, kind: str) -> AnyResponse:
    """A document: its safe picture, or with `original` the file as it was sent."""
    original = "original" in request.args
    file = documents.read(see(case), kind, picture=not original)
    return _served(file, attachment=original and "save" in request.args)


def rows(found: Seen, views: tuple[DocumentView, ...]) -> list[dict[str, Any]]:
    """Documents as pages show them."""
    return [_row(found, d) for d in views]


def _served(file: File, *, attachment: bool) -> Response:
    response = make_response(file.content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = f'{"attachment" if attachment else "inline"}; filename="{file.name}"'
    response.headers["Content-Security-Policy"] = _LOCKED_PDF if file.media_type == PDF else _LOCKED
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(found: Seen, errors: dict[str, str], status: int) -> AnyResponse:
    case = found.case.id
    shown_case = cases.show(found)
    mend = corrections.correction(found)
    count = len(sheets.parts(found, shown_case, mend))
    return shown(
        "mine/documents.html",
        status,
        case=case,
        documents=rows(found, shown_case.documents),
        errors=errors,
        total=count,
        marked=mend.marked if mend else frozenset(),
        note=mend.reason if mend else "",
    )


def _row(found: Seen, d: DocumentView) -> dict[str, Any]:
    there = d.id is not None
    url = url_for("papers.view", case=found.case.id, kind=d.kind)
    tone, words = _standing(d)
    return {
        "kind": d.kind,
        "title": local(d.title),
        "tone": tone,
        "words": words,
        "rules": _rules(d),
        "accept": ",".join(d.accept),
        "there": there,
        "size": size_words(d.size or 0),
        "type": TYPES.get(d.media_type or "", ""),
        "at": d.at and times.moment(d.at, found.zone),
        "picture": f"{url}?v={d.id}" if there and d.has_rendition else "",
        "url": f"{url}?original=1",
        "save_url": f"{url}?original=1&save=1",
        "pdf": d.media_type == PDF,
        # Kept well below what is admitted, so that a slow line is spared.
        "shrink": min(d.max_size, MEGABYTE) if JPEG in d.accept else 0,
        "ratio": "{}:{}".format(*d.ratio) if d.ratio else "",
        "key": new_key(),
        "other_key": new_key(),
        "warnings": d.warnings,
    }


def _standing(d: DocumentView) -> tuple[Tone, str]:
    if d.id is not None:
        return "ok", _("Sudah ada")
    return ("act", _("Wajib, belum ada")) if d.required else ("draft", _("Tidak wajib"))


def _rules(d: DocumentView) -> str:
    kinds = ", ".join(TYPES.get(t, t) for t in d.accept)
    rules = _("%(kinds)s, paling besar %(size)s.", kinds=kinds, size=size_words(d.max_size))
    if d.ratio:
        rules += " " + _("Foto tegak %(w)d×%(h)d, wajah terlihat jelas.", w=d.ratio[0], h=d.ratio[1])
    return rules


def size_words(size: int) -> str:
    """Such as `1,8 MB` or `240 KB`."""
    if size < MEGABYTE:
        return f"{max(1, round(size / KILOBYTE))} KB"
    number = f"{size / MEGABYTE:.1f}".removesuffix(".0")
    return f"{number.replace('.', ',') if language() == 'id' else number} MB"
