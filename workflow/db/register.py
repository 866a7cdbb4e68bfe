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

#: Phases of a signature that is in the card's file: as it should be, or awaiting its time stamp.
FINISHED, UNSTAMPED = "finished", "unstamped"
#: A phase of signatures that were made, in a file that was never published and is not used.
SET_ASIDE = "set_aside"

#: No letter or digit that is misread for another (Crockford's base 32); 16 of them carry 80 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 16


class NotPreparedError(Exception):
    """What was signed is not what is prepared: another officer signs by now."""


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
    #: Level of its file, such as `B-LT`; None where there is none.
    level: str | None = None
    #: Level that the process asks for; None for files of before this was kept.
    aim: str | None = None
    #: Code of what keeps the file below that level; None where it is reached.
    pending: str | None = None


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


def by_id(db: Connection, card_id: int) -> Card:
    """A card that is there."""
    return _card(db.execute(select(card).where(card.c.id == card_id)).one())


def change(db: Connection, card_id: int, state: str, **values: Any) -> None:
    """Set a card's state and what goes with it: reason, file, level, signer, number of signatures, holder, dates.

    A void card stays void: the step that was cancelled may still be at work on it.
    """
    db.execute(
        update(card)
        .where(card.c.id == card_id, card.c.state != VOID)
        .values(state=state, changed_at=func.now(), **values)
    )


def set_aside(db: Connection, card_id: int, first: str, step: int) -> bool:
    """Let a card that does not hold be signed anew by step `step`: its signatures stay in the register under other
    names, and count no more. False where this step made the one in the field `first` itself: it does not sign twice.

    Its file stays the card's until the next one takes its place.
    """
    found = in_file(db, card_id, first)
    if found is not None and found[1].prepared.get("step") == step:
        return False
    fields = {"field": signature.c.field.concat(f"/{step}"), "phase": SET_ASIDE}
    db.execute(update(signature).where(signature.c.card == card_id, signature.c.phase != SET_ASIDE).values(**fields))
    change(db, card_id, RESERVED, pending=None)
    return True


def prepared(
    db: Connection,
    key: SignatureKey,
    state: Mapping[str, Any],
    blob: str,
    account: int | None = None,
    instead_of: Signing | None = None,
) -> Signing:
    """Store phase one under its unique key; the phase that an earlier attempt stored wins, unless it is `instead_of`,
    which another officer or key was to sign, and nobody has."""
    made = {"prepared": state, "blob": blob, "phase": "prepared", "account": account}
    if instead_of is not None:
        same = signature.c.blob == instead_of.blob
        db.execute(update(signature).where(*_is(key), same, signature.c.cms.is_(None)).values(**made))
    else:
        row = {"card": key.card, "field": key.field, "revision": key.revision, **made}
        db.execute(upsert(signature).values(**row).on_conflict_do_nothing())
    found = signing(db, key)
    assert found is not None
    return found


def signing(db: Connection, key: SignatureKey) -> Signing | None:
    """The stored phases of a signature."""
    row = db.execute(select(signature).where(*_is(key))).one_or_none()
    return Signing(row.phase, row.prepared, row.blob, row.cms, row.account) if row is not None else None


def in_file(db: Connection, card_id: int, field: str) -> tuple[int, Signing] | None:
    """The revision and the phases of the signature that the card's file bears in `field`."""
    row = db.execute(
        select(signature)
        .where(signature.c.card == card_id, signature.c.field == field, signature.c.phase.in_((FINISHED, UNSTAMPED)))
        .order_by(signature.c.revision.desc())
        .limit(1)
    ).one_or_none()
    return (row.revision, Signing(row.phase, row.prepared, row.blob, row.cms, row.account)) if row else None


def asking(db: Connection, key: SignatureKey, step: int) -> bool:
    """Note that step `step` is about to ask a signer elsewhere; False where this same step asked before, and what
    became of it is not known."""
    asked = signature.c.prepared["asked_by"]
    noted = db.execute(
        update(signature)
        .where(*_is(key), signature.c.cms.is_(None), asked.as_integer().is_distinct_from(step))
        .values(phase="asked", prepared=signature.c.prepared.concat({"asked_by": step}))
        .returning(signature.c.card)
    )
    return noted.first() is not None


def not_asked(db: Connection, key: SignatureKey) -> None:
    """Take the note of `asking` back: nothing was signed."""
    bare = signature.c.prepared.op("-")("asked_by")
    db.execute(update(signature).where(*_is(key), signature.c.cms.is_(None)).values(phase="prepared", prepared=bare))


def signed(db: Connection, key: SignatureKey, cms: bytes, digest: str, field: str | None = None) -> bytes:
    """Store the CMS of phase two, or what a signer of whole files appended; the one that stands is returned, so that a
    second is never used. `digest` is that of the prepared file that was signed: where another stands by now, nothing is
    stored and `NotPreparedError` raised. `field` is the name of the field where the signer chose it."""
    named = {} if field is None else {"prepared": signature.c.prepared.concat({"field": field})}
    db.execute(
        update(signature)
        .where(*_is(key), signature.c.cms.is_(None), signature.c.prepared["digest"].astext == digest)
        .values(cms=cms, phase="signed", signed_at=func.now(), **named)
    )
    found = db.execute(select(signature.c.cms).where(*_is(key))).scalar_one()
    if found is None:
        raise NotPreparedError("Another file was prepared for this signature meanwhile.")
    return bytes(found)


def fields(db: Connection, card_id: int) -> list[str]:
    """Names of the fields that the card's file has its signatures in, by the last revision of each."""
    query = (
        select(signature.c.field, signature.c.prepared["field"].astext.label("named"))
        .where(signature.c.card == card_id, signature.c.phase == FINISHED)
        .order_by(signature.c.field, signature.c.revision)
    )
    return list({row.field: row.named or row.field for row in db.execute(query)}.values())


def stamped(db: Connection, key: SignatureKey, before: bytes, cms: bytes) -> bytes:
    """Store the CMS `before` with its time stamp; the one that was stamped first is returned, so that the file stays
    the same."""
    db.execute(update(signature).where(*_is(key), signature.c.cms == before).values(cms=cms))
    return bytes(db.execute(select(signature.c.cms).where(*_is(key))).scalar_one())


def finished(db: Connection, key: SignatureKey, phase: str = FINISHED) -> None:
    """Mark the signature as embedded and stored, or with `UNSTAMPED` as one whose time stamp is yet to come."""
    db.execute(update(signature).where(*_is(key)).values(phase=phase))


def unstamped(db: Connection, card_id: int) -> SignatureKey | None:
    """The signature in the card's file that awaits its time stamp."""
    row = db.execute(select(signature).where(signature.c.card == card_id, signature.c.phase == UNSTAMPED)).one_or_none()
    return SignatureKey(row.card, row.field, row.revision) if row else None


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
    return Card(
        row.id,
        row.case_id,
        row.number,
        row.code,
        row.state,
        row.blob,
        row.sha256,
        row.signatures,
        row.level,
        row.aim,
        row.pending,
    )
