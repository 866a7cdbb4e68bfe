"""Plans: read with the places of their errors, and proposed from two versions."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kernel_kit import DEFINITIONS, ak1, verifying
from tests.migration_kit import as_word, changed, renamed_word
from workflow.definition.errors import DefinitionError
from workflow.definition.format import schema_of
from workflow.definition.process import Process
from workflow.migration import plan_text, propose
from workflow.migration_plan import Plan, plan_of, read_plan

PLAN = """\
process: ak1-online
from: 1
to: 2
states:
  submitted: submitted
  verifying: checking
  correction: correction
  approved: approved
  signed: block
  issued: issued
offices: [palembang]
where: "case.state == 'verifying'"
canary: {share: 5%, wait: PT30M}
throttle: {per_minute: 120}
"""


@pytest.fixture
def new(tmp_path: Path) -> Process:
    """AK-1 with `verifying` called `checking`."""
    return renamed_word(tmp_path, "verifying", "checking")


def read(text: str, new: Process) -> Plan:
    versions: dict[int | str, Process] = {1: ak1().process, 2: new, new.hash: new}
    return read_plan(text, lambda name, version: versions.get(version), ["palembang", "lamongan"])


def problems(text: str, new: Process) -> list[tuple[str, int, int]]:
    with pytest.raises(DefinitionError) as told:
        read(text, new)
    return [(p.code, p.line, p.column) for p in told.value.problems]


def test_a_plan_says_which_cases_go_where_and_how_fast(new: Process) -> None:
    """Every key reaches the plan, and storing gives it back."""
    plan = read(PLAN, new)
    assert plan.sources == (ak1().process.hash,)
    assert plan.target == new.hash
    assert plan.states["verifying"] == "checking"
    assert (plan.canary(30), plan.canary_wait, plan.per_minute) == (2, 1800, 120)
    assert plan_of(plan.as_json()) == plan
    assert read(PLAN.replace("to: 2", f"to: {new.hash}"), new) == plan


def test_what_is_left_out_is_careful(new: Process) -> None:
    """Ten cases first, an hour of watching, 600 a minute."""
    plan = read(PLAN[: PLAN.index("offices")], new)
    assert (plan.canary(10_000), plan.canary_wait, plan.per_minute) == (10, 3600, 600)
    assert plan.chooses()(verifying().case, verifying().now)


@pytest.mark.parametrize(
    ("old", "changed", "code", "line"),
    [
        ("verifying: checking", "verifying: cheking", "unknown_state", 6),
        ("  verifying:", "  verifing:", "unknown_state", 6),
        ("issued: issued", "issued: expired", "final_state", 10),
        ("to: 2", "to: 7", "unknown_version", 3),
        ("to: 2", "to: 1", "same_version", 3),
        ("to: 2", "to: newest", "bad_version", 3),
        ("offices: [palembang]", "offices: [palembong]", "unknown_office", 11),
        ("case.state == 'verifying'", "case.sate == 'verifying'", "guard_unknown_name", 12),
        ("share: 5%", "share: 0%", "bad_share", 13),
        ("wait: PT30M", "wait: soon", "bad_duration", 13),
        ("per_minute", "per_hour", "unknown_key", 14),
        ("offices: [palembang]", "roles: {operater: signer}", "unknown_role", 11),
        ("offices: [palembang]", "clocks: {service: promise}", "unknown_clock", 11),
    ],
)
def test_an_error_is_told_with_its_place(new: Process, old: str, changed: str, code: str, line: int) -> None:
    """A person corrects the line that is named."""
    found = problems(PLAN.replace(old, changed), new)
    assert (code, line) in [(c, place) for c, place, _ in found], found


def test_the_condition_and_the_offices_choose_cases(new: Process) -> None:
    """Only cases that both mean are moved."""
    chosen, desk = read(PLAN, new).chooses(), verifying()
    assert chosen(desk.case, desk.now)
    assert not chosen(desk.case._replace(office="lamongan"), desk.now)
    assert not chosen(desk.case._replace(state="approved"), desk.now)


def test_a_case_of_which_the_condition_cannot_be_told_is_left(new: Process) -> None:
    """A draft has no moment of entry; it is not moved by a condition that asks for one."""
    plan = read(PLAN.replace("case.state == 'verifying'", "now - case.entered_at > duration('1h')"), new)
    desk = verifying()
    assert plan.chooses()(desk.case, desk.now + timedelta(hours=2))
    assert not plan.chooses()(desk.case._replace(entered_at=None), desk.now)


def test_going_back_is_by_names_that_are_clear() -> None:
    """Two states that became one cannot be told apart again; who acted in one of two roles counts in both."""
    plan = Plan(
        process="p",
        sources=("a",),
        target="b",
        states={"x": "z", "y": "z", "w": "v", "u": "block"},
        roles={"operator": ("officer",), "checker": ("officer",)},
    )
    back = plan.payload_back(1, {"state": "x", "definition": "a", "fired": {}}, 3, map_back=True)
    assert back["states"] == {"v": "w"}
    assert back["roles"] == {"officer": ["operator", "checker"]}
    assert (back["from"], back["to"], back["map"]) == (["b"], "a", True)


def test_the_same_name_is_proposed_as_the_same_state_and_a_renamed_one_by_likeness(new: Process) -> None:
    """What a person would do by hand, to be corrected."""
    found = propose(ak1().process, new)
    assert found == {
        "submitted": "submitted",
        "verifying": "checking",
        "correction": "correction",
        "approved": "approved",
        "signed": "signed",
        "issued": "issued",
    }


def test_a_state_that_is_like_none_is_held_back(new: Process) -> None:
    """A proposal guesses nothing: the text says so, and is a plan that can be read."""
    lonely = replace(new, states={n: s for n, s in new.states.items() if n != "checking"})
    found = propose(ak1().process, lonely)
    assert found["verifying"] is None
    text = plan_text("ak1-online", (1,), 2, found)
    assert "verifying:  block" in text
    assert read(text, new).states["verifying"] == "block"


def test_the_documented_plan_is_one_and_names_every_key(tmp_path: Path) -> None:
    """What a supervisor copies from the page can be read; a key that is added is documented."""
    page = (Path(__file__).parents[3] / "docs" / "reference" / "migration-plan.md").read_text()
    block = re.findall(r"```yaml\n(# plan\.yaml.*?)```", page, re.DOTALL)[0]
    new = as_word((DEFINITIONS / "ak1-online" / "process.yaml").read_text(), "verifying", "checking")
    new = as_word(as_word(new, "service", "promise"), "operator", "officer")
    versions = {1: ak1().process, 2: renamed_word(tmp_path, "head", "chief"), 3: changed(tmp_path, lambda _: new)}
    plan = read_plan(block, lambda _, version: versions.get(version), ["palembang"])  # type: ignore[arg-type, call-overload]
    assert plan.states["verifying"] == "checking"
    for key in schema_of("migration")["properties"]:
        assert f"`{key}`" in page, key
