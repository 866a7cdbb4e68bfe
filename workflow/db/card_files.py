"""Files of cards that take each other's place: at a level that was late, or with a renewed archive.

The earlier file is kept: a holder may have a copy of it, and whoever checks that copy is told of which card it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, text, update

from workflow.changes.cards import CARD_LIFTED, CARD_RENEWED
from workflow.commands import SYSTEM
from workflow.db import cases, outbox
from workflow.db.appending import append
from workflow.db.cases import Executor
from workflow.db.library import Library
from workflow.db.register import FINISHED, RESERVED, SIGNED, UNSTAMPED, VOID
from workflow.db.tables import card, case_, earlier_file, signature

ARCHIVED = "B-LTA"
#: Why a file is below its level for a while: no time stamper answers, or no revocation list is current. Somebody looks
#: again and again whether it is back.
AWAY = ("tsa_unavailable", "crl_outdated")
#: An archive is renewed when the certificate of its last time stamp ends within this time.
RENEW_BEFORE = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A card's file."""

    #: SHA-256 of its bytes, hex.
    sha256: str
    #: Name under which it is stored, closed.
    blob: str
    #: Level that it reached.
    level: str
    #: Code of what keeps it below the level that is wanted; None where it is reached.
    pending: str | None
    #: When the certificate of its last time stamp ends.
    stamps_until: datetime | None


def waiting(db: Connection, codes: Sequence[str], limit: int) -> list[int]:
    """Cases whose card's file is below its level for one of these reasons, the oldest first."""
    query = select(card.c.case_id).where(card.c.pending.in_(codes), *_standing()).order_by(card.c.id)
    return list(db.execute(query.limit(limit)).scalars())


def ending(db: Connection, before: datetime, limit: int) -> list[int]:
    """Cases whose card's archive is protected by a certificate that ends before that moment, the first end first.

    One that could not be renewed for good is told under `pending`, and left out.
    """
    query = select(card.c.case_id).where(
        card.c.level == ARCHIVED, card.c.stamps_until < before, card.c.pending.is_(None), *_standing()
    )
    return list(db.execute(query.order_by(card.c.stamps_until).limit(limit)).scalars())


def note(db: Connection, card_id: int, pending: str) -> None:
    """Note what keeps a card's file below its level, or from being renewed."""
    db.execute(update(card).where(card.c.id == card_id).values(pending=pending))


def replace(db: Connection, library: Library, case: int, before: str, file: File, now: datetime) -> bool:
    """Let `file` take the place of the card's file, told by its SHA-256 `before`, and tell the case's history.

    False where another file stands there by now, or none. Steps of the case that wait are woken.
    """
    found = cases.get(db, case, lock=True)
    row = db.execute(select(card).where(card.c.case_id == case).with_for_update()).one_or_none()
    if row is None or row.sha256 != before or row.blob is None or row.state == VOID:
        return False
    _keep(db, row, now)
    values: dict[str, Any] = {"sha256": file.sha256, "blob": file.blob, "level": file.level}
    values |= {"pending": file.pending, "stamps_until": file.stamps_until}
    db.execute(update(card).where(card.c.id == row.id).values(**values))
    library.process(db, found.case.definition)
    book = library.book(found.case.definition, found.case.office)
    told = {"before": before, "result": {"card": row.id, "sha256": file.sha256, "level": file.level}}
    stamps = signature.c.card == row.id, signature.c.phase == UNSTAMPED
    db.execute(update(signature).where(*stamps).values(phase=FINISHED))
    type_ = CARD_RENEWED if row.level == ARCHIVED else CARD_LIFTED
    append(db, book, found.case, type_, SYSTEM, now, told)
    outbox.wake(db, case)
    return True


def earlier(db: Executor, sha256: str) -> Row[Any] | None:
    """`code` of the card that had this file, and when another took its place (`replaced_at`); None for no such file."""
    return db.execute(text("SELECT * FROM earlier_card_file(:wanted)"), {"wanted": sha256}).one_or_none()


def counted(db: Executor, offices: Sequence[str], account: int) -> Sequence[Row[Any]]:
    """Cards below their level at these offices, by reason: `code`, how many (`n`), since when (`since`).

    A card that is not published since it was refused its level is an incident, and not counted. Of cases that are the
    account's own nothing is told.
    """
    query: Select[Any] = select(
        card.c.pending.label("code"), func.count().label("n"), func.min(card.c.changed_at).label("since")
    ).join(case_, case_.c.id == card.c.case_id)
    waits = or_(card.c.pending.in_(AWAY), card.c.state.not_in((RESERVED, SIGNED)))
    query = query.where(card.c.pending.is_not(None), waits, card.c.office.in_(list(offices)), *_standing())
    query = query.where(case_.c.owner.is_distinct_from(account))
    return db.execute(query.group_by(card.c.pending).order_by(card.c.pending)).all()


def _standing() -> tuple[Any, ...]:
    return card.c.state != VOID, card.c.blob.is_not(None)


def _keep(db: Connection, row: Row[Any], now: datetime) -> None:
    last = select(func.coalesce(func.max(earlier_file.c.n), 0)).where(earlier_file.c.card == row.id)
    db.execute(
        insert(earlier_file).values(
            case_id=row.case_id,
            card=row.id,
            n=db.execute(last).scalar_one() + 1,
            sha256=row.sha256,
            blob=row.blob,
            level=row.level,
            published=row.state not in (RESERVED, SIGNED),
            replaced_at=now,
        )
    )
