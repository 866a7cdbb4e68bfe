"""What a step reads of its case: the data and documents that stood when it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workers.errors import StepError
from workers.workshop import Workshop
from workflow.db import cases
from workflow.db.cases import Stored
from workflow.db.outbox import Work
from workflow.db.tables import document
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.reckoning import Reckoning
from workflow.vault import PersonKey


@dataclass(frozen=True, slots=True)
class Dossier:
    found: Stored
    process: Process
    office: Office
    data: Mapping[str, Any]
    #: Rows of `document` by kind.
    documents: Mapping[str, Mapping[str, Any]]
    key: PersonKey
    #: How the office counts time.
    time: Reckoning


def open_dossier(workshop: Workshop, work: Work) -> Dossier:
    """Read the version of the data that the step was asked for; a final `StepError` once it is erased."""
    with workshop.engine.connect() as connection:
        found = cases.get(connection, work.id.case)
        process = workshop.library.process(connection, found.case.definition)
        workshop.library.keep_time(connection, [(found.case.definition, found.case.office)])
        content = cases.read_version(connection, workshop.vault, found, work.input["data"])
        if not content:
            raise StepError("data_erased", "The data of this case was erased.", final=True)
        ids = [d["id"] for d in content["documents"].values()]
        rows = connection.execute(select(document).where(document.c.id.in_(ids))).mappings().all()
        key = cases.person_key_of(connection, workshop.vault, found)
    office = workshop.library.offices[found.case.office]
    time = workshop.library.book(found.case.definition, found.case.office).time
    return Dossier(found, process, office, content["data"], {r["kind"]: dict(r) for r in rows}, key, time)


def read_document(workshop: Workshop, dossier: Dossier, kind: str, *, rendition: bool = False) -> bytes:
    """The bytes of a document, or of its safe rendition."""
    row = dossier.documents[kind]
    name = (row["rendition"] if rendition else None) or row["blob"]
    return dossier.key.open(workshop.blobs.get(name), f"document/{dossier.found.case.id}/{kind}")
