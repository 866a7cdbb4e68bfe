"""One draining process of the bench: says READY, waits for GO, drains until nothing waits, tells what it did."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time

from benchmarks.ground import bench_process
from workers.memory import settle_memory
from workflow.db.connect import ENGINE, drain_connection, engine_for
from workflow.db.drain import Drainer
from workflow.db.library import Library
from workflow.vault import Vault

#: An empty claim does not mean an empty queue: another drainer may have been a moment faster.
EMPTY_CLAIMS = 20


def main() -> None:
    """Drain for the bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    drainer = _drainer(given.url, bytes.fromhex(given.key))
    settle_memory()
    print("READY", flush=True)
    sys.stdin.readline()
    began, before = time.perf_counter(), _cpu()
    done = empty = 0
    while time.perf_counter() - began < given.seconds:
        some = drainer.drain(given.batch).commands
        done += some
        empty = 0 if some else empty + 1
        if empty > EMPTY_CLAIMS:
            break
    seconds = time.perf_counter() - began
    print(json.dumps({"done": done, "seconds": seconds, "cpu": _cpu() - before}), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _drainer(url: str, key: bytes) -> Drainer:
    from datetime import UTC, datetime
    from importlib.resources import as_file, files

    from workflow.definition.offices import read_offices

    with as_file(files("definitions") / "offices.yaml") as path:
        library = Library(read_offices(path))
    library.add(bench_process())
    connection = drain_connection(url, ENGINE)
    return Drainer(connection, engine_for(url, ENGINE), library, Vault(key), lambda: datetime.now(UTC))


if __name__ == "__main__":
    main()
