"""The register of prints: what was printed of a card before it was signed, and which print still counts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.orm import Session

from workflow.db.register import RESERVED, Card
from workflow.db.tables import card, print_
from workflow.errors import AlurError

CURRENT, VOID = "current", "void"
#: Why a print is void.
NEWER = "newer_print"


class PrintExistsError(AlurError):
    """A print of the card counts already, and the step does not say that it becomes void."""

    code = "print_exists"


class CardSignedError(AlurError):
    """The card was signed or is void, so nothing more is printed of it."""

    code = "card_not_printable"


@dataclass(frozen=True, slots=True)
class Print:
    case: int
    #: Step that drew it: with the case the fence against drawing it twice.
    seq: int
    card: int
    #: Counts the prints of the card from 1.
    n: int
    #: Names the print on the verify page and in its QR.
    code: str
    state: str
    #: Version of the data that it shows.
    data: int
    sha256: str
    #: None once it was erased.
    blob: str | None


def of_step(db: Connection, case: int, seq: int) -> Print | None:
    """The print that a step drew."""
    return _print(db.execute(select(print_).where(print_.c.case_id == case, print_.c.seq == seq)).one_or_none())


def current(db: Connection | Session, card_id: int) -> Print | None:
    """The print of a card that counts."""
    return _print(db.execute(select(print_).where(print_.c.card == card_id, print_.c.state == CURRENT)).one_or_none())


def of_case(db: Connection | Session, case: int) -> tuple[Print, ...]:
    """All prints of a case, the first one first."""
    rows = db.execute(select(print_).where(print_.c.case_id == case).order_by(print_.c.n)).all()
    return tuple(p for row in rows if (p := _print(row)) is not None)


def keep(
    db: Connection,
    of: Card,
    *,
    seq: int,
    code: str,
    data: int,
    file: tuple[str, str],
    account: int,
    void_previous: bool,
) -> Print:
    """The print of step `seq`: kept now, or by an earlier attempt. The one before it is void from now on.

    `file` is its blob and its SHA-256. The card's row is locked until the transaction ends. Raises `PrintExistsError`
    where a print counts and `void_previous` is not said, `CardSignedError` once the card is signed or void.
    """
    state = db.execute(select(card.c.state).where(card.c.id == of.id).with_for_update()).scalar_one()
    found = of_step(db, of.case, seq)
    if found is not None:
        return found
    if state != RESERVED:
        raise CardSignedError(f"Nothing more is printed of the card {of.number}: it is {state}.")
    if current(db, of.id) is not None and not void_previous:
        raise PrintExistsError(f"The card {of.number} is printed already; `void_previous` makes that print void.")
    last = db.execute(select(func.coalesce(func.max(print_.c.n), 0)).where(print_.c.card == of.id)).scalar_one()
    db.execute(
        update(print_)
        .where(print_.c.card == of.id, print_.c.state == CURRENT)
        .values(state=VOID, reason=NEWER, changed_at=func.now())
    )
    blob, sha256 = file
    row = db.execute(
        insert(print_)
        .values(
            case_id=of.case,
            seq=seq,
            card=of.id,
            n=last + 1,
            code=code,
            state=CURRENT,
            data=data,
            sha256=sha256,
            blob=blob,
            account=account,
        )
        .returning(print_)
    ).one()
    kept = _print(row)
    assert kept is not None
    return kept


def _print(row: Row[tuple[object, ...]] | None) -> Print | None:
    if row is None:
        return None
    return Print(row.case_id, row.seq, row.card, row.n, row.code, row.state, row.data, row.sha256, row.blob)
