"""Breaking the glass: an officer without access opens one case in an emergency, and somebody else reviews it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, text, update

from workflow.case import DRAFT, Case
from workflow.changes.glass import JUSTIFIED
from workflow.commands import Actor
from workflow.db.appending import append
from workflow.db.cases import Executor, Stored
from workflow.db.tables import glass
from workflow.db.tasks import SUPERVISOR, TaskRefusedError
from workflow.erasing import refuse_erased
from workflow.events import stamp
from workflow.permission import refuse_barred, wrong_state
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook

#: How long a broken glass stays open.
OPEN = timedelta(hours=1)
#: How long a review may take.
REVIEW = timedelta(days=3)
AUDITOR = "auditor"
#: What a review may find.
VERDICTS = (JUSTIFIED, "not_justified")
#: Roles that watch over others; nobody lends them to themselves.
WATCHING = frozenset({SUPERVISOR, AUDITOR, "admin"})
_TELL = text("SELECT tell_of_glass(:case, :seq)")


def open_eyes(db: Executor, case: int, account: int, role: str, now: datetime) -> int:
    """Let `account` see the case from now on, where there is one; the broken glass's number. The caller then breaks it,
    or rolls back."""
    row = {"case_id": case, "account": account, "role": role, "at": now}
    values = insert(glass).values(**row, until_at=now + OPEN, review_by=now + REVIEW)
    return int(db.execute(values.returning(glass.c.id)).scalar_one())


def break_(
    db: Executor, book: Rulebook, found: Stored, id_: int, role: str, actor: Actor, now: datetime, *, reason: str
) -> Case:
    """Take `role` on a locked case until `OPEN` is over; who leads its office is told. `reason` is the digest of why.

    Raises `TaskRefusedError` for roles that cannot be taken, are had already, or on a case that concerns the actor.
    """
    case = found.case
    refusal = refuse_breaking(book, case, role, actor)
    if refusal is not None:
        raise TaskRefusedError(refusal)
    body = {"glass": id_, "role": role, "until": stamp(now + OPEN), "input": reason}
    after = append(db, book, case, "glass_broken", actor.id, now, body)
    db.execute(_TELL, {"case": case.id, "seq": after.seq})
    return after


def refuse_breaking(book: Rulebook, case: Case, role: str, actor: Actor) -> Refusal | None:
    """Why `actor` may not take `role` on this case in an emergency."""
    if case.erased is not None:
        return refuse_erased(case)
    if case.state == DRAFT:
        return wrong_state(case, "break_glass")
    if role not in book.staff - WATCHING:
        return Refusal("glass_role", {"role": role})
    if role in actor.roles:
        return Refusal("glass_not_needed", {"role": role})
    return refuse_barred(case, actor, "break_glass")


def review(
    db: Executor, book: Rulebook, found: Stored, id_: int, verdict: str, actor: Actor, now: datetime, *, remark: str
) -> Case:
    """Note the verdict on a broken glass of a locked case; one that was not justified ends at once.

    `remark` is the digest of what was said. Raises `TaskRefusedError`.
    """
    case = found.case
    refusal = refuse_review(case, actor)
    if refusal is not None:
        raise TaskRefusedError(refusal)
    values = {"verdict": verdict, "reviewer": int(actor.id), "reviewed_at": now}
    mine = [glass.c.id == id_, glass.c.case_id == case.id, glass.c.verdict.is_(None)]
    if db.execute(update(glass).where(*mine).values(**values).returning(glass.c.id)).first() is None:
        raise TaskRefusedError(Refusal("already_reviewed"))
    body = {"glass": id_, "verdict": verdict, "input": remark}
    return append(db, book, case, "glass_reviewed", actor.id, now, body)


def refuse_review(case: Case, actor: Actor) -> Refusal | None:
    """Why `actor` may not review a broken glass of this case that another broke."""
    watching = actor.roles & {SUPERVISOR, AUDITOR}
    if watching:
        return refuse_barred(case, actor, "review")
    elsewhere = actor.elsewhere & {SUPERVISOR, AUDITOR}
    details = {"do": "review", "office": case.office, "role": SUPERVISOR}
    return Refusal("wrong_office" if elsewhere else "wrong_role", details)
