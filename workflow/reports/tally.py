"""Counting, with the events behind one number where an auditor asks for them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from workflow.reports.report import Place

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Watch:
    """Names one number: `section/row/column`; the row `total` stands for all of the section's rows."""

    section: str
    row: str
    column: str

    def matches(self, section: str, row: str, column: str) -> bool:
        """True when an event counted there is behind the number."""
        return (section, column) == (self.section, self.column) and self.row in (row, TOTAL)


def read_watch(text: str) -> Watch | None:
    """`section/row/column`; the row may have `/` itself. None for anything else."""
    section, _, rest = text.partition("/")
    row, _, column = rest.rpartition("/")
    return Watch(section, row, column) if section and row and column else None


@dataclass(slots=True)
class Tally:
    """Numbers by section, row and column."""

    watch: Watch | None = None
    #: Where the events behind the watched number are collected.
    behind: list[Place] = field(default_factory=list)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, section: str, row: str, column: str, place: Place, times: int = 1) -> None:
        """Count an event."""
        key = (section, row, column)
        self.counts[key] = self.counts.get(key, 0) + times
        if self.watch is not None and self.watch.matches(*key):
            self.behind.append(place)

    def get(self, section: str, row: str, column: str) -> int:
        """The number; 0 where nothing was counted."""
        return self.counts.get((section, row, column), 0)

    def total(self, section: str, column: str, rows: Iterable[str]) -> int:
        """The sum over `rows`."""
        return sum(self.get(section, row, column) for row in rows)

    def rows(self, section: str) -> set[str]:
        """Rows of `section` in which something was counted."""
        return {row for found, row, _ in self.counts if found == section}


def rounded(value: Fraction, places: int) -> Decimal:
    """`value` rounded once, half up, to `places` decimals."""
    scaled = value * 10**places
    whole = Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator))
    return whole.scaleb(-places).quantize(Decimal(1).scaleb(-places))


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent with one decimal; None where there is no whole."""
    return rounded(Fraction(100 * part, whole), 1) if whole else None
