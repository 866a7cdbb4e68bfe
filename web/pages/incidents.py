"""Steps that failed for good, before the staff of their office: by kind with one button, and one by one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import ProblemError, WebError
from web.language import language
from web.pages import officer, times
from web.pages.answers import go, key_sent, new_key, require_person, shown
from web.pages.words import _, local, ngettext
from web.services import incidents, transitions
from web.services.incidents import Filter, Incident, Kind
from web.services.levels import Waiting
from web.services.secrets import SECRET_PROBLEMS, SIGNING_STEPS, Handed, asked_of
from web.services.sight import see
from web.services.transitions import Accepted
from workflow.db.cases import UnknownCaseError
from workflow.incidents import RETRY
from workflow.steps import UNCERTAIN

pages = Blueprint("troubled", __name__)
pages.before_request(require_person)

PAGE = 50
PATIENCE = 8.0  # seconds
#: After a press for many, the rest is watched on the page of progress; seconds.
WATCHED = 1.0
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
    key, others, kept = key_sent(), 0, 0
    sent: list[Accepted] = []
    secret = Handed(request.form.get("secret"), len(chosen))
    for id_ in chosen:
        try:
            accepted = incidents.decide(id_, "retry", {}, f"incidents/{key}/{id_}", secret)
        except UnknownCaseError:
            rollback()
            kept += 1
            continue
        except WebError as error:
            rollback()
            code = error.problem.code
            if code in SECRET_PROBLEMS - {"secret_not_yours"}:
                return go(url_for("troubled.show_all"), error.problem.sentence(language()), "act")
            others += code == "secret_not_yours"
            kept += code != "secret_not_yours"
            continue
        commit()
        sent.append(accepted)
    transitions.ring()
    words = [ngettext("%(n)d langkah dicoba lagi.", "%(n)d langkah dicoba lagi.", len(sent), n=len(sent))]
    words += [ngettext("%(n)d sudah tidak menunggu.", "%(n)d sudah tidak menunggu.", kept, n=kept)] if kept else []
    words += [_("%(n)d hanya dapat dicoba lagi oleh petugas yang memintanya.", n=others)] if others else []
    if not sent:
        return go(url_for("troubled.show_all"), " ".join(words), "act")
    transitions.wait_all(sent, WATCHED)
    done = "-".join(str(accepted.command) for accepted in sent)
    return go(url_for("bulk.progress", do=RETRY, c=done), " ".join(words))


@pages.post("/incidents/<incident>/<any(retry, skip, divert):what>")
def decide(incident: str, what: str) -> Response:
    """Decide one incident; a refusal is told on the case's page with what was entered, and nothing has changed."""
    case, _seq = incidents.parse_id(incident)
    entered = {"reason": request.form.get(f"{what}.reason"), "to": request.form.get("to")}
    given = {name: value for name, value in entered.items() if value}
    try:
        secret = Handed(request.form.get("retry.secret"))
        accepted = incidents.decide(incident, what, given, f"incident/{key_sent()}", secret)
    except WebError as error:
        if not isinstance(error, ProblemError) and error.problem.code not in SECRET_PROBLEMS:
            raise
        rollback()
        return officer.page(see(case), error.problem, do=what, form=request.form)
    commit()
    transitions.ring()
    outcome = transitions.wait(accepted, PATIENCE)
    if outcome.problem is not None:
        return officer.page(see(case), outcome.problem, do=what, form=request.form)
    words = _("Selesai.") if outcome.settled else _("Sudah diterima dan sedang dikerjakan.")
    return go(url_for("case.show", case=case), words)


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
        "secret": asked_of(here.signed_in().name) if kind.run in SIGNING_STEPS and kind.mine else None,
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
