"""A process made ready for deciding: look-ups that every command needs, built once per definition and office zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from workflow.calendar import AnyCalendar
from workflow.definition.process import BUILT_IN_MOVERS, Hold, Period, Process, Transition
from workflow.machine import StateMachine
from workflow.reckoning import Reckoning, no_calendar


def counts_office_time(process: Process) -> bool:
    """True when a clock or a timer of `process` counts office time, so that deciding needs a calendar."""
    return any(period.working for period in _periods(process))


def _periods(process: Process) -> Iterator[Period]:
    for clock in process.clocks.values():
        yield clock.target
    for state in process.states.values():
        for timer in state.timers:
            yield from (period for period in (timer.after, timer.every) if period is not None)


class Rulebook:
    """What `decide` and `evolve` read. Immutable, shared between threads.

    `calendar` gives the office's calendar, the same one each time; it is asked only where office time counts.
    """

    def __init__(self, process: Process, zone: ZoneInfo, calendar: Callable[[], AnyCalendar] = no_calendar) -> None:
        self.process = process
        self.zone = zone
        #: How the office counts time; `evolve` never looks at it.
        self.time = Reckoning(zone, calendar)
        self.machine = StateMachine(process)
        self.transitions: Mapping[str, Transition] = process.transitions
        self.system: Mapping[str, tuple[Transition, ...]] = {
            state: tuple(t for t in process.moves_from(state) if t.by == "system") for state in process.states
        }
        party = process.party_role()
        self.party: str | None = party.name if party else None
        self.staff: frozenset[str] = frozenset(r.name for r in process.roles.values() if not r.party)
        self.apart: Mapping[str, frozenset[str]] = {role: self._apart_from(role) for role in process.roles}
        #: Transitions whose decision reads the application's data.
        self.reads_data: frozenset[str] = frozenset(t for t in process.transitions if self._reads_data(t))
        #: Holds with a line: a place that comes free goes to the first who waits.
        self.lines: Mapping[str, Hold] = {name: hold for name, hold in process.holds.items() if hold.freed}
        #: Holds by the state that fires their `replaces` on the older case.
        self.replacing: Mapping[str, tuple[Hold, ...]] = {
            state: tuple(h for h in process.holds.values() if h.replaces and state in self.sources(h.replaces))
            for state in process.states
        }

    def sources(self, transition: str) -> tuple[str, ...]:
        """States that `transition` leaves."""
        return self.transitions[transition].sources

    def editable(self, state: str) -> bool:
        """True when the party may change data and documents in `state`: it holds the task there."""
        spec = self.process.states[state].task if state in self.process.states else None
        return state == "draft" or (spec is not None and spec.role == self.party)

    def submits(self, transition: Transition) -> bool:
        """True when `transition` makes the working copy a version: the party gives its task back."""
        return (
            transition.by == self.party and any(self.editable(s) for s in transition.sources) and not transition.cancels
        )

    def _apart_from(self, role: str) -> frozenset[str]:
        roles = self.process.roles
        return frozenset(roles[role].distinct_from) | {r.name for r in roles.values() if role in r.distinct_from}

    def _reads_data(self, name: str) -> bool:
        t = self.transitions[name]
        reached = [t, *(s for s in self.transitions.values() if s.by in BUILT_IN_MOVERS)]
        return any(v.startswith("data.") for r in reached for c in r.when for v in c.guard.variables)
