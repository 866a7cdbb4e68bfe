"""The demo: real cases over HTTP, with real processes and real files; the first from a draft to a verified card."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from alur import accounts
from alur.client import Client, SurpriseError
from alur.demos import complaint, counter, online, sealed
from alur.demos.stage import Report, Stage
from alur.settings import load
from alur.wiring import open_house

FOLDER = Path("var/demo")
START_SECONDS = 60
PEOPLE = ("siti", "operator", "signer", "auditor")


def run_demo() -> None:
    """Run the demo in a fresh data folder; raises `SurpriseError` on anything unexpected."""
    data = (FOLDER / "data").resolve()
    shutil.rmtree(FOLDER, ignore_errors=True)
    data.mkdir(parents=True)
    report, port = Report(), free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALUR_")} | {"ALUR_DATA": str(data)}
    click.echo(f"Alur's demo, at http://127.0.0.1:{port}")
    with (FOLDER / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "alur", "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
        try:
            with report.step("start PostgreSQL, Valkey, web, workers and clock"):
                _until_ready(server, port)
            stage = Stage(port=port, people=_people(environment, port), report=report)
            told = _play(stage)
            told["checkpoint"] = sealed.play(stage, FOLDER)
        finally:
            server.terminate()
            server.wait(30)
    (FOLDER / "report.json").write_text(json.dumps(told | {"steps": report.steps}, indent=2) + "\n")
    click.echo(f"Card: {FOLDER / 'card.pdf'}   Report: {FOLDER / 'report.json'}   Case: {told['case']}")


def _play(stage: Stage) -> dict[str, Any]:
    """All processes, one after the other; the report's case is the first one."""
    told = online.play(stage, FOLDER)
    counter.play(stage, FOLDER)
    complaint.play(stage)
    return told


def _people(environment: Mapping[str, str], port: int) -> dict[str, Client]:
    with open_house(load(environment, Path.cwd())) as house, house.engine.begin() as db:
        tokens = {name: accounts.new_token(db, accounts.find(db, name)) for name in PEOPLE}
    return {name: Client("127.0.0.1", port, token) for name, token in tokens.items()}


def _until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            log = (FOLDER / "serve.log").read_text(errors="replace")[-1500:]
            raise SurpriseError(f"The server ended with {server.returncode}:\n{log}")
        try:
            Client("127.0.0.1", port).call("GET", "/readyz")
        except (OSError, SurpriseError):
            time.sleep(0.1)
        else:
            return
    raise SurpriseError(f"The server was not ready within {START_SECONDS} s; see {FOLDER / 'serve.log'}.")


def free_port() -> int:
    """A TCP port of the loopback that nobody uses now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
