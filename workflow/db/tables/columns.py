"""The metadata of all tables, and columns that many of them have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData, text

metadata = MetaData()

NOW = text("now()")


def moment(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    """A moment with its zone; `now` lets the database fill it in."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=NOW if now else None)


def identity() -> Column[int]:
    """The numbered key of a table."""
    return Column("id", BigInteger, Identity(always=False), primary_key=True)
