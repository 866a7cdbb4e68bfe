"""What persons do: open a case, save, upload, claim, and send commands, as the web lets them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from alur.scenarios.cast import acting, roles_at
from alur.scenarios.saving import RefusedError, before, save
from alur.scenarios.stage import Stage
from workflow.commands import SUBMIT
from workflow.db import cases, tasks
from workflow.db.tables import command
from workflow.db.tasks import TaskRefusedError
from workflow.scenario.model import CLAIM, RELEASE, Act, Opening


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
        open_case = before(stage, db, step.who, case)[0].case
    if transition is None or open_case.task is None or open_case.state not in transition.sources:
        return False
    staff = stage.book(open_case.office).staff
    pending = open_case.step is not None
    return transition.by in staff and open_case.task.role == transition.by and not pending


def _task(stage: Stage, who: str, case: int, do: str) -> None:
    """Claim or release the open task."""
    with acting(stage, who) as db:
        found, person = before(stage, db, who, case)
        seq = found.case.task.seq if found.case.task else 0
        function = tasks.claim if do == CLAIM else tasks.release
        try:
            function(db, stage.book(found.case.office), found, seq, person, stage.clock.now)
        except TaskRefusedError as error:
            raise RefusedError(error.refusal.code, error.refusal.sentence("id")) from error


def _send(stage: Stage, step: Act, case: int, key: uuid.UUID) -> int:
    assert step.do is not None
    with acting(stage, step.who) as db:
        found, person = before(stage, db, step.who, case)
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
