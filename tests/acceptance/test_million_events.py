"""A million events of a real house, sealed and verified in one run by the command that auditors use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == code, said[:2000]
    return json.loads(said), used.ru_maxrss / 1024
