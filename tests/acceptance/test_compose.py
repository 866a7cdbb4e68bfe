"""The compose file's services as processes, against a PostgreSQL and a Valkey that somebody else runs."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alur import accounts
from alur.client import Client, SurpriseError
from alur.demo import free_port
from alur.embedded import Embedded
from alur.setting_names import KNOWN
from alur.settings import load
from alur.wiring import open_house
from signing.development import ensure_development_pki

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


def services() -> dict[str, dict[str, Any]]:
    """Services of our own image, as compose reads them."""
    everything = YAML(typ="safe").load(COMPOSE.read_text())["services"]
    return {name: s for name, s in everything.items() if s["image"] == "alur"}


def filled(environment: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a service with `${NAME}` and `${NAME:-default}` filled in."""

    def value(match: re.Match[str]) -> str:
        name, _, default = match[1].partition(":-")
        return given.get(name, default)

    return {name: re.sub(r"\$\{([^}]+)\}", value, text) for name, text in environment.items()}


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_settings_of_the_compose_file_are_known() -> None:
    """Compose sets no variable that Alur would refuse."""
    for service in services().values():
        assert set(service["environment"]) <= set(KNOWN)


def test_the_services_of_the_compose_file_work_together(tmp_path: Path) -> None:
    """Upgrade ends, every service runs, the site is ready and the engine answers; all with the file's own commands."""
    with Embedded(tmp_path / "outside") as outside:
        port = free_port()
        environment = _environment(tmp_path, outside, port)
        upgrade = _run(services()["upgrade"]["command"], environment)
        assert upgrade.returncode == 0, upgrade.stderr
        running = {
            name: _start(service["command"], environment, tmp_path / f"{name}.log")
            for name, service in services().items()
            if name != "upgrade"
        }
        try:
            _until_ready(port, tmp_path)
            _works(environment, port)
            assert {name: p.poll() for name, p in running.items()} == dict.fromkeys(running)
        finally:
            for process in running.values():
                process.terminate()
            ended = {name: p.wait(30) for name, p in running.items()}
        assert ended == dict.fromkeys(running, 0)


def _environment(folder: Path, outside: Embedded, port: int) -> dict[str, str]:
    pki = ensure_development_pki(folder / "pki")
    given = {"ALUR_SECRET_KEY": key(), "ALUR_DATA_KEY": key(), "ALUR_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    written = filled(services()["web"]["environment"], given)
    # What differs on this machine: where the outside services, the files and the free port are, and that no
    # recognised signer exists here, so the house is one for development.
    here = {
        "ALUR_DATABASE_URL": outside.database_url,
        "ALUR_REDIS_URL": outside.redis_url,
        "ALUR_DOCUMENTS_URL": (folder / "documents").as_uri(),
        "ALUR_DATA": str(folder / "data"),
        "ALUR_SIGNER": f"pkcs12:{pki.pkcs12}",
        "ALUR_TRUST": "",
        "ALUR_TSA_URL": "",
        "ALUR_CLAIM_KEY": "",
        "ALUR_CLAIM_KEYS": "",
        "ALUR_ENV": "development",
        "ALUR_PORT": str(port),
    }
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("ALUR_")}
    return inherited | written | here


def _run(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "alur", *command]
    return subprocess.run(argv, env=dict(environment), capture_output=True, text=True, timeout=60, check=False)


def _start(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "alur", *command], env=dict(environment), stdout=out, stderr=out)


def _until_ready(port: int, logs: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            Client("127.0.0.1", port).call("GET", "/readyz")
        except (OSError, SurpriseError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("not ready:\n" + "\n".join(p.read_text()[-800:] for p in logs.glob("*.log")))


def _works(environment: Mapping[str, str], port: int) -> None:
    """A case is opened and its submission answered by the engine: refused, since nothing is filled in."""
    with open_house(load(environment, Path.cwd())) as house, house.engine.begin() as db:
        token = accounts.new_token(db, accounts.add(db, "rina", "Rina", None))
    rina = Client("127.0.0.1", port, token)
    opened = rina.call("POST", "/api/v1/cases", body={"process": "ak1-online", "office": "palembang"}, expect=201)
    here = f"/api/v1/cases/{opened.json()['id']}"
    refused = rina.call("POST", f"{here}/transitions", body={"do": "submit"}, Prefer="wait=20", expect=409)
    assert refused.json()["code"] == "data_incomplete"
