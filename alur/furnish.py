"""Making a fresh house ready: schema, shipped processes and, in development, demo accounts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import NamedTuple

from sqlalchemy import Connection

from alur import accounts
from alur.embedded.write_once import write_once
from alur.settings import Settings
from alur.wiring import House
from web.person import DESK, INTAKE
from workflow.db import calendars, schema
from workflow.db.publishing import publish_shipped
from workflow.definition.calendars import find_calendar, read_calendar
from workflow.definition.reader import read_process

#: Folders of `definitions` that hold a process.
SHIPPED_CALENDARS = ("disnaker",)
SHIPPED = ("ak1-online", "ak1-counter", "complaint", "course", "satisfaction")


class DemoAccount(NamedTuple):
    title: str
    #: Roles by office; `*` is every office.
    roles: Mapping[str, tuple[str, ...]]


_OFFICES = ("palembang", "lamongan", "banda-aceh")

#: Accounts that a development house has.
DEMO_ACCOUNTS: Mapping[str, DemoAccount] = {
    "siti": DemoAccount("Siti Rahmawati", {}),
    "operator": DemoAccount("Ani Wulandari", dict.fromkeys(_OFFICES, ("operator",))),
    "instructor": DemoAccount("Indra Saputra", dict.fromkeys(_OFFICES, ("instructor",))),
    "operator2": DemoAccount("Budi Santoso", dict.fromkeys(_OFFICES, ("operator",))),
    "signer": DemoAccount("Citra Lestari, S.Sos.", dict.fromkeys(_OFFICES, ("signer",))),
    "head": DemoAccount("Dedi Kurniawan, M.Si.", dict.fromkeys(_OFFICES, ("head",))),
    "supervisor": DemoAccount("Eka Putri", {"*": ("supervisor",)}),
    "supervisor2": DemoAccount("Fajar Nugroho", {"*": ("supervisor",)}),
    "auditor": DemoAccount("Gita Maharani", {"*": ("auditor",)}),
    "admin": DemoAccount("Hadi Pranoto", {"*": ("admin",)}),
}


def furnish(house: House) -> str:
    """Bring schema and shipped definitions up to date, safe by several processes at once; the schema's revision."""
    reached = schema.upgrade(house.urls.database)
    with house.engine.begin() as db:
        for name in SHIPPED:
            with as_file(files("definitions") / name) as folder:
                texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))}
                publish_shipped(db, read_process(folder), datetime.now(UTC), texts)
        for name in SHIPPED_CALENDARS:
            calendars.publish_shipped(db, read_calendar(find_calendar(name)), datetime.now(UTC))
        _open_desk(db)
    return reached


def _open_desk(db: Connection) -> None:
    """The account under which the online desk enters what everybody may file; nobody signs in with it."""
    accounts.join(db, accounts.add(db, DESK, "Loket daring", None), INTAKE, accounts.EVERY_OFFICE)


def add_demo_accounts(house: House) -> str:
    """Make the demo accounts that are missing, for development only; the password that they share."""
    password = demo_password(house.settings)
    with house.engine.begin() as db:
        for name, spec in DEMO_ACCOUNTS.items():
            if not accounts.exists(db, name):
                _add(db, name, spec, password)
    return password


def demo_password(settings: Settings) -> str:
    """The password of this house's demo accounts: made at random once, kept beside the keys."""
    made = f"alur-{secrets.token_hex(3)}".encode()
    return write_once(settings.keys_folder / "demo_password", made).decode()


def _add(db: Connection, name: str, spec: DemoAccount, password: str) -> None:
    id_ = accounts.add(db, name, spec.title, password)
    for office, roles in spec.roles.items():
        for role in roles:
            accounts.join(db, id_, role, office)
