"""What persons save: data and documents of a working copy, as the web lets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from alur.scenarios import papers
from alur.scenarios.cast import acting, actor
from alur.scenarios.stage import Stage
from signing.errors import UploadRefused
from workflow.commands import Actor
from workflow.db import cases
from workflow.db.cases import Stored, UnknownCaseError
from workflow.definition.form import check_data
from workflow.permission import refuse_editing
from workflow.refusals import Refusal
from workflow.scenario.model import Papers


class RefusedError(Exception):
    """A person may not do this; `code` is told to them, the message is the sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def save(
    stage: Stage,
    who: str,
    case: int,
    changes: Mapping[str, Any],
    documents: Papers,
    drawn: Mapping[str, Any] | None = None,
) -> None:
    """Save data and documents of a working copy, as far as there are any; raises `RefusedError`.

    Samples are drawn for the person of `drawn`, or of the data saved so far.
    """
    if changes:
        with acting(stage, who) as db:
            _save(stage, db, who, case, changes)
    for kind, file in documents.items():
        with acting(stage, who) as db:
            _upload(stage, db, who, case, kind, file, drawn)


def _save(stage: Stage, db: Connection, who: str, case: int, changes: Mapping[str, Any]) -> None:
    found = _editable(stage, db, who, case)
    copy = cases.read_working_copy(db, stage.kit.vault, found)
    data = {name: value for name, value in {**copy.data, **changes}.items() if value is not None}
    today = stage.clock.now.astimezone(stage.book(found.case.office).zone).date()
    problems = check_data(stage.kit.process.form, data, complete=False, today=today)
    if problems:
        raise RefusedError("data_invalid", " ".join(p.message["id"] for p in problems))
    cases.save_data(db, stage.kit.vault, found, data, None)


def _upload(
    stage: Stage,
    db: Connection,
    who: str,
    case: int,
    kind: str,
    file: str | None,
    drawn: Mapping[str, Any] | None,
) -> None:
    found = _editable(stage, db, who, case)
    if file is None:
        cases.detach(db, stage.kit.vault, found, kind)
        return
    person = drawn or cases.read_working_copy(db, stage.kit.vault, found).data
    try:
        checked = papers.check(stage.kit, kind, file, person)
    except UploadRefused as error:
        raise RefusedError(error.code, error.text["id"]) from error
    papers.keep(stage, db, case, kind, checked)


def _editable(stage: Stage, db: Connection, who: str, case: int) -> Stored:
    found, person = before(stage, db, who, case)
    _require(refuse_editing(stage.book(found.case.office), found.case, person))
    return found


def before(stage: Stage, db: Connection, who: str, case: int) -> tuple[Stored, Actor]:
    """A locked case before a person; one that they may not see is refused as `unknown_case`."""
    try:
        found = cases.get(db, case, lock=True)
    except UnknownCaseError as error:
        raise RefusedError(error.code, str(error)) from error
    return found, actor(stage, db, who, found.case)


def _require(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise RefusedError(refusal.code, refusal.sentence("id"))
