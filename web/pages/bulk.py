"""One thing done for many cases at once: each its own command, its own outcome, its own reason when it fails."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import Problem, ProblemError, WebError, made
from web.language import language
from web.pages.answers import go, key_sent, new_key, require_person, shown
from web.pages.words import _, local
from web.services import actions, definitions, inbox, outcomes, transitions
from web.services import tasks as holding
from web.services.inbox import Filter
from web.services.outcomes import Outcome
from web.services.secrets import Handed, asked_of, signs
from web.services.sight import see
from web.services.transitions import Asked
from workflow.causes import cause
from workflow.incidents import RETRY

pages = Blueprint("bulk", __name__)
pages.before_request(require_person)

PATIENCE = 1.0  # seconds; the rest is watched on the page of progress
MAX_BULK = 200


@pages.post("/inbox/bulk")
def send() -> Response:
    """Do one thing for every chosen task: each its own command and its own outcome."""
    do, key = request.form.get("do", ""), key_sent()
    chosen = _chosen()
    if not chosen:
        return _back(_("Pilih dahulu yang akan dikerjakan."))
    kind, given = secret_kind(do), request.form.get("secret", "")
    if kind is not None and not given:
        return _back(made("secret_needed").sentence(language()))
    secret = Handed(given if kind is not None else None, len(chosen))
    commands, kept = [], []
    for task in chosen:
        case, seq = holding.parse_id(task)
        try:
            accepted = transitions.accept_for_task(Asked(case=case, seq=seq), do, None, (), f"bulk/{key}", secret)
        except (ProblemError, WebError) as error:
            rollback()
            if error.problem.code in ("signer_away", "secret_too_long"):
                return _back(error.problem.sentence(language()))
            kept.append(task)
            continue
        commit()
        commands.append(accepted)
    transitions.ring()
    transitions.wait_all(commands, PATIENCE)
    done = "-".join(str(c.command) for c in commands)
    role = request.form.get("role", "")
    return go(url_for("bulk.progress", do=do, c=done or None, r=kept or None, role=role))


def _chosen() -> list[str]:
    """Ids of the tasks that were ticked, or of all that the inbox finds."""
    if request.form.get("every") != "1":
        return list(dict.fromkeys(request.form.getlist("task")))[:MAX_BULK]
    asked = {name: request.form.get(name, "") for name in ("role", "office", "q")}
    return list(inbox.ids(Filter(**asked, mine=request.form.get("mine") == "1"), MAX_BULK)[0])


def _back(words: str) -> Response:
    return go(url_for("inbox.tasks", role=request.form.get("role")), words, "act")


def secret_kind(do: str) -> str | None:
    """What the person's key asks for where the transition `do` of some process signs; None where it does not."""
    found = (p for p in definitions.known() if do in p.transitions)
    return asked_of(here.signed_in().name) if any(signs(p, p.transitions[do]) for p in found) else None


@pages.get("/inbox/progress")
def progress() -> Response:
    """What became of each chosen task; those that failed stay chosen, with the reason."""
    do, role = request.args.get("do", ""), request.args.get("role", "")
    ids = [int(c) for c in request.args.get("c", "").split("-") if c.isdecimal()][:MAX_BULK]
    lines = [_line(outcomes.of_command(c)) for c in ids]
    lines += [_kept(task, do) for task in request.args.getlist("r")[:MAX_BULK]]
    busy = sum(1 for line in lines if line["tone"] == "work")
    good = sum(1 for line in lines if line["tone"] == "ok")
    return shown(
        "staff/progress.html",
        lines=lines,
        do=do,
        role=role,
        title=_title(do),
        done=len(lines) - busy,
        good=good,
        bad=len(lines) - busy - good,
        all=len(lines),
        live=request.full_path if busy else "",
        # While the page renews itself, a secret that is being typed would be lost.
        again=any(line["task"] for line in lines) and not busy and do != RETRY,
        retried=do == RETRY,
        secret_kind=secret_kind(do),
        key=new_key(),
    )


def _line(outcome: Outcome) -> dict[str, Any]:
    tone, words = {
        "pending": ("work", _("Menunggu")),
        "working": ("work", _("Sedang dikerjakan")),
        "done": ("ok", _("Selesai")),
        "refused": ("bad", _("Ditolak sistem")),
        "failed": ("bad", _("Gagal")),
    }[outcome.status]
    why = _why(outcome.problem) if outcome.problem else ""
    task = _open_task(outcome.case, tone)
    return {"case": outcome.case, "tone": tone, "words": words, "why": why, "task": task}


def _why(problem: Problem) -> str:
    """Why it was refused, or the cause of the step's failure."""
    code = problem.details.get("cause") if problem.code == "step_failed" else None
    return local(cause(code)) if code else problem.sentence(language())


def _kept(task: str, do: str) -> dict[str, Any]:
    case, _seq = holding.parse_id(task)
    action = next((a for a in actions.actions(see(case)) if a.do == do), None)
    why = action.problem.sentence(language()) if action and action.problem else _("Tugas ini sudah berubah.")
    return {"case": case, "tone": "bad", "words": _("Tidak dikirim"), "why": why, "task": ""}


def _open_task(case: int, tone: str) -> str:
    """The id of the open task of a case whose command failed, so that it can be tried again."""
    open_task = see(case).case.task if tone == "bad" else None
    return f"{case}-{open_task.seq}" if open_task else ""


def _title(do: str) -> str:
    if do == RETRY:
        return _("Coba lagi")
    for process in definitions.known():
        if do in process.transitions:
            return local(process.transitions[do].title)
    return do
