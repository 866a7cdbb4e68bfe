"""`alur db`: the schema."""

from __future__ import annotations

import click

from alur.commands.common import json_option, settings, tell
from alur.embedded import services
from workflow.db import schema


@click.group("db")
def database() -> None:
    """The database's schema."""


@database.command()
@json_option
def upgrade(as_json: bool) -> None:
    """Bring the database to the schema that this version needs. The login must be the owner's."""
    with services(settings()) as urls:
        reached = schema.upgrade(urls.database)
    tell({"revision": reached}, f"The database is at revision {reached}.", as_json=as_json)
