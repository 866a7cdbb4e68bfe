"""Running drainers and floors as processes, and reading what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from alur.embedded.binaries import postgres_program
from alur.wiring import House


@dataclass(frozen=True)
class Drain:
    #: Transitions a second, all drainers together.
    rate: float
    #: Client CPU a transition, seconds.
    cpu: float
    done: int


def drain(house: House, *, workers: int, batch: int, seconds: float) -> Drain:
    """Let `workers` processes drain what waits, for at most `seconds`."""
    key = (house.settings.data_key or b"").hex()
    arguments = ["--url", house.urls.database, "--key", key, "--batch", str(batch), "--seconds", str(seconds)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.drainer", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(workers)
    ]
    for p in processes:
        assert p.stdout is not None
        if p.stdout.readline().strip() != "READY":
            raise RuntimeError("a drainer did not start")
    for p in processes:
        assert p.stdin is not None
        p.stdin.write("GO\n")
        p.stdin.flush()
    told = [json.loads(p.communicate()[0]) for p in processes]
    done = sum(t["done"] for t in told)
    return Drain(done / max(t["seconds"] for t in told), sum(t["cpu"] for t in told) / max(done, 1), done)


def pgbench(house: House, script: Path, *, clients: int, seconds: float, per_script: int) -> float:
    """Transactions a second of `script`, which holds `per_script` of them."""
    url = make_url(house.urls.database)
    program = postgres_program("pgbench")
    command = [str(program), "-h", str(url.query["host"]), "-p", str(url.query["port"]), "-U", url.username or ""]
    command += ["-n", "-M", "prepared", "-c", str(clients), "-j", str(clients), "-T", str(int(seconds))]
    environment = {"PGOPTIONS": "-c role=alur_engine", "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [*command, "-f", str(script), url.database or ""], capture_output=True, text=True, env=environment, check=False
    )
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if found is None:
        raise RuntimeError(ran.stderr[-800:])
    return per_script * float(found.group(1))
