"""A million events of a real house, sealed and verified in one run by the command that auditors use."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.copies import multiply
from benchmarks.ground import ground
from benchmarks.history import LIFE, lived

EVENTS = 1_000_000
#: MiB that one process may need.
MOST = 200


@pytest.mark.long
def test_a_million_events_are_verified_in_one_run(tmp_path: Path) -> None:
    """No finding, every event counted, no process needs more than 200 MiB; then one changed event is named."""
    data = tmp_path / "data"
    with ground(data) as house:
        multiply(house, lived(house, LIFE), EVENTS // len(LIFE))
    alur(data, "audit", "checkpoint", "--out", str(tmp_path / "kept.txt"))
    told, peak = alur(data, "audit", "verify", "--all", "--quick", "--against", str(tmp_path / "kept.txt"))
    assert told["findings"] == []
    assert told["events"] >= EVENTS
    assert peak < MOST, f"{peak:.0f} MiB"
    with ground(data) as house, house.engine.connect() as db:
        db.execute(text("RESET ROLE"))
        db.execute(text("SET ROLE alur_owner"))
        db.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        changed = "UPDATE event SET actor = '999' WHERE case_id = 30000 AND seq = 7"
        assert db.execute(text(changed)).rowcount == 1
        db.execute(text("ALTER TABLE event ENABLE TRIGGER USER"))
        db.commit()
    told, _ = alur(data, "audit", "verify", "--all", "--quick", code=1)
    assert [(f["code"], f["case"], f["seq"]) for f in told["findings"]] == [("event_changed", 30000, 7)]


def alur(data: Path, *arguments: str, code: int = 0) -> tuple[Any, float]:
    """What the command prints as JSON, and the MiB of its largest process at its peak."""
    env = {n: v for n, v in os.environ.items() if not n.startswith("ALUR_")} | {"ALUR_DATA": str(data)}
    command = [sys.executable, "-m", "alur", *arguments, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True)
    peaks: dict[int, float] = {}
    watching = threading.Thread(target=_watch, args=(process, peaks))
    watching.start()
    said, _ = process.communicate()
    watching.join()
    assert process.returncode == code, said[:2000]
    return json.loads(said), max(peaks.values())


def _watch(process: subprocess.Popen[str], peaks: dict[int, float]) -> None:
    """Keep the peak of the process and of those that it started. What the kernel accounts to a child that has ended
    begins with the size of whoever started it, so it is read while they live."""
    while process.poll() is None:
        for pid in (process.pid, *_children(process.pid)):
            with suppress(OSError, StopIteration):
                status = Path(f"/proc/{pid}/status").read_text()
                peaks[pid] = next(int(n) / 1024 for n in re.findall(r"VmHWM:\s+(\d+)", status))
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
