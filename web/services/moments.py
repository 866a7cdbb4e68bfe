"""Moments as people read them, in the zone of an office."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from workflow.definition.process import Text


def told(moment: datetime, zone: ZoneInfo) -> Text:
    """Date, time and zone: `21-11-2026 09.12 WIB`; English writes the time with a colon."""
    local = moment.astimezone(zone)
    return {"id": local.strftime("%d-%m-%Y %H.%M %Z"), "en": local.strftime("%d-%m-%Y %H:%M %Z")}


def iso(moment: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 in the zone of the office, whole seconds."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
