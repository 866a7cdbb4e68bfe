"""Moments as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS: Mapping[str, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}


def told_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Such as `Jumat 20 November 2026 18.30`; seconds are told only where there are some."""
    here = moment.astimezone(zone)
    time = here.strftime("%H:%M:%S" if here.second else "%H:%M")
    if language == "id":
        time = time.replace(":", ".")
    return f"{_DAYS[language][here.weekday()]} {here.day} {_MONTHS[language][here.month - 1]} {here.year} {time}"
