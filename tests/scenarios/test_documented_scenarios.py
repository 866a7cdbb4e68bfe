"""The scenarios that the documentation shows hold, and every key that there is stands on the page."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from alur.scenarios.run import Theatre, perform_script
from alur.scenarios.script import Script
from alur.scenarios.telling import Telling
from tests.scenario_kit import DEFINITIONS, ground
from workflow.scenario.model import Scenario
from workflow.scenario.reader import parse_scenarios
from workflow.scenario.stepping import BUILT_IN
from workflow.scenario.wanted import READERS

DOCS = DEFINITIONS.parent / "docs"
PAGES = ("reference/scenarios.md", "reference/definition-format.md")
_BLOCK = re.compile(r"```yaml\n(- name:.*?)```", re.DOTALL)


def documented() -> list[Scenario]:
    """Every scenario of every block."""
    blocks = [(page, block) for page in PAGES for block in _BLOCK.findall((DOCS / page).read_text())]
    return [s for page, block in blocks for s in parse_scenarios(block, page, ground())]


@pytest.mark.parametrize("scenario", documented(), ids=lambda s: f"{s.file}: {s.name}")
def test_a_documented_scenario_holds(place: Theatre, scenario: Scenario) -> None:
    """What a supervisor copies from the page works."""
    known, told = ground(), list[str]()
    script = Script(process=known.process, ground=known, scenarios=(scenario,))
    tested = perform_script(script, place, Telling(script, "en", told.append))
    assert tested.ok, "\n".join(told)


def test_every_key_is_documented() -> None:
    """Of what is given, of steps and of expectations, by the schema."""
    schema = json.loads((files("workflow.definition") / "scenarios.schema.json").read_text())
    page = (DOCS / "reference" / "scenarios.md").read_text()
    step = schema["$defs"]["step"]["properties"]
    card = schema["$defs"]["expect"]["properties"]["card"]["oneOf"][1]["properties"]
    task = schema["$defs"]["expect"]["properties"]["task"]["oneOf"][1]["properties"]
    given = [f"given.{name}" for name in schema["items"]["properties"]["given"]["properties"]]
    for name in (*given, *schema["items"]["properties"], *step, *card, *task, *BUILT_IN):
        assert re.search(rf"[`{{ ]{re.escape(name)}[`:,}} ]", page), name
    for name in READERS:
        assert f"| `{name}` |" in page, name
    assert READERS.keys() == schema["$defs"]["expect"]["properties"].keys()
