"""Work on a task besides doing it: hand it on, give it away, put it forward, declare a conflict of interest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, require_person
from web.pages.words import _, local
from web.services import people, tasks
from web.services.names import names_of
from web.services.sight import Seen
from workflow.db.tasks import refuse_handing, refuse_supervising
from workflow.permission import refuse_task
from workflow.priorities import PLACES, name_of

pages = Blueprint("handing", __name__)
pages.before_request(require_person)


@pages.post("/tasks/<task>/<any(delegate, assign, recuse, priority):what>")
def work(task: str, what: str) -> Response:
    """Do it, and come back to the case, or to the inbox where the case is not the person's any more."""
    case, _seq = tasks.parse_id(task)
    form = request.form
    try:
        if what == "delegate":
            tasks.delegate(task, form.get("to", ""), form.get("delegate_reason", ""))
        elif what == "assign":
            tasks.assign(task, form.get("assign_to", ""))
        elif what == "recuse":
            tasks.recuse(task, form.get("recuse_reason", ""))
        else:
            tasks.prioritise(task, form.get("priority", ""), form.get("priority_reason", ""))
    except WebError as error:
        return go(url_for("case.show", case=case), error.problem.sentence(language()), "act")
    commit()
    done = {
        "delegate": _("Tugas sudah dilimpahkan."),
        "assign": _("Tugas sudah ditugaskan."),
        "recuse": _("Dicatat: Anda tidak menangani permohonan ini. Tugas dilepaskan."),
        "priority": _("Prioritas sudah diubah."),
    }[what]
    return go(url_for("inbox.tasks") if what in ("delegate", "recuse") else url_for("case.show", case=case), done)


def offers(found: Seen) -> dict[str, Any]:
    """What the person may do with the open task besides doing it."""
    case, task = found.case, found.case.task
    if task is None:
        return {}
    hands = refuse_handing(case, found.actor, found.now) is None
    leads = refuse_supervising(case, found.actor, "assign") is None
    staff = task.role in found.book.staff
    colleagues = [(c.name, c.title) for c in people.who_may_have(found)] if staff and (hands or leads) else []
    return {
        "id": f"{case.id}-{task.seq}",
        "delegate": colleagues if hands else [],
        "alone": hands and not colleagues,
        "assign": colleagues if leads else [],
        "recuse": staff and refuse_task(found.book, case, found.actor, "recuse") is None,
        "priority": name_of(task.priority) if leads else "",
        "priorities": [(name, priority_words(name)) for name in PLACES],
    }


def priority_words(name: str) -> str:
    """A priority as people read it."""
    return {"urgent": _("Mendesak"), "normal": _("Biasa"), "low": _("Dapat menunggu")}[name]


def lent(found: Seen) -> list[str]:
    """In sentences, the roles that the person has on this case and that are not its own."""
    out = []
    for role, how in sorted(found.actor.through.items()):
        title = local(found.process.roles[role].title) if role in found.process.roles else role
        if "deputy_of" in how:
            who = local(names_of([how["deputy_of"]])[how["deputy_of"]])
            out.append(_("Anda menggantikan %(who)s sebagai %(role)s.", who=who, role=title))
        else:
            until = next((g.until for g in found.case.glass if g.glass == how["glass"]), None)
            at = times.clock(until, found.zone) if until else ""
            out.append(_("Akses darurat: Anda berperan %(role)s sampai %(at)s.", role=title, at=at))
    return out
