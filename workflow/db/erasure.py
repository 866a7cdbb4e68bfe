"""Erasing the personal data of cases: one short transaction under the locks of their rows, then what lies outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, or_, select, update

from workflow.case import Case
from workflow.changes.erasure import DATA_ERASED
from workflow.db import cases, wiping
from workflow.db.appending import append
from workflow.db.cases import Executor, Stored
from workflow.db.library import Library
from workflow.db.tables import account, card, case_, command, erasure, membership, outbox, person_key
from workflow.erasing import Surroundings, erased_body, refuse_erasing
from workflow.refusals import RefusedError
from workflow.rulebook import Rulebook

#: A message that cannot be sent for hours keeps nobody's data.
_HARMLESS = ("notify",)


class ErasureRefusedError(RefusedError):
    """The data of a case cannot be erased now; `refusal` tells why."""

    code = "erasure_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Why data are erased."""

    #: `retention` or `right`.
    under: str
    #: Hash of the definition whose rule it is, `house` or `request`.
    basis: str
    #: Account id as text, or `timer`.
    actor: str
    #: When it was done first, where a restored backup has made it necessary again.
    first_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Remains:
    """What of an erasure must still be removed outside of the database; also what the key safe remembers of it."""

    case: int
    #: When case and person came to be: numbers alone are given anew after an older backup was restored.
    case_at: datetime
    person: int
    person_at: datetime
    #: The account that was made anonymous with it.
    account: int | None
    account_at: datetime | None
    under: str
    basis: str
    #: When it was done first.
    at: datetime
    #: Names of stored files.
    blobs: tuple[str, ...]


def of_party(db: Executor, id_: int) -> tuple[Sequence[int], int | None]:
    """All cases of the party of case `id_`, and its account; of a person without an account, or of staff, the case
    alone."""
    owner = db.execute(select(case_.c.owner).where(case_.c.id == id_)).scalar()
    if owner is None or db.execute(select(exists().where(membership.c.account == owner))).scalar():
        return [id_], None
    return list(db.execute(select(case_.c.id).where(case_.c.owner == owner).order_by(case_.c.id)).scalars()), owner


def refuse(db: Executor, library: Library, ids: Iterable[int]) -> None:
    """Raise `ErasureRefusedError` with the first reason why one of the cases cannot be erased; erased ones are no
    reason. The cases stay locked."""
    for id_ in sorted(ids):
        found = cases.get(db, id_, lock=True)
        if found.case.erased is None:
            _require(db, _book(db, library, found.case), found.case)


def erase(db: Executor, library: Library, found: Stored, ground: Ground, now: datetime) -> Case:
    """Erase the data of a locked case; the case after it. Raises `ErasureRefusedError`, except for what is done again
    after a restore: what was erased must not come back, wherever the case stands."""
    case, book = found.case, _book(db, library, found.case)
    if ground.first_at is None:
        _require(db, book, case)
    elif case.erased is not None:
        return case
    gone = wiping.look(db, case.id)
    body = erased_body(ground.under, ground.basis, gone.body(), ground.first_at)
    after = append(db, book, case, DATA_ERASED, ground.actor, now, body)
    wiping.wipe(db, case.id, found.person, now)
    state = book.process.states.get(case.state)
    if state is None or not state.final:
        wiping.put_aside(db, case.id, now)
    row = {"case_id": case.id, "seq": after.seq, "person": found.person, "under": ground.under, "at": now}
    row |= {"basis": ground.basis, "first_at": ground.first_at, "blobs": list(gone.blobs)}
    db.execute(insert(erasure).values(**row))
    return after


def anonymise(db: Executor, account_: int, ids: Sequence[int], actor: str, now: datetime) -> None:
    """Make the account of a party whose cases `ids` were erased anonymous, and remember it with them."""
    if wiping.anonymise(db, account_, actor, now):
        # Opened again where they were finished before: the safe has yet to hear of the account.
        values = {"account": account_, "done_at": None}
        db.execute(update(erasure).where(erasure.c.case_id.in_(ids)).values(**values))


def unfinished(db: Executor, limit: int = 100) -> list[Remains]:
    """Erasures of which something may be left outside of the database."""
    rows = db.execute(
        select(
            erasure,
            case_.c.created_at.label("case_at"),
            person_key.c.created_at.label("person_at"),
            account.c.created_at.label("account_at"),
        )
        .join(case_, case_.c.id == erasure.c.case_id)
        .join(person_key, person_key.c.id == erasure.c.person)
        .outerjoin(account, account.c.id == erasure.c.account)
        .where(erasure.c.done_at.is_(None))
        .order_by(erasure.c.case_id)
        .limit(limit)
    )
    return [
        Remains(
            case=row.case_id,
            case_at=row.case_at,
            person=row.person,
            person_at=row.person_at,
            account=row.account,
            account_at=row.account_at,
            under=row.under,
            basis=row.basis,
            at=row.first_at or row.at,
            blobs=tuple(row.blobs),
        )
        for row in rows
    ]


def finished(db: Executor, case: int, now: datetime) -> None:
    """Note that nothing of the case's data is left."""
    db.execute(update(erasure).where(erasure.c.case_id == case).values(done_at=now, blobs=[]))


def around(db: Executor, case: Case) -> Surroundings:
    """What the row of a case does not tell of it."""
    waits = exists().where(command.c.case_id == case.id, command.c.status == "pending")
    works = exists().where(outbox.c.case_id == case.id, outbox.c.status == "due", outbox.c.kind.not_in(_HARMLESS))
    busy = db.execute(select(or_(waits, works))).scalar_one()
    today = func.to_char(func.now(), "YYYY-MM-DD")
    valid = select(card.c.number).where(
        card.c.case_id == case.id, card.c.state == "valid", or_(card.c.expires_on.is_(None), card.c.expires_on >= today)
    )
    return Surroundings(busy=bool(busy), valid_card=db.execute(valid).scalar())


def _require(db: Executor, book: Rulebook, case: Case) -> None:
    refusal = refuse_erasing(book, case, around(db, case))
    if refusal is not None:
        raise ErasureRefusedError(refusal)


def _book(db: Executor, library: Library, case: Case) -> Rulebook:
    library.process(db, case.definition)
    return library.book(case.definition, case.office)
