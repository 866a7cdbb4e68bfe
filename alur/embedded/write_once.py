"""A small file that many processes may want to create, and of which all must read the same content."""

import contextlib
import os
import secrets
from pathlib import Path


def write_once(path: Path, content: bytes) -> bytes:
    """Create `path` (mode 0600) with `content` unless it exists, and return what it holds then.

    Whoever comes second reads the first one's content; nobody ever sees a part of it, also after a crash.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return path.read_bytes()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
