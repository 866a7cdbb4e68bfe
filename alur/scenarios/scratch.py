"""Databases that live as long as a run: one is furnished once, each scenario gets a copy of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from alur.embedded import Urls
from workflow.db.connect import OWNER, driver_dsn
from workflow.errors import AlurError

PREFIX = "alur_scenario_"
#: First key of the advisory locks that say which run is alive; the second is the run's number.
_LOCK = 4118
#: The login that made the embedded cluster: like a database's administrator it makes and drops databases, and does
#: nothing in them. Row-level security does not hold for it.
_ADMINISTRATOR = "postgres"


class ScratchError(AlurError):
    """This login may not make the databases in which scenarios run."""

    code = "scratch_refused"


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """Makes databases beside the house's own."""

    #: Address of the furnished database, as the login that made it.
    furnished: str
    #: Makes a copy: its address, and the name to drop it by.
    copy: Callable[[], tuple[str, str]]
    drop: Callable[[str], None]

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of a copy of the furnished database, dropped afterwards."""
        url, name = self.copy()
        try:
            yield url
        finally:
            self.drop(name)


@contextmanager
def scratch(urls: Urls) -> Iterator[Scratch]:
    """An empty database to furnish, and copies of it; all are gone at the end, those of runs that died too.

    Raises `ScratchError` when the login may not make databases.
    """
    house = make_url(urls.database)
    maker = house.set(username=_ADMINISTRATOR) if urls.embedded_database else house
    number = secrets.randbelow(2**31)
    with psycopg.connect(_text(maker, driver=True), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK, number])
        _sweep(server)
        template = f"{PREFIX}{number}"
        _make(server, template, None)
        try:
            _grant(_text(maker.set(database=template), driver=True), template)
            yield _scratch(server, house, maker, template)
        finally:
            _sweep(server, number)


def _scratch(server: psycopg.Connection[Any], house: URL, maker: URL, template: str) -> Scratch:
    serial = iter(range(1, 10**9))

    def copy() -> tuple[str, str]:
        name = f"{template}_{next(serial)}"
        _make(server, name, template)
        # It is dropped within seconds: nobody waits for a disk that keeps it.
        server.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
        return _text(house.set(database=name)), name

    return Scratch(furnished=_text(maker.set(database=template)), copy=copy, drop=lambda name: _drop(server, name))


def _make(server: psycopg.Connection[Any], name: str, template: str | None) -> None:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    try:
        server.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        raise ScratchError(
            "Scenarios run in databases of their own, which this login may not make. Give it CREATEDB, or leave "
            "ALUR_DATABASE_URL out so that the embedded PostgreSQL is used."
        ) from error


def _grant(address: str, name: str) -> None:
    """What `alur_owner` needs to bring the schema up; the login that made the database may grant it."""
    owner = sql.Identifier(OWNER)
    with psycopg.connect(address, autocommit=True) as database:
        place = sql.Identifier(name)
        database.execute(sql.SQL("GRANT CREATE, CONNECT ON DATABASE {} TO {}").format(place, owner))
        database.execute(sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(owner))


def _sweep(server: psycopg.Connection[Any], own: int | None = None) -> None:
    """Drop the databases of run `own`, or those of runs that are no more."""
    names = [n for (n,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])]
    for name in names:
        number = int(name.removeprefix(PREFIX).partition("_")[0])
        if number == own or (own is None and _is_dead(server, number)):
            _drop(server, name)


def _is_dead(server: psycopg.Connection[Any], number: int) -> bool:
    row = server.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, number]).fetchone()
    if not row or not row[0]:
        return False
    # A lock of one's own can be had once more: it is let go, and whoever holds it still does.
    server.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, number])
    return True


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _text(url: URL, *, driver: bool = False) -> str:
    text = url.render_as_string(hide_password=False)
    return driver_dsn(text) if driver else text
