"""What every report is made of: sections, each a table with words, numbers and perhaps a chart. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from workflow.definition.process import Text

#: What stands in a cell: words in both languages, a name that needs no translation, a number, or nothing to tell.
Cell = Text | str | int | Decimal | None


class Place(NamedTuple):
    """An event behind a number; names nobody."""

    case: int
    #: Number of the event in the case's history.
    seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    #: Stable name, for programs and for `behind`.
    name: str
    title: Text
    #: `text`; `count`, a whole number; `percent` and `score`, decimals with the places that they were rounded to.
    kind: Literal["text", "count", "percent", "score"] = "count"
    #: Events that the number is made of can be listed.
    traced: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    #: Stable name; `total` for the row of totals.
    key: str
    #: One a column.
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Bars: one group a row of the table that it stands beside."""

    title: Text
    #: Column whose words name the groups.
    label: str
    #: Columns whose numbers are drawn.
    series: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    #: Stable name.
    name: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    chart: Chart | None = None
    #: How each number is counted.
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    #: Such as `promise`.
    name: str
    title: Text
    #: Offices that are counted: name and title.
    offices: tuple[tuple[str, Text], ...]
    #: First and last month, `2026-01`.
    first: str
    last: str
    #: Process to which it was limited; None for all.
    process: str | None
    #: The moment up to which events were read, aware.
    until: datetime
    #: A month of it has not ended yet.
    running: bool
    sections: tuple[Section, ...]
    notes: tuple[Text, ...] = ()
    #: Events behind the number that was asked for; None where none was.
    behind: tuple[Place, ...] | None = None


def said(cell: Cell, language: str) -> str:
    """A cell as text in `language`; numbers with a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, str | int | Decimal):
        return str(cell)
    return cell.get(language) or cell["id"]


def local(text: Text, language: str) -> str:
    """A text in `language`, falling back to Indonesian."""
    return text.get(language) or text.get("id") or ""


def cell_of(section: Section, row: Row, name: str) -> Cell:
    """The cell of `row` in the column `name`."""
    return row.cells[[c.name for c in section.columns].index(name)]


def charted(section: Section) -> Sequence[tuple[Row, Sequence[int | Decimal]]]:
    """Rows of the section with the numbers that its chart draws; rows without numbers are left out."""
    if section.chart is None:
        return ()
    found = []
    for row in section.rows:
        cells = [cell_of(section, row, name) for name in section.chart.series]
        numbers = [c for c in cells if isinstance(c, int | Decimal)]
        if len(numbers) == len(cells):
            found.append((row, numbers))
    return found
