"""Every shipped process does what its scenarios say, and they say everything that it can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from alur.furnish import SHIPPED
from alur.scenarios.results import Performed, Result
from alur.scenarios.run import Theatre
from alur.scenarios.script import Script, read_script
from alur.scenarios.telling import Telling
from tests.scenario_kit import DEFINITIONS
from workflow.scenario.coverage import coverage
from workflow.scenario.model import Scenario
from workflow.scenario.reader import SCENARIOS_FILE


@cache
def script(name: str) -> Script:
    """A shipped process with its scenarios."""
    return read_script(DEFINITIONS / name)


#: A process that ships without scenarios fails at its coverage.
SHOWN = [name for name in SHIPPED if (DEFINITIONS / name / SCENARIOS_FILE).is_file()]
SCENES = [(name, n) for name in SHOWN for n in range(len(script(name).scenarios))]
#: What was performed already, for the coverage.
_done: dict[tuple[str, int], Result] = {}


def titled(scene: object) -> str:
    """The id of a test: the process and the scenario's own name."""
    assert isinstance(scene, tuple)
    return f"{scene[0]}: {script(scene[0]).scenarios[scene[1]].name}"


Perform = Callable[[Scenario, Callable[[Performed], None]], Result]


@pytest.fixture(scope="module")
def performers(place: Theatre) -> Iterator[Callable[[str], Perform]]:
    """What performs the scenarios of a process, made ready once for each."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(place.prepared(script(name))))


@pytest.mark.parametrize("scene", SCENES, ids=titled)
def test_the_scenario_holds(performers: Callable[[str], Perform], scene: tuple[str, int]) -> None:
    """Performed against the real engine, every step goes as the scenario says."""
    name, n = scene
    told: list[str] = []
    listener = Telling(script(name), "en", told.append)
    listener.begins(script(name).scenarios[n])
    result = _done[scene] = performers(name)(script(name).scenarios[n], listener.step)
    listener.ends(result)
    assert result.ok, "\n".join(told)


@pytest.mark.parametrize("name", SHIPPED)
def test_scenarios_show_every_state_and_transition(performers: Callable[[str], Perform], name: str) -> None:
    """What no scenario shows, nobody has seen work: the coverage of a shipped process is whole."""
    perform = performers(name)
    scenes = enumerate(script(name).scenarios)
    results = [_done.get((name, n)) or perform(scenario, lambda _: None) for n, scenario in scenes]
    told = coverage(script(name).process, (e for r in results for e in r.events))
    assert told.complete, f"states {told.unvisited}, transitions {told.unmade}"
    assert told.percent == 100
