"""The online desk: whoever has no account files what a process opens to everybody, and follows it by its receipt.

A process is open to everybody when it has the staff role `intake`. What is filed is entered by the desk's own account,
as an officer enters what comes by phone; so history, rules and row-level security know one way only.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import select

from web import here
from web.database import adopt, session
from web.errors import FieldError, ProblemError, WebError
from web.person import DESK, INTAKE, Person
from web.services import cases, clocks, notes, refusals, transitions
from web.services.sight import Seen, see
from web.services.transitions import Accepted
from workflow.commands import SUBMIT
from workflow.db import library
from workflow.db.tables import account
from workflow.definition.form import check_data
from workflow.definition.process import Process, Text
from workflow.permission import refuse_transition

#: Letters of a receipt's secret: 80 bits.
_SECRET = 20
_RECEIPT = re.compile(rf"([1-9][0-9]{{0,18}})-([0-9a-f]{{{_SECRET}}})\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """What the holder of a receipt may know."""

    receipt: str
    process: str
    process_title: Text
    office_title: Text
    state: str
    state_title: Text
    final: bool
    submitted_at: datetime | None
    #: When the office promised to be done.
    due: datetime | None
    #: What the office answered, in the present state.
    answer: str
    #: What the holder may do now: transition and title.
    may: Sequence[tuple[str, Text]]


def enter() -> None:
    """Go on as the desk of all offices."""
    _enter(*here.ports().library.offices)


def file(process: str, office: str, data: Mapping[str, Any], key: str | None) -> tuple[Accepted, str]:
    """Open and submit a case at the desk; the accepted command and the receipt. The caller commits, then rings.

    Raises `WebError`: `unknown_process`, `unknown_office`, `data_invalid` naming the fields.
    """
    _enter(office)
    spec = _open_process(process)
    today = here.ports().clock().astimezone(here.ports().library.offices[office].zone).date()
    problems = check_data(spec.form, data, complete=True, today=today)
    if problems:
        fields = [FieldError(field=p.field, code=p.code, text=p.message) for p in problems]
        raise WebError("data_invalid", fields=fields)
    case = cases.open_case(process, office, data, assisted=True)
    return transitions.accept(case, SUBMIT, key=key), receipt_of(case)


def receipt_of(case: int) -> str:
    """The receipt of a case: its number and a secret that only this house can make."""
    return f"{case}-{here.ports().vault.lookup('receipt', str(case))[:_SECRET]}"


def follow(receipt: str) -> Followed:
    """How the case of a receipt stands; raises `WebError` (`unknown_receipt`)."""
    found = _found(receipt)
    return Followed(
        receipt=receipt,
        process=found.case.process,
        process_title=found.process.title,
        office_title=found.office.title,
        state=found.case.state,
        state_title=refusals.state_title(found, found.case.state),
        final=found.case.state in found.process.states and found.process.states[found.case.state].final,
        submitted_at=found.case.submitted_at,
        due=clocks.deadline(found),
        answer=notes.reason(found),
        may=[(t, found.process.transitions[t].title) for t in _open_to_party(found)],
    )


def perform(receipt: str, do: str, given: Mapping[str, Any], key: str | None) -> Accepted:
    """Write a command for the person that holds the receipt, such as an objection. Raises the refusal."""
    found = _found(receipt, lock=True)
    transition = found.process.transitions.get(do)
    if transition is None or transition.by != found.book.party:
        raise WebError("not_found")
    refusal = refuse_transition(found.book, found.case, transition, found.actor, found.now)
    if refusal is not None:
        raise ProblemError(refusals.told(refusal, found))
    return transitions.accept(found.case.id, do, given=given, key=key)


def _open_to_party(found: Seen) -> list[str]:
    return [
        t.name
        for t in found.process.transitions.values()
        if t.by == found.book.party and refuse_transition(found.book, found.case, t, found.actor, found.now) is None
    ]


def _found(receipt: str, *, lock: bool = False) -> Seen:
    read = _RECEIPT.match(receipt)
    if read is None or not hmac.compare_digest(receipt_of(int(read[1])), receipt):
        raise WebError("unknown_receipt")
    enter()
    found = see(int(read[1]), lock=lock)
    _enter(found.case.office)
    return found


def _open_process(name: str) -> Process:
    spec = here.ports().library.process(session(), library.current(session(), name))
    if INTAKE not in spec.roles:
        raise WebError("unknown_process")
    return spec


def _enter(*offices: str) -> None:
    """Go on as the desk, at these offices and nowhere else."""
    known = here.ports().library.offices
    if any(office not in known for office in offices):
        raise WebError("unknown_office")
    row = session().execute(select(account.c.id, account.c.title).where(account.c.name == DESK)).one_or_none()
    if row is None:
        raise WebError("unknown_process")
    memberships = frozenset((INTAKE, office) for office in offices)
    g.person = Person(account=row.id, name=DESK, title=row.title, language="id", memberships=memberships, via="token")
    adopt(g.person)
