"""Reports of cards: anybody reports one that is lost or looks false, those who lead its office settle it.

Nothing of who reports is kept, and no text, so that a report holds no personal value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, select, text, update

from workflow.db.cases import Executor
from workflow.db.register import VALID
from workflow.db.tables import card, card_report, case_

#: What may be reported: the holder lost it, or it is suspected to be false or not the bearer's.
KINDS = ("lost", "suspected")
CONFIRMED, UNFOUNDED = "confirmed", "unfounded"
#: What settling may find.
VERDICTS = (CONFIRMED, UNFOUNDED)
#: Roles that settle.
SETTLING = frozenset({"supervisor", "head"})


class Reported(NamedTuple):
    """What a valid card is reported as."""

    #: One of KINDS.
    kind: str
    #: Moment of the first such report.
    since: datetime
    #: Its office confirmed it.
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CardReport:
    id: int
    case: int
    office: str
    #: Number of the card.
    number: str
    #: State of the card now, and since when.
    state: str
    changed_at: datetime
    #: One of KINDS.
    kind: str
    #: First and last time that it was reported, and how often.
    at: datetime
    last_at: datetime
    times: int
    #: One of VERDICTS; None while it waits, and where the card's end settled it.
    verdict: str | None
    settled_by: int | None
    settled_at: datetime | None

    @property
    def ended(self) -> bool:
        """Nobody said what it was worth before the card was replaced, revoked, returned or expired: that settles it."""
        return self.verdict is None and self.state != VALID


def report(db: Executor, wanted: str, kind: str) -> bool:
    """Report the valid card with this code, number or SHA-256; False where there is none. Once more while it waits is
    counted only."""
    found = db.execute(text("SELECT report_card(:wanted, :kind)"), {"wanted": wanted, "kind": kind})
    return bool(found.scalar_one())


def reported(db: Executor, wanted: str) -> list[Reported]:
    """What the valid card with this code, number or SHA-256 is reported as, by reports that wait or were confirmed, the
    first first."""
    rows = db.execute(text("SELECT * FROM card_marks(:wanted)"), {"wanted": wanted})
    return [Reported(row.kind, row.since, row.confirmed) for row in rows]


def find(db: Executor, id_: int) -> CardReport | None:
    """A report that the person may see."""
    row = db.execute(_select().where(card_report.c.id == id_)).one_or_none()
    return _report(row) if row is not None else None


def listed(
    db: Executor, offices: Sequence[str], *, settled: bool, limit: int, cases: Collection[int] | None = None
) -> list[CardReport]:
    """Reports of cards of `offices`: those that wait, the oldest first, or the settled ones, the newest first.

    Those of a card that is valid no more are settled by that, without a verdict."""
    query = _select().where(case_.c.office.in_(offices))
    if cases is not None:
        query = query.where(card_report.c.case_id.in_(cases))
    if settled:
        at = func.coalesce(card_report.c.settled_at, card.c.changed_at)
        query = query.where(~_waits()).order_by(at.desc(), card_report.c.id.desc())
    else:
        query = query.where(_waits()).order_by(card_report.c.at, card_report.c.id)
    return [_report(row) for row in db.execute(query.limit(limit)).all()]


def of_case(db: Executor, case: int) -> list[CardReport]:
    """Every report of the case's card, the first first, whatever it was worth and however the card stands."""
    query = _select().where(card_report.c.case_id == case).order_by(card_report.c.at, card_report.c.id)
    return [_report(row) for row in db.execute(query).all()]


def waiting(db: Executor, offices: Sequence[str]) -> int:
    """How many reports of cards of `offices` wait."""
    query = select(func.count()).select_from(card_report).join(case_, case_.c.id == card_report.c.case_id)
    query = query.join(card, card.c.id == card_report.c.card).where(case_.c.office.in_(offices), _waits())
    return int(db.execute(query).scalar_one())


def settle(db: Executor, id_: int, verdict: str, *, account: int, now: datetime) -> bool:
    """Say what a report that waits was worth; False where it was settled meanwhile."""
    values = {"verdict": verdict, "settled_by": account, "settled_at": now}
    mine = [card_report.c.id == id_, card_report.c.verdict.is_(None)]
    return db.execute(update(card_report).where(*mine).values(**values).returning(card_report.c.id)).first() is not None


def _waits() -> ColumnElement[bool]:
    return and_(card_report.c.verdict.is_(None), card.c.state == VALID)


def _select() -> Any:
    return (
        select(card_report, card.c.number, card.c.state, card.c.changed_at, case_.c.office)
        .join(card, card.c.id == card_report.c.card)
        .join(case_, case_.c.id == card_report.c.case_id)
    )


def _report(row: Row[Any]) -> CardReport:
    return CardReport(
        id=row.id,
        case=row.case_id,
        office=row.office,
        number=row.number,
        state=row.state,
        changed_at=row.changed_at,
        kind=row.kind,
        at=row.at,
        last_at=row.last_at,
        times=row.times,
        verdict=row.verdict,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
