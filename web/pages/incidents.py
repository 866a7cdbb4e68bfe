"""Steps that failed for good, before the staff of their office: by kind with one button, and one by one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import ProblemError, WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, key_sent, new_key, require_person, shown
from web.pages.words import _, local
from web.services import incidents, transitions
from web.services.incidents import Filter, Incident, Kind
from web.services.levels import Waiting
from web.services.secrets import SECRET_PROBLEMS, SIGNING_STEPS, Handed, asked_for_retry, asked_of
from web.services.sight import Seen
from workflow.db.cases import UnknownCaseError
from workflow.steps import UNCERTAIN

pages = Blueprint("troubled", __name__)
pages.before_request(require_person)

PAGE = 50
PATIENCE = 8.0  # seconds
#: Most incidents of one press of a button.
MAX_BULK = 200


@pages.get("/incidents")
def show_all() -> Response:
    """Kinds first, then each incident, the oldest first."""
    asked = Filter(**{name: request.args.get(name, "") for name in ("office", "process", "run", "code")})
    found = incidents.page(asked, after=request.args.get("after"), limit=PAGE)
    return shown(
        "staff/incidents.html",
        kinds=[_kind(k) for k in found.kinds],
        rows=[_row(i) for i in found.incidents],
        waiting=[_waiting(w) for w in found.waiting],
        filtered=bool(asked.run or asked.code or asked.process or asked.office),
        next_url=_next(found.next),
        key=new_key(),
    )


@pages.post("/incidents/retry")
def retry_kind() -> Response:
    """Retry every incident of a kind; each case has its own command."""
    asked = Filter(**{name: request.form.get(name, "") for name in ("process", "run", "code")})
    chosen = incidents.ids(asked, MAX_BULK)
    key, sent, kept = key_sent(), 0, 0
    secret = Handed(request.form.get("secret"), len(chosen))
    for id_ in chosen:
        try:
            incidents.decide(id_, "retry", {}, f"incidents/{key}/{id_}", secret)
        except (ProblemError, WebError, UnknownCaseError) as error:
            rollback()
            if isinstance(error, WebError) and error.problem.code in SECRET_PROBLEMS - {"secret_not_yours"}:
                return go(url_for("troubled.show_all"), error.problem.sentence(language()), "act")
            kept += 1
            continue
        commit()
        sent += 1
    transitions.ring()
    words = _("%(n)d langkah dicoba lagi.", n=sent)
    if kept:
        rest = _("%(n)d sudah tidak menunggu.", n=kept)
        words = f"{words} {rest}"
    return go(url_for("troubled.show_all"), words)


@pages.post("/incidents/<incident>/<any(retry, skip, divert):what>")
def decide(incident: str, what: str) -> Response:
    """Decide one incident; a refusal is told on the case's page, and nothing has changed."""
    case, _seq = incidents.parse_id(incident)
    entered = {"reason": request.form.get(f"{what}.reason"), "to": request.form.get("to")}
    given = {name: value for name, value in entered.items() if value}
    back = url_for("case.show", case=case)
    try:
        secret = Handed(request.form.get("retry.secret"))
        accepted = incidents.decide(incident, what, given, f"incident/{key_sent()}", secret)
    except WebError as error:
        if not isinstance(error, ProblemError) and error.problem.code not in SECRET_PROBLEMS:
            raise
        return go(back, error.problem.sentence(language()), "act")
    commit()
    transitions.ring()
    outcome = transitions.wait(accepted, PATIENCE)
    if outcome.problem is not None:
        return go(back, outcome.problem.sentence(language()), "bad")
    return go(back, _("Selesai.") if outcome.settled else _("Sudah diterima dan sedang dikerjakan."))


def choices(found: Seen) -> dict[str, Any] | None:
    """What an officer may decide about the incident of a case, for its page; None where there is none."""
    step = found.case.step
    if step is None or not step.failed or not found.actor.roles & found.book.staff:
        return None
    states = [(s.name, local(s.title)) for s in found.process.states.values() if s.name != found.case.state]
    required = any(r.step == step.run for r in found.process.requires)
    kind, others = asked_for_retry(found, step)
    return {
        "id": f"{found.case.id}-{step.seq}",
        "states": states,
        "skippable": not required,
        "uncertain": step.failed == UNCERTAIN,
        "secret": kind,
        "others": others,
    }


def _next(cursor: str | None) -> str:
    query: dict[str, Any] = {**request.args, "after": cursor}
    return url_for("troubled.show_all", **query) if cursor else ""


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "process": kind.process,
        "run": kind.run,
        "code": kind.code,
        "title": local(kind.run_title),
        "cause": local(kind.cause),
        "n": kind.count,
        "since": times.moment(kind.since, _zone()),
        "uncertain": kind.code == UNCERTAIN,
        "secret": asked_of(here.signed_in().name) if kind.run in SIGNING_STEPS else None,
        "url": url_for("troubled.show_all", process=kind.process, run=kind.run, code=kind.code),
    }


def _waiting(found: Waiting) -> dict[str, Any]:
    return {
        "code": found.code,
        "cause": local(found.cause),
        "n": found.count,
        "since": times.moment(found.since, _zone()),
    }


def _row(incident: Incident) -> dict[str, Any]:
    office = here.ports().library.offices[incident.office]
    return {
        "case": incident.case,
        "title": local(incident.run_title),
        "cause": local(incident.cause),
        "office": local(office.title),
        "since": times.moment(incident.at, office.zone),
    }


def _zone() -> Any:
    offices = here.ports().library.offices
    return offices[here.signed_in().offices(offices)[0]].zone
