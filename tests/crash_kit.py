"""Crashes between any two statements of the path that signs: found by tracing the path, made in a forked process.

A gap is a line of the path's modules that a whole run reaches. A new statement is a new gap: nobody has to list them.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess as SpawnProcess
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError

import signing
import workers
import workflow
from alur import logs
from alur.embedded import Urls
from alur.settings import Settings
from alur.wiring import House
from signing.keyholder import KeyHolder
from tests.drain_kit import superuser
from workers import lifting
from workers.jobs.performing import perform
from workers.signatures import signer_of
from workers.workshop import current, enter
from workflow.db.outbox import Work as Step

_ROOTS = tuple(Path(package.__path__[0]) for package in (signing, workers, workflow))
#: What a step executes on its way from a number to a published card.
PATH = frozenset(
    str(_ROOTS[root] / name)
    for root, names in enumerate(
        (
            ("archive.py", "card.py", "cms.py", "keyholder.py", "phases.py", "prepared.py"),
            (
                "dossier.py", "face.py", "levels.py", "lifting.py", "numbering.py", "signatures.py",
                "jobs/countersign_card.py", "jobs/lifting.py", "jobs/performing.py", "jobs/publish_card.py",
                "jobs/sign_card.py",
            ),
            (
                "blobs.py", "sealed_files.py", "db/appending.py", "db/card_files.py", "db/outbox.py", "db/prints.py",
                "db/register.py", "db/sealed_files.py",
            ),
        )
    )
    for name in names
)  # fmt: skip
#: How a child ends that came to its gap, and one that did all it was asked for and never came there.
CRASHED, DONE = 77, 0
#: Longest life of a process, seconds.
PATIENCE = 60

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(
    [__name__, "workers.jobs.sign_card", "workers.jobs.countersign_card", "workers.jobs.publish_card"]
)


class Gap(NamedTuple):
    """A place on the path: before this line is executed for the first time."""

    file: str
    line: int


@dataclass
class Asked:
    """A key holder that notes on disk what it signs, so that processes that die leave word of it."""

    other: KeyHolder
    notes: Path
    certificate: bytes = field(init=False)
    chain: tuple[bytes, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Stand for the other one."""
        self.certificate, self.chain = self.other.certificate, self.other.chain

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Note, then sign."""
        with self.notes.open("a") as file:
            file.write(hashlib.sha256(attributes).hexdigest() + "\n")
        return await self.other.sign_raw(attributes, digest_algorithm)

    def signed(self) -> list[str]:
        """Digests of everything that was signed, in order."""
        return self.notes.read_text().split() if self.notes.exists() else []


@dataclass(frozen=True)
class Work:
    """What is done in another process: steps that are due, or the periodic job where there are none."""

    settings: Settings
    urls: Urls
    #: Where the key notes what it signs.
    notes: Path
    steps: tuple[Step, ...] = ()

    def __call__(self) -> None:
        """Do it, in this process."""
        for step in self.steps:
            perform(step.id.case, step.id.seq, step.id.kind, step.attempt)
        if not self.steps:
            lifting.look(current())

    def enter(self) -> None:
        """Make this process one that signs for the house."""
        logs.configure(production=False)
        workshop = House(self.settings, self.urls).workshop(signs=True)
        signer = signer_of(workshop)
        workshop._open["signer"] = replace(signer, holder=Asked(signer.holder, self.notes), ring=None)
        enter(workshop)


def gaps_of(work: Work, folder: Path) -> list[Gap]:
    """Every line of the path that `work` reaches, in the order in which it does; it is done in another process."""
    told = folder / "gaps.json"
    assert _ended(_begun(_telling, work, told)) == DONE
    return [Gap(name, line) for name, line in json.loads(told.read_text())]


def crash(work: Work, gap: Gap) -> bool:
    """Do `work` in a process that ends at the gap as if the power had gone; False when it never came there."""
    return _suffered(_begun(_crashing, work, gap))


def cut(work: Work, gap: Gap) -> bool:
    """Do `work` in a process whose connections to the database are cut at the gap; False when it never came there.

    The process lives: it goes on as it can, and tells the step's failure over another connection.
    """
    return _suffered(_begun(_cutting, work, gap))


def kill(work: Work, after: float) -> None:
    """Do `work` in a process that gets a kill -9 after so many seconds, if it is still at it."""
    process = _begun(_plainly, work)
    process.join(after)
    process.kill()
    process.join()


def _begun(target: Callable[..., None], *arguments: Any) -> SpawnProcess:
    """A process that begins as every worker does: a fork of this one would lack the threads of the typesetter."""
    process = _SERVER.Process(target=target, args=arguments)
    process.start()
    return process


def _ended(process: SpawnProcess) -> int:
    process.join(PATIENCE)
    assert process.exitcode is not None
    return process.exitcode


def _suffered(process: SpawnProcess) -> bool:
    status = _ended(process)
    assert status in (CRASHED, DONE), status
    return status == CRASHED


def _telling(work: Work, told: Path) -> None:
    work.enter()
    seen: dict[tuple[str, int], None] = {}
    with _tracing(lambda file, line: seen.setdefault((file, line))):
        work()
    told.write_text(json.dumps(list(seen)))


def _crashing(work: Work, gap: Gap) -> None:
    work.enter()
    _traced(work, gap, lambda: os._exit(CRASHED))


def _cutting(work: Work, gap: Gap) -> None:
    name = f"cut-{os.getpid()}"
    came = False
    with superuser(House(work.settings, work.urls)) as server:

        def sever() -> None:
            nonlocal came
            came = True
            sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            server.execute(sql, [name]).fetchall()

        os.environ["PGAPPNAME"] = name
        work.enter()
        # What a step does not survive fails its job, as it would in a worker.
        with suppress(DBAPIError):
            _traced(work, gap, sever)
    os._exit(CRASHED if came else DONE)


def _plainly(work: Work) -> None:
    work.enter()
    work()


def _traced(work: Work, gap: Gap, what: Callable[[], object]) -> None:
    come = False

    def look(file: str, line: int) -> None:
        nonlocal come
        if not come and (file, line) == gap:
            come = True
            what()

    with _tracing(look):
        work()


@contextmanager
def _tracing(look: Callable[[str, int], object]) -> Iterator[None]:
    def lines(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            look(frame.f_code.co_filename, frame.f_lineno)
        return lines

    def calls(frame: FrameType, _event: str, _: Any) -> Any:
        return lines if frame.f_code.co_filename in PATH else None

    sys.settrace(calls)
    try:
        yield
    finally:
        sys.settrace(None)
