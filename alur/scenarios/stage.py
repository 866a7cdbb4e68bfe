"""What a scenario is performed on: an engine of its own over a scratch database, with one frozen clock for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from redis import Redis
from sqlalchemy import Engine

from workers.workshop import Workshop
from workflow.blobs import FolderStore
from workflow.db.connect import ENGINE, WEB, drain_connection, engine_for
from workflow.db.drain import Drainer
from workflow.db.library import Library
from workflow.definition.process import Process
from workflow.rulebook import Rulebook
from workflow.scenario.model import Scenario
from workflow.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.signer import Signer

#: Nobody listens here: a scenario is performed by one process, which needs no waking.
_NO_QUEUE = "unix:///nowhere"
_PUBLIC_URL = "http://localhost"


@dataclass
class Frozen:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What all scenarios of a run share."""

    library: Library
    process: Process
    vault: Vault
    blobs: FolderStore
    #: Makes the signer with the development key, once.
    signer: Callable[[], Signer]
    #: Folder of the scenarios' own files.
    folder: Path
    #: What inspections found, by the digest of the content and the rules.
    inspected: dict[str, object] = field(default_factory=dict)
    samples: dict[tuple[str, ...], bytes] = field(default_factory=dict)


@dataclass(kw_only=True)
class Stage:
    """The engine while one scenario is performed."""

    kit: Kit
    scenario: Scenario
    clock: Frozen
    #: Acts as the engine.
    engine: Engine
    #: Acts as the web, behind row-level security.
    web: Engine
    drainer: Drainer
    workshop: Workshop
    #: Account id by person.
    accounts: Mapping[str, int] = field(default_factory=dict)
    #: Case id by name.
    cases: dict[str, int] = field(default_factory=dict)
    #: The clock process runs.
    clock_runs: bool = True

    def book(self, office: str) -> Rulebook:
        """The process's rules at an office, with the calendar where office time counts."""
        library, hash_ = self.kit.library, self.kit.process.hash
        if library.counts_office_time(hash_):
            with self.engine.connect() as db:
                library.keep_time(db, [(hash_, office)])
        return library.book(hash_, office)

    def group(self, name: str) -> list[int]:
        """The cases that a name stands for, in the order in which they were opened."""
        if name in self.cases:
            return [self.cases[name]]
        return [id_ for case, id_ in self.cases.items() if case.rpartition("-")[0] == name]


@contextmanager
def stage(kit: Kit, scenario: Scenario, url: str) -> Iterator[Stage]:
    """An engine over the database at `url`, whose clock stands at the scenario's beginning."""
    clock = Frozen(scenario.at)
    engine, web = engine_for(url, ENGINE, pool_size=2), engine_for(url, WEB, pool_size=1)
    with drain_connection(url, ENGINE) as connection:
        workshop = Workshop(
            engine=engine,
            redis=Redis.from_url(_NO_QUEUE),
            library=kit.library,
            vault=kit.vault,
            blobs=kit.blobs,
            public_url=_PUBLIC_URL,
            clock=clock,
            moment=clock,
            signer=kit.signer,
        )
        try:
            yield Stage(
                kit=kit,
                scenario=scenario,
                clock=clock,
                engine=engine,
                web=web,
                drainer=Drainer(connection, engine, kit.library, kit.vault, clock),
                workshop=workshop,
            )
        finally:
            engine.dispose()
            web.dispose()
