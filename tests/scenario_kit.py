"""Reading and performing scenarios in tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from alur.scenarios.results import Result
from alur.scenarios.run import Listener, Theatre, perform_script
from alur.scenarios.script import CODES, Script
from workflow.definition.offices import read_offices
from workflow.definition.reader import read_process
from workflow.scenario.ground import Ground
from workflow.scenario.model import Scenario
from workflow.scenario.reader import parse_scenarios

DEFINITIONS = Path(__file__).parents[1] / "definitions"

#: A Friday morning; siti's application is filled in and not yet submitted.
HEAD = """\
- name: a trial
  given:
    {process: ak1-online, office: palembang, applicant: siti, data: samples/siti.yaml, documents: samples/,
     at: "2026-11-20T08:00+07:00"}
  staff: {ani: [operator], budi: [operator, signer], citra: [signer], dedi: [head]}
  steps:
"""
#: Line of the file on which the first step stands.
FIRST_LINE = 7


def ground(process: str = "ak1-online") -> Ground:
    """What the scenarios of a shipped process are read against."""
    folder = DEFINITIONS / process
    offices = read_offices(DEFINITIONS / "offices.yaml")
    return Ground(process=read_process(folder), offices=offices, folder=folder, codes=CODES)


def trial(steps: str) -> str:
    """The text of a file with one scenario of these steps."""
    return HEAD + indent(dedent(steps).strip("\n") + "\n", "    ")


def parse(text: str, **given: Any) -> tuple[Scenario, ...]:
    """The scenarios of a text, against AK-1."""
    return parse_scenarios(text, "scenarios.yaml", ground(**given))


def perform(place: Theatre, steps: str, listener: Listener | None = None) -> Result:
    """What comes of one scenario of these steps."""
    known = ground()
    script = Script(process=known.process, ground=known, scenarios=parse_scenarios(trial(steps), "trial.yaml", known))
    return perform_script(script, place, listener or Listener()).results[0]
