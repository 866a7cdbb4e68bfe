"""What persons do: open a case, save, upload, claim, and send commands, as the web lets them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from alur.scenarios import papers
from alur.scenarios.cast import acting, actor, roles_at
from alur.scenarios.stage import Stage
from signing.errors import UploadRefused
from workflow.commands import SUBMIT, Actor
from workflow.db import cases, tasks
from workflow.db.cases import Stored, UnknownCaseError
from workflow.db.tables import command
from workflow.db.tasks import TaskRefusedError
from workflow.definition.form import check_data
from workflow.permission import refuse_editing
from workflow.refusals import Refusal
from workflow.scenario.model import CLAIM, RELEASE, Act, Opening, Papers


class RefusedError(Exception):
    """A person may not do this; `code` is told to them, the message is the sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def open_cases(stage: Stage, opening: Opening) -> None:
    """Open the draft, or each of them, and fill it in."""
    for n in range(1, opening.times + 1):
        name = opening.case if opening.times == 1 else f"{opening.case}-{n}"
        _open(stage, replace(opening, case=name, data=_counted(opening, n)), opening.data)


def _open(stage: Stage, opening: Opening, drawn: Mapping[str, Any]) -> None:
    """Open one draft; samples of its documents are drawn for `drawn`, the same for each of a group."""
    process, kit = stage.kit.process, stage.kit
    who = opening.officer or opening.applicant
    owner = None if opening.officer else stage.accounts[opening.applicant]
    with acting(stage, who) as db:
        works = roles_at(stage, who, opening.office) & stage.book(opening.office).staff
        if opening.officer and not (works and process.submit_assisted):
            raise RefusedError("not_assisted" if works else "unknown_office_member", f"{who} may not open this case.")
        id_ = cases.open_case(
            db, kit.vault, process=process.name, definition=process.hash, office=opening.office, owner=owner
        )
    stage.cases[opening.case] = id_
    save(stage, who, id_, opening.data, opening.documents, drawn)


def _counted(opening: Opening, n: int) -> Mapping[str, Any]:
    """The data of the n-th case, counted from 1: the digits of the unique field are counted on by n."""
    if opening.unique is None:
        return opening.data
    text = str(opening.data.get(opening.unique, ""))
    digits = len(text) - len(text.rstrip("0123456789"))
    if not digits:
        return {**opening.data, opening.unique: f"{text}{n}"}
    counted = f"{int(text[-digits:]) + n:0{digits}}"
    return {**opening.data, opening.unique: text[:-digits] + counted}


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
    found, person = _before(stage, db, who, case)
    _require(refuse_editing(stage.book(found.case.office), found.case, person))
    return found


def _before(stage: Stage, db: Connection, who: str, case: int) -> tuple[Stored, Actor]:
    """A locked case before a person; one that they may not see is refused as `unknown_case`."""
    try:
        found = cases.get(db, case, lock=True)
    except UnknownCaseError as error:
        raise RefusedError(error.code, str(error)) from error
    return found, actor(stage, db, who, found.case)


def _require(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise RefusedError(refusal.code, refusal.sentence("id"))


def act(stage: Stage, step: Act, case: int) -> int | None:
    """Do what the step says up to the command's acceptance; its id, None where there is none.

    Raises `RefusedError` for what is refused at once.
    """
    save(stage, step.who, case, step.data, step.documents)
    if step.do in (CLAIM, RELEASE):
        _task(stage, step.who, case, step.do)
    elif step.do is not None:
        if _claims(stage, step, case):
            _task(stage, step.who, case, CLAIM)
        key = uuid.uuid4()
        return [_send(stage, step, case, key) for _ in range(step.sent)][-1]
    return None


def _claims(stage: Stage, step: Act, case: int) -> bool:
    """True when the move is of the role whose task is open: whoever makes it claims the task first."""
    transition = stage.kit.process.transitions.get(step.do or "")
    with acting(stage, step.who) as db:
        open_case = _before(stage, db, step.who, case)[0].case
    if transition is None or open_case.task is None or open_case.state not in transition.sources:
        return False
    staff = stage.book(open_case.office).staff
    pending = open_case.step is not None
    return transition.by in staff and open_case.task.role == transition.by and not pending


def _task(stage: Stage, who: str, case: int, do: str) -> None:
    """Claim or release the open task."""
    with acting(stage, who) as db:
        found, person = _before(stage, db, who, case)
        seq = found.case.task.seq if found.case.task else 0
        function = tasks.claim if do == CLAIM else tasks.release
        try:
            function(db, stage.book(found.case.office), found, seq, person, stage.clock.now)
        except TaskRefusedError as error:
            raise RefusedError(error.refusal.code, error.refusal.sentence("id")) from error


def _send(stage: Stage, step: Act, case: int, key: uuid.UUID) -> int:
    assert step.do is not None
    with acting(stage, step.who) as db:
        found, person = _before(stage, db, step.who, case)
        book = stage.book(found.case.office)
        transition = stage.kit.process.transitions.get(step.do)
        return cases.accept(
            db,
            stage.kit.vault,
            found,
            do=step.do,
            actor=person.id,
            key=key,
            submits=step.do == SUBMIT or (transition is not None and book.submits(transition)),
            given=step.given,
            checklist=step.checklist,
        )


def outcome(stage: Stage, id_: int) -> tuple[str, Mapping[str, Any]]:
    """Status and outcome of a command."""
    with stage.engine.connect() as db:
        row = db.execute(select(command.c.status, command.c.outcome).where(command.c.id == id_)).one()
    return row.status, row.outcome or {}
