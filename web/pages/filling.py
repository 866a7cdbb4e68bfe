"""Filling in: one section of the form a page, saved by its button and by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, jsonify, request, url_for
from werkzeug.wrappers import Response

from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import fields, sheets
from web.pages.answers import go, new_key, require_person, revision_sent, shown
from web.pages.fields import Field, Section
from web.pages.frame import TAKEN
from web.pages.settled import require_open
from web.pages.words import _, local
from web.services import cases, corrections, documents
from web.services.editing import require_editing
from web.services.sight import Seen, see
from workflow.definition.form import check_data
from workflow.refusals import SENTENCES

pages = Blueprint("filling", __name__)
pages.before_request(require_person)

#: A field of this name is offered the office's districts.
DISTRICT = "kecamatan"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A section of a case's form, ready to be filled in."""

    found: Seen
    #: The section with the fields that are shown.
    section: Section
    #: Its place among all sections, from 1.
    number: int
    total: int
    #: The data of the working copy.
    data: Mapping[str, Any]
    mend: corrections.Correction | None


@pages.get("/cases/<int:case>/sections/<name>")
def section(case: int, name: str) -> Response:
    """A section with what is entered so far."""
    require_open(see(case))
    sheet = _sheet(case, name)
    return _page(sheet, _stored(sheet), {}, 200)


@pages.post("/cases/<int:case>/sections/<name>")
def send_section(case: int, name: str) -> Response:
    """Save the section and go on; with problems, the page comes back with every entry."""
    require_open(see(case))
    sheet = _sheet(case, name, lock=True)
    entered = request.form.to_dict()
    revision = revision_sent()
    if revision is not None and revision != sheet.found.found.revision:
        return _page(sheet, entered, {}, 412, stale=SENTENCES["stale_revision"])
    data = _merged(sheet, fields.parse(sheet.section.fields, entered))
    errors = _errors(sheet, data, complete=request.form.get("go") != "later")
    if errors:
        return _page(sheet, entered, errors, 422)
    cases.save(sheet.found, data, None)
    commit()
    flash(url_for("filling.save_section", case=case, name=name), TAKEN)
    return go(_onward(sheet))


@pages.put("/cases/<int:case>/sections/<name>")
def save_section(case: int, name: str) -> Response:
    """Save what is right of the entries (JSON: name of input → text), and tell when it was saved."""
    sheet = _sheet(case, name, lock=True)
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(v, str) for v in body.values()):
        raise WebError("malformed_json")
    expected = request.headers.get("If-Match", "").strip('"')
    now = sheet.found.found.revision
    if expected.isdecimal() and int(expected) != now:
        words = _("Permohonan ini berubah di tempat lain. Isian Anda tetap di sini; tekan Simpan untuk melihatnya.")
        return _told(412, words=words, revision=now)
    data = _merged(sheet, fields.parse(sheet.section.fields, body))
    wrong = _errors(sheet, data, complete=False)
    for field in wrong:
        data.pop(field, None)
        if field in sheet.data:
            data[field] = sheet.data[field]
    if data != dict(sheet.data):
        now = cases.save(sheet.found, data, None)
        commit()
    saved = _("tersimpan %(at)s", at=sheets.saved_words(sheet.found, sheet.found.now))
    return _told(200, words=saved, revision=now, complete=not wrong)


def _told(status: int, **body: Any) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def _sheet(case: int, name: str, *, lock: bool = False) -> Sheet:
    found = see(case, lock=lock)
    require_editing(found)
    every = fields.sections(found.process)
    number, whole = next(((n, s) for n, s in enumerate(every, start=1) if s.name == name), (0, None))
    if whole is None:
        abort(404)
    mend = corrections.correction(found)
    return Sheet(
        found=found,
        section=_narrowed(whole, mend) if request.args.get("mend") else whole,
        number=number,
        total=len(every) + bool(found.process.documents),
        data=documents.standing(found).data,
        mend=mend,
    )


def _narrowed(whole: Section, mend: corrections.Correction | None) -> Section:
    """The section with the fields that an officer asked about, where there are any."""
    wanted = tuple(f for f in whole.fields if mend and f.name in mend.marked)
    return Section(name=whole.name, title=whole.title, fields=wanted or whole.fields)


def _merged(sheet: Sheet, parsed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**sheet.data, **parsed}.items() if value is not None}


def _errors(sheet: Sheet, data: Mapping[str, Any], *, complete: bool) -> dict[str, str]:
    """Sentences by field of this section."""
    today = sheet.found.now.astimezone(sheet.found.zone).date()
    here = {f.name for f in sheet.section.fields}
    found = check_data(sheet.found.process.form, data, complete=complete, today=today)
    return {p.field: local(p.message) for p in found if p.field in here}


def _stored(sheet: Sheet) -> dict[str, str]:
    out: dict[str, str] = {}
    for field in sheet.section.fields:
        out |= fields.shown(field, sheet.data.get(field.name))
    return out


def _page(
    sheet: Sheet, values: Mapping[str, str], errors: dict[str, str], status: int, *, stale: Any = None
) -> Response:
    found = sheet.found
    return shown(
        "mine/section.html",
        status,
        case=found.case.id,
        section=sheet.section,
        narrowed=bool(request.args.get("mend")),
        number=sheet.number,
        total=sheet.total,
        values=values,
        errors=errors,
        stale=stale and _stale(found),
        note=sheet.mend.reason if sheet.mend else "",
        marked=sheet.mend.marked if sheet.mend else frozenset(),
        revision=found.found.revision,
        saved=sheets.saved_words(found, documents.standing(found).saved_at),
        districts=found.office.districts if _asks_district(sheet.section.fields) else (),
        district=DISTRICT,
        key=new_key(),
    )


def _stale(found: Seen) -> str:
    saved = documents.standing(found).saved_at
    at = sheets.saved_words(found, saved) if saved else ""
    if at:
        return _("Terakhir disimpan %(at)s, setelah Anda membuka halaman ini.", at=at)
    return SENTENCES["stale_revision"][language()].replace("{since}", "")


def _asks_district(shown_fields: tuple[Field, ...]) -> bool:
    return any(f.name == DISTRICT for f in shown_fields)


def _onward(sheet: Sheet) -> str:
    """The next section in line, or the task list."""
    case = sheet.found.case.id
    every = fields.sections(sheet.found.process)
    if request.form.get("go") == "later" or sheet.mend is not None:
        return url_for("case.fill", case=case)
    if sheet.number < len(every):
        return sheets.section_url(case, every[sheet.number].name)
    return url_for("papers.all_papers", case=case) if sheet.found.process.documents else url_for("case.fill", case=case)
