"""What is found where a scenario expects something: read from the engine as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from alur.accounts import EVERY_OFFICE
from alur.scenarios.cards import find_card, find_prints, find_public
from alur.scenarios.cast import name_of
from alur.scenarios.permitted import find_actions, find_refused
from alur.scenarios.view import View, told_event
from workflow.clocks import breached, due
from workflow.db.inbox import Apart, Wanted, list_tasks
from workflow.db.line import places_in_line
from workflow.db.tables import account, case_, command, notice
from workflow.doubts import BESIDE
from workflow.scenario.model import Expectation

#: Tasks of an inbox that are looked at, at most.
MAX_QUEUE = 1000


def _state(view: View, _: str) -> Any:
    return view.case.state


def _due(view: View, clock: str) -> Any:
    book, reading = view.stage.book(view.case.office), view.case.clocks.get(clock)
    return due(book.time, book.process.clocks[clock], reading) if reading else None


def _breached(view: View, _: str) -> Any:
    book, now = view.stage.book(view.case.office), view.stage.clock.now
    broken = (n for n, r in view.case.clocks.items() if breached(book.time, book.process.clocks[n], r, now))
    return tuple(sorted(broken))


def _told(view: View, clock: str) -> Any:
    reading = view.case.clocks.get(clock)
    return tuple(reading.fired) if reading else ()


def _notices(view: View, person: str) -> Any:
    query = select(notice.c.name).join(account, account.c.id == notice.c.account)
    query = query.where(notice.c.case_id == view.id, account.c.name == person).order_by(notice.c.seq)
    with view.stage.engine.connect() as db:
        return tuple(db.scalars(query))


def _warnings(view: View, _: str) -> Any:
    results = [e.body["result"] for e in view.events if e.type == "step_succeeded"]
    told: list[str] = next((r["warnings"] for r in reversed(results) if "warnings" in r), [])
    beside = next((e.body.get("beside") for e in reversed(view.events) if "data" in e.body), None)
    return tuple(sorted([*told, BESIDE] if beside else told))


def _facts(view: View, name: str) -> Any:
    given = next((e for e in reversed(view.events) if "facts" in e.body), None)
    return given.body["facts"].get(name) if given else None


def _task(view: View, part: str) -> Any:
    task = view.case.task
    if task is None or not part:
        return None if task is None else task.role
    return name_of(view.stage, task.holder) if part == "holder" else getattr(task, part)


def _owner(view: View, _: str) -> Any:
    return name_of(view.stage, view.case.owner)


def _history(view: View, _: str) -> Any:
    return tuple(told_event(e) for e in view.events)


def _holds(view: View, name: str) -> Any:
    return name in view.case.holds


def _line(view: View, name: str) -> Any:
    """Place among the cases that wait for the same key, counted from 1; None where the case does not wait."""
    with view.stage.engine.connect() as db:
        return places_in_line(db, view.id).get(name)


def _queue(view: View, person: str) -> Any:
    """Names of the cases whose tasks wait for the person, in the order in which its inbox offers them."""
    stage, book = view.stage, view.stage.book(view.case.office)
    pairs = stage.scenario.staff.get(person, ())
    offices = sorted(stage.kit.library.offices)
    queues = {(role, o) for role, where in pairs for o in (offices if where == EVERY_OFFICE else (where,))}
    apart = [Apart(definition=book.process.hash, role=r, other=o) for r, others in book.apart.items() for o in others]
    wanted = Wanted(account=stage.accounts[person], queues=queues, apart=apart)
    with stage.engine.connect() as db:
        rows = list_tasks(db, wanted, sort="due", after=None, limit=MAX_QUEUE)
    names = {id_: name for name, id_ in stage.cases.items()}
    return tuple(names[row.case_id] for row in rows)


def _incident(view: View, _: str) -> Any:
    step = view.case.step
    return (step.run, step.failed) if step is not None and step.failed else None


def _commands(view: View, _: str) -> Any:
    query = select(func.count()).select_from(command).where(command.c.case_id == view.id)
    with view.stage.engine.connect() as db:
        return db.scalar(query.where(command.c.actor.in_([str(a) for a in view.stage.accounts.values()])))


def _cases(view: View, state: str) -> Any:
    with view.stage.engine.connect() as db:
        return db.scalar(select(func.count()).select_from(case_).where(case_.c.state == state))


FINDERS: Mapping[str, Callable[[View, str], Any]] = {
    "state": _state,
    "due": _due,
    "breached": _breached,
    "told": _told,
    "card": find_card,
    "public": find_public,
    "prints": find_prints,
    "notices": _notices,
    "warnings": _warnings,
    "facts": _facts,
    "task": _task,
    "actions": find_actions,
    "refused": find_refused,
    "owner": _owner,
    "history": _history,
    "holds": _holds,
    "line": _line,
    "queue": _queue,
    "incident": _incident,
    "commands": _commands,
    "cases": _cases,
}


def find(view: View, one: Expectation) -> Any:
    """What stands where `one` is expected; the expected value itself when it holds."""
    found = FINDERS[one.name](view, one.of)
    if one.name == "history":
        return one.wanted if _in_order(one.wanted, found) else found
    if one.name == "card" and one.of == "number" and found is not None:
        return one.wanted if one.wanted in found else found[0]
    return found


def _in_order(wanted: Sequence[str], found: Sequence[str]) -> bool:
    """True when `wanted` is a subsequence of `found`; an entry may be a type alone."""
    left = iter(found)
    return all(any(entry in (event, event.partition(" ")[0]) for event in left) for entry in wanted)
