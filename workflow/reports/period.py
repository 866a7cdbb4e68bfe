"""The months of a report: whole months by each office's own clock, the end not included. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workflow.definition.process import Text
from workflow.refusals import Refusal, RefusedError

#: Longest report, in months.
MAX_MONTHS = 60
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_NAMES = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class ReportRefusedError(RefusedError):
    """A report cannot be made as asked; `refusal` tells why."""

    code = "report_refused"


class Month(NamedTuple):
    year: int
    #: 1 to 12.
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def begin(self, zone: ZoneInfo) -> datetime:
        """Its first moment at an office."""
        return datetime(self.year, self.month, 1, tzinfo=zone)

    @property
    def title(self) -> Text:
        """Such as `November 2026`."""
        at = self.month - 1
        return {"id": f"{_NAMES[at]} {self.year}", "en": f"{_ENGLISH[at]} {self.year}"}


def month_of(moment: datetime, zone: ZoneInfo) -> Month:
    """The month that it is at an office."""
    local = moment.astimezone(zone)
    return Month(local.year, local.month)


def read_month(text: str) -> Month:
    """`2026-01`; raises ReportRefusedError (`bad_period`)."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ReportRefusedError(Refusal("bad_period", {}))
    return Month(int(found[1]), int(found[2]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    first: Month
    last: Month

    def months(self) -> Iterator[Month]:
        """Each month, in order."""
        month = self.first
        while month <= self.last:
            yield month
            month = month.next

    def begin(self, zone: ZoneInfo) -> datetime:
        """The first moment that belongs to it."""
        return self.first.begin(zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The first moment that no longer belongs to it."""
        return self.last.next.begin(zone)

    def runs(self, zone: ZoneInfo, now: datetime) -> bool:
        """True while its last month has not ended."""
        return now < self.end(zone)


def read_period(first: str | None, last: str | None, now: datetime, zone: ZoneInfo, *, whole_year: bool) -> Period:
    """The months asked for; the running month where none is named, or its year.

    Raises ReportRefusedError (`bad_period`): last before first, more than `MAX_MONTHS`, or not begun yet.
    """
    this = month_of(now, zone)
    begin = read_month(first) if first else None
    end = read_month(last) if last else None
    if begin is None:
        begin = Month((end or this).year, 1) if whole_year else end or this
    if end is None:
        end = Month(begin.year, 12) if whole_year else begin
    period = Period(first=begin, last=end)
    length = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if not 1 <= length <= MAX_MONTHS or begin > this:
        raise ReportRefusedError(Refusal("bad_period", {}))
    return period
