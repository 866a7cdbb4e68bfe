"""Standing in: who has whose role while somebody is away; and the NIKs whose cases an officer never touches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, require_person, shown
from web.pages.words import _, local
from web.services import definitions, deputies, people, relatives
from web.services.deputies import DeputyView
from web.services.refusals import HOUSE_ROLES
from workflow.definition.offices import Office
from workflow.definition.process import Text
from workflow.standing import EVERY_OFFICE

pages = Blueprint("standing_in", __name__)
pages.before_request(require_person)


@pages.get("/deputies")
def overview(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """Deputyships now and to come, a form for another one, and the declared NIKs."""
    person = here.signed_in()
    if not person.is_staff:
        raise WebError("forbidden")
    titles = _role_titles()
    return shown(
        "staff/deputies.html",
        status,
        rows=[_row(view, titles) for view in deputies.running()],
        places=_places(titles),
        colleagues=_colleagues(),
        leads=_led() != (),
        own_relatives=[
            {"words": _relation(r.relation), "at": times.day(r.at, _zone_of(""))} for r in relatives.declared()
        ],
        entered=request.form,
        errors=errors or {},
    )


@pages.post("/deputies")
def name() -> Response:
    """Lend a role for a time."""
    form = request.form
    role, _at, office = form.get("place", "").rpartition("@")
    begins, ends = _moment("begins", office), _moment("ends", office)
    missing = {
        field: _("%(title)s belum diisi.", title=title)
        for field, title, value in (
            ("place", _("Peran yang dititipkan"), role),
            ("deputy", _("Pengganti"), form.get("deputy")),
            ("begins", _("Mulai"), begins),
            ("ends", _("Selesai"), ends),
        )
        if not value
    }
    if missing or begins is None or ends is None:
        return overview(422, missing)
    try:
        deputies.name(
            stands_in=form.get("deputy", ""),
            role=role,
            office=office,
            begins=begins,
            ends=ends,
            absent=form.get("absent", ""),
        )
    except WebError as error:
        field = {"bad_window": "ends", "not_their_role": "place"}.get(error.problem.code, "deputy")
        return overview(422, {field: error.problem.sentence(language())})
    commit()
    return go(url_for("standing_in.overview"), _("Pengganti sudah ditetapkan."))


@pages.post("/deputies/<int:id_>/end")
def end(id_: int) -> Response:
    """End a deputyship early."""
    try:
        deputies.end(id_)
    except WebError as error:
        return go(url_for("standing_in.overview"), error.problem.sentence(language()), "act")
    commit()
    return go(url_for("standing_in.overview"), _("Penggantian sudah diakhiri."))


@pages.post("/deputies/relatives")
def declare() -> Response:
    """Declare a NIK."""
    form = request.form
    relation = form.get("relation", "")
    if relation not in ("self", "relative"):
        return overview(422, {"relation": _("Pilih milik siapa NIK ini.")})
    try:
        relatives.declare(form.get("nik", "").strip(), relation)
    except WebError as error:
        return overview(422, {"nik": error.problem.sentence(language())})
    commit()
    return go(url_for("standing_in.overview"), _("NIK sudah dicatat."))


def _row(view: DeputyView, titles: dict[str, Text]) -> dict[str, Any]:
    zone = _zone_of(view.office)
    return {
        "id": view.id,
        "absent": view.absent,
        "deputy": view.deputy,
        "role": local(titles.get(view.role)) or view.role,
        "office": _office_words(view.office),
        "window": _("%(a)s sampai %(b)s", a=times.moment(view.begins, zone), b=times.moment(view.ends, zone)),
        "now": view.now,
        "mine": view.mine,
        "may_end": view.may_end,
    }


def _places(titles: dict[str, Text]) -> list[tuple[str, str]]:
    """Roles that may be lent here: one's own, and for supervisors those of the offices that they lead."""
    mine = set(here.signed_in().own)
    mine |= {(role, office.name) for office in _led() for role in titles}
    words = ((f"{role}@{office}", local(titles.get(role)) or role, _office_words(office)) for role, office in mine)
    return [(value, f"{role} – {office}") for value, role, office in sorted(words, key=lambda w: w[1:])]


def _colleagues() -> list[tuple[str, str]]:
    person = here.signed_in()
    found = {c.name: c.title for o in person.offices(here.ports().library.offices) for c in people.staff_of(o)}
    return sorted(((n, f"{t} ({n})") for n, t in found.items() if n != person.name), key=lambda c: c[1])


def _led() -> tuple[Office, ...]:
    person = here.signed_in()
    return tuple(o for o in here.ports().library.offices.values() if people.leads(person, o.name))


def _role_titles() -> dict[str, Text]:
    named = {r.name: r.title for p in definitions.known() for r in p.roles.values() if not r.party}
    return {**HOUSE_ROLES, **{name: title or {"id": name, "en": name} for name, title in named.items()}}


def _office_words(office: str) -> str:
    known = here.ports().library.offices.get(office)
    return _("Semua kantor") if office == EVERY_OFFICE else local(known.title) if known else office


def _zone_of(office: str) -> Any:
    """The zone of an office; where it is every one, that of the first."""
    offices = here.ports().library.offices
    return (offices.get(office) or next(iter(offices.values()))).zone


def _moment(field: str, office: str) -> datetime | None:
    """What was entered, in the zone of the office."""
    try:
        return datetime.fromisoformat(request.form.get(field, "")).replace(tzinfo=_zone_of(office))
    except ValueError:
        return None


def _relation(relation: str) -> str:
    return _("Milik sendiri") if relation == "self" else _("Milik kerabat")
