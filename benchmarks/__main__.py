"""`make bench`: measures everything and writes var/bench.json."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import cards, draining, growth, history, signatures, waiting
from benchmarks.figures import table, write
from benchmarks.ground import ground

TO = Path("var/bench.json")


def main() -> int:
    """0 when every figure is at its must."""
    with (
        tempfile.TemporaryDirectory(prefix="alur-bench-", ignore_cleanup_errors=True) as folder,
        ground(Path(folder) / "data") as house,
    ):
        figures = [
            *draining.measure(house, Path(folder), _say),
            *growth.measure(house, _say),
            *waiting.measure(house, _say),
            *history.measure(house, _say),
            *signatures.measure(Path(folder), _say),
            *cards.measure(house, _say),
        ]
    write(figures, TO)
    print(table(figures))
    print(f"Written to {TO}.")
    return 0 if all(f.met for f in figures) else 1


def _say(what: str) -> None:
    print(f"… {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
