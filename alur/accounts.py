"""Accounts, memberships and tokens, as the command line makes them."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.db import memberships
from workflow.db.tables import account, membership, token
from workflow.errors import AlurError
from workflow.standing import EVERY_OFFICE as EVERY_OFFICE

TOKEN_DAYS = 90
SUPERVISOR = "supervisor"
#: Actor of memberships that a new house, a demo or a test begins with.
FURNISHING = "furnishing"


class Listed(NamedTuple):
    """An account with what it may do."""

    account: int
    name: str
    title: str
    active: bool
    #: Pairs of role and office.
    memberships: tuple[tuple[str, str], ...]


class NotSupervisorError(AlurError):
    """The account may not decide about this."""

    code = "not_supervisor"


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
    """Give the account a role at an office (`*`: every one), as a house is furnished: nobody asks for four eyes."""
    memberships.put(db, id_, role, office, FURNISHING, datetime.now(UTC))


def supervising(db: Connection, name: str, offices: Collection[str], what: str) -> str:
    """The account of `name` as text; raises `NotSupervisorError` unless it supervises every one of `offices`.

    `what` is what the person decides about, for the sentence.
    """
    id_ = find(db, name)
    query = select(membership.c.office).where(
        membership.c.account == id_, membership.c.role == SUPERVISOR, account.c.active
    )
    mine = set(db.execute(query.join(account, account.c.id == membership.c.account)).scalars())
    missing = set() if EVERY_OFFICE in mine else set(offices) - mine
    if not mine or missing:
        where = f" of {', '.join(sorted(missing))}" if missing else ""
        raise NotSupervisorError(f"{name} is no supervisor{where}, and so does not decide about {what}.")
    return str(id_)


def listed(db: Connection) -> Sequence[Listed]:
    """Every account with its memberships, by name."""
    held: dict[int, list[tuple[str, str]]] = {}
    for row in db.execute(select(membership).order_by(membership.c.office, membership.c.role)):
        held.setdefault(row.account, []).append((row.role, row.office))
    rows = db.execute(select(account.c.id, account.c.name, account.c.title, account.c.active).order_by(account.c.name))
    return [Listed(r.id, r.name, r.title, r.active, tuple(held.get(r.id, ()))) for r in rows]


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
