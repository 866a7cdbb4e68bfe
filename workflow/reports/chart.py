"""Bars as SVG, for pages and print alike; every value stands beside its bar, so colour alone tells nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape

from workflow.reports.report import Section, cell_of, charted, local
from workflow.reports.words import written

#: More groups than this are left to the table.
MAX_GROUPS = 40
_FILLS = ("#0b4f6c", "#d98e04", "#5b7f39", "#8c4a6b")
_WIDTH, _LEFT, _RIGHT = 640, 200, 70
_BAR, _GAP, _TOP = 14, 10, 8
_LONGEST = 30  # letters of a label


def svg(section: Section, language: str) -> str | None:
    """The chart of a section; None where it has none, or nothing or too much to draw."""
    groups = charted(section)
    if section.chart is None or not 0 < len(groups) <= MAX_GROUPS or not any(any(n) for _, n in groups):
        return None
    series = len(section.chart.series)
    legend = 24 if series > 1 else 0
    height = _TOP * 2 + legend + len(groups) * (series * _BAR + _GAP)
    highest = max(max(numbers) for _, numbers in groups)
    parts = list(_legend(section, language)) if legend else []
    for at, (row, numbers) in enumerate(groups):
        y = _TOP + legend + at * (series * _BAR + _GAP)
        label = written(cell_of(section, row, section.chart.label), language)
        parts.append(_text(_LEFT - 8, y + series * _BAR / 2 + 4, _short(label), "end"))
        parts += _bars(numbers, highest, y, language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(alt(section, language))}">{"".join(parts)}</svg>'
    )


def alt(section: Section, language: str) -> str:
    """The chart in words: its title, and every group with its numbers."""
    if section.chart is None:
        return ""
    titles = {c.name: local(c.title, language) for c in section.columns}
    told = []
    for row, numbers in charted(section):
        label = written(cell_of(section, row, section.chart.label), language)
        pairs = zip(section.chart.series, numbers, strict=True)
        told.append(f"{label}: " + ", ".join(f"{titles[name]} {written(n, language)}" for name, n in pairs))
    return f"{local(section.chart.title, language)}. " + "; ".join(told) + "."


def _bars(numbers: Sequence[int | Decimal], highest: int | Decimal, y: float, language: str) -> Iterator[str]:
    room = _WIDTH - _LEFT - _RIGHT
    for at, number in enumerate(numbers):
        width = round(float(number) / float(highest) * room, 1)
        top = y + at * _BAR
        yield f'<rect x="{_LEFT}" y="{top}" width="{width}" height="{_BAR - 2}" fill="{_FILLS[at % len(_FILLS)]}"/>'
        yield _text(_LEFT + width + 5, top + _BAR - 4, written(number, language), "start")


def _legend(section: Section, language: str) -> Iterator[str]:
    assert section.chart is not None
    titles = {c.name: local(c.title, language) for c in section.columns}
    room = _WIDTH / len(section.chart.series)
    for at, name in enumerate(section.chart.series):
        x = round(at * room, 1)
        yield f'<rect x="{x}" y="{_TOP - 2}" width="12" height="12" fill="{_FILLS[at % len(_FILLS)]}"/>'
        yield _text(x + 18, _TOP + 9, _short(titles[name]), "start")


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}" font-size="12" fill="#1b1b1b" '
        f'font-family="Liberation Sans, Arial, sans-serif">{escape(words)}</text>'
    )


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
