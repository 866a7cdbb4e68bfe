"""Where the database and the queue are, embedded or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from alur.embedded.session import Embedded


class Addresses(Protocol):
    """What is needed of the settings."""

    @property
    def data(self) -> Path:
        """The data folder."""

    @property
    def database_url(self) -> str | None:
        """SQLAlchemy's address of PostgreSQL, or None for the embedded one."""

    @property
    def redis_url(self) -> str | None:
        """Address of Redis or Valkey, or None for the embedded one."""


@dataclass(frozen=True, kw_only=True)
class Urls:
    """The addresses that everything else works with."""

    #: SQLAlchemy's address of PostgreSQL; may hold a password.
    database: str
    #: The address of Redis or Valkey; may hold a password.
    redis: str
    #: Whether the database is our own embedded one, so that roles are taken by `SET ROLE`.
    embedded_database: bool


@contextmanager
def services(settings: Addresses) -> Iterator[Urls]:
    """The addresses while the context lasts; embedded services only for what has no URL in the settings.

    A keeper that dies meanwhile is brought back. Raises `EmbeddedError` when they cannot be brought up.
    """
    database, redis = settings.database_url, settings.redis_url
    if database and redis:
        yield Urls(database=database, redis=redis, embedded_database=False)
        return
    with Embedded(settings.data, postgres=not database, valkey=not redis) as own:
        own.watch()
        yield Urls(
            database=database or own.database_url,
            redis=redis or own.redis_url,
            embedded_database=not database,
        )
