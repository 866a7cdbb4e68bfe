"""Values that every part of a definition has: texts for people, and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

#: Text for people by language code; `id` is always there.
Text = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A length of time as a definition writes it (ISO 8601), kept in calendar units.

    Months and years are clamped to the end of the month when added (rule 9).
    """

    #: As written, such as `P6M` or `PT24H`.
    source: str
    years: int = 0
    months: int = 0
    days: int = 0
    #: The part below a day.
    time: timedelta = timedelta(0)
    #: Counts office time instead of clock time.
    working: bool = False
