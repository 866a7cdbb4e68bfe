"""Rows in and out: what `claim` returns, and the columns that one batch writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from workflow.canonical import canonical
from workflow.case import Case, fold_from_json, fold_to_json
from workflow.clocks import due
from workflow.commands import Actor
from workflow.decision import Decision
from workflow.evolve import MOVES_TIMERS
from workflow.rulebook import Rulebook
from workflow.steps import STEPS
from workflow.timers import armed


class Claimed(NamedTuple):
    """One waiting command with its case, as the function `claim` returns it."""

    id: int
    case_id: int
    do: str
    actor: str
    payload: Mapping[str, Any]
    #: `role@office`.
    memberships: list[str] | None
    process: str
    definition: str
    office: str
    owner: int | None
    person: int
    state: str
    revision: int
    seq: int
    head: bytes
    data: int
    saves: int
    fold: Mapping[str, Any]

    def case(self) -> Case:
        """The case as it is stored."""
        return Case(
            id=self.case_id,
            process=self.process,
            definition=self.definition,
            office=self.office,
            owner=None if self.owner is None else str(self.owner),
            state=self.state,
            revision=self.revision,
            seq=self.seq,
            head=self.head,
            data=self.data,
            **fold_from_json(self.fold),
        )


def actor_at(actor: str, memberships: list[str] | None, office: str) -> Actor:
    """The actor with the roles it has at `office` and elsewhere; `role@*` holds at every office."""
    if not memberships:
        return Actor(actor)
    pairs = [m.rpartition("@") for m in memberships]
    here = frozenset(role for role, _, where in pairs if where in (office, "*"))
    return Actor(actor, here, frozenset(role for role, _, where in pairs if role not in here))


@dataclass(slots=True)
class Batch:
    """Columns of everything that one transaction writes, in the order of `bulk.COLUMNS`."""

    now: datetime
    columns: dict[str, list[Any]] = field(default_factory=dict)
    #: Timers that found their case busy, with the moment to try again.
    deferred: dict[tuple[int, str], datetime] = field(default_factory=dict)
    _opened: dict[tuple[int, int], int] = field(default_factory=dict)

    def put(self, table: str, **values: Any) -> None:
        """Append a row to the columns of `table`."""
        for name, value in values.items():
            self.columns.setdefault(f"{table}.{name}", []).append(value)

    def acknowledge(self, command: int, status: str, outcome: Mapping[str, Any]) -> None:
        """Note what became of a command."""
        self.put("ack", id=command, status=status, outcome=canonical(outcome))

    def decided(self, before: Case, decision: Decision, process: str) -> None:
        """Note the events, effects and task changes of one decision."""
        for e in decision.events:
            self.put(
                "event",
                case_id=e.case,
                seq=e.seq,
                type=e.type,
                actor=e.actor,
                body=canonical(e.body),
                hash=e.hash,
            )
            if e.type == "step_cancelled":
                self.put("cancel", case_id=e.case, seq=e.body["step"])
        for effect in decision.effects:
            self.put(
                "outbox",
                case_id=before.id,
                seq=effect.seq,
                kind=effect.kind,
                queue=STEPS[effect.kind].queue,
                input=canonical(effect.input),
            )
        for f in decision.followups:
            self.put("follow", case_id=before.id, scope=f.scope, key=f.key, do=f.do)
        self._tasks(before, decision, process)

    def _tasks(self, before: Case, decision: Decision, process: str) -> None:
        old, new = before.task, decision.case.task
        if old == new:
            return
        if old is not None and (new is None or new.seq != old.seq):
            at = self._opened.get((before.id, old.seq))
            if at is None:
                self.put("close", case_id=before.id, seq=old.seq, by=decision.case.moved_by)
            else:
                self.columns["task.status"][at] = "done"
        elif old is not None and new is not None:
            self.put("hold_task", case_id=before.id, seq=new.seq, assignee=new.holder, until=new.until)
        if new is not None and (old is None or new.seq != old.seq):
            self._opened[before.id, new.seq] = len(self.columns.get("task.seq", ()))
            self.put(
                "task",
                case_id=before.id,
                seq=new.seq,
                process=process,
                state=decision.case.state,
                role=new.role,
                office=new.office,
                due_at=None,
                status="open",
            )

    def defer(self, rearmed: set[int]) -> None:
        """Arm the deferred timers again; a case in `rearmed` has all its timers written anew already."""
        for (case, name), moment in self.deferred.items():
            if case not in rearmed:
                self.put("timer", case_id=case, name=name, due_at=moment)

    def settle(self, book: Rulebook, before: Case, after: Case, timers_moved: bool) -> None:
        """Write the case as it stands after all its commands of this batch: row, timers, due, holds."""
        self.put(
            "case",
            id=after.id,
            state=after.state,
            revision=after.revision,
            seq=after.seq,
            head=after.head,
            data=after.data,
            fold=canonical(fold_to_json(after)),
        )
        if book.process.states[after.state].final and after.state != before.state:
            self.put("card", case_id=after.id, state=after.state)
        if timers_moved:
            self._timers(book, after)
        for name in before.holds.keys() | after.holds.keys():
            old, new = before.holds.get(name), after.holds.get(name)
            if old != new:
                scope = book.process.holds[name].scope
                if old:
                    self.put("free", scope=scope, key=old, case_id=after.id)
                if new:
                    self.put("take", scope=scope, key=new, case_id=after.id, name=name)

    def _timers(self, book: Rulebook, after: Case) -> None:
        self.put("touched", case_id=after.id)
        for name, moment in armed(book, after).items():
            self.put("timer", case_id=after.id, name=name, due_at=moment)
        task = after.task
        at = self._opened.get((after.id, task.seq)) if task else None
        if at is not None:
            self.columns["task.due_at"][at] = promised(book, after)


def promised(book: Rulebook, case: Case) -> datetime | None:
    """The earliest moment at which a running clock of the case is used up."""
    moments = [due(book.process.clocks[name], r, book.zone) for name, r in case.clocks.items()]
    return min((m for m in moments if m is not None), default=None)


def moves_timers(decision: Decision) -> bool:
    """True when the armed timers may differ after `decision`."""
    return any(e.type in MOVES_TIMERS for e in decision.events)
