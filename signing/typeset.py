"""Set a typst template as a tagged PDF with embedded fonts, and nothing but the fonts and files that ship."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import typst

from signing.errors import SigningError

#: PDF/UA-1 and an archivable PDF of the same kind.
TAGGED = ("a-2a", "ua-1")
#: Longest time that one report may take, in seconds.
_SECONDS = 60
#: Reports that are set at once by one process; others wait.
_TURNS = BoundedSemaphore(2)
#: How long somebody waits for a turn, in seconds.
_PATIENCE = 30
_MEMORY = 1024 * 1024 * 1024  # 1 GiB of address space
_BOOT = "import sys; sys.path.append(sys.argv[1]); from signing.typeset import main; main()"
_PACKAGES = Path(__file__).resolve().parent.parent


class TypesetError(SigningError):
    """A report was not set: `typeset_failed`, `typeset_time`, `typeset_busy`."""


def shipped(folder: str) -> Path:
    """A folder of the shipped data, beside this package in a checkout and in a wheel alike."""
    # `definitions` is data without code, so a namespace package: importlib.resources fails on it in an
    # editable installation (Python 3.11) and mixes in any other folder of that name on the path.
    return _PACKAGES / "definitions" / folder


def compiled(
    template: bytes, inputs: Mapping[str, str], *, root: Path, day: date, standards: Sequence[str] = TAGGED
) -> bytes:
    """The PDF of a template, which reads nothing but `root`; equal arguments give equal bytes.

    `day` is the file's date. Raises typst.TypstError.
    """
    # typst wants the root to be of the type of the input, and takes no bytes for it.
    pdf = typst.compile(  # type: ignore[call-overload]
        template,
        root=str(root),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=dict(inputs),
        format="pdf",
        pdf_standards=list(standards),
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    assert isinstance(pdf, bytes)
    return pdf


def set_report(data: Mapping[str, Any]) -> bytes:
    """The PDF of a report, set in a process of its own with limits on time and memory.

    `data` is what `definitions/reports/report.typ` reads. Raises TypesetError.
    """
    return _set("reports", "report", data)


def set_dossier(data: Mapping[str, Any]) -> bytes:
    """The pages of a dossier that are ours, set as a report is.

    `data` is what `definitions/dossier/dossier.typ` reads. Raises TypesetError.
    """
    return _set("dossier", "dossier", data)


def _set(folder: str, name: str, data: Mapping[str, Any]) -> bytes:
    if not _TURNS.acquire(timeout=_PATIENCE):
        raise TypesetError("typeset_busy", "Too many reports are being set; try again in a moment.")
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, str(_PACKAGES), folder, name]
    try:
        sent = json.dumps(data).encode()
        done = subprocess.run(command, input=sent, capture_output=True, env={}, cwd="/", timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise TypesetError("typeset_time", "The report took too long to set; ask for fewer months.") from error
    finally:
        _TURNS.release()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise TypesetError("typeset_failed", "It could not be set as a PDF.")
    return done.stdout


def main() -> None:
    """The process of `set_report` and its like: one set of data in, one PDF out."""
    import resource

    sent = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder, name = sys.argv[2:4]
    root = shipped(folder)
    day = date(*json.loads(sent)["made"])
    sys.stdout.buffer.write(compiled((root / f"{name}.typ").read_bytes(), {name: sent.decode()}, root=root, day=day))


@cache
def _fonts() -> typst.Fonts:
    fonts = shipped("cards") / "fonts"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
