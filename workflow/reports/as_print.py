"""A report as what its template prints: words and finished numbers, charts as pictures. Pure."""

from __future__ import annotations

from typing import Any

from workflow.reports.chart import alt, svg
from workflow.reports.report import Report, Section, local
from workflow.reports.words import cells, months_said, offices_said, until_said

_WORDS = {
    "id": {
        "notes": "Cara menghitung",
        "empty": "Tidak ada yang dihitung pada periode ini.",
        "page": "Halaman",
        "of": "dari",
    },
    "en": {"notes": "How it is counted", "empty": "Nothing was counted in this period.", "page": "Page", "of": "of"},
}


def as_print(report: Report, language: str) -> dict[str, Any]:
    """JSON data for the template of reports."""
    last = report.until
    return {
        "lang": language,
        "title": local(report.title, language),
        "office": offices_said(report, language),
        "period": months_said(report, language),
        "running": until_said(report, language),
        "made": [last.year, last.month, last.day],
        "sections": [_section(section, language) for section in report.sections],
        "notes": [local(note, language) for note in report.notes],
        "words": _WORDS[language],
    }


def _section(section: Section, language: str) -> dict[str, Any]:
    drawn = svg(section, language)
    return {
        "title": local(section.title, language),
        "columns": [{"title": local(c.title, language), "text": c.kind == "text"} for c in section.columns],
        "rows": [cells(section, row, language) for row in section.rows],
        "total": cells(section, section.total, language) if section.total else None,
        "chart": {"svg": drawn, "alt": alt(section, language), "title": local(section.chart.title, language)}
        if drawn and section.chart
        else None,
        "notes": [local(note, language) for note in section.notes],
    }
