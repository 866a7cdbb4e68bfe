"""A report as a workbook: a sheet a section, real numbers, the notes on a sheet of their own. Pure: bytes out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflow.reports.report import Cell, Column, Report, Section, local, said
from workflow.reports.words import months_said, offices_said, until_said

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_NOTES = {"id": "Cara menghitung", "en": "How it is counted"}
_BEHIND = {"id": "Peristiwa", "en": "Events"}
_LONGEST = 31  # letters of a sheet's name
_WIDEST = 60  # letters of a column
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def as_xlsx(report: Report, language: str) -> bytes:
    """The workbook in `language`; texts are texts, so none is ever a formula."""
    # Read here: only who exports a workbook needs the library.
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": local(report.title, language), "author": offices_said(report, language)})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
        "count": book.add_format({"num_format": "#,##0"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "score": book.add_format({"num_format": "0.00"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    names: set[str] = set()
    for section in report.sections:
        _fill(book.add_worksheet(_name(local(section.title, language), names)), section, language, looks)
    if report.behind is not None:
        _fill_behind(book, report, _name(local(_BEHIND, language), names), looks)
    _fill_notes(book.add_worksheet(_name(local(_NOTES, language), names)), report, language, looks)
    book.close()
    return out.getvalue()


def _fill(sheet: Worksheet, section: Section, language: str, looks: dict[str, Any]) -> None:
    widths = [len(local(c.title, language)) for c in section.columns]
    for at, column in enumerate(section.columns):
        sheet.write_string(0, at, local(column.title, language), looks["head"])
    rows = (*section.rows, *([section.total] if section.total else []))
    for line, row in enumerate(rows, start=1):
        for at, (column, cell) in enumerate(zip(section.columns, row.cells, strict=True)):
            widths[at] = max(widths[at], len(said(cell, language)))
            _write(sheet, line, at, column, cell, language, looks)
    sheet.freeze_panes(1, 0)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(width, _WIDEST) + 2)


def _write(
    sheet: Worksheet, line: int, at: int, column: Column, cell: Cell, language: str, looks: dict[str, Any]
) -> None:
    if isinstance(cell, int | Decimal):
        sheet.write_number(line, at, cell, looks[column.kind])
    elif cell is not None:
        sheet.write_string(line, at, said(cell, language))


def _fill_behind(book: Workbook, report: Report, name: str, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    for at, title in enumerate(("case", "seq")):
        sheet.write_string(0, at, title, looks["head"])
    for line, place in enumerate(report.behind or (), start=1):
        sheet.write_number(line, 0, place.case)
        sheet.write_number(line, 1, place.seq)
    sheet.freeze_panes(1, 0)


def _fill_notes(sheet: Worksheet, report: Report, language: str, looks: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 110)
    for line, text in enumerate(_notes(report, language)):
        sheet.write_string(line, 0, text, looks["bold" if line == 0 else "text"])


def _notes(report: Report, language: str) -> Iterator[str]:
    yield local(report.title, language)
    yield offices_said(report, language)
    yield months_said(report, language)
    if told := until_said(report, language):
        yield told
    yield from (local(note, language) for note in report.notes)
    for section in report.sections:
        yield from (f"{local(section.title, language)}: {local(note, language)}" for note in section.notes)


def _name(title: str, taken: set[str]) -> str:
    """A name that a workbook accepts and that no other sheet has."""
    base = title.translate(_FORBIDDEN).strip()[:_LONGEST]
    name, n = base, 2
    while name.lower() in taken:
        name = f"{base[: _LONGEST - 3]} {n}"
        n += 1
    taken.add(name.lower())
    return name
