"""From a folder with a process to what is performed: the process, its offices, its scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from signing.uploads import REFUSALS
from web.sentences import SENTENCES
from workflow.db.cases import UnknownCaseError
from workflow.definition.offices import read_offices
from workflow.definition.process import Process
from workflow.definition.reader import read_process
from workflow.scenario.ground import Ground
from workflow.scenario.model import Scenario
from workflow.scenario.reader import SCENARIOS_FILE, read_scenarios

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
