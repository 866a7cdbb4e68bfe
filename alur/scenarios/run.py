"""From a folder with a process to its performed scenarios."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from alur.embedded import Urls
from alur.scenarios.play import play
from alur.scenarios.results import Performed, Result, Tested
from alur.scenarios.scratch import Scratch, scratch
from alur.scenarios.stage import Kit, stage
from signing.uploads import REFUSALS
from web.sentences import SENTENCES
from workers.signer import Signer
from workflow.blobs import FolderStore
from workflow.db import schema
from workflow.db.cases import UnknownCaseError
from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library, publish_shipped
from workflow.definition.offices import read_offices
from workflow.definition.process import Process
from workflow.definition.reader import read_process
from workflow.scenario.coverage import coverage
from workflow.scenario.ground import Ground
from workflow.scenario.model import Scenario
from workflow.scenario.reader import SCENARIOS_FILE, read_scenarios
from workflow.vault import Vault

KEY_BYTES = 32
#: Refusals that persons meet before the engine decides.
CODES = frozenset({*REFUSALS, *SENTENCES, UnknownCaseError.code})


@dataclass(frozen=True, kw_only=True)
class Script:
    """A process with its scenarios, read and sound."""

    process: Process
    ground: Ground
    scenarios: tuple[Scenario, ...]


def read_script(path: Path) -> Script:
    """The process of a folder, or beside a scenario file, with its scenarios; DefinitionError with all problems.

    Offices are those of `offices.yaml` in the folder or the one above it, and otherwise the shipped ones.
    """
    folder, name = (path, SCENARIOS_FILE) if path.is_dir() else (path.parent, path.name)
    process = read_process(folder)
    near = next((p for p in (folder / "offices.yaml", folder.parent / "offices.yaml") if p.is_file()), None)
    with as_file(files("definitions") / "offices.yaml") as shipped:
        offices = read_offices(near or shipped)
    ground = Ground(process=process, offices=offices, folder=folder, codes=CODES)
    return Script(process=process, ground=ground, scenarios=read_scenarios(folder / name, ground))


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
                publish_shipped(db, process)
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
