"""A case as it was and as it would have been: path, tasks, promises, and what cannot be told. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from workflow.case import Case
from workflow.clocks import breached
from workflow.events import Event
from workflow.evolve import Books, follow
from workflow.rulebook import Rulebook
from workflow.whatif.walk import Life

Verdict = Literal["same", "path", "stuck", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a definition would have made of one past case."""

    case: int
    #: `same` states in the same order; another `path`; `stuck` where the case went on; `unknown`.
    verdict: Verdict
    #: Why it cannot be told, or the code of the first refusal.
    code: str | None = None
    #: Number of the first event from which on it would have been otherwise.
    seq: int | None = None
    #: State in which the ways part, and where each of them ended.
    parts_in: str | None = None
    ended: str | None = None
    would_end: str | None = None
    #: Promises by name: broken as it was, broken as it would have been; None where it does not count.
    broken: Mapping[str, tuple[bool | None, bool | None]] = field(default_factory=dict)
    #: Tasks by role: opened as it was, and as it would have been.
    tasks: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One line for programs."""
        return asdict(self)


def lived(books: Books, start: Case, events: Iterable[Event]) -> tuple[Rulebook | None, Life]:
    """The life as it was, and the rules of its end."""
    life, book, case = Life(start), None, start
    for event in events:
        book, case = follow(books, book, case, event)
        life.take(case, [event])
    return book, life


def untold(case: int, code: str) -> Outcome:
    """Of this case it cannot be told."""
    return Outcome(case=case, verdict="unknown", code=code)


def compare(old: Rulebook, was: Life, new: Rulebook, would: Life, now: datetime) -> Outcome:
    """How `would` differs from `was`; running promises are judged at `now`."""
    states, others = [s for s, _ in was.path], [s for s, _ in would.path]
    first = next((i for i, (a, b) in enumerate(zip(states, others, strict=False)) if a != b), None)
    if first is None and len(states) != len(others):
        first = min(len(states), len(others))
    refused = would.refused[0] if would.refused else None
    roles = was.tasks.keys() | would.tasks.keys()
    return Outcome(
        case=was.case.id,
        verdict=_verdict(new, first, was, would),
        code=refused[2] if refused else None,
        seq=refused[0] if refused else None,
        parts_in=None if first is None else (others[first - 1] if first else None),
        ended=was.case.state,
        would_end=would.case.state,
        broken=_broken(old, was, new, would, now),
        tasks={role: (was.tasks[role], would.tasks[role]) for role in sorted(roles)},
    )


def _verdict(new: Rulebook, first: int | None, was: Life, would: Life) -> Verdict:
    if first is None:
        return "same"
    ended = new.process.states[would.case.state].final
    behind = would.refused or len(would.path) < len(was.path)
    return "stuck" if not ended and behind and would.case.state != was.case.state else "path"


def _broken(
    old: Rulebook, was: Life, new: Rulebook, would: Life, now: datetime
) -> dict[str, tuple[bool | None, bool | None]]:
    before, after = _judged(old, was.case, now), _judged(new, would.case, now)
    return {name: (before.get(name), after.get(name)) for name in sorted(before.keys() | after.keys())}


def _judged(book: Rulebook, case: Case, now: datetime) -> dict[str, bool]:
    return {name: breached(book.time, book.process.clocks[name], reading, now) for name, reading in case.clocks.items()}


@dataclass(slots=True)
class Summary:
    """Outcomes of many cases, counted. Memory does not grow with them but for the examples."""

    #: Examples told of each kind.
    most: int = 20
    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    #: Codes of cases that cannot be told, and of refusals where they are stuck.
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    #: State in which ways part → how many.
    parts_in: Counter[str] = field(default_factory=Counter)
    #: How it ended → how it would have ended.
    ends: Counter[str] = field(default_factory=Counter)
    #: Tasks by role, before and after; cases in which the role gains or loses one.
    tasks: dict[str, Counter[str]] = field(default_factory=dict)
    #: Promises by name: broken before and after, newly broken, no longer broken.
    clocks: dict[str, Counter[str]] = field(default_factory=dict)
    #: Cases by kind: `path`, `stuck`, `unknown`, `newly_broken`, `no_longer_broken`.
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, o: Outcome) -> None:
        """Count one case."""
        self.cases += 1
        self.verdicts[o.verdict] += 1
        if o.verdict == "unknown":
            self.unknown[o.code or ""] += 1
            self._example("unknown", {"case": o.case, "code": o.code})
            return
        if o.verdict != "same":
            self.parts_in[o.parts_in or ""] += 1
            self.ends[f"{o.ended} → {o.would_end}"] += 1
            told = {"case": o.case, "seq": o.seq, "code": o.code, "parts_in": o.parts_in}
            self._example(o.verdict, told | {"ended": o.ended, "would_end": o.would_end})
        if o.verdict == "stuck":
            self.refused[o.code or "nobody_moves_it"] += 1
        self._count(o)

    def _count(self, o: Outcome) -> None:
        for role, (before, after) in o.tasks.items():
            counts = self.tasks.setdefault(role, Counter())
            counts.update(before=before, after=after, gains=int(after > before), loses=int(after < before))
        for name, (before_, after_) in o.broken.items():
            newly, no_longer = bool(after_) and not before_, bool(before_) and not after_
            counts = self.clocks.setdefault(name, Counter())
            broken = {"before": before_, "after": after_, "newly_broken": newly, "no_longer_broken": no_longer}
            counts.update({kind: int(bool(so)) for kind, so in broken.items()})
            for kind, so in (("newly_broken", newly), ("no_longer_broken", no_longer)):
                if so:
                    self._example(kind, {"case": o.case, "clock": name})

    def _example(self, kind: str, told: dict[str, Any]) -> None:
        known = self.examples.setdefault(kind, [])
        if len(known) < self.most:
            known.append(told)

    def as_json(self) -> dict[str, Any]:
        """For `--json` and for a page."""
        return {
            "cases": self.cases,
            "verdicts": {kind: self.verdicts[kind] for kind in ("same", "path", "stuck", "unknown")},
            "unknown": dict(self.unknown.most_common()),
            "refused": dict(self.refused.most_common()),
            "parts_in": dict(self.parts_in.most_common()),
            "ends": dict(self.ends.most_common()),
            "tasks": {role: dict(counts) for role, counts in sorted(self.tasks.items())},
            "clocks": {name: dict(counts) for name, counts in sorted(self.clocks.items())},
            "examples": self.examples,
        }
