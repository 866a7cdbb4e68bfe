"""In what a person stands before a case: roles of its own, roles lent by deputyship or a broken glass, and bars.

The database tells a standing as text, one entry each: `role@office` is a membership, `!own_case` and `!relative_case`
are bars, and `>absent|from|until|role@office` is a deputyship, whose window is judged here by the decision's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from workflow.case import NONE, Case
from workflow.commands import Actor

#: An office of this name means every office.
EVERY_OFFICE = "*"
_DEPUTY, _BAR = ">", "!"


class Held(NamedTuple):
    """A role that holds now."""

    role: str
    #: Name of the office, or `EVERY_OFFICE`.
    office: str
    #: Account whose role it is, while this person is its deputy; None for an own one.
    deputy_of: str | None = None

    def at(self, office: str) -> bool:
        """True when it holds at `office`."""
        return self.office in (office, EVERY_OFFICE)


def held(entries: Iterable[str], now: datetime) -> list[Held]:
    """The roles that hold at `now`: from the moment a deputyship begins until just before it ends."""
    out = []
    for entry in entries:
        if is_bar(entry):
            continue
        if entry[0] == _DEPUTY:
            absent, begins, ends, place = entry[1:].split("|")
            if not datetime.fromisoformat(begins) <= now < datetime.fromisoformat(ends):
                continue
            role, _, office = place.rpartition("@")
            out.append(Held(role, office, absent))
        else:
            role, _, office = entry.rpartition("@")
            out.append(Held(role, office))
    return out


def actor_on(case: Case, id_: str, entries: Sequence[str] | None, now: datetime) -> Actor:
    """The person `id_` before `case` at `now`, as the rules read it."""
    if not entries:
        return Actor(id_)
    return actor_of(case, id_, held(entries, now), _bar(entries), now)


def actor_of(case: Case, id_: str, holds: Sequence[Held], barred: str | None, now: datetime) -> Actor:
    """Like `actor_on`, of roles that were read already."""
    lent = {g.role: {"glass": g.glass} for g in case.glass if g.account == id_ and now < g.until}
    here = frozenset(h.role for h in holds if h.at(case.office)).union(lent)
    elsewhere = frozenset(h.role for h in holds if h.role not in here)
    task = case.task
    if task is None or task.office == case.office:
        return Actor(id_, here, elsewhere, None, _through(holds, case.office, lent), barred)
    desk = frozenset(h.role for h in holds if h.at(task.office)).union(lent)
    through = {r: t for r, t in _through(holds, case.office, lent).items() if r != task.role}
    through |= {r: t for r, t in _through(holds, task.office, lent).items() if r == task.role}
    return Actor(id_, here, elsewhere, desk, through, barred)


def _through(
    holds: Sequence[Held], office: str, lent: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """How each role that is nobody's own is had: an own one outranks a deputyship, which outranks a broken glass."""
    own = {h.role for h in holds if h.deputy_of is None and h.at(office)}
    deputised = {h.role: {"deputy_of": h.deputy_of} for h in holds if h.deputy_of is not None and h.at(office)}
    through = {role: how for role, how in {**lent, **deputised}.items() if role not in own}
    return through or NONE


def is_bar(entry: str) -> bool:
    """True for what keeps a person from a case."""
    return entry[0] == _BAR


def _bar(entries: Sequence[str]) -> str | None:
    """The first bar, the own case before a relative's."""
    return min((e[1:] for e in entries if is_bar(e)), default=None)
