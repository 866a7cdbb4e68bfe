"""The register of cards: every serial is issued or void with a reason, and none is given twice (rule 16)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from workflow.db.tables import card, card_series, signature
from workflow.definition.numbers import format_number

RESERVED, SIGNED, VALID, REPLACED, REVOKED, EXPIRED, RETURNED, VOID = (
    "reserved",
    "signed",
    "valid",
    "replaced",
    "revoked",
    "expired",
    "returned",
    "void",
)

#: No letter or digit that is misread for another (Crockford's base 32); 16 of them carry 80 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Card:
    id: int
    case: int
    number: str
    #: Names the card on the verify page and in its QR; cannot be guessed.
    code: str
    state: str
    blob: str | None
    sha256: str | None
    #: How many signatures its file must bear before it is published.
    signatures: int


@dataclass(frozen=True, slots=True)
class SignatureKey:
    """Names one signature for ever: under it no second one is made."""

    card: int
    #: Field of the file that it fills.
    field: str
    #: Version of the data that is signed: after a correction it is another file that is prepared and signed.
    revision: int


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature in its stored phases: prepared, signed, finished."""

    phase: str
    prepared: Mapping[str, Any]
    #: Name of the stored to-be-signed file; None once it was erased.
    blob: str | None
    cms: bytes | None
    #: Account that asked for it; None where it was made before this was kept.
    account: int | None


def new_code() -> str:
    """A code for the verify page that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))


def reserve(db: Connection, *, case: int, office: str, template: str, today: date) -> Card:
    """The card of `case`, with a number of its own: reserved now, or the one reserved by an earlier attempt.

    Serials run per office and year. The series row is locked until the transaction ends, so numbers follow each
    other without a gap.
    """
    found = of_case(db, case)
    if found is not None:
        return found
    series = f"{office}/{today.year}"
    serial = db.execute(
        upsert(card_series)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": card_series.c.last + 1})
        .returning(card_series.c.last)
    ).scalar_one()
    # Asked again under the series' lock: of two attempts at one case only the first takes a number.
    found = of_case(db, case)
    if found is not None:
        db.execute(update(card_series).where(card_series.c.series == series).values(last=card_series.c.last - 1))
        return found
    number = format_number(template, office=office, year=today.year, month=today.month, serial=serial)
    row = db.execute(
        insert(card)
        .values(
            case_id=case,
            office=office,
            series=series,
            serial=serial,
            number=number,
            code=new_code(),
            state=RESERVED,
        )
        .returning(card)
    ).one()
    return _card(row)


def of_case(db: Connection | Session, case: int) -> Card | None:
    """The card of a case, whatever its state."""
    row = db.execute(select(card).where(card.c.case_id == case)).one_or_none()
    return _card(row) if row is not None else None


def change(db: Connection, card_id: int, state: str, **values: Any) -> None:
    """Set a card's state and what goes with it: reason, file, level, signer, number of signatures, holder, dates.

    A void card stays void: the step that was cancelled may still be at work on it.
    """
    db.execute(
        update(card)
        .where(card.c.id == card_id, card.c.state != VOID)
        .values(state=state, changed_at=func.now(), **values)
    )


def prepared(
    db: Connection, key: SignatureKey, state: Mapping[str, Any], blob: str, account: int | None = None
) -> Signing:
    """Store phase one under its unique key; the phase that an earlier attempt stored wins."""
    db.execute(
        upsert(signature)
        .values(
            card=key.card,
            field=key.field,
            revision=key.revision,
            prepared=state,
            blob=blob,
            phase="prepared",
            account=account,
        )
        .on_conflict_do_nothing()
    )
    found = signing(db, key)
    assert found is not None
    return found


def signing(db: Connection, key: SignatureKey) -> Signing | None:
    """The stored phases of a signature."""
    row = db.execute(select(signature).where(*_is(key))).one_or_none()
    return Signing(row.phase, row.prepared, row.blob, row.cms, row.account) if row is not None else None


def last_finished(db: Connection, card_id: int, field: str) -> tuple[int, Signing] | None:
    """The revision and the phases of the signature that the card's file bears in `field`."""
    row = db.execute(
        select(signature)
        .where(signature.c.card == card_id, signature.c.field == field, signature.c.phase == "finished")
        .order_by(signature.c.revision.desc())
        .limit(1)
    ).one_or_none()
    return (row.revision, Signing(row.phase, row.prepared, row.blob, row.cms, row.account)) if row else None


def signed(db: Connection, key: SignatureKey, cms: bytes) -> bytes:
    """Store the CMS of phase two; the one that stands is returned, so that a second is never used."""
    db.execute(
        update(signature)
        .where(*_is(key), signature.c.cms.is_(None))
        .values(cms=cms, phase="signed", signed_at=func.now())
    )
    return bytes(db.execute(select(signature.c.cms).where(*_is(key))).scalar_one())


def finished(db: Connection, key: SignatureKey) -> None:
    """Mark the signature as embedded and stored."""
    db.execute(update(signature).where(*_is(key)).values(phase="finished"))


def verify(db: Connection | Session, wanted: str) -> Mapping[str, Any] | None:
    """What anybody may know of the card with this code, number or SHA-256 of its file; None when there is none."""
    row = db.execute(text("SELECT * FROM verify_card(:wanted)"), {"wanted": wanted}).mappings().one_or_none()
    return dict(row) if row is not None else None


def worth(row: Mapping[str, Any], today: date) -> str:
    """What a card that `verify` found is worth on `today`: its state, or `expired` from the day after its last one."""
    if row["state"] == VALID and row["expires_on"] and date.fromisoformat(row["expires_on"]) < today:
        return EXPIRED
    return str(row["state"])


def _is(key: SignatureKey) -> tuple[Any, ...]:
    return signature.c.card == key.card, signature.c.field == key.field, signature.c.revision == key.revision


def _card(row: Row[Any]) -> Card:
    return Card(row.id, row.case_id, row.number, row.code, row.state, row.blob, row.sha256, row.signatures)
