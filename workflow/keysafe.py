"""The key safe: where persons' keys lie apart from every backup, so that no backup brings back whom it outlived.

A folder of its own. The keys in it are wrapped by the house's data key, as they are in the database. Each erasure
removes a key at once and is noted in the safe's register, which a restore reads.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from workflow.errors import AlurError

#: Files over which the keys are spread: one is written anew when a key in it comes or goes.
_DRAWERS = 256


class KeySafeError(AlurError):
    """The key safe is not there, or not as it must be."""

    code = "key_safe"


class Held(NamedTuple):
    """A person's key as it lies in the safe."""

    person: int
    #: When it was made: numbers alone are given anew after an older backup was restored.
    at: datetime
    #: Wrapped by the data key.
    wrapped: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An erasure, as the register remembers it; moments are ISO 8601 in UTC."""

    case: int
    case_at: str
    person: int
    person_at: str
    account: int | None
    account_at: str | None
    under: str
    basis: str
    at: str


class KeySafe:
    """The keys of the persons of one house, in a folder that belongs to the user alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """True once something was put into it."""
        return (self.folder / "name").is_file()

    def name(self) -> str:
        """A word that tells this safe from others; made with the safe."""
        path = self.folder / "name"
        if not path.exists():
            with self._locked():
                if not path.exists():
                    _write(path, secrets.token_hex(16))
        return path.read_text(encoding="ascii").strip()

    def keep(self, keys: Iterable[Held]) -> int:
        """Put keys in, except of those whom the register knows as erased; how many came new."""
        self.name()
        with self._locked():
            gone = {(e.person, e.person_at) for e in self._entries()}
            added = 0
            for drawer, some in _by_drawer(keys).items():
                before = self._read(drawer)
                wanted = {_key(k.person, k.at): k.wrapped.hex() for k in some if (k.person, stamp(k.at)) not in gone}
                after = {**before, **wanted}
                if after != before:
                    self._save(drawer, after)
                    added += len(after) - len(before)
            return added

    def forget(self, entry: Entry) -> None:
        """Destroy the key of an erasure and note it; doing so again changes nothing."""
        self.name()
        with self._locked():
            if entry not in self._entries():
                _append(self.folder / "erased.jsonl", json.dumps(asdict(entry), sort_keys=True))
            drawer, key = entry.person % _DRAWERS, f"{entry.person}/{entry.person_at}"
            left = {k: v for k, v in self._read(drawer).items() if k != key}
            self._save(drawer, left)

    def find(self, person: int, at: datetime) -> bytes | None:
        """The wrapped key of a person; None where it was never put in, or was erased."""
        found = self._read(person % _DRAWERS).get(_key(person, at))
        return bytes.fromhex(found) if found else None

    def erased(self) -> list[Entry]:
        """Every erasure that was noted, oldest first."""
        return self._entries()

    def _entries(self) -> list[Entry]:
        try:
            lines = (self.folder / "erased.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        # A line that a power cut left unfinished is written again: its erasure is not finished either.
        return [Entry(**value) for line in lines if (value := _parsed(line)) is not None]

    def _path(self, drawer: int) -> Path:
        return self.folder / "keys" / f"{drawer:02x}.json"

    def _read(self, drawer: int) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads(self._path(drawer).read_text(encoding="ascii"))
        except FileNotFoundError:
            return {}
        except ValueError:
            raise KeySafeError(f"The file {self._path(drawer)} of the key safe cannot be read.") from None
        return found

    def _save(self, drawer: int, keys: Mapping[str, str]) -> None:
        path = self._path(drawer)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write(path, json.dumps(dict(keys), sort_keys=True))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_mode & 0o077:
            raise KeySafeError(f"The key safe {self.folder} is open to other users: run chmod 700 on it.")
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def stamp(moment: datetime) -> str:
    """A moment as the safe writes it: UTC, to the microsecond, as PostgreSQL keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _key(person: int, at: datetime) -> str:
    return f"{person}/{stamp(at)}"


def _by_drawer(keys: Iterable[Held]) -> dict[int, list[Held]]:
    out: dict[int, list[Held]] = {}
    for held in keys:
        out.setdefault(held.person % _DRAWERS, []).append(held)
    return out


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return value


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b") as file:
        file.seek(0, os.SEEK_END)
        size = file.tell()
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, closed to others, on disk when it returns."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
