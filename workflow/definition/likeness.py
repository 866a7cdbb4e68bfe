"""Which of the things that are gone may be which of the things that are new."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from workflow.canonical import canonical

#: Percent from which two things are proposed to be one.
ALIKE = 60
#: Things on either side that are compared, at most: the work grows with their product.
MAX_COMPARED = 60


class Found(NamedTuple):
    """An old and a new name."""

    before: str
    after: str
    #: Percent.
    likeness: int


def proposals(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Found]:
    """Pairs of a name that only `old` has and one that only `new` has, the most alike first; each name once."""
    gone = [name for name in old if name not in new][:MAX_COMPARED]
    come = [name for name in new if name not in old][:MAX_COMPARED]
    pairs = [Found(a, b, likeness(a, old[a], b, new[b])) for a in gone for b in come]
    out: list[Found] = []
    for pair in sorted(pairs, key=lambda p: (-p.likeness, p.before, p.after)):
        if pair.likeness < ALIKE:
            break
        if all(pair.before != p.before and pair.after != p.after for p in out):
            out.append(pair)
    return out


def likeness(name: str, value: Any, other: str, another: Any) -> int:
    """Percent: a quarter by the names, the rest by the content."""
    return round(25 * _ratio(name, other) + 75 * _ratio(canonical(value), canonical(another)))


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
