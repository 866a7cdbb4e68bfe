"""What a case takes with it into another definition: time counted, levels told, reminders sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from workflow.case import Reading
from workflow.clocks import entered
from workflow.definition.process import Clock, Period, StateTimer
from workflow.reckoning import after
from workflow.rulebook import Rulebook


class Readings(NamedTuple):
    """Ledgers of clocks after a change of definition."""

    #: Those of clocks that the definition knows.
    known: Mapping[str, Reading]
    #: Those of clocks that it does not know: they wait for a definition that does.
    aside: Mapping[str, Reading]


def carry_clocks(
    clocks: Mapping[str, Clock],
    every: Readings,
    renamed: Mapping[str, str],
    state: str,
    entered_at: datetime | None,
    at: datetime,
) -> Readings:
    """The ledgers of a case that takes another definition at `at`, in `state` since `entered_at`.

    A clock goes on by its name, or by the one that `renamed` (old → new) gives it: started, pauses, stopped and levels
    told stay. What the new definition says of `state` holds from `at`. A clock that the case never had counts from the
    entry of the state, where that state starts it.
    """
    found = {**every.aside, **{renamed.get(name, name): reading for name, reading in every.known.items()}}
    known = {name: reading for name, reading in found.items() if name in clocks}
    for name, clock in clocks.items():
        if name not in known and state in clock.start and entered_at is not None:
            known[name] = Reading(entered_at)
    return Readings(
        entered(clocks, known, state, at),
        {name: reading for name, reading in found.items() if name not in clocks},
    )


def carry_performed(
    performed: Mapping[str, tuple[str, ...]], renamed: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[str, ...]]:
    """Who acted in which role, under the new names: a person counts in every role that the old one became (rule 15)."""
    out: dict[str, tuple[str, ...]] = {}
    for role, persons in performed.items():
        for name in renamed.get(role, (role,)):
            before = out.get(name, ())
            out[name] = (*before, *(p for p in persons if p not in before))
    return out


def carry_counts(
    old: tuple[Rulebook, Sequence[StateTimer]],
    new: tuple[Rulebook, Sequence[StateTimer]],
    fired: Mapping[str, int],
    entered_at: datetime,
) -> dict[str, int]:
    """How often each timer of the new state counts as fired, by index: what was told is not told again.

    A timer is the same when it fires the same transition or tells the same notice, once or again and again; one that
    repeats at another pace counts as fired up to the moment at which it last fired.
    """
    out: dict[str, int] = {}
    left = [t for t in old[1] if fired.get(str(t.index))]
    for timer in new[1]:
        same = _same(timer, left)
        if same is None:
            continue
        left.remove(same)
        n = _count(old[0], same, new[0], timer, fired[str(same.index)], entered_at)
        if n:
            out[str(timer.index)] = n
    return out


def _same(timer: StateTimer, among: Iterable[StateTimer]) -> StateTimer | None:
    """The one of `among` that does what `timer` does, of the same length before another."""
    alike = [t for t in among if purpose(t) == purpose(timer)]
    return next((t for t in alike if _length(t) == _length(timer)), alike[0] if alike else None)


def purpose(timer: StateTimer) -> tuple[bool, str | None, str | None]:
    """What a timer is for: once or again and again, the transition that it fires, the notice that it tells."""
    return timer.every is None, timer.fire, timer.notify.notice if timer.notify else None


def _length(timer: StateTimer) -> Period | None:
    return timer.every or timer.after


def _count(
    old: Rulebook, before: StateTimer, new: Rulebook, timer: StateTimer, fired: int, entered_at: datetime
) -> int:
    if timer.every is None or before.every is None or timer.every == before.every:
        return fired
    last, n = after(old.time, before.every, entered_at, fired), 0
    while after(new.time, timer.every, entered_at, n + 1) <= last:
        n += 1
    return n
