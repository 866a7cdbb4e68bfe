"""`alur db`: the schema."""

from __future__ import annotations

import click

from alur.commands.common import json_option, settings, tell
from alur.furnish import furnish
from alur.wiring import open_house


@click.group("db")
def database() -> None:
    """The database's schema."""


@database.command()
@json_option
def upgrade(as_json: bool) -> None:
    """Bring the database to the schema that this version needs, and publish the processes that ship with it.

    The login must be the owner's.
    """
    with open_house(settings()) as house:
        reached = furnish(house)
    tell({"revision": reached}, f"The database is at revision {reached}.", as_json=as_json)
