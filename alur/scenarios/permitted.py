"""What a person may do, by the engine's own rule asked beforehand, as the pages ask it."""

from __future__ import annotations

from typing import Any

from alur.scenarios.cast import actor
from alur.scenarios.view import View
from workflow.case import DRAFT
from workflow.commands import SUBMIT
from workflow.db import cases
from workflow.db.material import Version, submission
from workflow.permission import refuse_submit, refuse_transition
from workflow.refusals import Refusal
from workflow.submission import refuse_content


def _asked(view: View, person: str, do: str) -> Refusal | None:
    """Why the person may not do it now, as the pages tell it beforehand; also who may not see the case at all."""
    stage, case, book = view.stage, view.case, view.stage.book(view.case.office)
    with stage.engine.connect() as db:
        who = actor(stage, db, person, case)
    if not who.roles and case.owner != who.id:
        return Refusal("unknown_case")
    if do == SUBMIT:
        return refuse_submit(book, case, who) or _refuse_copy(view)
    transition = book.transitions[do]
    refusal = refuse_transition(book, case, transition, who, stage.clock.now)
    return refusal or (_refuse_copy(view) if book.submits(transition) else None)


def _refuse_copy(view: View) -> Refusal | None:
    """Why what has been entered so far cannot be given."""
    stage, book = view.stage, view.stage.book(view.case.office)
    with stage.engine.connect() as db:
        copy = cases.read_working_copy(db, stage.kit.vault, view.found)
    given = submission(Version({"data": copy.data, "documents": copy.documents}, ""), 0)
    return refuse_content(book.process, given, stage.clock.now.astimezone(book.zone).date())


def find_actions(view: View, person: str) -> Any:
    book = view.stage.book(view.case.office)
    asked = [t.name for t in book.transitions.values() if t.by in (*book.staff, book.party)]
    asked += [SUBMIT] if view.case.state == DRAFT else []
    return tuple(sorted(do for do in asked if _asked(view, person, do) is None))


def find_refused(view: View, of: str) -> Any:
    person, _, do = of.partition(" ")
    refusal = _asked(view, person, do)
    return refusal.code if refusal else None
