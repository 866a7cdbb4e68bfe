"""Readers of a calendar's parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from workflow.definition.calendar import WEEKDAYS, HalfDay, Hours, Opening, Season, Span
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_title
from workflow.definition.process import Text
from workflow.definition.public_holidays import categories, countries, subdivisions

_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_MINUTES_AN_HOUR = 60
#: Stands for a date that a problem was told of.
NO_DAY = date.min


def read_week(node: Node) -> tuple[Hours, ...]:
    """Hours from Monday to Sunday; none on a day that is left out."""
    return tuple(read_hours(node.get(day)) for day in WEEKDAYS)


def read_hours(node: Node) -> Hours:
    """Hours of a day, which begin before they end and stand in order with a break between them."""
    read = [(element, opening) for element in node.elements() if (opening := _opening(element))]
    for (_, before), (element, after) in pairwise(read):
        if after.opens <= before.closes:
            element.problem(
                "hours_overlap",
                f"`{element.text()}` begins before a break after the hours above it; put them in order, or join them.",
            )
    return tuple(opening for _, opening in read)


def _opening(node: Node) -> Opening | None:
    if (match := _HOURS.fullmatch(node.text())) is None:
        return None
    hour, minute, end_hour, end_minute = map(int, match.groups())
    opens, closes = hour * _MINUTES_AN_HOUR + minute, end_hour * _MINUTES_AN_HOUR + end_minute
    if opens >= closes:
        node.problem(
            "hours_order", f"`{node.text()}` ends before it begins; write hours past midnight on the next day."
        )
        return None
    return Opening(opens=opens, closes=closes)


def read_day(node: Node, known: Span | None = None) -> date:
    """A date, within the years that the calendar knows where they are given."""
    try:
        day = date.fromisoformat(node.text())
    except ValueError:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text()):
            node.problem("bad_date", f"There is no day `{node.text()}`.")
        return NO_DAY
    if known is not None and not known.first <= day <= known.last:
        years = f"{known.first.year} to {known.last.year}"
        node.problem("date_out_of_range", f"`{day}` is not within {years}, which `valid_from` makes known.")
    return day


def read_seasons(node: Node, known: Span) -> tuple[Season, ...]:
    """Seasons, no two of them on one day."""
    seasons = []
    taken: list[tuple[Span, str]] = []
    for name, part in node.items():
        spans = [(element, _span(element, known)) for element in part.get("between").elements()]
        for element, span in spans:
            _check_apart(element, span, taken)
            taken.append((span, name))
        seasons.append(
            Season(
                name=name,
                title=read_title(part.get("title")),
                week=read_week(part.get("hours")),
                between=tuple(span for _, span in spans),
            )
        )
    return tuple(seasons)


def _span(node: Node, known: Span) -> Span:
    first, last = read_day(node.get("from"), known), read_day(node.get("to"), known)
    if NO_DAY not in (first, last) and last < first:
        node.get("to").problem("days_order", f"`{last}` is before `{first}`; exchange them.")
    return Span(first=first, last=last, estimated=node.get("estimated").flag())


def _check_apart(node: Node, span: Span, taken: Sequence[tuple[Span, str]]) -> None:
    for other, name in taken:
        if NO_DAY not in (span.first, other.first) and span.first <= other.last and other.first <= span.last:
            node.problem("seasons_overlap", f"Days of it belong to `{name}` already, from {other.first}.")
            return


def read_half_days(node: Node, known: Span) -> Mapping[date, HalfDay]:
    """Dates with hours of their own."""
    named = read_named_days(node, known)
    hours = [read_hours(element.get("hours")) for element in node.elements()]
    days = [read_day(element.get("date")) for element in node.elements()]
    return {day: HalfDay(name=named[day], hours=found) for day, found in zip(days, hours, strict=True)}


def read_named_days(node: Node, known: Span) -> dict[date, Text]:
    """Dates with names, each once."""
    found: dict[date, Text] = {}
    for element in node.elements():
        day = read_day(element.get("date"), known)
        if day in found and day != NO_DAY:
            element.get("date").problem("date_twice", f"`{day}` stands above already; remove one.")
        found[day] = read_title(element.get("name"))
    return found


def read_country(node: Node) -> tuple[str, str | None, tuple[str, ...]] | None:
    """Country, part of it and kinds of holidays; None without a country, or when a problem of them was told."""
    code, part, kinds = node.get("country"), node.get("subdivision"), node.get("categories")
    if not code.text():
        return None
    if code.text() not in countries():
        code.unknown("country", countries())
        return None
    told = len(node.report.problems)
    if part.text() and part.text() not in subdivisions(code.text()):
        part.unknown("subdivision", subdivisions(code.text()))
    for kind in kinds.elements():
        if kind.text() and kind.text() not in categories(code.text()):
            kind.unknown("category", categories(code.text()))
    if len(node.report.problems) > told:
        return None
    return code.text(), part.optional_text(), kinds.names() or ("public",)
