"""The demo: one real application over HTTP, with real processes and real files, from draft to a verified card."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from alur import accounts, samples
from alur.client import Client, SurpriseError
from alur.settings import load
from alur.wiring import open_house

FOLDER = Path("var/demo")
WAIT = "wait=30"
START_SECONDS = 60
PERSON: dict[str, Any] = {
    "kind": "new",
    "nik": "1671015708010003",
    "name": "Siti Rahmawati",
    "birth_place": "Palembang",
    "birth_date": "2001-08-17",
    "sex": "female",
    "marital_status": "single",
    "religion": "islam",
    "address": "Jl. Merdeka No. 12, RT 03/RW 01, Kel. 19 Ilir",
    "kecamatan": "Bukit Kecil",
    "phone": "0812 3456 7890",
    "education": "s1",
    "school": "Universitas Contoh",
    "major": "Akuntansi",
    "graduation_year": 2023,
    "skills": ["Pembukuan (2022)", "Spreadsheet (2021)"],
    "experience": ["Kasir, Toko Musi (2023–2025)"],
    "employed": False,
    "notices": True,
}


@dataclass
class Report:
    """What the demo did, step by step."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is done and how long it took."""
        click.echo(f"  {what} …", nl=False)
        began = time.perf_counter()
        yield
        seconds = time.perf_counter() - began
        self.steps.append({"what": what, "seconds": round(seconds, 3)})
        click.echo(f" {seconds:.2f} s")


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
            told = _drive(report, port, environment)
        finally:
            server.terminate()
            server.wait(30)
    (FOLDER / "report.json").write_text(json.dumps(told | {"steps": report.steps}, indent=2) + "\n")
    click.echo(f"Card: {FOLDER / 'card.pdf'}   Report: {FOLDER / 'report.json'}   Case: {told['case']}")


def _drive(report: Report, port: int, environment: Mapping[str, str]) -> dict[str, Any]:
    people = {name: Client("127.0.0.1", port, t) for name, t in _tokens(environment).items()}
    siti, operator, signer = people["siti"], people["operator"], people["signer"]
    case = _apply(report, siti)
    here = f"/api/v1/cases/{case}"
    with report.step("operator claims the task and returns it: the name differs on the diploma"):
        _claim(operator, here)
        given = {"reason": "Nama pada ijazah berbeda dengan KTP; mohon diperiksa.", "fields": ["name"]}
        _do(operator, here, {"do": "return", "input": given}, "correction")
    with report.step("applicant mends the name and sends it again"):
        seen = siti.call("GET", here).revision
        siti.call("PUT", f"{here}/data", body=PERSON | {"name": "Siti Nur Rahmawati"}, If_Match=seen)
        _do(siti, here, {"do": "resubmit"}, "verifying")
    with report.step("operator checks identity, photo and diploma, and approves"):
        _claim(operator, here)
        _do(operator, here, {"do": "approve", "checklist": ["identity", "photo", "diploma"]}, "approved")
    with report.step("signer signs; the card is drawn, signed PAdES B-LT, verified and published"):
        _claim(signer, here)
        signer.call("POST", f"{here}/transitions", body={"do": "sign"}, Prefer=WAIT)
        _until(siti, here, "issued")
    with report.step("applicant downloads the card"):
        pdf = siti.call("GET", f"{here}/card.pdf").body
        (FOLDER / "card.pdf").write_bytes(pdf)
    code = siti.call("GET", here).json()["card"]["code"]
    with report.step("an employer follows the QR and uploads the file"):
        _verify(port, code, pdf)
    head = _tell_history(siti, here)
    return {"case": case, "verify_code": code, "history_head": head}


def _apply(report: Report, siti: Client) -> int:
    with report.step("applicant opens an application and fills in the form"):
        opened = siti.call("POST", "/api/v1/cases", body={"process": "ak1-online", "office": "palembang"}, expect=201)
        case = int(opened.json()["id"])
        here = f"/api/v1/cases/{case}"
        siti.call("PUT", f"{here}/data", body=PERSON, If_Match=opened.revision)
    with report.step("uploads a photo with EXIF, a scanned KTP and a diploma"):
        files = {
            "photo": ("foto.jpg", samples.photo(), "image/jpeg"),
            "ktp": ("ktp.pdf", samples.ktp(PERSON["name"], PERSON["nik"]), "application/pdf"),
            "diploma": ("ijazah.pdf", samples.diploma(PERSON["name"]), "application/pdf"),
        }
        for kind, file in files.items():
            siti.call("POST", f"{here}/documents/{kind}", file=file, expect=201)
    with report.step("submits; intake checks run"):
        siti.call("POST", f"{here}/transitions", body={"do": "submit"}, Prefer=WAIT)
        _until(siti, here, "verifying")
    return case


def _do(client: Client, here: str, body: Mapping[str, Any], state: str) -> None:
    client.call("POST", f"{here}/transitions", body=body, Prefer=WAIT)
    _until(client, here, state)


def _until(client: Client, here: str, state: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while (found := client.call("GET", here).json()["state"]) != state:
        if time.monotonic() > deadline:
            raise SurpriseError(f"The case is {found} and did not become {state} within {seconds:.0f} s.")
        time.sleep(0.05)


def _claim(client: Client, here: str) -> None:
    task = client.call("GET", here).json()["task"]
    client.call("POST", f"/api/v1/tasks/{task['id']}/claim", body={})


def _verify(port: int, code: str, pdf: bytes) -> None:
    anybody = Client("127.0.0.1", port)
    by_code = anybody.call("GET", f"/api/v1/verify/{code}").json()
    by_file = anybody.call("POST", "/api/v1/verify", file=("card.pdf", pdf, "application/pdf")).json()
    if by_code["state"] != "valid":
        raise SurpriseError(f"The register says that the card is {by_code['state']}.")
    if not (by_file["genuine"] and by_file["same_file"] and by_file["verdict"]["ok"]):
        raise SurpriseError(f"The card's file does not verify: {json.dumps(by_file['verdict'])[:600]}")


def _tell_history(client: Client, here: str) -> str:
    told = client.call("GET", f"{here}/history").json()
    click.echo("History:")
    for e in told["entries"]:
        gist = " ".join(filter(None, (e["do"], e["to"] and f"→ {e['to']}")))
        click.echo(f"  {e['seq']:>3}  {e['at'][:19]}  {e['who']:<24} {e['type']:<15} {gist}")
    return str(told["head"])


def _tokens(environment: Mapping[str, str]) -> dict[str, str]:
    with open_house(load(environment, Path.cwd())) as house, house.engine.begin() as db:
        names = ("siti", "operator", "signer")
        return {name: accounts.new_token(db, accounts.find(db, name)) for name in names}


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
