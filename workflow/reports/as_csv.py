"""A report as CSV (RFC 4180): tables one below the other, the notes at the end. Pure.

UTF-8 with a byte order mark, so that spreadsheets read every letter; a comma between fields, a point before decimals.
A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from workflow.reports.report import Cell, Report, Section, local, said
from workflow.reports.words import months_said, offices_said, until_said

_BOM = "\ufeff"
#: Characters with which a formula begins, or that spreadsheets skip before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(report: Report, language: str) -> bytes:
    """The whole report in `language`."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _lines(report, language):
        writer.writerow(row)
    return (_BOM + out.getvalue()).encode()


def _lines(report: Report, language: str) -> Iterator[Sequence[str]]:
    yield [_safe(local(report.title, language))]
    yield [_safe(offices_said(report, language))]
    yield [_safe(months_said(report, language))]
    for section in report.sections:
        yield []
        yield from _table(section, language)
    if report.behind is not None:
        yield []
        yield ["case", "seq"]
        yield from ([str(place.case), str(place.seq)] for place in report.behind)
    yield []
    notes = [until_said(report, language), *(local(n, language) for n in report.notes)]
    notes += [local(n, language) for section in report.sections for n in section.notes]
    yield from ([_safe(note)] for note in notes if note)


def _table(section: Section, language: str) -> Iterator[Sequence[str]]:
    yield [_safe(local(section.title, language))]
    yield [_safe(local(c.title, language)) for c in section.columns]
    for row in (*section.rows, *([section.total] if section.total else [])):
        yield [_cell(cell, language) for cell in row.cells]


def _cell(cell: Cell, language: str) -> str:
    text = said(cell, language)
    return _safe(text) if isinstance(cell, str | dict) else text


def _safe(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text
