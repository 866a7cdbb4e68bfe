"""What this house's register says of a card's file, for whoever checks one at the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alur.settings import Settings
from alur.wiring import open_house
from workers.workshop import system_clock
from workflow.db import card_files, register


def has_register(settings: Settings) -> bool:
    """Whether a house with a register is set up here; asking makes none."""
    return settings.database_url is not None or (settings.data / "embedded").exists()


def registered(settings: Settings, sha256: str) -> tuple[Mapping[str, Any] | None, str]:
    """The register's row of the card that has the file with this SHA-256, or had it before its archive was renewed, and
    what that card is worth now: `unknown` without one."""
    with open_house(settings) as house, house.engine.connect() as db:
        earlier = card_files.earlier(db, sha256)
        row = register.verify(db, earlier.code if earlier else sha256)
        if row is None:
            return None, "unknown"
        office = house.library.offices.get(row["office"])
        now = system_clock()
        return row, register.worth(row, now.astimezone(office.zone).date() if office else now.date())
