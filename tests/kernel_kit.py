"""One case in memory: deciding and folding without a database, for tests of the pure kernel."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from ruamel.yaml import YAML

from workflow.case import Case, fold_from_json, fold_text
from workflow.commands import FINISH_STEP, FIRE_TIMER, MIGRATE, SUBMIT, Actor, Command, Standing, Submission
from workflow.decide import decide
from workflow.decision import Decision, Effect
from workflow.definition.process import Process
from workflow.definition.reader import read_process
from workflow.events import Event, first_break
from workflow.evolve import fold
from workflow.rulebook import Rulebook
from workflow.timers import armed

DEFINITIONS = Path(__file__).parents[1] / "definitions"
ZONE = ZoneInfo("Asia/Jakarta")
#: A Friday, 10.00 in Jakarta.
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
CHECKLIST = ("identity", "photo", "diploma")

SITI = Actor("1")
ANI = Actor("11", frozenset({"operator"}))
BUDI = Actor("12", frozenset({"operator"}))
CITRA = Actor("13", frozenset({"signer"}))
DEDI = Actor("14", frozenset({"head"}))
#: Verifies and signs.
EKA = Actor("15", frozenset({"operator", "signer"}))
#: Operator at another office.
FAR = Actor("16", frozenset(), frozenset({"operator"}))
SYSTEM, TIMER, HOLD = Actor("system"), Actor("timer"), Actor("hold")

#: A result that each step of AK-1 could give.
RESULTS: Mapping[str, Mapping[str, Any]] = {
    "intake_checks": {"ok": True, "warnings": []},
    "sign_card": {"card": 7, "number": "PLG-AK1-2026-000007", "sha256": "00" * 32, "level": "B-LT"},
    "publish_card": {"ok": True, "number": "PLG-AK1-2026-000007"},
}


@cache
def ak1() -> Rulebook:
    """The shipped AK-1 process at an office in Jakarta."""
    return Rulebook(read_process(DEFINITIONS / "ak1-online"), ZONE)


def variant(folder: Path, *changes: tuple[str, str], zone: ZoneInfo = ZONE) -> Rulebook:
    """AK-1 with pieces of its `process.yaml` replaced; written below `folder`."""
    copy = folder / f"{len(list(folder.iterdir()))}" / "ak1-online"
    shutil.copytree(DEFINITIONS / "ak1-online", copy)
    text = (copy / "process.yaml").read_text()
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    (copy / "process.yaml").write_text(text)
    return Rulebook(read_variant(copy), zone)


def read_variant(folder: Path) -> Process:
    """The process in `folder`."""
    return read_process(folder)


def good_data(**changes: Any) -> dict[str, Any]:
    """The data of a good application."""
    loaded = YAML(typ="safe", pure=True).load((DEFINITIONS / "ak1-online" / "samples" / "siti.yaml").read_text())
    return {k: v for k, v in (dict(loaded) | changes).items() if v is not None}


def copy_of(
    version: int = 1, kinds: Sequence[str] = ("photo", "ktp", "diploma"), data: Mapping[str, Any] | None = None
) -> Submission:
    """A frozen working copy."""
    return Submission(version, f"{version:064x}", good_data() if data is None else data, dict.fromkeys(kinds, "d" * 64))


class Desk:
    """A case, its events and a clock that stands still until `wait`. Every decision is checked by folding anew."""

    def __init__(self, book: Rulebook | None = None, *, owner: str | None = "1", at: datetime = START) -> None:
        self.book = book or ak1()
        #: Rulebooks by hash, those of definitions that the case left included.
        self.books = {self.book.process.hash: self.book}
        process = self.book.process
        self.new = Case(id=17, process=process.name, definition=process.hash, office="palembang", owner=owner)
        self.case = self.new
        self.now = at
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.versions = 0

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def perform(self, command: Command) -> Decision:
        """Decide `command` and take over what was decided."""
        before = self.case
        decision = decide(self.book, self.case, command, self.now)
        if decision.refusal is not None:
            assert decision.case is before
            assert not decision.events
            assert not decision.effects
        self.case = decision.case
        self.events.extend(decision.events)
        self.effects.extend(decision.effects)
        return decision

    def ask(self, do: str, actor: Actor, **fields: Any) -> Decision:
        """Decide a command of a person."""
        return self.perform(Command(do, actor, **fields))

    def do(self, do: str, actor: Actor, **fields: Any) -> Decision:
        """Like `ask`, where it must not be refused."""
        decision = self.ask(do, actor, **fields)
        assert decision.refusal is None, decision.refusal
        return decision

    def refusal(self, do: str, actor: Actor, **fields: Any) -> str:
        """Code of the refusal of a command that must be refused."""
        refused = self.ask(do, actor, **fields).refusal
        assert refused is not None, f"{do} was performed"
        return refused.code

    def give(self, do: str = SUBMIT, actor: Actor = SITI, copy: Submission | None = None, **fields: Any) -> Decision:
        """Submit or resubmit a working copy."""
        self.versions += 1
        return self.ask(do, actor, submission=copy or copy_of(self.versions), **fields)

    def finish(self, ok: bool = True, **payload: Any) -> Decision:
        """Finish the step that is pending."""
        step = self.case.step
        assert step is not None
        said = {"step": step.seq, "run": step.run, "ok": ok}
        said |= {"result": RESULTS[step.run]} if ok else {"code": "tsa_unavailable", "attempts": 6}
        return self.perform(Command(FINISH_STEP, SYSTEM, payload=said | payload))

    def migrate(self, into: Rulebook, **asked: Any) -> Decision:
        """Take the definition of `into`; states keep their names unless `states` says otherwise."""
        old, new = self.book.process, into.process
        payload = {
            "migration": 1,
            "from": [old.hash],
            "to": new.hash,
            "states": {name: name for name in old.states if name in new.states},
            **asked,
        }
        fields = {name: payload.pop(name) for name in ("data", "standings") if name in payload}
        command = Command(MIGRATE, SYSTEM, payload=payload, into=into, **{"data": good_data(), **fields})
        self.books[new.hash] = into
        decision = self.perform(command)
        if decision.refusal is None:
            self.book = into
        return decision

    def fire(self, timer: str) -> Decision:
        """Fire a timer by its name."""
        return self.perform(Command(FIRE_TIMER, TIMER, payload={"timer": timer}))

    def timers(self) -> Mapping[str, datetime]:
        """What is armed."""
        return armed(self.book, self.case)

    def check(self) -> None:
        """The chain is whole, the fold of all events is the case, and the stored form gives it back."""
        assert first_break(self.events) is None
        assert fold(self.books.__getitem__, self.new, self.events) == self.case
        assert stored_and_read(self.case) == self.case

    def types(self) -> list[str]:
        """Types of all events."""
        return [e.type for e in self.events]


def stored_and_read(case: Case) -> Case:
    """The case as its row would give it back."""
    columns = case._asdict() | fold_from_json(orjson.loads(fold_text(case)))
    bare = Case(**{k: columns[k] for k in _COLUMNS})
    return bare._replace(**fold_from_json(orjson.loads(fold_text(case))))


_COLUMNS = ("id", "process", "definition", "office", "owner", "state", "revision", "seq", "head", "data")


def verifying(book: Rulebook | None = None, *, owner: str | None = "1", by: Actor = SITI, **fields: Any) -> Desk:
    """A submitted case whose intake checks are done."""
    desk = Desk(book, owner=owner)
    assert desk.give(actor=by, **fields).refusal is None
    desk.finish()
    return desk


def approved(book: Rulebook | None = None, by: Actor = ANI) -> Desk:
    """A case that waits for its signature."""
    desk = verifying(book)
    desk.do("approve", by, checklist=CHECKLIST)
    return desk


def issued(book: Rulebook | None = None) -> Desk:
    """A case with a published card."""
    desk = approved(book)
    desk.do("sign", CITRA)
    desk.finish()
    desk.finish()
    assert desk.case.state == "issued"
    return desk


def corrected(book: Rulebook | None = None, by: Actor = ANI) -> Desk:
    """A case that was returned to the applicant."""
    desk = verifying(book)
    desk.do("return", by, input={"reason": "foto buram", "fields": ["photo"]}, input_digest="e" * 64)
    return desk


def standing(
    case: int, state: str, key: str = "k" * 64, owner: str | None = "1"
) -> dict[str, tuple[str, tuple[Standing, ...]]]:
    """Another case that holds the same NIK."""
    return {"holder": (key, (Standing(case, state, owner),))}
