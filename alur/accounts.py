"""Accounts, memberships and tokens, as the command line makes them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.db.tables import account, membership, token
from workflow.errors import AlurError

TOKEN_DAYS = 90
EVERY_OFFICE = "*"


class UnknownAccountError(AlurError):
    """There is no account of that name."""

    code = "unknown_account"


def find(db: Connection, name: str) -> int:
    """Id of the account `name`; raises `UnknownAccountError`."""
    id_ = db.execute(select(account.c.id).where(account.c.name == name)).scalar()
    if id_ is None:
        raise UnknownAccountError(f"There is no account named {name}.")
    return int(id_)


def add(db: Connection, name: str, title: str, password: str | None) -> int:
    """Make the account `name`, or give the one that is there a new title and password; its id."""
    hashed = PasswordHasher().hash(password) if password else None
    row = upsert(account).values(name=name, title=title, password=hashed, fs_uniquifier=uuid.uuid4().hex)
    changed = {"title": title} | ({"password": hashed} if hashed else {})
    return int(
        db.execute(
            row.on_conflict_do_update(index_elements=["name"], set_=changed).returning(account.c.id)
        ).scalar_one()
    )


def exists(db: Connection, name: str) -> bool:
    """True when there is an account `name`."""
    return db.execute(select(account.c.id).where(account.c.name == name)).scalar() is not None


def join(db: Connection, id_: int, role: str, office: str) -> None:
    """Give the account a role at an office; `*` means every office."""
    db.execute(upsert(membership).values(account=id_, role=role, office=office).on_conflict_do_nothing())


def set_password(db: Connection, id_: int, password: str) -> None:
    """Replace the password; sessions of before end."""
    db.execute(
        update(account)
        .where(account.c.id == id_)
        .values(password=PasswordHasher().hash(password), fs_uniquifier=uuid.uuid4().hex)
    )


def new_token(db: Connection, id_: int) -> str:
    """A bearer token for the API, told once; the database keeps its SHA-256."""
    secret = secrets.token_urlsafe(32)
    db.execute(
        insert(token).values(
            digest=hashlib.sha256(secret.encode()).digest(),
            account=id_,
            expires_at=datetime.now(UTC) + timedelta(days=TOKEN_DAYS),
        )
    )
    return secret
