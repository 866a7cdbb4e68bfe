"""`alur accounts`: who may sign in, and as what."""

from __future__ import annotations

import secrets

import click

from alur import accounts as store
from alur.commands.common import house, json_option, tell
from workflow.errors import AlurError


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
    with house() as opened:
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


@accounts.command()
@click.argument("name")
@json_option
def token(name: str, as_json: bool) -> None:
    """Print a bearer token for the API."""
    with house() as opened, opened.engine.begin() as db:
        secret = store.new_token(db, store.find(db, name))
    tell({"name": name, "token": secret}, secret, as_json=as_json)
