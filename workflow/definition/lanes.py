"""Lanes beside a column of states, in which the lines of moves run without crossing each other's ends. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Bus(NamedTuple):
    """All lines that lead to one state."""

    target: str
    #: Heights at which lines come in, topmost first.
    sources: tuple[int, ...]
    #: Height at which they end.
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """From the topmost to the lowest height."""
        return min((*self.sources, self.end)), max((*self.sources, self.end))


def assign(buses: Sequence[Bus]) -> Mapping[str, int]:
    """Target → its lane, counted from 0 beside the column; two that overlap never share one, short ones lie inside."""
    taken: list[list[tuple[int, int]]] = []
    out: dict[str, int] = {}
    for bus in sorted(buses, key=lambda b: (b.span[1] - b.span[0], b.span, b.target)):
        low, high = bus.span
        lane = next((i for i, spans in enumerate(taken) if all(high < a or b < low for a, b in spans)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        out[bus.target] = lane
    return out
