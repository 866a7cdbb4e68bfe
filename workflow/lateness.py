"""Told late: what was due while the clock process, or an engine, was not there."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflow.definition.process import Text

#: A timer that fires no later than this after its due is on time: sweeps, batches and a pending step take a while.
TOLERANCE = timedelta(minutes=5)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def late_by(moment: datetime, now: datetime) -> int | None:
    """How many whole seconds after `moment` it is, once that is more than `TOLERANCE`; None before."""
    behind = now - moment
    return behind // timedelta(seconds=1) if behind > TOLERANCE else None


def told(seconds: int) -> Text:
    """Such as `terlambat dicatat 1 hari 12 jam`, to the minute; of days, to the hour."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    amounts = (days, hours, 0 if days else rest // _MINUTE)
    return {
        "id": "terlambat dicatat " + _said(amounts, (("hari", "hari"), ("jam", "jam"), ("menit", "menit"))),
        "en": "recorded " + _said(amounts, (("day", "days"), ("hour", "hours"), ("minute", "minutes"))) + " late",
    }


def _said(amounts: tuple[int, ...], words: tuple[tuple[str, str], ...]) -> str:
    pairs = zip(amounts, words, strict=True)
    return " ".join(f"{amount} {one if amount == 1 else more}" for amount, (one, more) in pairs if amount)
