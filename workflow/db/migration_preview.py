"""The dry run of a migration: the engine's own decision over all live cases, page by page; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, tuple_

from workflow.case import DRAFT, Case
from workflow.commands import MIGRATE, SYSTEM, Actor, Command, Standing
from workflow.db.cases import Executor, stored
from workflow.db.library import Library
from workflow.db.material import hold_keys, place
from workflow.db.tables import case_, case_data, hold, person_key
from workflow.decide import decide
from workflow.evolve import evolve
from workflow.migrating import PASSING
from workflow.migration_effect import effect
from workflow.migration_plan import Plan
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.vault import Vault

#: Cases read at once.
PAGE = 200
#: Cases that stay, and dues that move, told one by one.
MOST_TOLD = 100

#: Told after each page: cases looked at so far.
Tell = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """What a plan would do to the cases of this moment."""

    #: Live cases of the plan's versions.
    cases: int = 0
    #: Those that its offices and its condition leave out.
    left_out: int = 0
    #: Those that would be moved, and the drafts among them.
    moves: int = 0
    drafts: int = 0
    #: State → new state, with how many cases.
    ways: Counter[str] = field(default_factory=Counter)
    #: Why cases stay, and why they wait, by code.
    blocked: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    #: Fields that do not fit, and documents that are missing.
    fields: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    #: Tasks that are `kept`, `opened` anew and `closed`.
    tasks: Counter[str] = field(default_factory=Counter)
    #: Promises that would newly be broken, and no longer.
    newly_broken: int = 0
    no_longer_broken: int = 0
    #: Timers that are `armed`, `disarmed` and `moved`, and those that are due `at_once`.
    timers: Counter[str] = field(default_factory=Counter)
    #: The first of the cases that stay: case, code, details.
    stay: list[dict[str, Any]] = field(default_factory=list)
    #: The first of the dues that move: case, clock, before, after.
    dues: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For storing and for `--json`."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: dict(sorted(v.items())) if isinstance(v, Counter) else v for name, v in told.items()}

    def refuse(self, case: Case, refusal: Refusal) -> None:
        """Count a case that stays."""
        (self.waiting if refusal.code in PASSING else self.blocked)[refusal.code] += 1
        self.fields.update(f["field"] for f in refusal.details.get("fields", ()))
        self.documents.update(refusal.details.get("kinds", ()))
        if len(self.stay) < MOST_TOLD:
            self.stay.append({"case": case.id, "code": refusal.code, "details": dict(refusal.details)})


@dataclass(slots=True)
class _Run:
    db: Executor
    library: Library
    vault: Vault
    plan: Plan
    now: datetime
    report: Report = field(default_factory=Report)
    #: Places that cases of this dry run would take of holds that the new definition adds.
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)


def preview(
    db: Executor, library: Library, vault: Vault, plan: Plan, now: datetime, tell: Tell | None = None
) -> Report:
    """What `plan` would do at `now` to all live cases that the caller may see; memory does not grow with them, but for
    the keys of holds that the new definition adds."""
    run = _Run(db, library, vault, plan, now)
    for hash_ in (*plan.sources, plan.target):
        library.process(db, hash_)
    library.keep_time(db, {(hash_, office) for hash_ in (*plan.sources, plan.target) for office in library.offices})
    chosen = plan.chooses()
    for page in _pages(run):
        run.report.cases += len(page)
        mine = [(case, person) for case, person in page if chosen(case, now)]
        run.report.left_out += len(page) - len(mine)
        _look(run, mine)
        if tell is not None:
            tell(run.report.cases)
    return run.report


def _pages(run: _Run) -> Iterator[list[tuple[Case, int]]]:
    after = 0
    while True:
        query = select(case_).where(case_.c.id > after, case_.c.definition.in_(run.plan.sources))
        rows = run.db.execute(query.order_by(case_.c.id).limit(PAGE)).mappings().all()
        found = [(s.case, s.person) for s in (stored(dict(row)) for row in rows)]
        yield [(case, person) for case, person in found if _is_live(run, case)]
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def _is_live(run: _Run, case: Case) -> bool:
    if case.state == DRAFT:
        return True
    state = run.library.book(case.definition, case.office).process.states.get(case.state)
    return state is not None and not state.final


def _look(run: _Run, page: Sequence[tuple[Case, int]]) -> None:
    cases = [case for case, _ in page if case.state != DRAFT]
    drafts = len(page) - len(cases)
    run.report.moves += drafts
    run.report.drafts += drafts
    data = _data(run, cases)
    keys = {case.id: _keys_to_take(run, case, data.get(case.id)) for case in cases}
    holders = _holders(run, {key for found in keys.values() for key in found.values()})
    for case in cases:
        standings = {name: (key[1], _standing(run, key, holders, case)) for name, key in keys[case.id].items()}
        _try(run, case, data.get(case.id), standings)


def _try(
    run: _Run, case: Case, data: Mapping[str, Any] | None, standings: Mapping[str, tuple[str, tuple[Standing, ...]]]
) -> None:
    old, new = _books(run, case)
    command = Command(MIGRATE, Actor(SYSTEM), data=data, standings=standings, payload=run.plan.payload(0), into=new)
    decision = decide(old, case, command, run.now)
    report = run.report
    if decision.refusal is not None:
        report.refuse(case, decision.refusal)
        return
    after = evolve(new, case, decision.events[0])
    found = effect(old, case, new, after, run.plan.clocks, run.now)
    report.moves += 1
    report.ways[f"{case.state} → {after.state}"] += 1
    report.tasks[found.task] += 1
    report.newly_broken += found.newly_broken
    report.no_longer_broken += found.no_longer_broken
    report.timers.update({name: getattr(found, name) for name in ("armed", "disarmed", "moved", "at_once")})
    room = MOST_TOLD - len(report.dues)
    report.dues += [{"case": case.id, **_stamped(asdict(due))} for due in found.dues[:room]]
    holds = new.process.holds
    run.taken.update((holds[n].scope, key) for n, key in after.holds.items() if case.holds.get(n) != key)


def _stamped(due: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in due.items()}


def _books(run: _Run, case: Case) -> tuple[Rulebook, Rulebook]:
    return run.library.book(case.definition, case.office), run.library.book(run.plan.target, case.office)


def _data(run: _Run, cases: Sequence[Case]) -> dict[int, Mapping[str, Any]]:
    """The data that stands, by case; of those whose key was destroyed there is none."""
    ids = [case.id for case in cases if case.data]
    query = (
        select(case_data.c.case_id, case_data.c.version, case_data.c.cipher, person_key.c.wrapped)
        .join(case_, and_(case_.c.id == case_data.c.case_id, case_.c.data == case_data.c.version))
        .join(person_key, person_key.c.id == case_.c.person)
        .where(case_.c.id.in_(ids), case_data.c.cipher.is_not(None), person_key.c.wrapped.is_not(None))
    )
    return {
        row.case_id: run.vault.person(row.wrapped).open_json(row.cipher, place(row.case_id, row.version))["data"]
        for row in (run.db.execute(query) if ids else ())
    }


def _keys_to_take(run: _Run, case: Case, data: Mapping[str, Any] | None) -> dict[str, tuple[str, str]]:
    """Scope and key of the holds that the new definition adds, by hold."""
    old, new = _books(run, case)
    before = {name: h.scope for name, h in old.process.holds.items()}
    added = {name: h.scope for name, h in new.process.holds.items() if before.get(name) != h.scope}
    if not added or data is None:
        return {}
    return {name: (added[name], key) for name, key in hold_keys(new, run.vault, data).items() if name in added}


def _holders(run: _Run, keys: set[tuple[str, str]]) -> dict[tuple[str, str], list[Standing]]:
    out: dict[tuple[str, str], list[Standing]] = {}
    if not keys:
        return out
    query = select(hold, case_.c.state).join(case_, case_.c.id == hold.c.case_id)
    for row in run.db.execute(query.where(tuple_(hold.c.scope, hold.c.key).in_(sorted(keys)))):
        there = out.setdefault((row.scope, row.key), [])
        there.append(Standing(row.case_id, row.state, None, row.place, row.arrival))
    return out


def _standing(
    run: _Run, key: tuple[str, str], holders: Mapping[tuple[str, str], Sequence[Standing]], case: Case
) -> tuple[Standing, ...]:
    """Who would hold the key: those who do, and the cases that this dry run moved before."""
    there = [s for s in holders.get(key, ()) if s.case != case.id]
    return (*there, *(Standing(0, "") for _ in range(run.taken[key])))
