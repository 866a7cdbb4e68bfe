"""Several statements that see one moment of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """One moment for all statements within; what `connection` had begun is given up.

    What is committed between two statements would otherwise look like a difference. To be held for short: while it
    lasts nothing that others remove is cleaned away.
    """
    connection.rollback()
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield
    finally:
        connection.rollback()
