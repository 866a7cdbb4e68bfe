"""What the steps of a card share: its number, and who acts on it."""

from __future__ import annotations

from sqlalchemy import select

from workers.dossier import Dossier
from workers.errors import StepError
from workers.workshop import Workshop
from workflow.db import register
from workflow.db.outbox import Work
from workflow.db.register import Card
from workflow.db.tables import account


def numbered(workshop: Workshop, dossier: Dossier) -> Card:
    """The card of the case with its number, reserved now or earlier; a final `StepError` where no number can be had."""
    case, office = dossier.found.case, dossier.office
    template = office.number or dossier.process.number
    if template is None:
        raise StepError("no_number_template", f"{office.name} has no template for card numbers.", final=True)
    today = workshop.clock().astimezone(office.zone).date()
    with workshop.engine.begin() as connection:
        return register.reserve(connection, case=case.id, office=office.name, template=template, today=today)


def officer_of(work: Work) -> int:
    """Account of the officer who asked for the step."""
    return int(work.input["actor"])


def officer_name(workshop: Workshop, work: Work) -> str:
    """The officer's name as cards print it."""
    with workshop.engine.connect() as connection:
        row = connection.execute(select(account.c.title, account.c.name).where(account.c.id == officer_of(work))).one()
    return str(row.title or row.name)
