"""The log before auditors: checkpoints, proofs, and asking for a seal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from web import here
from web.database import session
from web.errors import WebError
from web.person import AUDITOR, Person
from web.services.sight import MAX_ID
from workflow.db import log
from workflow.db.log import Proven, Sealed
from workflow.db.tables import seal_request


def listed(*, before: int | None, limit: int) -> Sequence[Sealed]:
    """Checkpoints, newest first."""
    _auditing()
    return log.checkpoints(session(), below=before, limit=limit)


def one(size: int | None = None) -> Sealed:
    """The checkpoint over `size` leaves, or the newest one; raises `WebError`: `forbidden`, `unknown_checkpoint`."""
    _auditing()
    found = log.latest(session()) if size is None else log.at_size(session(), _number(size))
    if found is None:
        raise WebError("unknown_checkpoint")
    return found


def growth(old: int, new: int) -> Sequence[bytes]:
    """The proof from one checkpoint to a later one.

    Raises `WebError`: `forbidden`, `unknown_checkpoint`, `checkpoint_order`.
    """
    if one(old).size > one(new).size:
        raise WebError("checkpoint_order")
    return log.prove_growth(session(), old, new)


def proof(case: int, size: int | None) -> Proven:
    """The last leaf of a case under a checkpoint.

    Raises `WebError`: `forbidden`, `unknown_checkpoint`, `not_sealed`.
    """
    found = log.prove(session(), _number(case), one(size))
    if found is None:
        raise WebError("not_sealed", {"case": case})
    return found


def ask() -> int:
    """Ask for a checkpoint, which the clock process makes at its next look; the number of the request."""
    person = _auditing()
    row = {"account": person.account, "asked_at": here.ports().clock()}
    return int(session().execute(insert(seal_request).values(**row).returning(seal_request.c.id)).scalar_one())


def _auditing() -> Person:
    person = here.signed_in()
    if not person.has_role(AUDITOR):
        raise WebError("forbidden")
    return person


def _number(number: int) -> int:
    if not 0 < number <= MAX_ID:
        raise WebError("unknown_checkpoint")
    return number
