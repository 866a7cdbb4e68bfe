"""What of a case is destroyed with its person's key, table by table: docs/explanation/personal-data.md."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case as case_when
from sqlalchemy import delete, func, null, or_, select, update

from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.tables import (
    account,
    card,
    case_data,
    case_key,
    document,
    earlier_file,
    hold,
    idempotency,
    incident,
    journal_note,
    membership,
    outbox,
    person_key,
    print_,
    signature,
    task,
    timer,
    token,
    working_copy,
)
from workflow.db.tables import journal as journal_
from workflow.events import stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What there was."""

    #: How many versions of data and inputs.
    versions: int
    #: How many documents.
    documents: int
    #: SHA-256 of the card's file, hex.
    file: str | None
    #: Names of stored files that are nobody's now.
    blobs: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """For the event: figures and a digest."""
        counted: dict[str, Any] = {"versions": self.versions, "documents": self.documents}
        return counted | ({"file": self.file} if self.file else {})


def look(db: Executor, case: int) -> Gone:
    """What will be gone."""
    data, d = case_data.c, document.c
    versions = db.execute(select(func.count()).where(data.case_id == case, data.cipher.is_not(None))).scalar_one()
    documents = db.execute(select(func.count()).where(d.case_id == case, d.salt.is_not(None))).scalar_one()
    file = db.execute(select(card.c.sha256).where(card.c.case_id == case)).scalar()
    return Gone(versions=versions, documents=documents, file=file, blobs=tuple(_blobs(db, case)))


def wipe(db: Executor, case: int, person: int, now: datetime) -> None:
    """Destroy the person's key and everything that it closed; `case` must be locked."""
    db.execute(update(person_key).where(person_key.c.id == person).values(wrapped=None, erased_at=now))
    db.execute(update(case_data).where(case_data.c.case_id == case).values(cipher=None, salt=None))
    emptied: dict[str, Any] = {"blob": None, "rendition": None, "salt": None, "inspection": {}}
    db.execute(update(document).where(document.c.case_id == case).values(**emptied))
    db.execute(delete(working_copy).where(working_copy.c.case_id == case))
    db.execute(delete(case_key).where(case_key.c.case_id == case))
    cards = select(card.c.id).where(card.c.case_id == case).scalar_subquery()
    # A signer of whole files appends more than a signature: what it appended goes with the file.
    appended = case_when((signature.c.prepared["attributes"].astext == "", null()), else_=signature.c.cms)
    db.execute(update(signature).where(signature.c.card.in_(cards)).values(blob=None, cms=appended))
    db.execute(update(print_).where(print_.c.case_id == case).values(blob=None))
    db.execute(update(earlier_file).where(earlier_file.c.case_id == case).values(blob=None))
    db.execute(update(card).where(card.c.case_id == case).values(holder=None, blob=None, erased_at=now))
    # What a library said of a failed attempt is not ours to know.
    db.execute(update(outbox).where(outbox.c.case_id == case).values(error=None))


def put_aside(db: Executor, case: int, now: datetime) -> None:
    """Let nothing wait for a case that a restored backup shows as it was before its end."""
    db.execute(update(task).where(task.c.case_id == case, task.c.status == "open").values(status="done", done_at=now))
    db.execute(delete(timer).where(timer.c.case_id == case))
    db.execute(delete(incident).where(incident.c.case_id == case))
    db.execute(delete(hold).where(hold.c.case_id == case))
    db.execute(update(outbox).where(outbox.c.case_id == case, outbox.c.status == "due").values(status="cancelled"))


def anonymise(db: Executor, id_: int, actor: str, now: datetime) -> bool:
    """Leave an account its number alone, and let nobody sign in with it. False for staff, who answer for what they
    did, and where it is so already."""
    if db.execute(select(membership.c.role).where(membership.c.account == id_).limit(1)).first() is not None:
        return False
    nobody = {"name": f"erased-{id_}", "title": "", "email": None, "password": None, "active": False}
    changed = (
        update(account)
        .where(account.c.id == id_, or_(account.c.active, account.c.name != nobody["name"]))
        .values(**nobody, fs_uniquifier=uuid.uuid4().hex)
        .returning(account.c.id)
    )
    if db.execute(changed).first() is None:
        return False
    db.execute(delete(token).where(token.c.account == id_))
    db.execute(delete(idempotency).where(idempotency.c.account == id_))
    about = select(journal_.c.seq).where(journal_.c.body["account"].astext == str(id_)).scalar_subquery()
    db.execute(update(journal_note).where(journal_note.c.seq.in_(about)).values(salt=None, text=None))
    journal.record(db, actor=actor, type="account_erased", body={"account": id_, "at": stamp(now)}, at=now)
    return True


def _blobs(db: Executor, case: int) -> Sequence[str]:
    signed = select(signature.c.blob).join(card, card.c.id == signature.c.card).where(card.c.case_id == case)
    queries = (
        select(document.c.blob).where(document.c.case_id == case),
        select(document.c.rendition).where(document.c.case_id == case),
        select(print_.c.blob).where(print_.c.case_id == case),
        select(card.c.blob).where(card.c.case_id == case),
        select(earlier_file.c.blob).where(earlier_file.c.case_id == case),
        signed,
    )
    return sorted({name for query in queries for name in db.execute(query).scalars() if name})
