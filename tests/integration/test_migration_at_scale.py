"""Many live cases are moved while operators work: nothing lost, nothing twice, progress visible, revert restores."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

import benchmarks
from alur import accounts
from alur.wiring import House
from benchmarks.ground import OFFICE, PATH, bench_process, give, plant
from tests.drain_kit import one, quiet_house, rows, superuser, whole
from tests.migration_kit import as_word
from tests.support import account_id, drain, send
from workflow.db import case_migrations as store
from workflow.db import migration_run
from workflow.db.publishing import publish_shipped
from workflow.definition.process import Process
from workflow.definition.reader import parse_process
from workflow.migration_plan import read_plan

STATES = {"submitted": "submitted", "verifying": "checking", "correction": "correction", "approved": "approved"}
CHECKLIST = ("identity", "photo", "diploma")


def renamed() -> Process:
    """The bench process with `verifying` called `checking`."""
    shipped = files("definitions") / "ak1-online"
    texts = {name: (shipped / name).read_text() for name in ("form.yaml", "notices.yaml", "standard.yaml")}
    written = (Path(benchmarks.__file__).parent / "process.yaml").read_text()
    return parse_process(texts | {"process.yaml": as_word(written, "verifying", "checking")})


@dataclass
class Office:
    """A house with live cases, a worker, operators and the clock process, each in a thread of its own."""

    house: House
    cases: range
    stop: threading.Event = field(default_factory=threading.Event)
    sent: list[int] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def work(self) -> None:
        """A worker that is killed now and then: its connection is cut in the middle of whatever it does."""
        drainer = self.house.drainer()
        while not self.stop.is_set():
            try:
                if not drainer.drain(200).commands:
                    self.stop.wait(0.01)
            except psycopg.OperationalError:
                drainer = self.house.drainer()
            except BaseException as error:
                self.failures.append(error)
                return

    def approve(self, cases: range) -> None:
        """An operator who approves case after case, whatever definition each has."""
        for case in cases:
            if self.stop.wait(0.005):
                return
            self.sent.append(send(self.house, case, "approve", "operator", checklist=CHECKLIST))

    def cut(self) -> None:
        """Cut the connections of all workers."""
        with superuser(self.house) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND query LIKE '%%claim(%%'"
            )

    def tick(self, *, killed: bool = False) -> None:
        """A look of the clock process; `killed` before it commits."""
        with self.house.engine.connect() as db:
            migration_run.step(db, self.house.library, datetime.now(UTC))
            if killed:
                db.rollback()
            else:
                db.commit()

    def progress(self, id_: int) -> dict[str, int]:
        """What everybody sees."""
        with self.house.engine.connect() as db:
            return store.progress(db, id_)

    def until(self, id_: int, status: str) -> list[dict[str, int]]:
        """Let it run to `status`, killing clock and worker on the way; the progress that was seen."""
        seen: list[dict[str, int]] = []
        looks = 0
        while self.status(id_) != status:
            looks += 1
            assert looks < 20_000, self.progress(id_)
            self.tick(killed=looks % 5 == 4)
            if looks % 50 == 25:
                self.cut()
            seen.append(self.progress(id_))
            self.stop.wait(0.02)
        return seen

    def status(self, id_: int) -> str:
        """Status of the migration."""
        with self.house.engine.connect() as db:
            return store.get(db, id_).status


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house with the bench process."""
    with quiet_house(house) as quiet:
        with quiet.engine.begin() as db:
            publish_shipped(db, bench_process(), datetime.now(UTC))
            accounts.add(db, "applicant", "applicant", None)
        yield quiet


def proposed(house: House) -> int:
    """A plan into the renamed version, approved by another."""
    with house.engine.begin() as db:
        publish_shipped(db, renamed(), datetime.now(UTC))
        plan = {
            "process": "bench",
            "from": 1,
            "to": 2,
            "states": STATES | {"signed": "signed"},
            "canary": {"cases": 10, "wait": "PT1S"},
            "throttle": {"per_minute": 1_000_000},
        }
        found = read_plan(
            json.dumps(plan), lambda p, v: store.find_version(db, house.library, p, v), house.library.offices
        )
        now = datetime.now(UTC)
        id_ = store.propose(db, found, str(account_id(house, "supervisor")), now)
        store.approve(db, id_, str(account_id(house, "supervisor2")), now)
    return id_


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_live_cases_are_moved_while_operators_work(own: House, count: int) -> None:
    """Nothing lost, nothing twice, progress visible, revert restores; clock and workers are killed on the way."""
    with own.engine.begin() as db:
        assert accounts.find(db, "operator")
    cases = plant(own, count)
    give(own, cases, PATH[:2])
    drain(own)
    assert one(own, "SELECT count(*) FROM case_ WHERE state = 'verifying'") == count
    office = Office(own, cases)
    id_ = proposed(own)
    share = count // 10
    threads = [
        threading.Thread(target=office.work),
        threading.Thread(target=office.work),
        threading.Thread(target=office.approve, args=(range(cases.start, cases.start + share),)),
        threading.Thread(target=office.approve, args=(range(cases.stop - share, cases.stop),)),
    ]
    for thread in threads:
        thread.start()
    try:
        seen = office.until(id_, "finished")
        for thread in threads[2:]:
            thread.join(120)
        wait_for_the_queue(office)
        nothing_lost_nothing_twice(office, id_, seen, count)
        with own.engine.begin() as db:
            store.revert(db, id_, str(account_id(own, "supervisor2")), datetime.now(UTC))
        office.until(id_, "reverted")
    finally:
        office.stop.set()
        for thread in threads:
            thread.join(30)
    assert not office.failures
    restored(office, id_, count)


def wait_for_the_queue(office: Office) -> None:
    """Until every command is answered."""
    for _ in range(3_000):
        if not one(office.house, "SELECT count(*) FROM command WHERE status = 'pending'"):
            return
        office.stop.wait(0.02)
    raise AssertionError("commands wait for ever")


def nothing_lost_nothing_twice(office: Office, id_: int, seen: list[dict[str, int]], count: int) -> None:
    """Each case was moved once, each command of an operator was performed, and progress only grew."""
    house = office.house
    assert office.progress(id_)["moved"] == count
    assert one(house, "SELECT count(*) FROM event WHERE type = 'migrated'") == count
    assert one(house, "SELECT count(DISTINCT case_id) FROM event WHERE type = 'migrated'") == count
    assert one(house, "SELECT count(*) FROM case_ WHERE definition = :h", h=renamed().hash) == count
    moved = [p["moved"] for p in seen]
    assert moved == sorted(moved)
    assert len(set(moved)) > 3
    assert len(office.sent) == 2 * (count // 10)
    answered = rows(house, "SELECT status, count(*) FROM command WHERE id = ANY(:c) GROUP BY 1", c=office.sent)
    assert [tuple(r) for r in answered] == [("done", len(office.sent))]
    sample = office.cases[:: max(1, count // 500)]
    whole(house, *sample)


def restored(office: Office, id_: int, count: int) -> None:
    """Whoever did not move since has its old definition and state again; the others are listed."""
    house, progress = office.house, office.progress(id_)
    assert progress["reverted"] + progress["left"] == count
    assert one(house, "SELECT count(*) FROM case_ WHERE state = 'checking'") == 0
    assert one(house, "SELECT count(*) FROM task WHERE status = 'open' AND state = 'checking'") == 0
    old = one(house, "SELECT count(*) FROM case_ WHERE definition = :h", h=bench_process().hash)
    assert old == progress["reverted"] >= count - len(office.sent)
    verifying = one(house, "SELECT count(*) FROM case_ WHERE state = 'verifying'")
    assert verifying == count - len(office.sent)
    with house.engine.connect() as db:
        known = db.execute(text("SELECT count(*) FROM migration_case WHERE status = 'left' AND code = 'moved_on'"))
        assert known.scalar() == progress["left"]
    whole(house, *office.cases[:: max(1, count // 500)])
    assert OFFICE in {r.office for r in rows(house, "SELECT DISTINCT office FROM case_")}
