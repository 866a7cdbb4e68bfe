"""A report as plain data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflow.reports.report import Cell, Report, Row, Section, local, said
from workflow.reports.words import until_said


def as_json(report: Report, language: str) -> dict[str, Any]:
    """JSON data in `language`; numbers are numbers, what cannot be told is null."""
    out: dict[str, Any] = {
        "report": report.name,
        "title": local(report.title, language),
        "offices": [{"name": name, "title": local(title, language)} for name, title in report.offices],
        "from": report.first,
        "to": report.last,
        "process": report.process,
        "until": report.until.isoformat(),
        "running": report.running,
        "sections": [_section(section, language) for section in report.sections],
        "notes": [*filter(None, [until_said(report, language)]), *(local(note, language) for note in report.notes)],
    }
    if report.behind is not None:
        out["behind"] = [{"case": place.case, "seq": place.seq} for place in report.behind]
    return out


def _section(section: Section, language: str) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": local(section.title, language),
        "columns": [
            {"name": c.name, "title": local(c.title, language), "kind": c.kind, "traced": c.traced}
            for c in section.columns
        ],
        "rows": [_row(section, row, language) for row in section.rows],
        "total": _row(section, section.total, language) if section.total else None,
        "notes": [local(note, language) for note in section.notes],
    }


def _row(section: Section, row: Row, language: str) -> Mapping[str, Any]:
    pairs = zip(section.columns, row.cells, strict=True)
    return {"key": row.key, "cells": {column.name: _value(cell, language) for column, cell in pairs}}


def _value(cell: Cell, language: str) -> Any:
    if cell is None or isinstance(cell, int):
        return cell
    return float(cell) if isinstance(cell, Decimal) else said(cell, language)
