"""Houses whose time stamper or revocation lists are away for a while, and processes that ask for other levels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alur.wiring import House
from signing.timestamps import TimeStamper
from signing.trust import Trust
from tests.api_kit import officer
from tests.counter_kit import TWO
from tests.drain_kit import one, rows
from tests.kernel_kit import variant
from tests.levels_kit import Outage
from tests.support import settle
from workers import lifting
from workers.signatures import signer_of
from workers.signer import Signer
from workers.workshop import Workshop, enter
from workflow.db.publishing import publish_shipped
from workflow.db.sealed_files import card_file


def publish_level(house: House, folder: Path, level: str, *, two: bool = False) -> None:
    """Publish AK-1 online at another level, with one signature or two."""
    changes = TWO if two else ()
    at = ("with: {level: B-LT, second: true}", f"with: {{level: {level}, second: true}}") if two else ("", "")
    last = ("run: countersign_card\n", f"run: countersign_card\n    with: {{level: {level}}}\n")
    if not two:
        at, last = ("with: {level: B-LT}", f"with: {{level: {level}}}"), ("", "")
    made = variant(folder, *changes, *(pair for pair in (at, last) if pair[0]))
    with house.engine.begin() as db:
        publish_shipped(db, made.process, datetime.now(UTC))


def workshop_of(house: House) -> Workshop:
    """The workshop in which the house's steps are done here."""
    made: Workshop = house.__dict__.setdefault("_workshop", house.workshop(signs=True))
    enter(made)
    return made


@contextmanager
def signer_with(house: House, **changes: Any) -> Iterator[Signer]:
    """Let the house sign with something exchanged: `timestamper`, `trust`, `holder`."""
    workshop = workshop_of(house)
    whole = signer_of(workshop)
    # Steps ask the ring for their officer's key where there is one.
    ring = None if "holder" in changes else whole.ring
    workshop._open["signer"] = replace(whole, **changes, ring=ring)
    try:
        yield workshop._open["signer"]
    finally:
        workshop._open["signer"] = whole


@contextmanager
def away(house: House, *what: str) -> Iterator[None]:
    """Let the time stamper (`tsa`) or all revocation lists (`lists`) be away."""
    changes: dict[str, Any] = {}
    if "tsa" in what:
        changes["timestamper"] = Outage()
    if "lists" in what:
        trust = signer_of(workshop_of(house)).trust()
        changes["trust"] = lambda: Trust(roots=trust.roots, intermediates=trust.intermediates)
    with signer_with(house, **changes):
        yield


def look(house: House) -> int:
    """What the periodic job does; how many files took another one's place. Everything that follows is done, too."""
    done = lifting.look(workshop_of(house))
    settle(house)
    return done


def decide(house: House, case: int, what: str, **given: str) -> None:
    """Decide the case's incident as its office does, and do what follows."""
    seq = one(house, "SELECT seq FROM incident WHERE case_id = :c", c=case)
    answer = officer(house, "operator@palembang").post(f"/incidents/{case}-{seq}/{what}", given)
    assert answer.status_code == 202, answer.json
    settle(house)


def card_row(house: House, case: int) -> Any:
    """The register's row."""
    return rows(house, "SELECT * FROM card WHERE case_id = :c", c=case)[0]


def file_of(house: House, case: int) -> bytes:
    """The card's file as it stands."""
    with house.engine.connect() as db:
        return card_file(db, house.vault, house.blobs, case)


def signature_rows(house: House, case: int) -> list[tuple[str, str]]:
    """Field and phase of each signature of the case's card."""
    found = rows(
        house, "SELECT field, phase FROM signature s JOIN card k ON k.id = s.card WHERE k.case_id = :c", c=case
    )
    return sorted((row.field, row.phase) for row in found)


class Counting(TimeStamper):
    """Counts what it is asked for, and asks another."""

    def __init__(self, other: TimeStamper) -> None:
        super().__init__()
        self.other, self.asked = other, 0

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """Count and pass on."""
        self.asked += 1
        return await self.other.async_timestamp(message_digest, md_algorithm)
