"""`alur accounts`: who may sign in, and as what."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from sqlalchemy import Connection, select

from alur import accounts as store
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db import memberships
from workflow.db.memberships import By, Outcome
from workflow.db.tables import definition
from workflow.errors import AlurError

F = TypeVar("F", bound=Callable[..., Any])

#: Roles beside those of the processes.
HOUSE_ROLES = frozenset({"applicant", "supervisor", "auditor", "admin"})
#: Actor of what is done at the machine itself, where nobody says who they are.
CONSOLE = "console"


class BadAccountError(AlurError):
    """The account cannot be made like this."""

    code = "bad_account"


class UnknownOfficeError(AlurError):
    """There is no such office."""

    code = "unknown_office"


@click.group()
def accounts() -> None:
    """Accounts, their roles and tokens."""


def where(function: F) -> F:
    """Adds `--role` and `--office`."""
    office = click.option("--office", required=True, help="Name of the office, or * for every office.")
    role = click.option("--role", required=True, help="Such as operator, signer, head, supervisor, auditor, admin.")
    return role(office(function))


def forcing(function: F) -> F:
    """Adds `--as` and `--force`."""
    force = click.option("--force", "reason", help="Why it is done although four eyes cannot be met; needs --as.")
    by = click.option("--as", "by", help="Account of the person who decides; a supervisor where it is forced.")
    return by(force(function))


@accounts.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Accounts and what they may do."""
    with house() as opened, opened.engine.connect() as db:
        found = store.listed(db)
    rows = [r._asdict() | {"memberships": [{"role": m, "office": o} for m, o in r.memberships]} for r in found]
    lines = [
        f"{r.name:<20} {'' if r.active else 'disabled  '}{', '.join(f'{m}@{o}' for m, o in r.memberships)}"
        for r in found
    ]
    tell(rows, "\n".join(lines), as_json=as_json)


@accounts.command()
@click.argument("name")
@where
@click.option("--title", help="Name as people read it.")
@forcing
@json_option
def add(
    name: str, role: str, office: str, title: str | None, by: str | None, reason: str | None, as_json: bool
) -> None:
    """Make an account, or give one that is there another role. A new account's password is printed once."""
    require_name(name)
    with house() as opened:
        require_place(opened, role, office)
        with opened.engine.begin() as db:
            password = None if store.exists(db, name) else secrets.token_urlsafe(9)
            id_ = store.find(db, name) if password is None else store.add(db, name, title or name, password)
            outcome = None
            if role != "applicant":
                who = _by(opened, db, by, reason, [office])
                outcome = memberships.join(db, opened.library, id_, role, office, who, datetime.now(UTC))
    told = {"account": id_, "name": name, "role": role, "office": office, "password": password}
    words = f"{name} is {role} at {office}." + (f" Password: {password}" if password else "")
    tell(told | _unmet(outcome), words + _remaining(outcome), as_json=as_json)


@accounts.command()
@click.argument("name")
@where
@forcing
@json_option
def join(name: str, role: str, office: str, by: str | None, reason: str | None, as_json: bool) -> None:
    """Give an account another role; refused where an office could not meet four eyes any more."""
    with house() as opened:
        require_place(opened, role, office)
        with opened.engine.begin() as db:
            id_, who = store.find(db, name), _by(opened, db, by, reason, [office])
            outcome = memberships.join(db, opened.library, id_, role, office, who, datetime.now(UTC))
    words = f"{name} is {role} at {office}." if outcome.changed else f"{name} was {role} at {office} already."
    _tell(name, outcome, words, as_json=as_json)


@accounts.command()
@click.argument("name")
@where
@forcing
@json_option
def leave(name: str, role: str, office: str, by: str | None, reason: str | None, as_json: bool) -> None:
    """Take a role back; refused where an office could not meet four eyes any more."""
    with house() as opened, opened.engine.begin() as db:
        id_, who = store.find(db, name), _by(opened, db, by, reason, [office])
        outcome = memberships.leave(db, opened.library, id_, role, office, who, datetime.now(UTC))
    words = f"{name} is no longer {role} at {office}." if outcome.changed else f"{name} was not {role} at {office}."
    _tell(name, outcome, words, as_json=as_json)


@accounts.command()
@click.argument("name")
@forcing
@json_option
def disable(name: str, by: str | None, reason: str | None, as_json: bool) -> None:
    """Let nobody sign in with an account any more; its tokens end at once."""
    with house() as opened, opened.engine.begin() as db:
        id_ = store.find(db, name)
        held = [o for row in store.listed(db) if row.account == id_ for _, o in row.memberships]
        who = _by(opened, db, by, reason, held)
        outcome = memberships.disable(db, opened.library, id_, who, datetime.now(UTC))
    words = f"{name} is disabled." if outcome.changed else f"{name} was disabled already."
    _tell(name, outcome, words, as_json=as_json)


@accounts.command()
@click.argument("name")
@json_option
def enable(name: str, as_json: bool) -> None:
    """Let a disabled account sign in again."""
    with house() as opened, opened.engine.begin() as db:
        changed = memberships.enable(db, store.find(db, name), By(actor=CONSOLE), datetime.now(UTC))
    words = f"{name} may sign in again." if changed else f"{name} was not disabled."
    tell({"name": name, "changed": changed}, words, as_json=as_json)


@accounts.command()
@click.argument("name")
@json_option
def token(name: str, as_json: bool) -> None:
    """Print a bearer token for the API."""
    with house() as opened, opened.engine.begin() as db:
        secret = store.new_token(db, store.find(db, name))
    tell({"name": name, "token": secret}, secret, as_json=as_json)


def require_name(name: str) -> None:
    """Raise `BadAccountError` for a name that nobody could sign in with."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", name):
        raise BadAccountError("An account's name has 2 to 40 small letters, digits, dots, underscores or hyphens.")


def require_place(opened: House, role: str, office: str) -> None:
    """Raise `BadAccountError` for a role that nothing knows, and `UnknownOfficeError`."""
    with opened.engine.connect() as db:
        hashes = db.scalars(select(definition.c.hash)).all()
        known = {r for h in hashes for r in opened.library.process(db, h).roles} | HOUSE_ROLES
    if role not in known:
        raise BadAccountError(f"There is no role named {role}. Roles are: {', '.join(sorted(known))}.")
    if office != store.EVERY_OFFICE and office not in opened.library.offices:
        raise UnknownOfficeError(
            f"There is no office named {office}. Offices are: {', '.join(sorted(opened.library.offices))}."
        )


def _by(opened: House, db: Connection, name: str | None, reason: str | None, offices: Collection[str]) -> By:
    """Who decides; forcing needs a supervisor of the offices concerned."""
    if reason is None:
        return By(actor=str(store.find(db, name)) if name else CONSOLE)
    if name is None or not reason.strip():
        raise BadAccountError("Forcing needs a reason and the supervisor who decides: --force REASON --as NAME.")
    everywhere = store.EVERY_OFFICE in offices
    concerned = list(opened.library.offices) if everywhere else offices
    return By(actor=store.supervising(db, name, concerned, "who works there"), forced=reason.strip())


def _unmet(outcome: Outcome | None) -> dict[str, Any]:
    return {"unmet": [u.details() | {"message": u.message} for u in outcome.unmet] if outcome else []}


def _remaining(outcome: Outcome | None) -> str:
    return "".join(f"\n{u.process}: {u.message}" for u in outcome.unmet) if outcome else ""


def _tell(name: str, outcome: Outcome, words: str, *, as_json: bool) -> None:
    told = {"name": name, "changed": outcome.changed} | _unmet(outcome)
    tell(told, words + _remaining(outcome), as_json=as_json)
