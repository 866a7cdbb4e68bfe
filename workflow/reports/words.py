"""How reports write numbers and periods for people. Pure."""

from __future__ import annotations

from decimal import Decimal

from workflow.reports.period import read_month
from workflow.reports.report import Cell, Report, Row, Section, local, said

#: Thousands and decimals.
_MARKS = {"id": (".", ","), "en": (",", ".")}


def written(cell: Cell, language: str) -> str:
    """A cell for people: `1.234` and `91,48` in Indonesian, `1,234` and `91.48` in English; a dash where "
    "nothing is."""
    if cell is None:
        return "–"
    if not isinstance(cell, int | Decimal):
        return said(cell, language)
    thousands, point = _MARKS[language]
    whole, _, rest = f"{cell:,}".partition(".")
    return whole.replace(",", thousands) + (point + rest if rest else "")


def cells(section: Section, row: Row, language: str) -> list[str]:
    """A row for people; where words belong and there are none, nothing stands."""
    pairs = zip(section.columns, row.cells, strict=True)
    return ["" if cell is None and column.kind == "text" else written(cell, language) for column, cell in pairs]


def months_said(report: Report, language: str) -> str:
    """Such as `Januari 2026 – Desember 2026`."""
    first, last = read_month(report.first).title, read_month(report.last).title
    return local(first, language) if first == last else f"{local(first, language)} – {local(last, language)}"


def offices_said(report: Report, language: str) -> str:
    """The offices of a report, by their titles."""
    return "; ".join(local(title, language) for _, title in report.offices)


def until_said(report: Report, language: str) -> str:
    """What is told of a report whose last month has not ended; empty for others."""
    if not report.running:
        return ""
    moment = report.until.strftime("%Y-%m-%d %H:%M %Z").strip()
    words = {
        "id": f"Periode masih berjalan: dihitung sampai {moment}.",
        "en": f"The period is still running: counted until {moment}.",
    }
    return local(words, language)
