"""What the proofs say is what happens: sound processes never get stuck, unsound ones break where it is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.proof_kit import Scene, Stage
from workflow.definition.checks.fault import Fault
from workflow.definition.checks.proofs import faults
from workflow.definition.errors import DefinitionError
from workflow.definition.process import Process
from workflow.definition.reader import PARTS, load_process, read_process
from workflow.definition.yaml import load

ROOT = Path(__file__).parents[2]
BASE = {
    name: load((ROOT / f"tests/definitions/base/{name}.yaml").read_text(), name).data
    for name in ("process", "form", "notices", "card")
}
BAD = sorted((ROOT / "tests/definitions/bad").glob("proof_*.yaml"))
TEXT = {"id": "x", "en": "x"}


@st.composite
def definitions(draw: st.DrawFn, *, spoilt: bool) -> Process:
    """A random process: a chain that leads to an end, with anything added; `spoilt` ones lose some of it."""
    size = draw(st.integers(2, 6))
    names = [f"s{n}" for n in range(size)]
    states: dict[str, Any] = {name: {} for name in names}
    states["s0"]["initial"] = True
    states[names[-1]]["final"] = True
    moves: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for n in range(size - 1):
        later = draw(st.integers(n + 1, size - 1))
        if not (spoilt and draw(st.integers(0, 5)) == 0):
            add_move(draw, states, moves, fields, names[n], names[later])
        add_move(draw, states, moves, fields, names[n], names[n + 1])
        if draw(st.booleans()):
            role = draw(st.sampled_from(["clerk", "chief"]))
            states[names[n]]["task"] = {"role": role}
            if not spoilt or draw(st.booleans()):
                moves[f"m{len(moves)}"] = {"from": names[n], "to": names[-1], "by": role}
    for _ in range(draw(st.integers(0, size))):
        begin, end = draw(st.sampled_from(names[:-1])), draw(st.sampled_from(names))
        add_move(draw, states, moves, fields, begin, end)
    process = {
        "process": "random",
        "title": TEXT,
        "calendar": "disnaker",
        "form": "form.yaml",
        "roles": {"party": {"party": True}, "clerk": {}, "chief": {"distinct_from": "clerk"}},
        "states": states,
        "transitions": moves,
    }
    add_rules(draw, process, names)
    form = {**BASE["form"], "properties": {**BASE["form"]["properties"], **fields}}
    try:
        return load_process({"process": process, "form": form})
    except DefinitionError:
        assume(False)
        raise


def add_move(draw: st.DrawFn, states: Any, moves: Any, fields: Any, begin: str, end: str) -> None:
    """Any kind of transition between two states, with a field of its own as its guard, or a step's result."""
    name = f"m{len(moves)}"
    by = draw(st.sampled_from(["clerk", "chief", "party", "system", "timer"]))
    move: dict[str, Any] = {"from": begin, "to": end, "by": by}
    kind = draw(st.sampled_from(["sure", "sure", "guarded", "run", "result"]))
    if kind == "guarded":
        move["when"] = f"data.g{len(fields)}"
        fields[f"g{len(fields)}"] = {"type": "boolean", "title": TEXT, "x-section": "stall"}
    elif kind == "run" or (kind == "result" and by == "timer"):
        move["run"] = "intake_checks"
    elif kind == "result":
        move |= {"run": "intake_checks", "when": "result.ok"}
    if by == "timer":
        states[begin].setdefault("timers", []).append({"after": "P1D", "fire": name})
    moves[name] = move


def add_rules(draw: st.DrawFn, process: Any, names: list[str]) -> None:
    """Perhaps a clock, a hold with a waiting list, and a required step."""
    any_state = st.sampled_from(names)
    if draw(st.booleans()):
        parts: dict[str, list[str]] = {"start": ["s0"], "pause": [], "stop": [names[-1]]}
        for name in names[1:-1]:
            part = draw(st.sampled_from(["start", "pause", "stop", None, None, None, None]))
            if part:
                parts[part].append(name)
        written = {key: value for key, value in parts.items() if value}
        process["clocks"] = {"promise": {"target": "P3D", "title": TEXT, **written}}
    if draw(st.booleans()):
        hold = {"scope": "x", "key": "data.stall", "limit": 1, "until": [names[-1]]}
        if draw(st.booleans()):
            process["states"]["queue"] = {}
            process["transitions"]["promote"] = {"from": "queue", "to": draw(any_state), "by": "hold"}
            hold |= {"full": "queue", "freed": "promote"}
        process["holds"] = {"place": hold}
    if draw(st.integers(0, 3)) == 0:
        process["requires"] = [{"step": "intake_checks", "before": draw(any_state)}]


def walk(process: Process, chance: random.Random, steps: int) -> int:
    """Play at random; fails where a case stands still. Returns how many cases ended."""
    stage, ended = Stage(process), 0
    scene = stage.start()
    everything = stage.extremes()
    for _ in range(steps):
        state = scene.case.state
        if state != "draft" and process.states[state].final:
            ended, scene = ended + 1, stage.start()
            continue
        tried = [stage.play(scene, command, now) for command, now in stage.tries(scene, everything)]
        ways = [after for after in tried if after]
        assert ways, f"stuck in {state} after {scene.moves()}"
        assert not any(way.endless for way in ways)
        assert any(way.case.state != state or way.case.step != scene.case.step for way in ways)
        scene = chance.choice(ways)
    return ended


FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@given(process=definitions(spoilt=False), seed=st.integers(0, 2**32))
@FEW
def test_a_sound_process_never_gets_stuck(process: Process, seed: int) -> None:
    """Wherever chance leads, something is accepted that leads on, until the case ends."""
    assume(not faults(process))
    walk(process, random.Random(seed), 30)


@pytest.mark.long
@given(process=definitions(spoilt=False), seed=st.integers(0, 2**32))
@MANY
def test_many_sound_processes_never_get_stuck(process: Process, seed: int) -> None:
    """The same over many processes and longer lives."""
    assume(not faults(process))
    walk(process, random.Random(seed), 200)


@pytest.mark.parametrize("steps", [300, pytest.param(10_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["tests/definitions/base"])
def test_a_written_process_never_gets_stuck(name: str, steps: int) -> None:
    """And cases do come to an end."""
    assert walk(read_process(ROOT / name), random.Random(7), steps) > steps // 50


@given(process=definitions(spoilt=True))
@settings(FEW, max_examples=100)
def test_a_told_path_runs_into_the_fault(process: Process) -> None:
    """Performed with its guards forced, every path that is shown leads to what is told."""
    expose(process)


@pytest.mark.long
@given(process=definitions(spoilt=True))
@settings(MANY, max_examples=1500)
def test_every_told_path_runs_into_the_fault(process: Process) -> None:
    """The same over many processes."""
    expose(process)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_path_of_a_broken_definition_runs_into_the_fault(path: Path) -> None:
    """So do the paths of the written examples."""
    body = {**BASE, "process": load(path.read_text(), path.name).data}
    if "card" not in body["process"]:
        del body["card"]
    process = load_process(body)
    assert set(body) <= {"process", *PARTS}
    assert faults(process)
    expose(process)


def expose(process: Process) -> None:
    """Perform the path of each fault, and look at what it is said to show."""
    for fault in faults(process):
        if not fault.path:
            continue
        stage = Stage(process)
        scene = stage.perform(fault.path, str(fault.place[1]) if fault.code in ("cannot_end", "no_way_out") else None)
        assert scene is not None, f"{fault} cannot be performed"
        if scene.endless:  # The loop itself was met, by this path or on its way.
            assert any(f.code == "system_loop" for f in faults(process))
            continue
        assert scene.moves()[: len(fault.path)] == list(fault.path)
        SHOWN.get(fault.code, stands_there)(stage, scene, fault)


def never_ends(stage: Stage, scene: Scene, fault: Fault) -> None:
    """Nothing that can be tried from here, in any order, ends the case."""
    waiting, seen = [scene], set()
    everything = stage.extremes()
    while waiting and len(seen) < 60:
        now = waiting.pop()
        assert not stage.process.states[now.case.state].final
        for command, moment in stage.tries(now, everything):
            after = stage.play(now, command, moment)
            if after and not after.endless and (key := (after.case.state, after.case.step is None)) not in seen:
                seen.add(key)
                waiting.append(after)


def stays(stage: Stage, scene: Scene, fault: Fault) -> None:
    """With no guard holding, whatever is tried leaves the case where it is."""
    if fault.place[-1] == "by":  # Only where the clock has passed its step before does the case stay.
        return
    state = scene.case.state
    none = [data for data in stage.extremes() if data["area"] == 5][1]
    for _ in range(4):
        after = [stage.play(scene, command, moment) for command, moment in stage.tries(scene, [none])]
        left = [a for a in after if a and a.case.state == state]
        if scene.case.step is None or scene.case.step.failed:
            assert len(left) == len([a for a in after if a])
        if not left:
            return
        scene = left[-1]


def loops(stage: Stage, scene: Scene, fault: Fault) -> None:
    """The moves of the loop were all made by the system, and led back to where they began."""
    moved = [e for e in scene.events if e.type == "moved"][: len(fault.path) - 1]
    first = max(i for i, e in enumerate(moved) if e.body["do"] == fault.place[1])
    assert {e.body["role"] for e in moved[first:]} == {"system"}
    assert moved[first].body["from"] == moved[-1].body["to"]


def clock_runs_on(stage: Stage, scene: Scene, fault: Fault) -> None:
    """The case has ended and its clock has not."""
    assert stage.process.states[scene.case.state].final
    assert scene.case.clocks[str(fault.place[1])].stopped is None


def clock_was_late(stage: Stage, scene: Scene, fault: Fault) -> None:
    """The clock started with the last of the moves, after a state that stops it."""
    clock = stage.process.clocks[str(fault.place[1])]
    moves = [e for e in scene.events if e.type in ("submitted", "moved")][: len(fault.path)]
    assert scene.case.clocks[clock.name].started == moves[-1].at
    assert {e.body["to"] for e in moves[:-1]} & clock.stop


def went_around(stage: Stage, scene: Scene, fault: Fault) -> None:
    """The state was entered, the step never done."""
    rule = stage.process.requires[int(fault.place[1])]
    moved = [e for e in scene.events if e.type in ("submitted", "moved")][len(fault.path) - 1]
    assert moved.body["to"] == rule.before
    done = [e.seq for e in scene.events if e.type == "step_succeeded" and e.body["run"] == rule.step]
    assert not [seq for seq in done if seq < moved.seq]


def no_way_out(stage: Stage, scene: Scene, fault: Fault) -> None:
    """Nobody of the task's role moves the case elsewhere."""
    state = str(fault.place[1])
    role = stage.process.states[state].task.role  # type: ignore[union-attr]
    everything = stage.extremes()
    for command, moment in stage.tries(scene, everything):
        move = stage.process.transitions.get(command.do)
        if move and move.by == role and scene.case.state == state:
            after = stage.play(scene, command, moment)
            led = after.entered()[len(scene.entered()) :] if after else []
            assert led[:1] in ([], [state])


def stands_there(stage: Stage, scene: Scene, fault: Fault) -> None:
    """The path ends in a state that the culprit names."""
    entered = scene.entered()[len(fault.path) - 1]
    move = stage.process.transitions.get(str(fault.place[1]))
    assert fault.place[0] == "holds" or (move and entered in move.sources)


SHOWN: Mapping[str, Callable[[Stage, Scene, Fault], None]] = {
    "cannot_end": never_ends,
    "system_loop": loops,
    "system_moves_may_fail": stays,
    "timer_may_fail": stays,
    "clock_never_stops": clock_runs_on,
    "clock_starts_late": clock_was_late,
    "way_around": went_around,
    "no_way_out": no_way_out,
}
