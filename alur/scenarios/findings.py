"""What is found where a scenario expects something: read from the engine as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, func, select, text

from alur.history import read_history
from alur.scenarios.cast import name_of
from alur.scenarios.stage import Stage
from workflow.case import DRAFT, Case
from workflow.clocks import breached, due
from workflow.commands import SUBMIT
from workflow.db import cases, register
from workflow.db.material import Version, submission
from workflow.db.tables import account, card, case_, command, hold, notice
from workflow.definition.numbers import format_number
from workflow.doubts import BESIDE
from workflow.events import Event
from workflow.permission import refuse_submit, refuse_transition
from workflow.refusals import Refusal
from workflow.scenario.model import Expectation
from workflow.submission import refuse_content

#: What a card's `number` may be expected as, beside a number: the one that the office's template gives.
TEMPLATE = "template"


@dataclass(frozen=True)
class View:
    """One case as it stands, with what belongs to it."""

    stage: Stage
    id: int

    @cached_property
    def found(self) -> cases.Stored:
        """The stored case."""
        with self.stage.engine.connect() as db:
            return cases.get(db, self.id)

    @property
    def case(self) -> Case:
        return self.found.case

    @cached_property
    def events(self) -> Sequence[Event]:
        """Its history."""
        with self.stage.engine.connect() as db:
            return read_history(db, self.id)

    @cached_property
    def card(self) -> Row[Any] | None:
        """Its card, whatever its state."""
        with self.stage.engine.connect() as db:
            return db.execute(select(card).where(card.c.case_id == self.id)).one_or_none()

    def last(self, *types: str) -> Event | None:
        """The last event of these types."""
        return next((e for e in reversed(self.events) if e.type in types), None)


def _state(view: View, _: str) -> Any:
    return view.case.state


def _due(view: View, clock: str) -> Any:
    book, reading = view.stage.book(view.case.office), view.case.clocks.get(clock)
    return due(book.process.clocks[clock], reading, book.zone) if reading else None


def _breached(view: View, _: str) -> Any:
    book, now = view.stage.book(view.case.office), view.stage.clock.now
    broken = (n for n, r in view.case.clocks.items() if breached(book.process.clocks[n], r, book.zone, now))
    return tuple(sorted(broken))


def _told(view: View, clock: str) -> Any:
    reading = view.case.clocks.get(clock)
    return tuple(reading.fired) if reading else ()


def _card(view: View, part: str) -> Any:
    row = view.card
    if row is None or not part:
        return None if row is None else row.state
    return _CARD[part](view, row)


def _number(view: View, row: Row[Any]) -> Any:
    office = view.stage.kit.library.offices[row.office]
    template = office.number or view.stage.kit.process.number or ""
    year, month = (int(p) for p in row.issued_on.split("-")[:2]) if row.issued_on else (0, 0)
    expected = format_number(template, office=row.office, year=year, month=month, serial=row.serial)
    return (row.number, TEMPLATE) if row.number == expected else (row.number,)


def _verifies(view: View, row: Row[Any]) -> bool:
    from signing.verify import verify

    signer = view.stage.workshop.once("signer", view.stage.kit.signer)
    return bool(row.blob) and verify(view.stage.kit.blobs.get(row.blob), signer.trust()).ok


_CARD: Mapping[str, Callable[[View, Row[Any]], Any]] = {
    "state": lambda _, row: row.state,
    "level": lambda _, row: row.level,
    "number": _number,
    "issued": lambda _, row: row.issued_on,
    "expires": lambda _, row: row.expires_on,
    "verifies": _verifies,
}


def _public(view: View, _: str) -> Any:
    if view.card is None:
        return None
    with view.stage.web.connect() as db:
        told = register.verify(db, view.card.code)
    return told["state"] if told else None


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


def _asked(view: View, person: str, do: str) -> Refusal | None:
    """Why the person may not do it now, as the pages tell it beforehand; also who may not see the case at all."""
    stage, case, book = view.stage, view.case, view.stage.book(view.case.office)
    with stage.engine.connect() as db:
        actor = cases.actor(db, stage.accounts[person], case.office)
    if not actor.roles and case.owner != actor.id:
        return Refusal("unknown_case")
    if do == SUBMIT:
        return refuse_submit(book, case, actor) or _refuse_copy(view)
    transition = book.transitions[do]
    refusal = refuse_transition(book, case, transition, actor, stage.clock.now)
    return refusal or (_refuse_copy(view) if book.submits(transition) else None)


def _refuse_copy(view: View) -> Refusal | None:
    """Why what has been entered so far cannot be given."""
    stage, book = view.stage, view.stage.book(view.case.office)
    with stage.engine.connect() as db:
        copy = cases.read_working_copy(db, stage.kit.vault, view.found)
    given = submission(Version({"data": copy.data, "documents": copy.documents}, ""), 0)
    return refuse_content(book.process, given, stage.clock.now.astimezone(book.zone).date())


def _actions(view: View, person: str) -> Any:
    book = view.stage.book(view.case.office)
    asked = [t.name for t in book.transitions.values() if t.by in (*book.staff, book.party)]
    asked += [SUBMIT] if view.case.state == DRAFT else []
    return tuple(sorted(do for do in asked if _asked(view, person, do) is None))


def _refused(view: View, of: str) -> Any:
    person, _, do = of.partition(" ")
    refusal = _asked(view, person, do)
    return refusal.code if refusal else None


def _owner(view: View, _: str) -> Any:
    return name_of(view.stage, view.case.owner)


def _history(view: View, _: str) -> Any:
    return tuple(told_event(e) for e in view.events)


def told_event(event: Event) -> str:
    """The type of an event with what it is about: `moved approve`, `clock_reached 75`."""
    body = event.body
    if event.type == "clock_reached":
        return f"{event.type} {body['at']}"
    about = body.get("do") or body.get("run") or body.get("timer") or body.get("to") or ""
    return f"{event.type} {about}".rstrip()


def _holds(view: View, name: str) -> Any:
    return name in view.case.holds


def _line(view: View, name: str) -> Any:
    """Place among the cases that wait for the same key, counted from 1; None where the case does not wait."""
    spec, key = view.stage.kit.process.holds[name], view.case.holds.get(name)
    if key is None or spec.full is None or view.case.state != spec.full:
        return None
    waiting = (
        select(hold.c.case_id)
        .join(case_, case_.c.id == hold.c.case_id)
        .where(hold.c.scope == spec.scope, hold.c.key == key, case_.c.state == spec.full)
        .order_by(text("fold->>'entered_at'"), hold.c.case_id)
    )
    with view.stage.engine.connect() as db:
        return list(db.scalars(waiting)).index(view.id) + 1


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
    "card": _card,
    "public": _public,
    "notices": _notices,
    "warnings": _warnings,
    "facts": _facts,
    "task": _task,
    "actions": _actions,
    "refused": _refused,
    "owner": _owner,
    "history": _history,
    "holds": _holds,
    "line": _line,
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
