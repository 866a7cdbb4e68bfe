"""Documents of a scenario: samples drawn for the person, or files; checked as every upload is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection

from alur import samples
from alur.scenarios.stage import Kit, Stage
from signing.inspect import inspect, rendition
from signing.uploads import PDF, Inspection, UploadRules
from workflow.db import cases
from workflow.definition.process import DocumentKind
from workflow.scenario.model import SAMPLE

_IMAGES = ("image/jpeg", "image/png")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """An upload that may be kept."""

    plain: bytes
    found: Inspection
    #: The safe picture; None for a PDF.
    picture: bytes | None


def check(kit: Kit, kind: str, file: str, data: Mapping[str, Any]) -> Checked:
    """The document of a kind, inspected; raises `UploadRefused`. Bytes seen before are not looked at again."""
    spec = kit.process.documents[kind]
    plain = _sample(kit, spec, data) if file == SAMPLE else (kit.folder / file).read_bytes()
    key = hashlib.sha256(repr((spec.accept, spec.max_size, spec.ratio)).encode() + plain).hexdigest()
    known = kit.inspected.get(key)
    if known is None:
        found = inspect(plain, UploadRules(accept=spec.accept, max_size=spec.max_size, ratio=spec.ratio))
        picture = rendition(plain) if found.media_type != PDF else None
        known = kit.inspected[key] = Checked(plain=plain, found=found, picture=picture)
    return cast(Checked, known)


def keep(stage: Stage, db: Connection, case: int, kind: str, checked: Checked) -> None:
    """Put a checked document into the working copy of a case."""
    kit, found = stage.kit, cases.get(db, case, lock=True)
    key = cases.person_key_of(db, kit.vault, found)
    where = f"document/{case}/{kind}"
    picture = kit.blobs.put(key.close(checked.picture, where)) if checked.picture else None
    facts = {
        "media_type": checked.found.media_type,
        "size": checked.found.size,
        "rendition": picture,
        "inspection": {
            "pages": checked.found.pages,
            "pixels": list(checked.found.pixels) if checked.found.pixels else None,
            "warnings": list(checked.found.warnings),
        },
    }
    blob = kit.blobs.put(key.close(checked.plain, where))
    cases.attach(db, kit.vault, found, kind, checked.plain, blob, facts)


def _sample(kit: Kit, spec: DocumentKind, data: Mapping[str, Any]) -> bytes:
    """A document as the person would send it; drawn once for each person and kind."""
    name, nik = str(data.get("name", "")), str(data.get("nik", ""))
    drawer = "photo" if spec.ratio else spec.name if spec.name in ("ktp", "diploma") else "ktp"
    person = () if drawer == "photo" else (name,) if drawer == "diploma" else (name, nik)
    key = (drawer, *person)
    if key not in kit.samples:
        kit.samples[key] = _DRAWERS[drawer](*person)
    return kit.samples[key]


_DRAWERS: Mapping[str, Any] = {"photo": samples.photo, "ktp": samples.ktp, "diploma": samples.diploma}
