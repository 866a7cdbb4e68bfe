"""From `scenarios.yaml` to scenarios; all problems at once, each with its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.yaml import load
from workflow.scenario.ground import Ground, Scene
from workflow.scenario.model import FIRST, Scenario
from workflow.scenario.moments import read_moment
from workflow.scenario.stepping import read_opening, read_step

SCENARIOS_FILE = "scenarios.yaml"
EVERY_OFFICE = "*"

#: Stands in where a problem was told of the office or the moment; such a scenario is never handed out.
_NOWHEN, _NOWHERE = datetime(2000, 1, 1, tzinfo=UTC), ZoneInfo("UTC")


def read_scenarios(path: Path, ground: Ground) -> tuple[Scenario, ...]:
    """The scenarios of a file; DefinitionError with all problems."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        said = "There is no such file: a process without scenarios has not been shown to work."
        raise DefinitionError([_problem(path, "missing_file", said)]) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([_problem(path, "not_utf8", "The file is not UTF-8 text; save it as UTF-8.")]) from error
    return parse_scenarios(text, str(path), ground)


def parse_scenarios(text: str, file: str, ground: Ground) -> tuple[Scenario, ...]:
    """Like `read_scenarios`, from the text of the file; files that it names are looked for in `ground.folder`."""
    source, report = load(text, file), Report()
    root = Node(source, report, (), source.data)
    check_format(root, "scenarios")
    report.raise_if_any()
    scenarios = tuple(_scenario(node, ground) for node in root.elements())
    _check_names(root)
    report.raise_if_any()
    return scenarios


def _problem(path: Path, code: str, message: str) -> Problem:
    return Problem(file=str(path), line=0, column=0, code=code, message=message)


def _check_names(root: Node) -> None:
    seen: set[str] = set()
    for node in root.elements():
        name = node.get("name")
        if name.text() in seen:
            name.problem("name_taken", "Another scenario has this name already; choose another one.")
        seen.add(name.text())


def _scenario(node: Node, ground: Ground) -> Scenario:
    given = node.get("given")
    process = given.get("process")
    if process.text() != ground.process.name:
        process.unknown("process", [ground.process.name])
    office = ground.offices.get(given.get("office").text())
    zone = office.zone if office else _NOWHERE
    at = read_moment(given.get("at"), _NOWHEN)
    staff = {name: _memberships(roles, given.get("office").text(), ground) for name, roles in node.get("staff").items()}
    scene = Scene(ground=ground, zone=zone, now=at, persons=set(staff))
    opening = read_opening(given, scene, FIRST, {}, None)
    scene.persons |= {n.get("applicant").text() for n in node.get("steps").elements() if n.get("open").present} - {""}
    steps = tuple(read_step(step, scene, opening) for step in node.get("steps").elements())
    return Scenario(
        name=node.get("name").text(),
        file=node.source.file,
        line=node.source.place((*node.path, "name"))[0],
        process=process.text(),
        opening=opening,
        staff=staff,
        at=at,
        steps=steps,
    )


def _memberships(node: Node, office: str, ground: Ground) -> tuple[tuple[str, str], ...]:
    """Pairs of role and office: a list holds at the scenario's office, a mapping names the offices."""
    if not isinstance(node.value, dict):
        return tuple((ground.one(role, "role"), office) for role in node.elements())
    for _, roles in node.items():
        ground.key(roles, "office", EVERY_OFFICE)
    return tuple((ground.one(role, "role"), where) for where, roles in node.items() for role in roles.elements())
