"""What the demo's processes share: persons at the API, steps that are timed, waiting for a state."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from alur import samples
from alur.client import Client, SurpriseError

WAIT = "wait=30"


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


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the demo plays."""

    #: Port of the house that was started for it.
    port: int
    #: Persons by the name of their account.
    people: Mapping[str, Client]
    report: Report

    def anybody(self) -> Client:
        """Somebody who has not signed in."""
        return Client("127.0.0.1", self.port)


def do(client: Client, here: str, body: Mapping[str, Any], state: str) -> None:
    """Perform a transition and wait until the case is in `state`."""
    client.call("POST", f"{here}/transitions", body=body, Prefer=WAIT)
    until(client, here, state)


def until(client: Client, here: str, state: str, seconds: float = 30) -> None:
    """Wait until the case is in `state`; `SurpriseError` after `seconds`."""
    deadline = time.monotonic() + seconds
    while (found := client.call("GET", here).json()["state"]) != state:
        if time.monotonic() > deadline:
            raise SurpriseError(f"The case is {found} and did not become {state} within {seconds:.0f} s.")
        time.sleep(0.05)


def claim(client: Client, here: str) -> None:
    """Claim the case's task."""
    task = client.call("GET", here).json()["task"]
    client.call("POST", f"/api/v1/tasks/{task['id']}/claim", body={})


def upload(client: Client, here: str, name: str, nik: str) -> None:
    """Upload a photo with EXIF, a scanned KTP and a diploma of a person."""
    files = {
        "photo": ("foto.jpg", samples.photo(), "image/jpeg"),
        "ktp": ("ktp.pdf", samples.ktp(name, nik), "application/pdf"),
        "diploma": ("ijazah.pdf", samples.diploma(name), "application/pdf"),
    }
    for kind, file in files.items():
        client.call("POST", f"{here}/documents/{kind}", file=file, expect=201)


def verify(stage: Stage, code: str, pdf: bytes) -> None:
    """Check a card as an employer would, by code and by file; `SurpriseError` unless both say that it stands."""
    by_code = stage.anybody().call("GET", f"/api/v1/verify/{code}").json()
    by_file = stage.anybody().call("POST", "/api/v1/verify", file=("card.pdf", pdf, "application/pdf")).json()
    if by_code["state"] != "valid":
        raise SurpriseError(f"The register says that the card is {by_code['state']}.")
    if not (by_file["genuine"] and by_file["same_file"] and by_file["verdict"]["ok"]):
        raise SurpriseError(f"The card's file does not verify: {json.dumps(by_file['verdict'])[:600]}")


def tell_history(client: Client, here: str) -> str:
    """Print the case's history; the hash of its last event."""
    told = client.call("GET", f"{here}/history").json()
    click.echo("History:")
    for e in told["entries"]:
        gist = " ".join(filter(None, (e["do"], e["to"] and f"→ {e['to']}")))
        click.echo(f"  {e['seq']:>3}  {e['at'][:19]}  {e['who']:<24} {e['type']:<15} {gist}")
    return str(told["head"])
