"""What a migration would change for one case: promises, timers and the task, before and after. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.case import Case
from workflow.clocks import breached, runs, share
from workflow.credit import purpose
from workflow.rulebook import Rulebook
from workflow.timers import CLOCK, STATE, armed

#: A timer by what it does: kind, name, and whether it repeats or at which percent.
Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """The due of a promise that moves."""

    #: Name of the clock in the new definition.
    clock: str
    #: None where the clock did not count before.
    before: datetime | None
    #: None where it does not count any more.
    after: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What the move changes for a case."""

    #: `kept`, `opened` (another task), `closed` (there was one) or `none`.
    task: str
    dues: tuple[Due, ...]
    #: Promises that are kept now and would be broken, and the other way round.
    newly_broken: int
    no_longer_broken: int
    #: Timers that come, go, and are due at another moment; and those among them that are due at once.
    armed: int
    disarmed: int
    moved: int
    at_once: int


def effect(
    old: Rulebook, before: Case, new: Rulebook, after: Case, renamed: Mapping[str, str], now: datetime
) -> Effect:
    """Compare a case with what the event `migrated` would make of it; `renamed` are the plan's clocks."""
    names = {renamed.get(name, name): name for name in before.clocks}
    was = {name: breached(old.time, old.process.clocks[o], before.clocks[o], now) for name, o in names.items()}
    is_ = {name: breached(new.time, new.process.clocks[name], r, now) for name, r in after.clocks.items()}
    timers, there = _timers(old, before, renamed), _timers(new, after, {})
    fresh = {key: due for key, due in there.items() if timers.get(key) != due}
    return Effect(
        task=_task(before, after),
        dues=tuple(_dues(old, before, new, after, names)),
        newly_broken=sum(broken and not was.get(name, False) for name, broken in is_.items()),
        no_longer_broken=sum(broken and name in is_ and not is_[name] for name, broken in was.items()),
        armed=sum(key not in timers for key in there),
        disarmed=sum(key not in there for key in timers),
        moved=sum(key in timers for key in fresh),
        at_once=sum(due <= now for due in fresh.values()),
    )


def _task(before: Case, after: Case) -> str:
    if after.task is None:
        return "closed" if before.task else "none"
    return "kept" if before.task and before.task.seq == after.task.seq else "opened"


def _dues(old: Rulebook, before: Case, new: Rulebook, after: Case, names: Mapping[str, str]) -> list[Due]:
    out = []
    for name in sorted({*names, *after.clocks}):
        was = _promised(old, before, names.get(name, ""))
        is_ = _promised(new, after, name)
        if was != is_:
            out.append(Due(clock=name, before=was, after=is_))
    return out


def _promised(book: Rulebook, case: Case, name: str) -> datetime | None:
    reading = case.clocks.get(name)
    if reading is None or not runs(reading):
        return None
    return share(book.time, book.process.clocks[name], reading)


def _timers(book: Rulebook, case: Case, renamed: Mapping[str, str]) -> dict[Key, datetime]:
    """Armed timers by what they do; a lease is no timer of the definition."""
    out: dict[Key, datetime] = {}
    for name, due in armed(book, case).items():
        kind, _, rest = name.partition("/")
        if kind == CLOCK:
            clock, _, percent = rest.rpartition("/")
            out[kind, renamed.get(clock, clock), percent] = due
        elif kind == STATE:
            once, fire, notice = purpose(book.process.states[case.state].timers[int(rest.rpartition("/")[2])])
            out[kind, f"{fire}/{notice}", str(once)] = due
    return out
