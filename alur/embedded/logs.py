"""Log files that several processes append to, kept from growing without end."""

import contextlib
import os
import shutil
from pathlib import Path

LIMIT = 10 * 1024 * 1024  # bytes
TAIL = 15  # lines


def open_log(path: Path) -> int:
    """A descriptor that appends to `path` (mode 0600); the caller closes it."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def trim(path: Path, limit: int = LIMIT) -> None:
    """Move the content of a log of more than `limit` bytes to `<name>.1` and empty it.

    The file itself stays, since its writers hold it open; they append, so they go on at its new beginning.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)


def tail(path: Path, lines: int = TAIL) -> str:
    """The last `lines` lines of a log, or nothing when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16 * 1024))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
