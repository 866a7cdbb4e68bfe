"""What counting office time costs a worker: nothing where none is counted, and never the library of holidays."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.calendar_kit import disnaker

_WORKER = """
import json, sys
import alur.wiring, workers.jobs.draining, workers.run, workers.clock, workflow.db.drain
before = sorted(m for m in ("holidays", "workflow.definition.calendars") if m in sys.modules)
from workflow.definition.calendars import load_calendar
calendar = load_calendar(json.load(sys.stdin))
print(json.dumps({"before": before, "holidays": "holidays" in sys.modules, "hash": calendar.hash}))
"""


def test_a_worker_never_loads_the_library_of_holidays() -> None:
    """A stored calendar carries its holidays, so reading one needs no library; a worker that counts clock time does not
    even load the reader."""
    body = json.dumps(disnaker().body, default=dict)
    ran = subprocess.run(
        [sys.executable, "-c", _WORKER], input=body, capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told == {"before": [], "holidays": False, "hash": disnaker().hash}
