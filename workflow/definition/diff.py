"""What differs between two versions of a process: added, removed, changed, and perhaps renamed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workflow.definition.likeness import Found, proposals
from workflow.definition.process import Process
from workflow.definition.profile import Profile, profile

#: Field of a `Change` that tells of the order of a part.
ORDER = "order"
#: Parts whose order decides (rule 6) or is seen by people.
_ORDERED = ("roles", "documents", "holds", "clocks", "checks", "states", "transitions", "fields")
#: Field → the part whose names it holds.
_REFERENCES: Mapping[str, str] = {
    "sources": "states",
    "to": "states",
    "start": "states",
    "pause": "states",
    "stop": "states",
    "until": "states",
    "full": "states",
    "before": "states",
    "by": "roles",
    "role": "roles",
    "roles": "roles",
    "distinct_from": "roles",
    "replaces": "transitions",
    "freed": "transitions",
    "fire": "transitions",
    "notice": "notices",
    "checklist": "checks",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference."""

    #: `states`, `transitions`, `roles`, `documents`, `holds`, `clocks`, `timers`, `fields`, `checks`, `notices`,
    #: `requires`, `standard`, or `process` for what belongs to none of them.
    part: str
    #: Name in its part, the new one where it was renamed; timers are named `state/position`.
    name: str
    kind: Literal["added", "removed", "changed"]
    #: What of it changed, such as `to`; empty where it was added or removed.
    field: str = ""
    #: Plain data; None where there was nothing.
    before: Any = None
    #: Like `before`.
    after: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """A name that was taken away and one that was added, so alike that they may be the same thing."""

    part: str
    before: str
    after: str
    #: Percent; a proposal for a person to judge, never a fact.
    likeness: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """From one version to another."""

    #: Hashes.
    before: str
    after: str
    #: In the order of parts, and within them of names as the new version writes them.
    changes: tuple[Change, ...]
    renames: tuple[Rename, ...]

    def renamed(self, part: str) -> Mapping[str, str]:
        """Old name → proposed new name."""
        return {r.before: r.after for r in self.renames if r.part == part}


def diff(before: Process, after: Process) -> Diff:
    """The differences from `before` to `after`, always the same for the same two."""
    old, new = profile(before), profile(after)
    renames = tuple(Rename(part=p, **found._asdict()) for p in new for found in _renames(old, new, p))
    names = {part: {r.before: r.after for r in renames if r.part == part} for part in new}
    changes = tuple(change for part in new for change in _changes(part, old[part], new[part], names))
    return Diff(before=before.hash, after=after.hash, changes=changes, renames=renames)


def _renames(old: Profile, new: Profile, part: str) -> list[Found]:
    if part in ("process", "standard", "timers", "requires"):
        return []
    return proposals(_beside(old, part), _beside(new, part))


def _beside(whole: Profile, part: str) -> Mapping[str, Any]:
    """Things of a part by name; states with the moves around them, by which they are known."""
    if part != "states":
        return whole[part]
    moves = whole["transitions"]
    return {
        name: {
            **state,
            "in": sorted(m for m, t in moves.items() if t["to"] == name),
            "out": sorted(m for m, t in moves.items() if name in t["sources"]),
        }
        for name, state in whole["states"].items()
    }


def _changes(
    part: str, old: Mapping[str, Any], new: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
) -> Iterator[Change]:
    back = {after: before for before, after in names[part].items()}
    origin = {name: _moved(part, name, names) for name in old}
    for name, value in old.items():
        if origin[name] not in new:
            yield Change(part=part, name=name, kind="removed", before=value)
    past = {there: old[name] for name, there in origin.items()}
    for name, value in new.items():
        if name not in past:
            yield Change(part=part, name=name, kind="added", after=value)
        else:
            yield from _fields(part, name, past[name], value, names)
    if part in _ORDERED:
        common = [origin[name] for name in old if origin[name] in new]
        now = [name for name in new if name in past]
        if common != now:
            yield Change(
                part=part, name="", kind="changed", field=ORDER, before=[back.get(n, n) for n in common], after=now
            )


def _moved(part: str, name: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """The new name; a timer goes where its state went."""
    if part != "timers":
        return names[part].get(name, name)
    state, _, position = name.rpartition("/")
    return f"{names['states'].get(state, state)}/{position}"


def _fields(
    part: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
) -> Iterable[Change]:
    for field in [*after, *(f for f in before if f not in after)]:
        was, now = before.get(field), after.get(field)
        if was != now and _through(field, was, names) != now:
            yield Change(part=part, name=name, kind="changed", field=field, before=was, after=now)


def _through(field: str, value: Any, names: Mapping[str, Mapping[str, str]]) -> Any:
    """`value` with names that were renamed; what only follows a rename is no change of its own."""
    if isinstance(value, Mapping):
        return {key: _through(key, inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        through = [_through(field, inner, names) for inner in value]
        return sorted(through) if field in ("start", "pause", "stop", "until") else through
    known = names.get(_REFERENCES.get(field, ""), {})
    return known.get(value, value) if isinstance(value, str) else value
