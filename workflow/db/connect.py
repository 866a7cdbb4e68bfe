"""Connections that act under one of Alur's roles, whatever login they come in with."""

from __future__ import annotations

from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

#: The roles under which Alur works: migrations, workers, and the web behind row-level security.
OWNER, ENGINE, WEB = "alur_owner", "alur_engine", "alur_web"

#: Small sets joined by key are the engine's only plans; a stale statistic must not turn them into scans.
_DRAIN_OPTIONS = (
    "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off "
    "-c plan_cache_mode=force_generic_plan -c jit=off"
)


def engine_for(url: str, role: str, *, pool_size: int = 5, max_overflow: int = 10) -> Engine:
    """A SQLAlchemy engine whose connections act as `role`."""
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=max_overflow, pool_pre_ping=True, json_deserializer=orjson.loads
    )

    @event.listens_for(engine, "connect")
    def act_as(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
        connection.commit()

    return engine


def driver_dsn(url: str) -> str:
    """The libpq form of a SQLAlchemy URL."""
    parsed = make_url(url).set(drivername="postgresql")
    return parsed.render_as_string(hide_password=False)


def drain_connection(url: str, role: str) -> psycopg.Connection[Any]:
    """A bare connection in autocommit for the batch drain, acting as `role`; transactions are opened by hand."""
    connection = psycopg.connect(driver_dsn(url), autocommit=True, prepare_threshold=0, options=_DRAIN_OPTIONS)
    set_json_loads(orjson.loads, connection)
    connection.execute(f"SET ROLE {role}")
    return connection
