"""Events: the append-only, gapless, hash-chained history of a case.

An event holds no personal value and no free text, only digests, codes and verdicts (rule 11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from workflow.canonical import canonical_bytes

#: What the first event of a case is chained to.
GENESIS = b""


class Event(NamedTuple):
    """One sealed fact of one case."""

    case: int
    #: Counts all events of the case from 1, without a gap (rule 3).
    seq: int
    type: str
    #: Account id as text, or `system`, `timer`, `hold`.
    actor: str
    #: UTC, microseconds.
    at: datetime
    body: Mapping[str, Any]
    #: SHA-256 over the previous event's hash and this event's canonical text.
    hash: bytes


def stamp(moment: datetime) -> str:
    """A moment as events write it: UTC, always six digits of a second, `Z`."""
    return _quoted(moment)[1:-1].decode()


def _quoted(moment: datetime) -> bytes:
    """`stamp` as JSON. Every event is hashed with one, and the encoder writes it in a tenth of the time."""
    here = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    text = orjson.dumps(here, option=orjson.OPT_UTC_Z)
    return text if here.microsecond else text[:-2] + b'.000000Z"'


def event_hash(
    previous: bytes, case: int, seq: int, type_: str, actor: str, at: datetime, body: Mapping[str, Any]
) -> bytes:
    """SHA-256(previous hash ‖ canonical {actor, at, body, case, seq, type})."""
    # The keys stand in canonical order; the names of types and actors need no escape.
    text = b'%b{"actor":"%b","at":%b,"body":%b,"case":%d,"seq":%d,"type":"%b"}' % (
        previous,
        actor.encode(),
        _quoted(at),
        canonical_bytes(body),
        case,
        seq,
        type_.encode(),
    )
    return hashlib.sha256(text).digest()


def seal(previous: bytes, case: int, seq: int, type_: str, actor: str, at: datetime, body: Mapping[str, Any]) -> Event:
    """The event that follows `previous` (the hash of event `seq - 1`, or `GENESIS`)."""
    return Event(case, seq, type_, actor, at, body, event_hash(previous, case, seq, type_, actor, at, body))


def first_break(events: list[Event]) -> int | None:
    """Sequence number at which a chain that starts at 1 stops being whole, or None."""
    previous = GENESIS
    for expected, e in enumerate(events, start=1):
        if e.seq != expected:
            return expected
        if event_hash(previous, e.case, e.seq, e.type, e.actor, e.at, e.body) != e.hash:
            return e.seq
        previous = e.hash
    return None
