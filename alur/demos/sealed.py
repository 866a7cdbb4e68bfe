"""The end of the demo: an auditor has everything sealed, keeps the checkpoint, and checks a case's proof with it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from alur.client import Client, SurpriseError
from alur.demos.stage import Stage
from workflow.log.checkpoint import read_checkpoint
from workflow.log.note import read_note
from workflow.log.tree import includes, leaf_hash

SECONDS = 30


def play(stage: Stage, folder: Path) -> dict[str, Any]:
    """What the report says of the checkpoint; writes its signed note into `folder`."""
    auditor = stage.people["auditor"]
    with stage.report.step("auditor asks for a checkpoint; the clock process seals, signs and time-stamps it"):
        told = _sealed(auditor)
    with stage.report.step("auditor keeps the checkpoint and checks that the first case stands under it"):
        file = folder / "checkpoint.txt"
        file.write_text(told["note"], encoding="utf-8")
        _check(auditor, told)
    return {"size": told["size"], "root": told["root"], "moment": told["moment"], "file": str(file)}


def _sealed(auditor: Client) -> dict[str, Any]:
    """The newest checkpoint once the one that was asked for is there, stamped."""
    known = {c["size"] for c in auditor.call("GET", "/api/v1/audit/checkpoints").json()["checkpoints"]}
    auditor.call("POST", "/api/v1/audit/checkpoints", body={}, expect=202)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = auditor.call("GET", "/api/v1/audit/checkpoints").json()["checkpoints"]
        if found and found[0]["size"] not in known and found[0]["time_stamp"]:
            newest: dict[str, Any] = found[0]
            return newest
        time.sleep(0.2)
    raise SurpriseError(f"No checkpoint was made within {SECONDS} s.")


def _check(auditor: Client, told: dict[str, Any]) -> None:
    sealed = read_checkpoint(read_note(told["note"]).text)
    proven = auditor.call("GET", f"/api/v1/audit/cases/1/proof?size={sealed.size}").json()
    path = [bytes.fromhex(hash_) for hash_ in proven["proof"]]
    if not includes(leaf_hash(proven["leaf"].encode()), proven["index"], sealed.size, path, sealed.root):
        raise SurpriseError("The case does not stand under the checkpoint.")
