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
from workflow.db import calendars, schema
from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library
from workflow.db.publishing import publish_shipped
from workflow.definition.calendars import find_calendar, read_calendar
from workflow.scenario.coverage import coverage
from workflow.scenario.model import Scenario
from workflow.vault import Vault

KEY_BYTES = 32
#: When calendars were published, so that every scenario knows them.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


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
        self._publish(script, kit.library)

        def perform(scenario: Scenario, tell: Callable[[Performed], None]) -> Result:
            with self.scratch.fresh() as url, stage(kit, scenario, url) as made:
                return play(made, tell)

        yield perform

    def _publish(self, script: Script, library: Library) -> None:
        """Into the furnished database, of which each scenario gets a copy; nobody stays connected to it."""
        engine = engine_for(self.scratch.furnished, ENGINE, pool_size=1)
        try:
            with engine.begin() as db:
                publish_shipped(db, script.process, datetime.now(UTC))
                for name in _calendars(script, library):
                    file = find_calendar(name, script.ground.folder)
                    calendars.publish_shipped(db, read_calendar(file), LONG_AGO)
        finally:
            engine.dispose()


def _calendars(script: Script, library: Library) -> list[str]:
    """Names of the calendars that the scenarios need: none where the process counts no office time."""
    if not library.counts_office_time(script.process.hash):
        return []
    return sorted({library.calendar_of(script.process.hash, office) for office in script.ground.offices})


@contextmanager
def theatre(urls: Urls) -> Iterator[Theatre]:
    """Scratch databases beside the house's own, with a furnished one; a folder and a development key of the run."""
    with scratch(urls) as databases, TemporaryDirectory(prefix="alur-scenarios-") as temporary:
        schema.upgrade(databases.furnished)
        folder = Path(temporary)
        yield Theatre(scratch=databases, folder=folder, signer=cache(lambda: _signer(folder / "pki")))


def _signer(folder: Path) -> Signer:
    """A signer with a development key of its own. Imports pyHanko: only where a card is signed."""
    from alur.claim_keys import trial_signer
    from signing.development import ensure_development_pki, refresh
    from signing.keyholder import Pkcs12KeyHolder
    from signing.timestamps import local_timestamper

    pki = ensure_development_pki(folder)
    return Signer(
        holder=Pkcs12KeyHolder(pki.pkcs12),
        timestamper=local_timestamper(pki),
        trust=lambda: refresh(pki).trust,
        claims=trial_signer(),
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
