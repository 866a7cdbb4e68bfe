"""Workers and clock as real processes that a test starts, kills and starts again, and what must be true in the end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from alur.furnish import add_demo_accounts, furnish
from alur.settings import load
from alur.wiring import House, open_house
from tests.drain_kit import CHECKLIST, pass_time, rows, whole
from tests.support import new_account, open_filled, send
from workers import doorbell
from workflow.db.sealed_files import card_file

T = TypeVar("T")
ROLES = {
    "engine": ("worker", "engine"),
    "effects": ("worker", "effects"),
    "signing": ("worker", "signing"),
    "clock": ("clock",),
    "web": ("web",),
}


class Works:
    """A house at work."""

    def __init__(self, house: House, folder: Path, environ: Mapping[str, str]) -> None:
        self.house = house
        self.folder = folder
        self.environ = environ
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (folder / "work.log").open("ab")

    def start(self, name: str) -> None:
        """Start a role; `engine2` is another process of the role `engine`."""
        environ = {n: v for n, v in os.environ.items() if not n.startswith("ALUR_")}
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "alur", *ROLES[name.rstrip("0123456789")]],
            env=environ | self.environ,
            stdout=self.log,
            stderr=self.log,
        )

    def kill(self, name: str) -> None:
        """kill -9, and start it again as a supervisor would."""
        process = self.running[name]
        process.kill()
        process.wait()
        self.start(name)

    def stop(self, name: str) -> int:
        """Ask a role to end, and wait for it; its exit code."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def end(self) -> None:
        """Stop all."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for name in list(self.running):
            self.stop(name)
        self.log.close()

    def ring(self) -> None:
        """Ring as the web does."""
        doorbell.ring(self.house.redis)


@contextmanager
def at_work(folder: Path, *roles: str, **settings: str) -> Iterator[Works]:
    """A furnished house with these roles running, each ready to work; more settings by their names."""
    environ = {"ALUR_DATA": str(folder), **settings}
    with open_house(load(environ, Path.cwd())) as house:
        furnish(house)
        add_demo_accounts(house)
        works = Works(house, folder, environ)
        for role in roles:
            works.start(role)
        try:
            yield works
        finally:
            works.end()
            house.engine.dispose()


def patiently(look: Callable[[], T], seconds: float, *, every: float = 0.1) -> T:
    """What `look` finds once it finds something; servers that are away are waited for."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(DBAPIError, RedisError, psycopg.Error, OSError):
            if found := look():
                return found
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)


def all_in(works: Works, cases: Sequence[int], state: str) -> bool:
    """True when every case is in `state`."""
    found = rows(works.house, "SELECT count(*) FROM case_ WHERE id = ANY(:c) AND state = :s", c=list(cases), s=state)
    return bool(found[0][0] == len(cases))


def apply_for_cards(works: Works, count: int) -> list[int]:
    """Applications of new people, submitted."""

    def apply() -> int:
        siti = new_account(works.house)
        case = open_filled(works.house, siti)
        send(works.house, case, "submit", siti, submits=True)
        return case

    cases = []
    for _ in range(count):
        cases.append(patiently(apply, 30))
        works.ring()
    return cases


def verify_and_sign(works: Works, cases: Sequence[int]) -> None:
    """Two officers decide each case; the commands wait behind each other."""
    for case in cases:
        insist(works, case, "approve", "operator", checklist=CHECKLIST)
        insist(works, case, "sign", "signer")
        works.ring()


def insist(works: Works, case: int, do: str, by: str, checklist: Sequence[str] = ()) -> None:
    """Send a command as a client does whose connection breaks: again, under the same key."""
    key = uuid.uuid4()
    patiently(lambda: send(works.house, case, do, by, checklist=checklist, key=key), 30)


def leases_over(works: Works) -> None:
    """What a minute of waiting does to steps whose worker is gone."""
    with contextlib.suppress(DBAPIError, psycopg.Error):
        pass_time(works.house)


def settled(works: Works, cases: Sequence[int], state: str, seconds: float, *, hurry: bool) -> None:
    """Wait until every case is in `state`; in a hurry leases of lost steps run out every other second."""
    last = time.monotonic()

    def look() -> bool:
        nonlocal last
        if all_in(works, cases, state):
            return True
        if hurry and time.monotonic() - last > 2:
            leases_over(works)
            last = time.monotonic()
        return False

    patiently(look, seconds)


def account_for(works: Works, cases: Sequence[int]) -> None:
    """One valid card per case, one number each without a gap, one signature each, and histories that replay."""
    house = works.house
    cards = rows(house, "SELECT case_id, state, blob, id FROM card WHERE case_id = ANY(:c)", c=list(cases))
    assert sorted(c.case_id for c in cards) == sorted(cases)
    assert {c.state for c in cards} == {"valid"}
    serials = [r[0] for r in rows(house, "SELECT serial FROM card ORDER BY serial")]
    assert serials == list(range(1, len(serials) + 1))
    last = rows(house, "SELECT last FROM card_series")
    assert [r[0] for r in last] == [len(serials)]
    signed = rows(
        house, "SELECT card, phase, cms IS NOT NULL AS has FROM signature WHERE card = ANY(:k)", k=[c.id for c in cards]
    )
    assert sorted(s.card for s in signed) == sorted(c.id for c in cards)
    assert all(s.phase == "finished" and s.has for s in signed)
    for card in cards:
        with house.engine.connect() as db:
            assert card_file(db, house.vault, house.blobs, card.case_id).count(b"/ByteRange") == 1
    moves = rows(
        house,
        "SELECT case_id, count(*) FROM event WHERE case_id = ANY(:c) AND body->>'do' IN ('sign', 'issue') GROUP BY 1",
        c=list(cases),
    )
    assert all(n == 2 for _, n in moves)
    waiting = rows(house, "SELECT count(*) FROM command WHERE status = 'pending' AND case_id = ANY(:c)", c=list(cases))
    assert waiting[0][0] == 0
    whole(house, *cases)
