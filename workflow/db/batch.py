"""Rows out: everything that one transaction writes, gathered while its commands are decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow.canonical import canonical
from workflow.case import Case, Task, fold_text
from workflow.clocks import due
from workflow.commands import SYSTEM
from workflow.db.material import Call, Material, places_of
from workflow.decision import Decision
from workflow.evolve import MOVES_TIMERS
from workflow.rulebook import Rulebook
from workflow.steps import STEPS
from workflow.timers import armed

#: Places of what may still change in a row of `task`.
_STATE, _ROLE, _DUE, _STATUS = 3, 4, 6, 7


#: Rules of the definition that a case had, and of the one that it has.
Books = tuple[Rulebook, Rulebook]


def _rows() -> dict[str, list[Any]]:
    return defaultdict(list)


@dataclass(slots=True)
class Batch:
    """Rows by source, each with the columns of `bulk.COLUMNS` in their order."""

    now: datetime
    rows: dict[str, list[Any]] = field(default_factory=_rows)
    #: Timers that found their case busy, with the moment to try again.
    deferred: dict[tuple[int, str], datetime] = field(default_factory=dict)
    #: Queues that get new work.
    queues: set[str] = field(default_factory=set)
    #: Places to which cases were called: scope, key, case.
    called: dict[tuple[str, str, int], None] = field(default_factory=dict)
    #: Look-up keys of cases whose data was submitted within the batch.
    fresh: dict[int, list[str]] = field(default_factory=dict)
    _opened: dict[tuple[int, int], list[Any]] = field(default_factory=dict)

    def acknowledge(self, command: int, status: str, outcome: Mapping[str, Any]) -> None:
        """Note what became of a command."""
        self.rows["ack"].append((command, status, canonical(outcome)))

    def found_by(self, case: int, keys: Sequence[tuple[str, str | None]]) -> None:
        """Note the look-up keys of data that was submitted."""
        if keys:
            self.fresh[case] = [key for _, key in keys if key is not None]
            self.rows["key"].extend((case, name, key) for name, key in keys)

    def decided(self, before: Case, decision: Decision) -> None:
        """Note the events, effects and task changes of one decision."""
        rows = self.rows
        for e in decision.events:
            rows["event"].append((e.case, e.seq, e.type, e.actor, canonical(e.body), e.hash))
            if e.type == "step_cancelled":
                rows["cancel"].append((e.case, e.body["step"]))
        for effect in decision.effects:
            queue = STEPS[effect.kind].queue
            self.queues.add(queue)
            rows["outbox"].append((before.id, effect.seq, effect.kind, queue, canonical(effect.input)))
        for f in decision.followups:
            rows["follow"].append((before.id, f.scope, f.key, f.do))
        if before.task != decision.case.task:
            after = decision.case
            by = after.moved_by if after.definition == before.definition else SYSTEM
            self._tasks(before.task, after.task, after, by)

    def _tasks(self, old: Task | None, new: Task | None, case: Case, by: str | None) -> None:
        """A task that opens and closes within the batch is written as done: one statement cannot see its own rows."""
        same = old is not None and new is not None and old.seq == new.seq
        if same and new is not None:
            self.rows["hold_task"].append((case.id, new.seq, new.holder, new.until))
            return
        if old is not None:
            opened = self._opened.get((case.id, old.seq))
            if opened is None:
                self.rows["close"].append((case.id, old.seq, by))
            else:
                opened[_STATUS] = "done"
        if new is not None:
            row = [case.id, new.seq, case.process, case.state, new.role, new.office, None, "open"]
            self._opened[case.id, new.seq] = row
            self.rows["task"].append(row)

    def defer(self, rearmed: set[int]) -> None:
        """Arm the deferred timers again; a case in `rearmed` has all its timers written anew already."""
        for (case, name), moment in self.deferred.items():
            if case not in rearmed:
                self.rows["timer"].append((case, name, moment))

    def settle(self, books: Books, before: Case, after: Case, timers_moved: bool, material: Material) -> None:
        """Write the case as it stands after all its commands of this batch: row, card, timers, due, holds.

        `books` are the rules of the definition that it had, and of the one that it has.
        """
        row = (after.id, after.state, after.revision, after.seq, after.head, after.data, fold_text(after))
        book = books[1]
        if after.definition == before.definition:
            self.rows["case"].append(row)
        else:
            self.rows["repinned"].append((*row, after.definition))
            self._retask(book, before, after)
        if book.process.states[after.state].final and after.state != before.state:
            self.rows["card"].append((after.id, after.state))
        if timers_moved:
            self._timers(book, after)
        if before.step != after.step:
            self._incidents(before, after)
        if before.holds != after.holds or before.line != after.line:
            self._holds(books, before, after, material)

    def _timers(self, book: Rulebook, after: Case) -> None:
        self.rows["touched"].append((after.id,))
        self.rows["timer"].extend((after.id, name, moment) for name, moment in armed(book, after).items())
        opened = self._opened.get((after.id, after.task.seq)) if after.task else None
        if opened is not None:
            opened[_DUE] = promised(book, after)

    def _incidents(self, before: Case, after: Case) -> None:
        was, is_ = (c.step if c.step and c.step.failed else None for c in (before, after))
        if was is not None and was != is_:
            self.rows["solved"].append((before.id, was.seq))
        if is_ is not None and was != is_:
            self.rows["incident"].append((after.id, is_.seq, after.process, after.office, is_.run, is_.failed))

    def _holds(self, books: Books, before: Case, after: Case, material: Material) -> None:
        was, is_ = places_of(before), places_of(after)
        for name in was.keys() | is_.keys():
            old, new = was.get(name), is_.get(name)
            left, scope = _scope(books[0], name), _scope(books[1], name)
            if old and (new is None or old[0] != new[0] or left != scope):
                self.rows["free"].append((left, old[0], after.id))
                self.called.pop((left, old[0], after.id), None)
            if new and (old != new or left != scope):
                there = material.holders[scope, new[0]][after.id]
                self.rows["take"].append((scope, new[0], after.id, name, there.place, there.arrival))
                self.called.pop((scope, new[0], after.id), None)

    def _retask(self, book: Rulebook, before: Case, after: Case) -> None:
        """The row of a task that was kept follows the new definition; one statement writes a row once only."""
        task = after.task
        if task is None:
            return
        opened = self._opened.get((after.id, task.seq))
        if opened is not None:
            opened[_STATE], opened[_ROLE] = after.state, task.role
        elif before.task is not None and task.seq == before.task.seq:
            self.rows["hold_task"] = [r for r in self.rows["hold_task"] if r[:2] != (after.id, task.seq)]
            kept = (task.holder, task.until, promised(book, after))
            self.rows["retask"].append((after.id, task.seq, after.state, task.role, *kept))

    def call(self, calls: Iterable[Call]) -> None:
        """Note who is called to a place; `settle` writes it for cases of this batch."""
        for c in calls:
            self.called[c.scope, c.key, c.case] = None
            self.rows["summon"].append((c.case, c.do))

    def finish(self) -> None:
        """Write the calls of cases outside the batch."""
        self.rows["call"].extend(self.called)


def _scope(book: Rulebook, hold: str) -> str:
    found = book.process.holds.get(hold)
    return found.scope if found else ""


def promised(book: Rulebook, case: Case) -> datetime | None:
    """The earliest moment at which a running clock of the case is used up."""
    moments = [due(book.time, book.process.clocks[name], r) for name, r in case.clocks.items()]
    return min((m for m in moments if m is not None), default=None)


def moves_timers(decision: Decision) -> bool:
    """True when the armed timers may differ after `decision`."""
    return any(e.type in MOVES_TIMERS for e in decision.events)
