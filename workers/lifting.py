"""Lifting files to their level once what was away is back, and renewing archives before their last time stamp ends."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import astuple

import structlog

from signing.archive import renew, stamps_until
from signing.errors import Rejected, SigningError, Unavailable
from signing.levels import Level
from signing.phases import finish
from signing.prepared import Prepared
from workers.levels import Aim, Reached, reach
from workers.signatures import FIRST, SECOND, signer_of, stamped
from workers.signer import Signer
from workers.workshop import Workshop
from workflow import sealed_files
from workflow.blobs import BlobError
from workflow.db import card_files, cases, register
from workflow.db.card_files import AWAY, RENEW_BEFORE, File
from workflow.db.cases import DataErasedError
from workflow.db.register import Card, SignatureKey
from workflow.db.sealed_files import card_file
from workflow.vault import UnreadableError

#: Files of one look; the rest follows at the next one.
MOST = 50

log = structlog.get_logger()

_Work = Callable[[Workshop, Signer, Card, bytes], Reached | None]


def look(workshop: Workshop) -> int:
    """Lift and renew what can be; how many files took another one's place."""
    signer, now = signer_of(workshop), workshop.clock()
    with workshop.engine.connect() as db:
        waiting = card_files.waiting(db, AWAY, MOST)
        ending = card_files.ending(db, now + RENEW_BEFORE, MOST)
    return _all(workshop, signer, waiting, _lifted) + _all(workshop, signer, ending, _renewed)


def once_more(workshop: Workshop, signer: Signer, case: int) -> bool:
    """Try again to bring the card of a case to its level, which was refused; whether another file stands there now."""
    try:
        return _one(workshop, signer, case, _lifted)
    except Unavailable as error:
        log.warning("a card is still below its level", case=case, why=error.code)
        return False


def _all(workshop: Workshop, signer: Signer, ids: list[int], work: _Work) -> int:
    done = 0
    for case in ids:
        try:
            done += _one(workshop, signer, case, work)
        except Unavailable as error:
            # What is away for one is away for all of them.
            log.warning("cards wait for their level", why=error.code)
            break
        except (DataErasedError, BlobError, UnreadableError):
            log.exception("the file of a card cannot be read", case=case)
    return done


def _one(workshop: Workshop, signer: Signer, case: int, work: _Work) -> bool:
    with workshop.engine.connect() as db:
        card = register.of_case(db, case)
        pdf = card_file(db, workshop.vault, workshop.blobs, case)
    if card is None:
        return False
    try:
        reached = work(workshop, signer, card, pdf)
    except Unavailable:
        raise
    except SigningError as error:
        log.warning("a card does not reach its level", case=case, why=str(error))
        with workshop.engine.begin() as db:
            card_files.note(db, card.id, error.code)
        return False
    return reached is not None and _replaced(workshop, card, reached)


def _lifted(workshop: Workshop, signer: Signer, card: Card, pdf: bytes) -> Reached | None:
    """The file at its level, or nearer to it; None where it has to wait for another signature."""
    with workshop.engine.connect() as db:
        key = register.unstamped(db, card.id)
        stored = [found[1] for field in (FIRST, SECOND) if (found := register.in_file(db, card.id, field))]
    if key is not None:
        pdf = _stamped(workshop, signer, card, key)
    wanted = Level(card.aim or Level.B_LT.value)
    aim = Aim(level=wanted, signatures=len(stored), expected=card.signatures)
    lacks = next((lack for one in stored if (lack := one.prepared.get("lacks"))), None)
    reached = reach(signer, pdf, aim, stamped=None, lacks=lacks)
    if key is None and (reached.level.value, reached.pending) == (card.level, card.pending):
        if aim.complete:
            raise Unavailable(reached.pending or "", "What was away is away still.")
        return None
    return reached


def _stamped(workshop: Workshop, signer: Signer, card: Card, key: SignatureKey) -> bytes:
    """The file whose last signature has its time stamp now; raises Unavailable."""
    with workshop.engine.connect() as db:
        stored = register.signing(db, key)
        found = cases.get(db, card.case)
        person = cases.person_key_of(db, workshop.vault, found)
    if stored is None or stored.blob is None or stored.cms is None:
        raise Rejected("data_erased", "The data of this case was erased.")
    place = sealed_files.of_signing(*astuple(key))
    ready = Prepared.from_json(stored.prepared, sealed_files.fetch(workshop.blobs, person, stored.blob, place))
    cms, missing = stamped(workshop, signer, key, ready, stored.cms)
    if missing is not None:
        raise Unavailable(missing, "Nobody stamps the signature yet.")
    return finish(ready, cms)


def _renewed(workshop: Workshop, signer: Signer, card: Card, pdf: bytes) -> Reached | None:
    """The file with a time stamp that ends later; raises Unavailable."""
    renewed = asyncio.run(renew(pdf, signer.trust(), signer.timestamper, card.signatures))
    reached = Reached(pdf=renewed, level=Level.B_LTA)
    later, before = stamps_until(renewed), stamps_until(pdf)
    if later is None or before is None or later <= before:
        raise Unavailable("tsa_ends", "The time stamper's certificate ends no later than the one before.")
    return reached


def _replaced(workshop: Workshop, card: Card, reached: Reached) -> bool:
    with workshop.engine.connect() as db:
        person = cases.person_key_of(db, workshop.vault, cases.get(db, card.case))
    blob = sealed_files.keep(workshop.blobs, person, reached.pdf, sealed_files.of_card(card.case))
    file = File(
        sha256=hashlib.sha256(reached.pdf).hexdigest(),
        blob=blob,
        level=reached.level.value,
        pending=reached.pending,
        stamps_until=stamps_until(reached.pdf),
    )
    with workshop.engine.begin() as db:
        return card_files.replace(db, workshop.library, card.case, card.sha256 or "", file, workshop.clock())
