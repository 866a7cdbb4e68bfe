"""A case before an officer: data beside documents, what may be done and why the rest may not."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from signing.errors import UploadRefused
from web.database import commit, rollback
from web.errors import Problem, ProblemError, WebError
from web.language import language
from web.pages import deciding, doubts, fields, handing, inputs, papers, times
from web.pages.answers import go, key_sent, new_key, require_person, revision_sent, shown
from web.pages.glance import glance, gone, stamp
from web.pages.standing import standing
from web.pages.words import _, local
from web.services import actions, card_reports, cases, history, levels, refusals, tasks, transitions, waiting
from web.services.actions import Action
from web.services.history import Entry
from web.services.secrets import SECRET_PROBLEMS, Handed, asked_of, signs
from web.services.sight import Seen, see
from web.services.views import CaseView
from web.statuses import status_of
from workflow.causes import cause
from workflow.commands import SUBMIT
from workflow.definition.process import Text
from workflow.permission import refuse_task

pages = Blueprint("officer", __name__)
pages.before_request(require_person)

PATIENCE = 8.0  # seconds
#: Looks of buttons, the way on first and the end last.
_LOOKS = ("go", "second", "danger")


def page(
    found: Seen, problem: Problem | None = None, *, do: str = "", form: MultiDict[str, str] | None = None
) -> Response:
    """The case; after a refusal of `do` with the reason and everything that was entered."""
    view = cases.show(found)
    listed = [a for a in actions.actions(found) if a.do not in ("save", SUBMIT)]
    own = [_action(found, a, problem if a.do == do else None) for a in listed if _belongs(found, a)]
    busy = view.step is not None and not view.step.failed
    choices = deciding.choices(found)
    offered = [a for a in own if not (choices and a["again"])]
    return shown(
        "staff/case.html",
        (problem.status or status_of(problem.code)) if problem else 200,
        c=glance(found, view),
        gone=gone(found, view),
        case=view.id,
        view=view,
        revision=view.revision,
        live=url_for("case.show", case=view.id) if busy or waiting.commands(found) else "",
        due=view.deadline and times.due(view.deadline, found.now, found.zone),
        task=view.task and _task(found, view),
        work=handing.offers(found),
        may_pull=any(s.task and s.task.role in found.actor.roles for s in found.process.states.values()),
        lent=handing.lent(found),
        incident=view.step.failed if view.step else None,
        cause=local(cause(view.step.failed)) if view.step and view.step.failed else "",
        deciding=choices,
        again=[a for a in own if a["again"]] if choices else [],
        step=view.step,
        printed=view.printed,
        card=view.card and standing(view.card),
        settles=card_reports.settles(found.person),
        pending=levels.pending(found),
        doubts=doubts.words(view.doubts),
        note=_note(found, view),
        sections=_sections(found, view),
        papers=[d for d in papers.rows(found, view.documents) if d["there"]],
        missing=[local(d.title) for d in view.documents if d.required and d.id is None],
        allowed=sorted((a for a in offered if a["allowed"]), key=lambda a: _LOOKS.index(a["look"])),
        refused=[a for a in offered if not a["allowed"]],
        history=history_rows(found),
        may_fill=view.editable,
        problem=problem and problem.sentence(language()),
        tried=problem is not None and problem.code == "step_failed",
        entered=form or MultiDict(),
        errors={f"{do}.{f.field}": local(f.text) for f in problem.fields} if problem else {},
        key=new_key(),
    )


@pages.post("/cases/<int:case>/act/<do>")
def act(case: int, do: str) -> Response:
    """Perform a transition; refused, the page comes back with the reason and every entry."""
    found = see(case)
    transition = found.process.transitions.get(do)
    if transition is None:
        raise WebError("not_found")
    try:
        drawn = inputs.drawn(case, do, transition.input, request.files)
        outcome = transitions.perform(
            case,
            do,
            seconds=PATIENCE,
            given=inputs.given(do, transition.input, request.form) | drawn,
            checklist=request.form.getlist(f"{do}.checklist"),
            revision=revision_sent(),
            key=f"act/{key_sent()}",
            secret=Handed(request.form.get(f"{do}.secret")),
        )
    except UploadRefused as refused:
        return go(url_for("case.show", case=case), local(refused.text), "bad")
    except WebError as error:
        if error.problem.code not in SECRET_PROBLEMS:
            raise
        rollback()
        return page(see(case), error.problem, do=do, form=request.form)
    if outcome.problem is not None:
        return page(see(case), outcome.problem, do=do, form=request.form)
    title = local(transition.title)
    if outcome.settled:
        return go(url_for("case.show", case=case), _("Selesai: %(what)s.", what=title))
    waits = _("Sudah diterima dan sedang dikerjakan: %(what)s. Anda boleh melanjutkan ke tugas lain.", what=title)
    return go(url_for("case.show", case=case), waits, "act")


@pages.post("/tasks/<task>/<any(claim, release):what>")
def hold(task: str, what: str) -> Response:
    """Claim a task, or give it back."""
    case, _seq = tasks.parse_id(task)
    try:
        if what == "claim":
            tasks.claim(task)
        else:
            tasks.release(task)
    except ProblemError as error:
        return go(url_for("case.show", case=case), error.problem.sentence(language()), "act")
    commit()
    if what == "claim":
        return go(url_for("case.show", case=case), _("Tugas ini sekarang Anda pegang."))
    return go(url_for("inbox.tasks"), _("Tugas dilepaskan."))


def _belongs(found: Seen, action: Action) -> bool:
    """Actions of the present state; those of the party only where an officer may act for it."""
    transition = found.process.transitions.get(action.do)
    if transition is None or found.case.state not in transition.sources:
        return False
    return transition.by != found.book.party or action.allowed


def _action(found: Seen, action: Action, refused: Problem | None) -> dict[str, Any]:
    task = found.process.states[found.case.state].task
    to = found.process.states.get(action.to or "")
    feel = "danger" if to and to.final else "second" if action.inputs or action.assisted else "go"
    return {
        "do": action.do,
        "title": local(action.title),
        "allowed": action.allowed,
        "why": action.problem.sentence(language()) if action.problem else "",
        "asked": inputs.asked(found, action.do, action.inputs),
        "checklist": [(name, local(found.process.checks.get(name)) or name) for name in task.checklist]
        if task and action.checklist
        else [],
        "look": feel,
        "assisted": action.assisted,
        "fills": found.book.submits(found.process.transitions[action.do]),
        "secret": asked_of(found.person.name)
        if action.allowed and signs(found.process, found.process.transitions[action.do])
        else None,
        "problem": refused.sentence(language()) if refused else "",
        "again": deciding.is_again(found, action.do),
    }


def _task(found: Seen, view: CaseView) -> dict[str, Any]:
    task = view.task
    assert task is not None
    open_ = task.holder is None or (task.until is not None and task.until <= found.now)
    mine_to_do = task.role in found.book.staff and refuse_task(found.book, found.case, found.actor, "claim") is None
    return {
        "id": task.id,
        "role": local(task.role_title),
        "holder": local(task.holder) if task.holder and not open_ else "",
        "mine": task.mine and not open_,
        "deputy_of": local(task.deputy_of) if task.deputy_of and not open_ else "",
        "office": local(refusals.office_title(task.office)) if task.office != found.case.office else "",
        "until": task.until and times.clock(task.until, found.zone),
        "may_claim": open_ and mine_to_do,
    }


def _note(found: Seen, view: CaseView) -> dict[str, Any] | None:
    """What was entered with the last move, in words."""
    if view.note is None:
        return None
    titles = {**found.process.form.titles, **{k: d.title for k, d in found.process.documents.items()}}
    items = [
        local(titles.get(v)) or str(v) for value in view.note.inputs.values() if isinstance(value, list) for v in value
    ]
    texts = [str(value) for value in view.note.inputs.values() if isinstance(value, str)]
    return {
        "title": local(view.note.title),
        "texts": texts,
        "items": items,
        "at": times.moment(view.note.at, found.zone),
    }


def _sections(found: Seen, view: CaseView) -> list[dict[str, Any]]:
    data = view.data or {}
    return [
        {
            "title": local(section.title),
            "rows": [
                {"title": local(f.title), "words": fields.words(f, data.get(f.name), language()), "mark": False}
                for f in section.fields
            ],
        }
        for section in fields.sections(found.process)
    ]


def history_rows(found: Seen) -> list[dict[str, Any]]:
    """What happened to the case in words, the newest first: by whom, in which role, and what was said with it."""
    entries = [e for e in history.history(found).entries if _event_words(e)]
    return [
        {
            "words": _event_words(e) + _late(e),
            "who": _by(e, e.asked_by, e.who),
            "role": _by(e, e.asked_as, e.role or e.who),
            "said": [(local(s.title), local(s.text)) for s in e.said],
            "at": stamp(e.at, found).at,
            "iso": stamp(e.at, found).iso,
        }
        for e in reversed(entries)
    ]


def _by(entry: Entry, asked: Text | None, who: Text) -> str:
    """Who it was; of a step that failed, who asked for it, and that an officer acted for the party."""
    if asked:
        return _("diminta oleh %(who)s", who=local(asked))
    return f"{local(who)} ({_('atas nama pemohon')})" if entry.for_party else local(who)


def _late(entry: Entry) -> str:
    return f" ({local(entry.late)})" if entry.late else ""


def _event_words(entry: Entry) -> str:
    """An event as an officer reads it; empty for those that say nothing new."""
    if entry.type == "submitted":
        return _("Diajukan")
    if entry.type == "moved":
        return _("%(do)s → %(state)s", do=local(entry.do_title), state=local(entry.to_title))
    if entry.type == "step_requested":
        return _("Langkah otomatis diminta lagi") if entry.said else ""
    if entry.cause:
        return _("%(what)s tidak berhasil.", what=local(entry.step)) + " " + local(entry.cause)
    return {
        "task_claimed": _("Tugas diambil"),
        "task_released": _("Tugas dilepaskan"),
        "task_assigned": _("Tugas ditugaskan"),
        "task_delegated": _("Tugas dilimpahkan"),
        "task_prioritised": _("Prioritas diubah"),
        "recused": _("Menyatakan benturan kepentingan"),
        "glass_broken": _("Membuka akses darurat"),
        "glass_reviewed": _("Menilai akses darurat"),
        "data_erased": _("Data pribadi dihapus"),
        "card_lifted": _("Kartu mencapai tingkat tanda tangannya"),
        "card_renewed": _("Arsip kartu diperbarui"),
        "lease_expired": _("Waktu memegang tugas habis"),
        "step_skipped": _("Langkah otomatis dilewati dengan alasan"),
        "diverted": _("Permohonan dialihkan ke %(state)s", state=local(entry.to_title)),
        "step_cancelled": _("Langkah otomatis dibatalkan"),
        "clock_reached": _("Batas waktu layanan mendekat atau lewat"),
    }.get(entry.type, "")
