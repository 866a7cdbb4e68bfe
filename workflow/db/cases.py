"""Opening a case, saving its working copy, and writing the commands that move it.

Every function works in the caller's transaction, under the caller's role: row-level security decides which cases exist.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import Session

from workflow.canonical import admit
from workflow.case import Case, fold_from_json
from workflow.commands import Actor
from workflow.db.material import place
from workflow.db.tables import case_, case_data, command, document, person_key, working_copy
from workflow.errors import AlurError
from workflow.standing import actor_on
from workflow.vault import SALT_BYTES, PersonKey, Vault, salted_digest

Executor = Connection | Session


class UnknownCaseError(AlurError):
    """There is no such case, or this person may not see it."""

    code = "unknown_case"


class DataErasedError(AlurError):
    """The person's key was destroyed: what it closed cannot be read by anybody."""

    code = "data_erased"


class StaleRevisionError(AlurError):
    """The case was changed after the person opened it."""

    code = "stale_revision"


@dataclass(frozen=True, slots=True)
class Stored:
    """A case with what its row knows beside the fold."""

    case: Case
    person: int
    #: Saves of the working copy; with `case.revision` it makes the revision that people see.
    saves: int
    created_at: datetime

    @property
    def revision(self) -> int:
        """What `ETag` and `If-Match` speak of."""
        return self.case.revision + self.saves


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """What the party has entered and not yet given: data, and documents by kind as {id, digest}."""

    data: Mapping[str, Any]
    documents: Mapping[str, Mapping[str, Any]]
    saved_at: datetime | None


def open_case(db: Executor, vault: Vault, *, process: str, definition: str, office: str, owner: int | None) -> int:
    """Open a draft and return its id; `owner` is the party's account, None when an officer enters it for a person."""
    person = db.execute(insert(person_key).values(wrapped=vault.new_person()).returning(person_key.c.id)).scalar_one()
    id_ = db.execute(
        insert(case_)
        .values(process=process, definition=definition, office=office, owner=owner, person=person)
        .returning(case_.c.id)
    ).scalar_one()
    key = _person_key(db, vault, person)
    cipher = key.close_json({"data": {}, "documents": {}}, _copy_place(id_))
    db.execute(insert(working_copy).values(case_id=id_, cipher=cipher))
    return int(id_)


def get(db: Executor, id_: int, *, lock: bool = False) -> Stored:
    """The case `id_`; raises `UnknownCaseError`. With `lock`, nobody else changes it until the transaction ends."""
    query = select(case_).where(case_.c.id == id_)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise UnknownCaseError(f"There is no case {id_} that you may see.")
    return stored(dict(row))


def get_unlocked(db: Executor, id_: int) -> Stored | None:
    """The case `id_`, locked until the transaction ends; None when it is gone or somebody else is at work on it."""
    row = db.execute(select(case_).where(case_.c.id == id_).with_for_update(skip_locked=True)).mappings().one_or_none()
    return None if row is None else stored(dict(row))


def stored(row: Mapping[str, Any]) -> Stored:
    """A row of `case_` as a case."""
    return Stored(standing(row), row["person"], row["saves"], row["created_at"])


def standing(row: Mapping[str, Any]) -> Case:
    """The case alone, of a row of `case_` or of its columns of that name."""
    return Case(
        id=row["id"],
        process=row["process"],
        definition=row["definition"],
        office=row["office"],
        owner=None if row["owner"] is None else str(row["owner"]),
        state=row["state"],
        revision=row["revision"],
        seq=row["seq"],
        head=row["head"],
        data=row["data"],
        **fold_from_json(row["fold"]),
    )


def actor(db: Executor, account: int, case: Case, now: datetime) -> Actor:
    """The account as it stands before `case` at `now`: roles of its own and lent ones, and what bars it."""
    return actor_on(case, str(account), db.execute(select(func.standing(account, case.id))).scalar_one(), now)


def read_working_copy(db: Executor, vault: Vault, found: Stored) -> WorkingCopy:
    """The working copy of a case; raises `DataErasedError`."""
    key = _person_key(db, vault, found.person)
    row = db.execute(
        select(working_copy.c.cipher, working_copy.c.saved_at).where(working_copy.c.case_id == found.case.id)
    ).one()
    content = key.open_json(row.cipher, _copy_place(found.case.id))
    return WorkingCopy(content["data"], content["documents"], row.saved_at if found.saves else None)


def save_data(db: Executor, vault: Vault, found: Stored, data: Mapping[str, Any], expected: int | None) -> int:
    """Replace the data of the working copy; returns the new revision.

    `found` must be locked. Raises `StaleRevisionError` when `expected` is not the revision of now.
    """
    admit(data)
    if expected is not None and expected != found.revision:
        raise StaleRevisionError(
            f"The case is at revision {found.revision}, not {expected}. Reload it, then try again."
        )
    copy = read_working_copy(db, vault, found)
    return _write_copy(db, vault, found, {"data": dict(data), "documents": dict(copy.documents)})


def attach(
    db: Executor, vault: Vault, found: Stored, kind: str, plain: bytes, blob: str, facts: Mapping[str, Any]
) -> int:
    """Put an inspected document into the working copy; returns the document's id.

    `plain` is digested, `blob` names the stored (encrypted) bytes, `facts` holds media_type, size, rendition and
    inspection. `found` must be locked.
    """
    id_, digest = keep_file(db, found, kind, plain, blob, facts)
    copy = read_working_copy(db, vault, found)
    documents = {**copy.documents, kind: {"id": id_, "digest": digest}}
    _write_copy(db, vault, found, {"data": dict(copy.data), "documents": documents})
    return id_


def keep_file(
    db: Executor, found: Stored, kind: str, plain: bytes, blob: str, facts: Mapping[str, Any]
) -> tuple[int, str]:
    """Keep an inspected file with the case, beside its working copy; id and salted digest."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = salted_digest(salt, plain)
    values = {"case_id": found.case.id, "kind": kind, "blob": blob, "salt": salt, "digest": digest, **facts}
    id_ = db.execute(insert(document).values(**values).returning(document.c.id)).scalar_one()
    return int(id_), digest


def detach(db: Executor, vault: Vault, found: Stored, kind: str) -> None:
    """Take a document out of the working copy; `found` must be locked."""
    copy = read_working_copy(db, vault, found)
    documents = {k: d for k, d in copy.documents.items() if k != kind}
    _write_copy(db, vault, found, {"data": dict(copy.data), "documents": documents})


def read_version(db: Executor, vault: Vault, found: Stored, version: int) -> Mapping[str, Any]:
    """The content of a version: {data, documents} of a submission, or the inputs of a transition; {} once erased."""
    cipher = db.execute(
        select(case_data.c.cipher).where(case_data.c.case_id == found.case.id, case_data.c.version == version)
    ).scalar_one_or_none()
    if cipher is None:
        return {}
    return _person_key(db, vault, found.person).open_json(cipher, place(found.case.id, version))


def person_key_of(db: Executor, vault: Vault, found: Stored) -> PersonKey:
    """The key of the person that the case is about."""
    return _person_key(db, vault, found.person)


def accept(
    db: Executor,
    vault: Vault,
    found: Stored,
    *,
    do: str,
    actor: str,
    key: uuid.UUID,
    submits: bool,
    given: Mapping[str, Any] | None = None,
    checklist: Sequence[str] = (),
    revision: int | None = None,
    secret: str | None = None,
) -> int:
    """Write a command and return its id: once the transaction commits, it will be performed or refused, never lost.

    Inputs are personal, so they are sealed as a version of their own; a command that submits freezes the working
    copy as it is now. `secret` names what the person gave to sign with, which is not here. `found` must be locked: a
    key that was used before then gives the command of that time.
    """
    known = db.execute(select(command.c.id).where(command.c.key == key)).scalar()
    if known is not None:
        return int(known)
    payload: dict[str, Any] = {}
    if submits:
        copy = read_working_copy(db, vault, found)
        payload["data"] = _freeze(db, vault, found, "data", {"data": copy.data, "documents": copy.documents})
    if given:
        admit(given)
        payload["input"] = _freeze(db, vault, found, "input", given)
    if checklist:
        payload["checklist"] = list(checklist)
    if revision is not None:
        payload["revision"] = revision
    if secret is not None:
        payload["secret"] = secret
    id_ = db.execute(
        insert(command)
        .values(case_id=found.case.id, do=do, actor=actor, payload=payload, key=key)
        .returning(command.c.id)
    ).scalar_one()
    return int(id_)


def seal_input(db: Executor, vault: Vault, found: Stored, given: Mapping[str, Any]) -> str:
    """Keep what a person said as a version of the case's inputs; its salted digest, for the event.

    `found` must be locked.
    """
    admit(given)
    version = _freeze(db, vault, found, "input", given)
    query = select(case_data.c.digest).where(case_data.c.case_id == found.case.id, case_data.c.version == version)
    return str(db.execute(query).scalar_one())


def _freeze(db: Executor, vault: Vault, found: Stored, kind: str, content: Mapping[str, Any]) -> int:
    key = _person_key(db, vault, found.person)
    version = db.execute(
        update(working_copy)
        .where(working_copy.c.case_id == found.case.id)
        .values(versions=working_copy.c.versions + 1)
        .returning(working_copy.c.versions)
    ).scalar_one()
    sealed = key.seal(content, place(found.case.id, version))
    db.execute(
        insert(case_data).values(
            case_id=found.case.id,
            version=version,
            kind=kind,
            cipher=sealed.cipher,
            salt=sealed.salt,
            digest=sealed.digest,
        )
    )
    return int(version)


def _write_copy(db: Executor, vault: Vault, found: Stored, content: Mapping[str, Any]) -> int:
    cipher = _person_key(db, vault, found.person).close_json(content, _copy_place(found.case.id))
    db.execute(
        update(working_copy).where(working_copy.c.case_id == found.case.id).values(cipher=cipher, saved_at=func.now())
    )
    saves = db.execute(
        update(case_)
        .where(case_.c.id == found.case.id)
        .values(saves=case_.c.saves + 1, updated_at=func.now())
        .returning(case_.c.saves)
    ).scalar_one()
    return int(found.case.revision + saves)


def _person_key(db: Executor, vault: Vault, person: int) -> PersonKey:
    wrapped = db.execute(select(person_key.c.wrapped).where(person_key.c.id == person)).scalar_one()
    if wrapped is None:
        raise DataErasedError("The data of this case was erased.")
    return vault.person(wrapped)


def _copy_place(case: int) -> str:
    return f"case/{case}/copy"
