"""The hash chain of a case's history."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.kernel_kit import issued
from workflow.canonical import canonical
from workflow.events import GENESIS, Event, first_break, seal, stamp

AT = datetime(2026, 11, 20, 3, 0, 0, 70, tzinfo=UTC)


def chain(length: int) -> list[Event]:
    """A whole chain."""
    events: list[Event] = []
    for seq in range(1, length + 1):
        previous = events[-1].hash if events else GENESIS
        events.append(seal(previous, 17, seq, "moved", "1", AT, {"n": seq}))
    return events


def test_a_moment_is_written_in_utc_with_six_digits() -> None:
    """The same instant gives the same text from every zone, also on a whole second."""
    jakarta = timezone(timedelta(hours=7))
    assert stamp(AT) == stamp(AT.astimezone(jakarta)) == "2026-11-20T03:00:00.000070Z"
    assert stamp(AT.replace(microsecond=0)) == "2026-11-20T03:00:00.000000Z"


@pytest.mark.parametrize(
    "at",
    [AT, AT.replace(microsecond=0), AT.replace(microsecond=120_000), AT.astimezone(timezone(timedelta(hours=7)))],
    ids=["microseconds", "whole second", "tenths", "another zone"],
)
def test_the_hash_is_over_the_previous_hash_and_the_canonical_event(at: datetime) -> None:
    """A stranger can compute it from the documented form, whatever the moment looks like in memory."""
    body = {"n": 2, "a": {"z": '\u00e9"', "b": [True, None]}}
    second = seal(chain(1)[0].hash, 17, 2, "moved", "1", at, body)
    told = {"case": 17, "seq": 2, "type": "moved", "actor": "1", "at": stamp(at), "body": body}
    assert second.hash == hashlib.sha256(chain(1)[0].hash + canonical(told).encode()).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"case": 18},
        {"type": "submitted"},
        {"actor": "2"},
        {"at": AT + timedelta(microseconds=1)},
        {"body": {"n": 4}},
        {"hash": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changing_any_part_of_an_event_breaks_the_chain_there(change: dict[str, object]) -> None:
    """Rule 3 and the hash: nothing in a history can be altered unseen."""
    events = chain(5)
    events[2] = events[2]._replace(**change)  # type: ignore[arg-type]
    assert first_break(events) == 3


def test_a_missing_an_added_and_a_swapped_event_break_the_chain() -> None:
    """Rule 3: `seq` counts all events of a case without a gap."""
    events = chain(5)
    assert first_break(events) is None
    assert first_break(events[1:]) == 1
    assert first_break([*events[:2], *events[3:]]) == 3
    assert first_break([*events[:2], events[1], *events[2:]]) == 3
    assert first_break([events[0], events[2], events[1]]) == 2


def test_rehashing_one_event_breaks_the_chain_at_the_next() -> None:
    """Whoever forges an event with a good hash is told by its successor."""
    events = chain(5)
    events[2] = seal(events[1].hash, 17, 3, "moved", "1", AT, {"n": 99})
    assert first_break(events) == 4


def test_events_of_an_issued_card_hold_no_personal_value() -> None:
    """Rule 11: events hold digests, codes and verdicts, no value of personal data and no free text."""
    told = " ".join(canonical(e.body) for e in issued().events)
    for value in ("Siti", "1671015708010003", "Merdeka", "2001-08-17", "siti@example.org", "0812"):
        assert value not in told
