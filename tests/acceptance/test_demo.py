"""The demo, as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.tools import need


def test_the_demo_ends_with_a_card_that_independent_readers_accept(tmp_path: Path) -> None:
    """It exits 0, writes card and report, keeps its data folder, and pdfsig and qpdf agree about the card."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("ALUR_")}
    ran = subprocess.run(
        [sys.executable, "-m", "alur", "demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    folder = tmp_path / "var" / "demo"
    report = json.loads((folder / "report.json").read_text())
    assert set(report) == {"case", "verify_code", "history_head", "checkpoint", "steps"}
    assert all(set(step) == {"what", "seconds"} for step in report["steps"])
    _replays(folder / "data", report["case"], report["history_head"])
    _is_sealed(folder, report["checkpoint"])
    _readers_accept(folder / "card.pdf")


def _replays(data: Path, case: int, head: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "alur", "cases", "replay", str(case), "--json"],
        env=os.environ | {"ALUR_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert (told["head"], told["state"], told["difference"]) == (head, "issued", None)


def _is_sealed(folder: Path, checkpoint: Mapping[str, Any]) -> None:
    """Everything that happened is under the checkpoint that the auditor of the demo kept."""
    ran = subprocess.run(
        [sys.executable, "-m", "alur", "audit", "verify", "--all", "--json", "--against", folder / "checkpoint.txt"],
        env=os.environ | {"ALUR_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert (told["findings"], told["unsealed"], told["sealed"]["size"]) == ([], 0, checkpoint["size"])
    assert told["stamped_at"] is not None


def _readers_accept(card: Path) -> None:
    told = subprocess.run([need("pdfsig"), "-nocert", card], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature #") == 1
    assert "Total document signed" in told
    assert "Signature is Valid" in told
    checked = subprocess.run([need("qpdf"), "--check", card], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
