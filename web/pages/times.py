"""Moments as people read them: in the zone of the office, never in that of the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from web.language import language
from web.pages.words import SOURCE, _, ngettext

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Less than this is left: the chip warns.
SOON = 4 * HOUR

Tone = Literal["late", "soon", "calm"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """How long is left, or how late it is."""

    #: Such as `sisa 3 j 12 m`.
    words: str
    tone: Tone
    #: The moment itself, as `moment` writes it.
    exactly: str


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as `21-11-2026 09.12 WIB`; English writes the time with a colon."""
    return at.astimezone(zone).strftime(f"%d-%m-%Y %H{_mark()}%M %Z")


def day(on: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Such as `21-11-2026`."""
    if isinstance(on, datetime) and zone is not None:
        on = on.astimezone(zone)
    return on.strftime("%d-%m-%Y")


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Such as `10.42`, of today."""
    return at.astimezone(zone).strftime(f"%H{_mark()}%M")


def _mark() -> str:
    return "." if language() == SOURCE else ":"


def due(at: datetime, now: datetime, zone: ZoneInfo) -> Due:
    """The chip for something that is due `at`."""
    left = at - now
    if left < timedelta(0):
        return Due(words=_("terlambat %(time)s", time=span(-left)), tone="late", exactly=moment(at, zone))
    tone: Tone = "soon" if left < SOON else "calm"
    return Due(words=_("sisa %(time)s", time=span(left)), tone=tone, exactly=moment(at, zone))


def span(length: timedelta) -> str:
    """Such as `3 j 12 m`, `2 hari 4 j` or `kurang dari 1 m`."""
    days, rest = divmod(length, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days >= 3 or (days and not hours):
        return ngettext("%(n)d hari", "%(n)d hari", days, n=days)
    if days:
        return _("%(d)d hari %(h)d j", d=days, h=hours)
    if hours:
        return _("%(h)d j %(m)d m", h=hours, m=minutes) if minutes else _("%(h)d j", h=hours)
    return _("%(m)d m", m=minutes) if minutes else _("kurang dari 1 m")
