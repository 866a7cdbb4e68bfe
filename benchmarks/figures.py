"""What a measurement tells, and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Figure:
    """One figure beside its floor. With a floor, `must` and `goal` are ratios of value to floor; without, values."""

    key: str
    value: float
    unit: str
    floor: float | None
    must: float
    goal: float
    better: Literal["higher", "lower"] = "higher"

    @property
    def ratio(self) -> float | None:
        """Value over floor; None for absolute figures."""
        return None if self.floor is None else self.value / self.floor

    @property
    def met(self) -> bool:
        """The figure is at its must."""
        judged = self.value if self.ratio is None else self.ratio
        return judged >= self.must if self.better == "higher" else judged <= self.must

    def as_json(self) -> dict[str, Any]:
        """One value of `var/bench.json`."""
        return {
            "value": round(self.value, 4),
            "unit": self.unit,
            "floor": None if self.floor is None else round(self.floor, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "must": self.must,
            "goal": self.goal,
            "better": self.better,
        }


def write(figures: Sequence[Figure], to: Path) -> None:
    """Write all figures by key."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps({f.key: f.as_json() for f in figures}, indent=2) + "\n")


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines for people."""
    lines = []
    for f in figures:
        judged = f.value if f.ratio is None else f.ratio
        sign = "≥" if f.better == "higher" else "≤"
        floor = "" if f.floor is None else f"floor {f.floor:.4g}"
        word = "met" if f.met else "NOT MET"
        lines.append(
            f"{f.key:<20} {judged:>9.3f}  must {sign} {f.must:<6g} goal {sign} {f.goal:<6g} {word:<8}"
            f" ({f.value:.4g} {f.unit} {floor})"
        )
    return "\n".join(lines)
