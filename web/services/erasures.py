"""Ordering that a party's data are erased by its right; the clock process carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.database import session
from web.errors import Problem, ProblemError, WebError
from web.services import refusals
from web.services.sight import MAX_ID, Seen, see
from web.services.tasks import reason_of
from workflow.db import erasure, erasure_orders
from workflow.db.erasure_orders import Order
from workflow.erasing import ORDERING, refuse_erasing
from workflow.permission import refuse_barred
from workflow.refusals import Refusal

DO = "erase"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderView:
    id: int
    case: int
    #: `waiting`, `done` or `refused`.
    status: str
    at: datetime
    done_at: datetime | None
    #: Why it was refused after all.
    problem: Problem | None


def order(case: int, reason: str) -> OrderView:
    """Order the erasure of all data of the party of `case`; raises refusals and `WebError` (`reason_missing`)."""
    found, said = see(case, lock=True), reason_of(reason)
    refusal = _refuse(found)
    if refusal is not None:
        raise ProblemError(refusals.told(refusal, found))
    account = found.person.account
    id_ = erasure_orders.order(session(), case=case, account=account, reason=said, now=found.now)
    return show(id_)


def show(id_: int) -> OrderView:
    """An order and what became of it; raises `WebError` (`unknown_erasure`)."""
    found = erasure_orders.find(session(), id_) if 0 < id_ <= MAX_ID else None
    if found is None:
        raise WebError("unknown_erasure")
    seen = see(found.case)
    if not seen.is_staff:
        raise WebError("unknown_erasure")
    return OrderView(
        id=found.id,
        case=found.case,
        status=found.status,
        at=found.at,
        done_at=found.done_at,
        problem=_problem(found, seen),
    )


def _refuse(found: Seen) -> Refusal | None:
    """Rule 7's order: state, then role, then whom the case concerns."""
    if not (found.actor.roles & ORDERING):
        code = "wrong_office" if found.actor.elsewhere & ORDERING else "wrong_role"
        return Refusal(code, {"do": DO, "role": "supervisor", "office": found.case.office})
    around = erasure.around(session(), found.case)
    return refuse_erasing(found.book, found.case, around) or refuse_barred(found.case, found.actor, DO)


def _problem(order_: Order, seen: Seen) -> Problem | None:
    told = order_.outcome
    return refusals.told(Refusal(told["code"], told.get("details", {})), seen, status=409) if told else None
