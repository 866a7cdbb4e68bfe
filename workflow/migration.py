"""Which state of a new version is which of the old one: a proposal that a person corrects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher

from workflow.definition.process import Process, State
from workflow.migrating import BLOCK

#: Below this likeness (0 to 1) nothing is proposed.
LIKE_ENOUGH = 0.55
#: Weights of what makes two states alike: names of the moves that lead in and out, the name, the title, the task.
_PLACE, _NAME, _TITLE, _TASK = 0.45, 0.25, 0.15, 0.15


def propose(old: Process, new: Process) -> Mapping[str, str | None]:
    """The new state for each state of `old` in which cases live; None where nothing is alike.

    The same name is the same state; what is left is matched by likeness, the most alike first, each state once.
    """
    lived, there = _lived(old), _lived(new)
    found: dict[str, str | None] = {name: name if name in there else None for name in lived}
    left = [name for name in lived if found[name] is None]
    free = [name for name in there if name not in lived]
    pairs = sorted(((_likeness(old, new, a, b), a, b) for a in left for b in free), key=lambda p: (-p[0], p[1], p[2]))
    taken: set[str] = set()
    for likeness, a, b in pairs:
        if likeness >= LIKE_ENOUGH and found[a] is None and b not in taken:
            found[a] = b
            taken.add(b)
    return found


def plan_text(process: str, sources: tuple[int | str, ...], target: int | str, states: Mapping[str, str | None]) -> str:
    """A plan in YAML for a person to correct; what has no likeness is held back."""
    told = str(sources[0]) if len(sources) == 1 else f"[{', '.join(map(str, sources))}]"
    width = max((len(name) for name in states), default=0) + 1
    lines = [f"process: {process}", f"from: {told}", f"to: {target}", "states:"]
    for old, new in states.items():
        why = "" if new == old else "   # nothing like it was found" if new is None else "   # by likeness: check it"
        lines.append(f"  {old + ':':<{width}} {new or BLOCK}{why}")
    return "\n".join([*lines, "canary: {cases: 10, wait: PT1H}", "throttle: {per_minute: 600}", ""])


def _lived(process: Process) -> list[str]:
    return [name for name, state in process.states.items() if not state.final]


def _likeness(old: Process, new: Process, a: str, b: str) -> float:
    one, other = old.states[a], new.states[b]
    if one.initial and other.initial:
        return 1.0
    alike = [(_PLACE, _overlap(_moves(old, a), _moves(new, b))), (_NAME, _ratio(a, b)), (_TITLE, _titles(one, other))]
    roles = [s.task.role if s.task else None for s in (one, other)]
    return sum(weight * part for weight, part in [*alike, (_TASK, float(roles[0] == roles[1]))])


def _moves(process: Process, state: str) -> set[tuple[str, bool]]:
    """Transitions that lead in and out of a state."""
    out = {(t.name, True) for t in process.moves_from(state)}
    return out | {(t.name, False) for t in process.transitions.values() if t.to == state}


def _overlap(one: set[tuple[str, bool]], other: set[tuple[str, bool]]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _titles(one: State, other: State) -> float:
    return _ratio(one.title.get("id", ""), other.title.get("id", ""))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
