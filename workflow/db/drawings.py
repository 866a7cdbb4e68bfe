"""Drawings, such as the signature of a card's holder: files that the input of a transition names by their digest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from workflow.db import cases
from workflow.db.cases import Executor, Stored
from workflow.db.tables import case_data, document, event
from workflow.definition.process import Input, Process
from workflow.vault import Vault

#: Kind of such an input, and of the file among a case's files.
KIND = "drawing"


def asked(process: Process) -> dict[str, Input]:
    """The input that takes a drawing, by transition."""
    found = {t.name: [i for i in t.input if i.kind == KIND] for t in process.transitions.values()}
    return {do: inputs[0] for do, inputs in found.items() if inputs}


def last(db: Executor, vault: Vault, found: Stored, process: Process) -> tuple[Input, Row[Any]] | None:
    """The drawing that was given last, with the input that took it; None where the last such input names none, or its
    file is gone."""
    inputs, case = asked(process), found.case.id
    if not inputs:
        return None
    body = db.execute(
        select(event.c.body)
        .where(event.c.case_id == case, event.c.body["do"].astext.in_(sorted(inputs)))
        .order_by(event.c.seq.desc())
        .limit(1)
    ).scalar()
    if body is None or "input" not in body:
        return None
    version = db.execute(
        select(case_data.c.version).where(case_data.c.case_id == case, case_data.c.digest == body["input"])
    ).scalar()
    given = cases.read_version(db, vault, found, version) if version else {}
    row = of_digest(db, case, given.get(inputs[body["do"]].name))
    return (inputs[body["do"]], row) if row is not None else None


def of_digest(db: Executor, case: int, digest: str | None) -> Row[Any] | None:
    """The row of the drawing with this digest, where its file is there."""
    if not digest:
        return None
    named = document.c.case_id == case, document.c.kind == KIND, document.c.digest == digest
    return db.execute(select(document).where(*named, document.c.blob.is_not(None))).first()
