"""Moments and lengths of time in scenarios."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workflow.definition.node import Node
from workflow.definition.periods import PeriodError, add, parse_period


def read_moment(node: Node, default: datetime) -> datetime:
    """The moment that `node` tells, UTC; `default` where a problem was told of it."""
    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError:
        node.problem("bad_moment", f"`{node.text()}` is no moment; write it like `2026-11-21T09:00+07:00`.")
        return default
    if moment.tzinfo is None:
        node.problem("bad_moment", f"`{node.text()}` names no zone; write for example `{node.text()}+07:00`.")
        return default
    return moment.astimezone(UTC)


def read_passing(step: Node, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment of a step that says `at` or `wait`, or neither; time never runs backwards."""
    at, wait = step.get("at"), step.get("wait")
    if at.present and wait.present:
        wait.problem("at_and_wait", "A step has `at` or `wait`, not both; remove one.", key=True)
    if at.present:
        moment = read_moment(at, now)
        if moment < now:
            at.problem("time_runs_back", f"The step before is later, at {now.astimezone(zone).isoformat()}.")
            return now
        return moment
    return _waited(wait, now, zone) if wait.present else now


def _waited(node: Node, now: datetime, zone: ZoneInfo) -> datetime:
    try:
        period = parse_period(node.text())
        if period.working:
            raise PeriodError("A scenario waits in clock time; say `at` for a moment of office time.")
        return add(period, now, zone)
    except PeriodError as error:
        node.problem(error.code, str(error))
        return now
