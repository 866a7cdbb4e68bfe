"""Step `notify`: one notice to everybody who holds a role, kept in their account and mailed where they agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, func, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workers.mail import MailError, send
from workers.workshop import Workshop
from workflow import lateness
from workflow.case import Case
from workflow.db import cases
from workflow.db.cases import DataErasedError, Stored
from workflow.db.history import definition_at
from workflow.db.outbox import Work
from workflow.db.tables import account, deputy, membership, notice
from workflow.definition.process import Process
from workflow.house_notices import notice_of
from workflow.standing import EVERY_OFFICE

log = structlog.get_logger()


def notify(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{sent}: how many accounts have the notice. Doing it again adds none."""
    with workshop.engine.begin() as connection:
        found = cases.get(connection, work.id.case)
        # The notice was chosen by the definition of that moment.
        process = workshop.library.process(connection, definition_at(connection, found.case, work.id.seq))
        people = sorted(set(_accounts(connection, found, process, work.input["roles"], workshop.clock())))
        if people:
            connection.execute(
                upsert(notice)
                .values(
                    [
                        {
                            "case_id": found.case.id,
                            "seq": work.id.seq,
                            "account": a,
                            "name": work.input["notice"],
                        }
                        for a in people
                    ]
                )
                .on_conflict_do_nothing()
            )
    if workshop.smtp_url:
        _mail(workshop, work, process, found)
    return {"sent": len(people)}


def _accounts(
    connection: Connection, found: Stored, process: Process, roles: Iterable[str], now: datetime
) -> Iterable[int]:
    for role in roles:
        if role in process.roles and process.roles[role].party:
            if found.case.owner is not None:
                yield int(found.case.owner)
        else:
            yield from _staff(connection, found.case, role, now)


def _staff(connection: Connection, case: Case, role: str, now: datetime) -> Iterable[int]:
    """Who has the role where it is judged, and who stands in for them now."""
    task = case.task
    office = task.office if task is not None and task.role == role else case.office
    offices = [office, EVERY_OFFICE]
    own = select(membership.c.account).where(membership.c.role == role, membership.c.office.in_(offices))
    yield from connection.scalars(own)
    lent = select(deputy.c.deputy).where(deputy.c.role == role, deputy.c.office.in_(offices))
    yield from connection.scalars(lent.where(deputy.c.from_at <= now, deputy.c.until_at > now))


def _agrees(workshop: Workshop, connection: Connection, process: Process, found: Stored) -> bool:
    """The party agreed to be mailed; who was not asked did not agree, and nobody agrees once erased."""
    field = process.form.consent
    if field is None or not found.case.data:
        return False
    try:
        content = cases.read_version(connection, workshop.vault, found, found.case.data)
    except DataErasedError:
        return False
    return content.get("data", {}).get(field) is True


def _mail(workshop: Workshop, work: Work, process: Process, found: Stored) -> None:
    """Mail each notice once; a mail server that is away must not bring the notice back to those who have it.

    The party is mailed only where it agreed; staff is mailed about its work.
    """
    with workshop.engine.connect() as connection:
        agrees = _agrees(workshop, connection, process, found)
        asked = true() if agrees or found.case.owner is None else notice.c.account != int(found.case.owner)
        waiting = connection.execute(
            select(notice.c.id, account.c.email, account.c.language)
            .join(account, account.c.id == notice.c.account)
            .where(
                notice.c.case_id == work.id.case,
                notice.c.seq == work.id.seq,
                notice.c.mailed_at.is_(None),
                account.c.email.is_not(None),
                asked,
            )
        ).all()
    text = notice_of(process, work.input["notice"])
    for id_, address, language in waiting:
        link = f"{workshop.public_url}/cases/{found.case.id}"
        subject = text.subject.get(language, text.subject["id"]).replace("{case}", str(found.case.id))
        subject += _late(work, language)
        try:
            send(workshop.smtp_url or "", address, subject, link)
        except MailError as error:
            log.warning("notice not mailed", case=found.case.id, why=str(error))
            continue
        with workshop.engine.begin() as connection:
            connection.execute(update(notice).where(notice.c.id == id_).values(mailed_at=func.now()))


def _late(work: Work, language: str) -> str:
    """A breach that is told long after it happened says so."""
    if "late" not in work.input:
        return ""
    told = lateness.told(work.input["late"])
    return f" ({told.get(language) or told['id']})"
