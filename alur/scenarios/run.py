"""Performing the scenarios of a process, one after the other."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from alur.embedded import Urls
from alur.scenarios.play import play
from alur.scenarios.results import Performed, Result, Tested
from alur.scenarios.scratch import Scratch, scratch
from alur.scenarios.script import Script
from alur.scenarios.stage import Kit, stage
from workers.signer import Signer
from workflow.blobs import FolderStore
from workflow.db import schema
from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library
from workflow.db.publishing import publish_shipped
from workflow.definition.process import Process
from workflow.scenario.coverage import coverage
from workflow.scenario.model import Scenario
from workflow.vault import Vault

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Theatre:
    """Where scenarios are performed: scratch databases, and keys and files that are gone afterwards."""

    scratch: Scratch
    folder: Path
    signer: Callable[[], Signer]

    @contextmanager
    def prepared(self, script: Script) -> Iterator[Callable[[Scenario, Callable[[Performed], None]], Result]]:
        """What performs a scenario of `script`."""
        kit = Kit(
            library=Library(script.ground.offices),
            process=script.process,
            vault=Vault(secrets.token_bytes(KEY_BYTES)),
            blobs=FolderStore(self.folder / "documents"),
            signer=self.signer,
            folder=script.ground.folder,
        )
        kit.library.add(script.process)
        self._publish(script.process)

        def perform(scenario: Scenario, tell: Callable[[Performed], None]) -> Result:
            with self.scratch.fresh() as url, stage(kit, scenario, url) as made:
                return play(made, tell)

        yield perform

    def _publish(self, process: Process) -> None:
        """Into the furnished database, of which each scenario gets a copy; nobody stays connected to it."""
        engine = engine_for(self.scratch.furnished, ENGINE, pool_size=1)
        try:
            with engine.begin() as db:
                publish_shipped(db, process, datetime.now(UTC))
        finally:
            engine.dispose()


@contextmanager
def theatre(urls: Urls) -> Iterator[Theatre]:
    """Scratch databases beside the house's own, with a furnished one; a folder and a development key of the run."""
    with scratch(urls) as databases, TemporaryDirectory(prefix="alur-scenarios-") as temporary:
        schema.upgrade(databases.furnished)
        folder = Path(temporary)
        yield Theatre(scratch=databases, folder=folder, signer=cache(lambda: _signer(folder / "pki")))


def _signer(folder: Path) -> Signer:
    """A signer with a development key of its own. Imports pyHanko: only where a card is signed."""
    from signing.development import ensure_development_pki, refresh
    from signing.keyholder import Pkcs12KeyHolder
    from signing.timestamps import local_timestamper

    pki = ensure_development_pki(folder)
    return Signer(
        holder=Pkcs12KeyHolder(pki.pkcs12),
        timestamper=local_timestamper(pki),
        trust=lambda: refresh(pki).trust,
        development=True,
    )


def perform_script(script: Script, place: Theatre, listener: Listener) -> Tested:
    """Perform every scenario of `script`, telling the listener as it goes."""
    results = []
    with place.prepared(script) as perform:
        for scenario in script.scenarios:
            listener.begins(scenario)
            result = perform(scenario, listener.step)
            listener.ends(result)
            results.append(result)
    told = coverage(script.process, (e for r in results for e in r.events))
    return Tested(process=script.process, results=tuple(results), coverage=told)


class Listener:
    """Hears what is performed; this one says nothing."""

    def begins(self, scenario: Scenario) -> None:
        """A scenario begins."""

    def step(self, done: Performed) -> None:
        """A step of it was performed, or failed."""

    def ends(self, result: Result) -> None:
        """It has ended."""
