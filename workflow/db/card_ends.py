"""Since when a card is valid no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from workflow.db import register
from workflow.db.cases import Executor

#: What a card that was published and ended is worth.
_ENDED = frozenset({register.REPLACED, register.REVOKED, register.RETURNED, register.VOID})


def first_day(worth: str, changed_at: datetime, expires_on: str | None, zone: tzinfo) -> date | None:
    """The first day, where the issuing office is, on which a card of this worth was valid no more; None for one that is
    valid. An expired one is so from the day after its last one, whenever that was noted."""
    if worth == register.EXPIRED:
        return date.fromisoformat(expires_on) + timedelta(days=1) if expires_on else None
    return changed_at.astimezone(zone).date() if worth in _ENDED else None


def ended_on(db: Executor, row: Mapping[str, Any], worth: str, zone: tzinfo) -> date | None:
    """`first_day` of a card that `register.verify` found, also by a print's code: a print ends by itself when a newer
    one is made, and else with its card."""
    if worth in _ENDED and worth != register.VOID:
        row = register.verify(db, row["number"]) or row
    return first_day(worth, row["changed_at"], row["expires_on"], zone)
