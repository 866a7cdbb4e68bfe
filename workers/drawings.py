"""What the holder drew before the card is signed: the picture that the last such input of the case names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from workers.dossier import Dossier
from workers.workshop import Workshop
from workflow.db import cases
from workflow.db.tables import case_data, document, event

KIND = "drawing"


def drawing_of(workshop: Workshop, dossier: Dossier) -> bytes | None:
    """The safe rendition of the drawing that was given last; None where the last such input names none."""
    names = {t.name: [i.name for i in t.input if i.kind == KIND] for t in dossier.process.transitions.values()}
    drawn = {do: fields[0] for do, fields in names.items() if fields}
    if not drawn:
        return None
    with workshop.engine.connect() as db:
        row = _file(db, workshop, dossier, drawn)
    if row is None:
        return None
    return dossier.key.open(workshop.blobs.get(row.rendition or row.blob), f"document/{dossier.found.case.id}/{KIND}")


def _file(db: Connection, workshop: Workshop, dossier: Dossier, drawn: dict[str, str]) -> Any:
    case = dossier.found.case.id
    last = db.execute(
        select(event.c.body)
        .where(event.c.case_id == case, event.c.body["do"].astext.in_(sorted(drawn)))
        .order_by(event.c.seq.desc())
        .limit(1)
    ).scalar()
    if last is None or "input" not in last:
        return None
    version = db.execute(
        select(case_data.c.version).where(case_data.c.case_id == case, case_data.c.digest == last["input"])
    ).scalar()
    given = cases.read_version(db, workshop.vault, dossier.found, version) if version else {}
    digest = given.get(drawn[last["do"]])
    query = select(document).where(
        document.c.case_id == case, document.c.kind == KIND, document.c.digest == digest, document.c.blob.is_not(None)
    )
    return db.execute(query).first() if digest else None
