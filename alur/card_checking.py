"""What this house's register says of a card's file, for whoever checks one at the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from alur.settings import Settings
from alur.wiring import open_house
from signing.marks import Mark
from workers.workshop import system_clock
from workflow.db import card_ends, card_files, card_reports, register

#: What the register tells anybody of a card, as the API names it.
_TOLD = ("number", "code", "office", "issued_on", "expires_on", "level", "signer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """The card that has a file, had it before its archive was renewed, or was printed as it."""

    #: What the card is worth now.
    state: str
    #: The file is the one that it has now; otherwise one of before its archive was renewed, or a print.
    same_file: bool
    #: The file is one of before its archive was renewed.
    earlier_file: bool
    #: How many signatures that file must bear.
    signatures: int
    #: What a valid one is reported as; it stays valid.
    marks: tuple[Mark, ...]
    #: What the register tells anybody, by the names that the API gives it.
    told: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The register's entry as a JSON-able mapping."""
        return {"state": self.state, **self.told, "marks": [mark.to_json() for mark in self.marks]}


def has_register(settings: Settings) -> bool:
    """Whether a house with a register is set up here; asking makes none."""
    return settings.database_url is not None or (settings.data / "embedded").exists()


def registered(settings: Settings, sha256: str) -> Registered | None:
    """The card that has the file with this SHA-256, or had it before; None where the register knows none."""
    with open_house(settings) as house, house.engine.connect() as db:
        earlier = card_files.earlier(db, sha256)
        row = register.verify(db, earlier.code if earlier else sha256)
        if row is None:
            return None
        office = house.library.offices.get(row["office"])
        zone = office.zone if office else UTC
        state = register.worth(row, system_clock().astimezone(zone).date())
        reported = card_reports.reported(db, row["code"]) if state == register.VALID else ()
        ended = card_ends.ended_on(db, row, state, zone)
        return Registered(
            state=state,
            same_file=row["sha256"] == sha256,
            earlier_file=earlier is not None,
            signatures=row["signatures"],
            marks=tuple(
                Mark(kind=r.kind, since=r.since.astimezone(zone).date(), confirmed=r.confirmed) for r in reported
            ),
            told={name: row[name] for name in _TOLD} | {"changed_on": ended.isoformat() if ended else None},
        )
