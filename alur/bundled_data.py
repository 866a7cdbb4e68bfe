"""Personal data in a bundle: digests only or, for a reader whose look is logged, all of it with its salts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from workflow.blobs import BlobStore
from workflow.canonical import canonical_bytes
from workflow.db import cases
from workflow.db.bundled import BundleRefusedError, Material, told_card, told_documents
from workflow.db.cases import DataErasedError
from workflow.db.material import place
from workflow.events import stamp
from workflow.sealed_files import fetch, of_card
from workflow.vault import PersonKey, Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """Members that tell of personal data, and the card for whoever reports on it."""

    #: Content by name.
    members: dict[str, bytes]
    #: The card's file; None where there is none, or it was erased.
    card: bytes | None


def personal(db: Connection, vault: Vault, blobs: BlobStore, material: Material, *, reveals: bool) -> Files:
    """`documents.json`, and with `reveals` the data, the documents, what was drawn, and the card.

    Raises `DataErasedError` for data that are to be revealed and are gone, `BlobError` and `UnreadableError` for files
    that are not what they were.
    """
    key = _key(db, vault, material)
    if reveals and key is None:
        raise DataErasedError("The data of this case were erased; a bundle without data can be made.")
    pdf = _card(blobs, key, material)
    members: dict[str, bytes] = {}
    listed = [_document(blobs, key if reveals else None, material, told, members) for told in _told(material)]
    members["documents.json"] = canonical_bytes(listed)
    if reveals and key is not None:
        versions = list(_versions(key, material))
        members["data.json"] = canonical_bytes(versions)
        drawn = [_drawing(blobs, key, row, told, members) for row, told in _drawn(material, versions)]
        if drawn:
            members["drawings.json"] = canonical_bytes(drawn)
        if pdf is not None:
            members["card.pdf"] = pdf
    return Files(members=members, card=pdf)


def _key(db: Connection, vault: Vault, material: Material) -> PersonKey | None:
    if material.found.case.erased is not None:
        return None
    return cases.person_key_of(db, vault, material.found)


def _told(material: Material) -> list[tuple[str, str, int]]:
    return [(kind, digest, seq) for (kind, digest), seq in told_documents(material.events).items()]


def _document(
    blobs: BlobStore, key: PersonKey | None, material: Material, told: tuple[str, str, int], into: dict[str, bytes]
) -> dict[str, Any]:
    """A line of `documents.json`; with `key`, the file is put into `into`."""
    kind, digest, seq = told
    row = material.documents.get((kind, digest))
    line: dict[str, Any] = {"kind": kind, "digest": digest, "event": seq, "file": None, "salt": None}
    line |= {"media_type": None, "size": None, "at": None}
    if row is None:
        return line
    line |= {"media_type": row.media_type, "size": row.size, "at": stamp(row.at)}
    if key is not None and row.blob is not None and row.salt is not None:
        line |= {"file": f"documents/{seq}-{kind}", "salt": bytes(row.salt).hex()}
        into[line["file"]] = key.open(blobs.get(row.blob), f"document/{row.case_id}/{kind}")
    return line


def _versions(key: PersonKey, material: Material) -> Iterator[dict[str, Any]]:
    for row in material.versions:
        content = key.open_json(row.cipher, place(row.case_id, row.version))
        told = {"version": row.version, "kind": row.kind, "digest": row.digest, "at": stamp(row.at)}
        yield {**told, "salt": bytes(row.salt).hex(), "content": content}


def _drawn(material: Material, versions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Row[Any], tuple[int, str]]]:
    """The drawings that inputs name by their digest, with the version and the name of the input."""
    for version in versions:
        for name, value in version["content"].items():
            if isinstance(value, str) and value in material.drawings:
                yield material.drawings[value], (version["version"], name)


def _drawing(
    blobs: BlobStore, key: PersonKey, row: Row[Any], told: tuple[int, str], into: dict[str, bytes]
) -> dict[str, Any]:
    """A line of `drawings.json`; the file is put into `into` where it is there."""
    version, name = told
    line: dict[str, Any] = {"version": version, "input": name, "digest": row.digest, "at": stamp(row.at)}
    line |= {"media_type": row.media_type, "size": row.size, "file": None, "salt": None}
    if row.blob is not None and row.salt is not None:
        line |= {"file": f"drawings/{version}-{name}", "salt": bytes(row.salt).hex()}
        into[line["file"]] = key.open(blobs.get(row.blob), f"document/{row.case_id}/{row.kind}")
    return line


def _card(blobs: BlobStore, key: PersonKey | None, material: Material) -> bytes | None:
    """The card of which the history tells."""
    row, told = material.card, told_card(material.events)
    if key is None or row is None or told is None or row.blob is None:
        return None
    if row.sha256 != told[1]["sha256"]:
        raise BundleRefusedError(f"The card of case {row.case_id} is being worked on; make the bundle afterwards.")
    return fetch(blobs, key, row.blob, of_card(row.case_id), sha256=row.sha256)
