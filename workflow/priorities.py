"""Priorities of tasks: within one, first come is first served; a supervisor may change it and says why."""

from __future__ import annotations

from collections.abc import Mapping

#: Priority → place in the queue: what is smaller comes first.
PLACES: Mapping[str, int] = {"urgent": -1, "normal": 0, "low": 1}
NORMAL = PLACES["normal"]


def name_of(place: int) -> str:
    """The priority that stands at a place."""
    return next(name for name, at in PLACES.items() if at == place)
