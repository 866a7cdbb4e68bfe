"""Events: the append-only, gapless, hash-chained history of a case.

An event holds no personal value and no free text, only digests, codes and verdicts (rule 11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from workflow.canonical import canonical_event

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
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def event_hash(
    previous: bytes, case: int, seq: int, type_: str, actor: str, at: datetime, body: Mapping[str, Any]
) -> bytes:
    """SHA-256(previous hash ‖ canonical {actor, at, body, case, seq, type})."""
    here = at if at.tzinfo is UTC else at.astimezone(UTC)
    # The encoder writes a moment in a tenth of the time that `stamp` takes, but leaves out a fraction that is zero.
    moment = here if here.microsecond else stamp(here)
    event = {"actor": actor, "at": moment, "body": body, "case": case, "seq": seq, "type": type_}
    return hashlib.sha256(previous + canonical_event(event)).digest()


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
