"""What the compiler proves, and the shortest path that breaks a proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflow.definition.checks.proofs import faults
from workflow.definition.checks.walk import MAX_SPOTS
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.reader import load_process, parse_process, read_process

ROOT = Path(__file__).parents[3]
BASE = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "tests/definitions/base").glob("*.yaml")}
BAD = sorted((ROOT / "tests/definitions/bad").glob("proof_*.yaml"))

#: Codes of faults that are wrong whatever path is taken, so that none is shown.
WITHOUT_PATH = {
    *("unreachable_state", "no_final_state", "guard_never_holds", "missing_language", "hold_runs_step"),
    *(
        "timer_reads_result",
        "clock_fires_nowhere",
        "replaces_never_held",
        "too_complex",
        "no_card",
        "card_end_differs",
        "no_second_field",
    ),
}


def problems(**files: str) -> tuple[Problem, ...]:
    """Problems of the base definition with other files."""
    with pytest.raises(DefinitionError) as caught:
        parse_process({**BASE, **files})
    return caught.value.problems


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_failed_proof_shows_the_shortest_path_that_breaks_it(path: Path) -> None:
    """Each file names the path after what it expects; a fault without one is wrong on every path."""
    text = path.read_text(encoding="utf-8")
    expected = re.findall(r"^# expect: (\w+) \d+:\d+\n(?:# path: ([\w ]+)\n)?", text, re.MULTILINE)
    told = problems(**{"process.yaml": text})
    assert [(p.code, " ".join(p.path)) for p in told] == expected
    assert all(bool(p.path) != (p.code in WITHOUT_PATH) for p in told)


def test_every_proof_has_a_broken_definition() -> None:
    """A proof that nothing breaks might prove nothing."""
    source = "".join(p.read_text() for p in (ROOT / "workflow/definition/checks").glob("*.py"))
    codes = set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'return "(\w+)", \(', source))
    shown = {code for p in BAD for code in re.findall(r"^# expect: (\w+)", p.read_text(), re.MULTILINE)}
    assert codes - {"too_complex"} <= shown
    assert len(codes) >= 20


def test_the_shipped_process_is_sound() -> None:
    """AK-1 passes every proof."""
    assert faults(read_process(ROOT / "definitions" / "ak1-online")) == ()


def test_errors_of_reading_are_told_before_proofs() -> None:
    """A misspelt name would break many proofs; only the name is told."""
    text = BASE["process.yaml"].replace("to: granted, by: chief", "to: grantd, by: chief")
    assert [p.code for p in problems(**{"process.yaml": text})] == ["unknown_state"]


def test_a_stored_process_is_not_proven_again() -> None:
    """Cases go on that pin a definition from before a proof was invented."""
    text = BASE["process.yaml"].replace("stop: [granted, refused, closed]", "stop: [granted, refused]")
    body = dict(parse_process(BASE).body)
    clock = {**body["process"]["clocks"]["promise"], "stop": ["granted", "refused"]}
    body["process"] = {**body["process"], "clocks": {"promise": clock}}
    assert [p.code for p in problems(**{"process.yaml": text})] == ["clock_never_stops"]
    assert [f.code for f in faults(load_process(body))] == ["clock_never_stops"]


def test_the_same_definition_is_always_told_the_same() -> None:
    """Paths follow the order of the file, never that of a set."""
    text = (ROOT / "tests/definitions/bad/proof_clock_never_stops_in_two.yaml").read_text()
    assert problems(**{"process.yaml": text}) == problems(**{"process.yaml": text})


def test_a_timer_may_run_a_step() -> None:
    """A yearly reprint is drawn by a timer; what comes of it is asked of no guard."""
    text = BASE["process.yaml"].replace(
        "to: closed, by: timer}\n  expire", "to: closed, by: timer, run: notify}\n  expire"
    )
    assert parse_process({**BASE, "process.yaml": text}).transitions["lapse"].run == "notify"


def test_a_guarded_last_system_move_is_sound_where_a_person_leads_on() -> None:
    """Rule 6 asks for an unguarded one only where there is no other exit."""
    text = BASE["process.yaml"].replace("intake_checks}\n  promote", 'intake_checks, when: "!result.ok"}\n  promote')
    assert [p.code for p in problems(**{"process.yaml": text})] == ["system_moves_may_fail"]
    text = text.replace("requires:", "  help: {from: received, to: review, by: clerk}\nrequires:")
    assert parse_process({**BASE, "process.yaml": text}).transitions["help"]


def test_a_process_with_too_many_clocks_is_told_so() -> None:
    """The search is bounded; beyond it a process counts as unproven, never as sound."""
    clock = "  c{n}: {{title: {{id: C, en: C}}, target: P1D, start: [s{n}], stop: [closed]}}\n"
    count = MAX_SPOTS.bit_length() + 1
    text = BASE["process.yaml"].replace("checks:\n", "".join(clock.format(n=n) for n in range(count)) + "checks:\n")
    states = "".join(f"  s{n}: {{}}\n" for n in range(count))
    ways = "".join(
        f"  in{n}: {{from: review, to: s{n}, by: clerk}}\n  out{n}: {{from: s{n}, to: review, by: clerk}}\n"
        for n in range(count)
    )
    text = text.replace("  refused: {final", states + "  refused: {final").replace("requires:", ways + "requires:")
    assert [p.code for p in problems(**{"process.yaml": text})] == ["too_complex"]
