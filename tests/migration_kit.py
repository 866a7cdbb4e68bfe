"""Versions of AK-1 that differ in one thing, for tests of moving cases between them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import Connection, text

from alur.wiring import House
from tests.drain_kit import Hand
from tests.kernel_kit import DEFINITIONS
from tests.support import account_id
from workflow.db import case_migrations as store
from workflow.db import migration_run
from workflow.db.case_migrations import Migration
from workflow.db.publishing import publish_shipped
from workflow.definition.process import Process
from workflow.definition.reader import read_process
from workflow.migration_plan import Plan, read_plan

#: `verifying` is called `checking`; the states of live cases, old → new.
TO_CHECKING = {
    "submitted": "submitted",
    "verifying": "checking",
    "correction": "correction",
    "approved": "approved",
    "signed": "signed",
    "issued": "issued",
}
BACK = {new: old for old, new in TO_CHECKING.items()}


def renamed_word(folder: Path, old: str, new: str) -> Process:
    """AK-1 with one name replaced wherever it stands as a word of `process.yaml`, texts left out."""
    return changed(folder, lambda text: as_word(text, old, new))


def as_word(text: str, old: str, new: str) -> str:
    """`text` with a name replaced wherever it stands as a word, quoted texts left out."""
    return re.sub(rf"(?<![\w\"-]){old}(?![\w-])", new, text)


def changed(folder: Path, edit: Callable[[str], str]) -> Process:
    """AK-1 with its `process.yaml` edited; written below `folder`."""
    copy = _copy(folder)
    text = (copy / "process.yaml").read_text()
    after = edit(text)
    assert after != text
    (copy / "process.yaml").write_text(after)
    return read_process(copy)


def with_notice_called(folder: Path, old: str, new: str) -> Process:
    """AK-1 with a notice of another name."""
    copy = _copy(folder)
    for name in ("process.yaml", "notices.yaml"):
        (copy / name).write_text(as_word((copy / name).read_text(), old, new))
    return read_process(copy)


def with_field(folder: Path, name: str) -> Process:
    """AK-1 whose form asks for one more text."""
    copy = _copy(folder)
    yaml = YAML()
    form: Any = yaml.load((copy / "form.yaml").read_text())
    like = json.loads(json.dumps(form["properties"]["name"]))
    form["properties"][name] = {**like, "title": {"id": "Golongan darah", "en": "Blood type"}}
    form["required"].append(name)
    with (copy / "form.yaml").open("w") as out:
        yaml.dump(form, out)
    return read_process(copy)


def _copy(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{len(list(folder.iterdir()))}" / "ak1-online"
    shutil.copytree(DEFINITIONS / "ak1-online", copy)
    return copy


@dataclass
class Mover:
    """Migrations led by hand: the clock process's looks and the drain, with a clock that stands still."""

    house: House
    hand: Hand
    #: The version into which cases are moved.
    new: Process

    @property
    def now(self) -> datetime:
        """The moment at which everything happens."""
        return self.hand.now

    def account(self, name: str) -> str:
        """Account id as the engine reads it."""
        return str(account_id(self.house, name))

    def plan(self, **parts: Any) -> Plan:
        """A plan from the first version of AK-1; the new one is published now, so that earlier cases pin the first."""
        with self.house.engine.begin() as db:
            publish_shipped(db, self.new, datetime.now(UTC))
        with self.house.engine.connect() as db:
            source = db.execute(
                text("SELECT hash FROM definition WHERE process = 'ak1-online' AND version = 1")
            ).scalar()
        told = {"process": "ak1-online", "from": source, "to": self.new.hash, "states": TO_CHECKING, **parts}
        with self.house.engine.connect() as db:
            return read_plan(
                json.dumps(told),
                lambda name, version: store.find_version(db, self.house.library, name, version),
                self.house.library.offices,
            )

    def propose(self, **parts: Any) -> int:
        """A plan that waits for approval; its number."""
        plan = self.plan(**parts)
        with self.house.engine.begin() as db:
            return store.propose(db, plan, self.account("supervisor"), self.now)

    def begin(self, **parts: Any) -> int:
        """A migration that two supervisors let run; its number."""
        id_ = self.propose(**parts)
        with self.house.engine.begin() as db:
            store.approve(db, id_, self.account("supervisor2"), self.now)
        return id_

    def step_on(self, db: Connection) -> bool:
        """What the clock process does at a tick."""
        return migration_run.step(db, self.house.library, self.now)

    def look(self) -> bool:
        """One look, committed."""
        with self.house.engine.begin() as db:
            return self.step_on(db)

    def run(self) -> None:
        """Look and drain until nothing changes any more at this moment."""
        before: Any = None
        while True:
            self.look()
            done = self.hand.drain()
            with self.house.engine.connect() as db:
                now = db.execute(text("SELECT md5(array_agg(m::text)::text) FROM migration m")).scalar()
                now = now, db.execute(text("SELECT md5(array_agg(m::text)::text) FROM migration_case m")).scalar()
            if not done and now == before:
                return
            before = now

    def migration(self, id_: int) -> Migration:
        """The migration as it is stored."""
        with self.house.engine.connect() as db:
            return store.get(db, id_)

    def progress(self, id_: int) -> dict[str, int]:
        """How many cases have each status, those with none left out."""
        with self.house.engine.connect() as db:
            return {name: n for name, n in store.progress(db, id_).items() if n}

    def definitions(self, cases: Sequence[int]) -> list[str]:
        """Hashes that the cases pin."""
        with self.house.engine.connect() as db:
            found = db.execute(text("SELECT id, definition FROM case_ WHERE id = ANY(:c)"), {"c": list(cases)})
            pinned = {row.id: row.definition for row in found}
        return [pinned[case] for case in cases]
