"""Reading a backup, and whether it is whole and belongs to this house. Nothing is changed."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from alur.backup.errors import NewerBackupError, NotABackupError, OtherKeysError
from alur.backup.making import fingerprint
from alur.backup.manifest import DOCUMENTS, DUMP, FORMAT, MANIFEST, PERSONS, Manifest, read
from alur.wiring import House
from workflow.db import schema
from workflow.keysafe import stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person of the backup; the key lies in the safe."""

    id: int
    at: datetime
    erased: datetime | None
    wrapped: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """An open backup whose digests fit."""

    tar: tarfile.TarFile
    manifest: Manifest
    #: Names of its documents.
    documents: tuple[str, ...]

    def copy_dump(self, to: Path) -> None:
        """Write the dump of the database to `to`."""
        with _member(self.tar, DUMP) as source, to.open("wb") as out:
            while piece := source.read(1 << 20):
                out.write(piece)

    def document(self, name: str) -> bytes:
        """The bytes of a document."""
        with _member(self.tar, DOCUMENTS + name) as source:
            return source.read()

    def persons(self, house: House) -> list[Person]:
        """Its persons with their keys, as far as the safe has them still."""
        with _member(self.tar, PERSONS) as source:
            return [_person(house, json.loads(line)) for line in source.read().splitlines()]


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """The backup in a file; raises `NotABackupError` unless every digest fits, `NewerBackupError`."""
    try:
        with tarfile.open(path, mode="r:") as tar:
            manifest = _manifest(tar)
            for name, digest in manifest.digests.items():
                _require_digest(tar, name, digest)
            documents = tuple(n.removeprefix(DOCUMENTS) for n in tar.getnames() if n.startswith(DOCUMENTS))
            for name in documents:
                _require_digest(tar, DOCUMENTS + name, name)
            if len(documents) != manifest.documents:
                raise NotABackupError(f"Documents are missing in {path}: take another backup.")
            yield Backup(tar=tar, manifest=manifest, documents=documents)
    except (tarfile.TarError, OSError) as error:
        raise NotABackupError(f"{path} is no backup, or it is damaged ({error}).") from error


def require_keys(house: House, backup: Backup) -> None:
    """Raise `OtherKeysError` unless data key and key safe are those of the backup, and the safe is complete."""
    if backup.manifest.data_key != fingerprint(house):
        raise OtherKeysError(
            "The backup was made with another data key. Put the keys of that house in place first "
            f"(ALUR_DATA_KEY, or {house.settings.keys_folder})."
        )
    safe = house.safe
    if not safe.exists or safe.name() != backup.manifest.safe:
        raise OtherKeysError(
            f"The key safe of this backup is not at {safe.folder}. Bring it there, or name its folder in ALUR_KEY_SAFE."
        )
    gone = {(e.person, e.person_at) for e in safe.erased()}
    persons = backup.persons(house)
    lost = [p for p in persons if p.wrapped is None and p.erased is None and (p.id, stamp(p.at)) not in gone]
    if lost:
        raise OtherKeysError(
            f"The key safe {safe.folder} lacks the keys of {len(lost)} of {len(persons)} persons, though nothing says "
            "that they were erased. Bring a later copy of the safe."
        )


def _manifest(tar: tarfile.TarFile) -> Manifest:
    with _member(tar, MANIFEST) as source:
        text = source.read()
    try:
        newer = json.loads(text).get("format", 0) > FORMAT
    except (ValueError, AttributeError, TypeError):
        newer = False
    if newer:
        raise NewerBackupError("The backup was made by a newer Alur. Install that version, then restore.")
    manifest = read(text)
    if not schema.known(manifest.revision):
        raise NewerBackupError(
            f"The backup was made by Alur {manifest.alur}, whose database (revision {manifest.revision}) this version "
            "does not know. Install that version, then restore."
        )
    return manifest


def _require_digest(tar: tarfile.TarFile, name: str, digest: str) -> None:
    with _member(tar, name) as source:
        if hashlib.file_digest(source, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
            raise NotABackupError(f"{name} in the backup was changed: its digest does not fit.")


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise NotABackupError(f"The backup has no {name}: it was not finished, or it is none.")
    return found


def _person(house: House, told: Mapping[str, Any]) -> Person:
    at = datetime.fromisoformat(told["at"])
    erased = datetime.fromisoformat(told["erased"]) if told["erased"] else None
    wrapped = None if erased else house.safe.find(told["id"], at)
    return Person(id=told["id"], at=at, erased=erased, wrapped=wrapped)
