"""`alur accounts`: who may sign in, and as what."""

from __future__ import annotations

import re
import secrets

import click
from sqlalchemy import select

from alur import accounts as store
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db.tables import definition
from workflow.errors import AlurError

#: Roles beside those of the processes.
HOUSE_ROLES = frozenset({"applicant", "supervisor", "auditor", "admin"})


class BadAccountError(AlurError):
    """The account cannot be made like this."""

    code = "bad_account"


class UnknownOfficeError(AlurError):
    """There is no such office."""

    code = "unknown_office"


@click.group()
def accounts() -> None:
    """Accounts, their roles and tokens."""


@accounts.command()
@click.argument("name")
@click.option("--role", required=True, help="Such as operator, signer, head, supervisor, auditor, admin, applicant.")
@click.option("--office", required=True, help="Name of the office, or * for every office.")
@click.option("--title", help="Name as people read it.")
@json_option
def add(name: str, role: str, office: str, title: str | None, as_json: bool) -> None:
    """Make an account, or give one that is there another role. A new account's password is printed once."""
    require_name(name)
    with house() as opened:
        require_role(opened, role)
        if office != store.EVERY_OFFICE and office not in opened.library.offices:
            known = ", ".join(sorted(opened.library.offices))
            raise UnknownOfficeError(f"There is no office named {office}. Offices are: {known}.")
        with opened.engine.begin() as db:
            password = None if store.exists(db, name) else secrets.token_urlsafe(9)
            id_ = store.find(db, name) if password is None else store.add(db, name, title or name, password)
            if role != "applicant":
                store.join(db, id_, role, office)
    told = {"account": id_, "name": name, "role": role, "office": office, "password": password}
    words = f"{name} is {role} at {office}." + (f" Password: {password}" if password else "")
    tell(told, words, as_json=as_json)


def require_name(name: str) -> None:
    """Raise `BadAccountError` for a name that nobody could sign in with."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", name):
        raise BadAccountError("An account's name has 2 to 40 small letters, digits, dots, underscores or hyphens.")


def require_role(opened: House, role: str) -> None:
    """Raise `BadAccountError` for a role that no published process and no part of Alur knows."""
    with opened.engine.connect() as db:
        hashes = db.scalars(select(definition.c.hash)).all()
        known = {r for h in hashes for r in opened.library.process(db, h).roles} | HOUSE_ROLES
    if role not in known:
        raise BadAccountError(f"There is no role named {role}. Roles are: {', '.join(sorted(known))}.")


@accounts.command()
@click.argument("name")
@json_option
def token(name: str, as_json: bool) -> None:
    """Print a bearer token for the API."""
    with house() as opened, opened.engine.begin() as db:
        secret = store.new_token(db, store.find(db, name))
    tell({"name": name, "token": secret}, secret, as_json=as_json)
