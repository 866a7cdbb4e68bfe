"""One verifying process of the bench: checks every history, or only hashes and decodes the same bytes."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import resource
import time
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import orjson
from sqlalchemy import Connection, text

from benchmarks.ground import bench_process
from workflow.canonical import canonical_bytes
from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library
from workflow.db.verifiers import verify_all
from workflow.definition.offices import read_offices
from workflow.events import stamp

#: As many as there are processors on the machines that the figures are made for.
JOBS = 2


def main() -> None:
    """Verify for the bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--floor", action="store_true")
    given = parser.parse_args()
    with engine_for(given.url, ENGINE).connect() as db:
        events, seconds = _floor(db) if given.floor else _verify(db, given.url)
    print(json.dumps({"events": events, "seconds": seconds, "peak_mib": _peak()}), flush=True)


def _peak() -> float:
    """MiB of the largest process, this one or one that it started."""
    # Of this one not what `getrusage` says, which begins with the size of whoever started it.
    status = Path("/proc/self/status").read_text()
    own = next(int(n) for n in re.findall(r"VmHWM:\s+(\d+)", status))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _verify(db: Connection, url: str) -> tuple[int, float]:
    with as_file(files("definitions") / "offices.yaml") as path:
        library = Library(read_offices(path))
    library.add(bench_process())
    seen: list[int] = []
    began = time.perf_counter()
    found = list(verify_all(db, library, url, jobs=JOBS, seen=seen.append))
    seconds = time.perf_counter() - began
    assert not found, found[:3]
    return sum(seen), seconds


def _floor(db: Connection) -> tuple[int, float]:
    """Only the hashing and decoding is timed: the bytes are in memory, in portions."""
    events, seconds = 0, 0.0
    for portion in _portions(db):
        began = time.perf_counter()
        for content in portion:
            hashlib.sha256(content).digest()
            orjson.loads(content)
        seconds += time.perf_counter() - began
        events += len(portion)
    return events, seconds


def _portions(db: Connection) -> Iterator[list[bytes]]:
    rows = db.execution_options(yield_per=5000).execute(text("SELECT * FROM event LIMIT 200000"))
    for portion in rows.partitions(5000):
        yield [
            canonical_bytes(
                {"actor": r.actor, "at": stamp(r.at), "body": r.body, "case": r.case_id, "seq": r.seq, "type": r.type}
            )
            for r in portion
        ]


if __name__ == "__main__":
    main()
