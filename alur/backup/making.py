"""Making a backup while the house works: one snapshot of the database, its documents, and the keys into the safe."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from alur.backup import programs
from alur.backup.errors import BackupError
from alur.backup.manifest import DOCUMENTS, DUMP, FORMAT, MANIFEST, PERSONS, Manifest
from alur.wiring import House
from workflow.blobs import BlobError
from workflow.db import schema
from workflow.db.tables import card, document, earlier_file, person_key, print_, signature
from workflow.keysafe import Held, stamp

#: Documents between two words about how far it is.
_TELL_EVERY = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A backup that was made."""

    file: Path
    manifest: Manifest
    #: Bytes of the file.
    size: int
    #: Keys that came new into the safe.
    keys: int


def make(house: House, out: Path, say: Callable[[str], None]) -> Made:
    """Write a backup to `out`, whole or not at all, closed to others. Raises `BackupError`."""
    out = out.absolute()
    with tempfile.TemporaryDirectory(prefix=".alur-backup-", dir=out.parent) as folder, _snapshot(house) as db:
        dumped, now = Path(folder, "dump"), datetime.now(UTC)
        snapshot = db.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        programs.dump(house.urls.database, snapshot, dumped)
        say(f"The database is written ({_megabytes(dumped.stat().st_size)}).")
        persons = b"".join(_person(row) for row in db.execute(select(person_key).order_by(person_key.c.id)))
        keys = house.safe.keep(_held(db))
        say(f"The key safe {house.safe.folder} is up to date ({keys} new keys).")
        new = Path(folder, "backup")
        with _closed(new) as file, tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(dumped, DUMP)
            _add(tar, PERSONS, persons)
            documents = _documents(house, db, tar, say)
            manifest = Manifest(
                format=FORMAT,
                alur=version("alur"),
                revision=schema.revision(db) or "",
                made_at=stamp(now),
                safe=house.safe.name(),
                data_key=fingerprint(house),
                digests={DUMP: _digest(dumped), PERSONS: hashlib.sha256(persons).hexdigest()},
                documents=documents,
            )
            _add(tar, MANIFEST, manifest.text())
        new.replace(out)
    return Made(file=out, manifest=manifest, size=out.stat().st_size, keys=keys)


def fingerprint(house: House) -> str:
    """Tells one data key from another, and nothing of it."""
    return house.vault.lookup("backup", "data key")


@contextmanager
def _snapshot(house: House) -> Iterator[Connection]:
    with house.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db:
        yield db


@contextmanager
def _closed(path: Path) -> Iterator[Any]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _person(row: Any) -> bytes:
    told = {"id": row.id, "at": stamp(row.created_at), "erased": stamp(row.erased_at) if row.erased_at else None}
    return json.dumps(told).encode() + b"\n"


def _held(db: Connection) -> Iterable[Held]:
    query = select(person_key.c.id, person_key.c.created_at, person_key.c.wrapped)
    for row in db.execute(query.where(person_key.c.wrapped.is_not(None))):
        yield Held(row.id, row.created_at, bytes(row.wrapped))


def _documents(house: House, db: Connection, tar: tarfile.TarFile, say: Callable[[str], None]) -> int:
    names, done = _names(db), 0
    for name in names:
        try:
            _add(tar, DOCUMENTS + name, house.blobs.get(name))
            done += 1
        except BlobError as error:
            _require_erased(house, name, error)
        if done % _TELL_EVERY == 0:
            say(f"Documents: {done} of {len(names)}.")
    say(f"Documents: {done} of {len(names)}.")
    return done


def _names(db: Connection) -> list[str]:
    columns = (document.c.blob, document.c.rendition, card.c.blob, earlier_file.c.blob, print_.c.blob, signature.c.blob)
    return sorted({name for column in columns for name in db.execute(select(column)).scalars() if name})


def _require_erased(house: House, name: str, error: BlobError) -> None:
    """A file may be gone because its person was erased since the snapshot; for no other reason."""
    with house.engine.connect() as db:
        if name in _names(db):
            raise BackupError(f"A document is missing, so no backup was made: {error}")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
