"""The register of relatives: NIKs of an officer and its relatives, kept only as the keys by which cases are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.keys import key_of
from workflow.db.tables import kin
from workflow.vault import Vault

#: What a declared NIK is to the officer.
RELATIONS = ("self", "relative")


def declare(db: Executor, vault: Vault, *, account: int, nik: str, relation: str, by: int, now: datetime) -> int | None:
    """Keep a NIK of `account` or of a relative; the entry's number, None when it was declared before."""
    row = {"account": account, "key": key_of(vault, nik), "relation": relation, "declared_by": by, "declared_at": now}
    values = insert(kin).values(**row).on_conflict_do_nothing(index_elements=["account", "key"]).returning(kin.c.id)
    id_ = db.execute(values).scalar()
    if id_ is not None:
        body = {"kin": int(id_), "account": account, "relation": relation}
        journal.record(db, actor=str(by), type="kin_declared", body=body, at=now)
    return None if id_ is None else int(id_)


def take_back(db: Executor, id_: int, *, by: int, now: datetime) -> bool:
    """Remove an entry of somebody else's; False when there is none that this person may remove."""
    gone = db.execute(delete(kin).where(kin.c.id == id_).returning(kin.c.account)).scalar()
    if gone is None:
        return False
    journal.record(db, actor=str(by), type="kin_removed", body={"kin": id_, "account": int(gone)}, at=now)
    return True


def declared(db: Executor, account: int) -> Sequence[Row[int, str, datetime]]:
    """Entries of an account, oldest first: what they are and since when; the NIK itself is known to nobody."""
    query = select(kin.c.id, kin.c.relation, kin.c.declared_at).where(kin.c.account == account)
    return db.execute(query.order_by(kin.c.id)).all()
