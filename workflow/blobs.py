"""Files kept by the hash of their bytes: documents (encrypted), cards, files on the way to a signature."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from workflow.errors import AlurError

_NAME = re.compile(r"[0-9a-f]{64}\Z")


class BlobError(AlurError):
    """A stored file is not there, or its bytes are not those that were stored."""

    code = "blob"


class BlobStore(Protocol):
    """Where files are kept. `put` returns only when the bytes survive a power cut."""

    def put(self, content: bytes) -> str:
        """Store `content`; its name is its SHA-256, hex. Storing it again changes nothing."""
        ...

    def get(self, name: str) -> bytes:
        """The content of that name; raises `BlobError` when it is not there or was changed."""
        ...

    def delete(self, name: str) -> None:
        """Remove the file; removing one that is not there changes nothing."""
        ...


class FolderStore:
    """Files in a folder of this machine, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, content: bytes) -> str:
        """See `BlobStore.put`."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.exists() and path.stat().st_size == len(content):
            return name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        _sync_folder(path.parent)
        _sync_folder(self._folder)
        return name

    def get(self, name: str) -> bytes:
        """See `BlobStore.get`."""
        try:
            content = self._path(name).read_bytes()
        except FileNotFoundError:
            raise BlobError(f"The file {name} is not in the store.") from None
        if hashlib.sha256(content).hexdigest() != name:
            raise BlobError(f"The file {name} is not what was stored under this name.")
        return content

    def delete(self, name: str) -> None:
        """See `BlobStore.delete`."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise BlobError("A file's name is 64 hexadecimal digits.")
        return self._folder / name[:2] / name[2:]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
