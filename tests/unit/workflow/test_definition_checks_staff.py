"""Whether the staff of an office can meet four eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.definition.checks.staff import staff_problems
from workflow.definition.process import Process
from workflow.definition.reader import parse_process, read_process

ROOT = Path(__file__).parents[3]
BASE = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "tests/definitions/base").glob("*.yaml")}


@pytest.fixture(scope="module")
def ak1() -> Process:
    return read_process(ROOT / "definitions" / "ak1-online")


def told(process: Process, **staff: str) -> list[tuple[str, str]]:
    """Codes and paths for persons given as `name="role role"`."""
    problems = staff_problems(process, "palembang", {name: roles.split() for name, roles in staff.items()})
    return [(p.code, " ".join(p.path)) for p in problems]


def test_an_operator_and_a_signer_meet_four_eyes(ak1: Process) -> None:
    """The smallest office that can run AK-1."""
    assert told(ak1, ani="operator", citra="signer") == []


def test_one_person_in_both_roles_does_not(ak1: Process) -> None:
    """Who submits for a person acts in all of his roles, so that he cannot verify; else he verifies and cannot sign."""
    stuck = [("four_eyes_unmet", "submit begin"), ("four_eyes_unmet", "submit begin approve")]
    assert told(ak1, eka="operator signer") == stuck


def test_without_assisted_submission_one_person_is_stuck_at_the_signature() -> None:
    """The party submits itself, so the first who acts is the operator."""
    files = {p.name: p.read_text() for p in (ROOT / "definitions" / "ak1-online").glob("*.yaml")}
    text = files["process.yaml"].replace("submit: {assisted: true}", "submit: {assisted: false}")
    text = text.replace("    assisted: true\n", "")
    alone = parse_process({**files, "process.yaml": text})
    assert told(alone, eka="operator signer") == [("four_eyes_unmet", "submit begin approve")]
    assert told(alone, eka="operator signer", fay="operator signer") == []
    assert told(alone, eka="operator signer", citra="signer") == []


def test_a_second_operator_does_not_help_where_the_signer_may_verify_first(ak1: Process) -> None:
    """It is enough that one choice of persons leads nowhere."""
    assert told(ak1, ani="operator", eka="operator signer") == [("four_eyes_unmet", "submit begin approve")]


def test_one_person_in_both_roles_beside_two_others_is_no_harm(ak1: Process) -> None:
    """Whatever eka does, another is left for what follows."""
    assert told(ak1, eka="operator signer", ani="operator", citra="signer") == []


def test_a_role_that_nobody_has_is_told_with_the_first_task_that_needs_it(ak1: Process) -> None:
    """An office without a signer approves cards that are never signed."""
    assert told(ak1, ani="operator") == [("role_unstaffed", "submit begin approve")]
    assert told(ak1) == [("role_unstaffed", "submit begin")]


def test_an_officer_who_assisted_counts_in_all_roles_of_his(ak1: Process) -> None:
    """Who submits for a person acted in each staff role that he has; so says `acting_roles`."""
    assert told(ak1, eka="signer operator", ani="operator")[0][1] == "submit begin approve"


def test_another_offices_task_is_for_its_own_staff() -> None:
    """`task.office` sends the task elsewhere; this office need not staff it."""
    text = BASE["process.yaml"].replace("task: {role: chief}", "task: {role: chief, office: lamongan}")
    elsewhere = parse_process({**BASE, "process.yaml": text})
    assert told(elsewhere, ani="clerk") == []
    assert told(parse_process(BASE), ani="clerk") == [("role_unstaffed", "submit begin forward")]


def test_the_culprit_is_the_role_of_the_task(ak1: Process) -> None:
    """The place in the file is the same as for other proofs, and the sentence names persons and roles."""
    problem = staff_problems(ak1, "palembang", {"eka": {"operator", "signer"}})[1]
    assert problem.place == ("states", "approved", "task", "role")
    assert "`eka`" in problem.message
    assert "`operator`" in problem.message
