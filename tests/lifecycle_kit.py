"""Drafts of AK-1 for tests: its texts with pieces replaced, and its way to publication."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from alur.wiring import House
from tests.support import account_id
from workflow.db import drafts, publishing
from workflow.db.drafts import Draft
from workflow.db.publishing import Settled
from workflow.db.versions import newest

PROCESS = "ak1-online"
FOLDER = Path(__file__).parents[1] / "definitions" / PROCESS
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def texts(*changes: tuple[str, str], name: str = "process.yaml", folder: Path = FOLDER) -> dict[str, str]:
    """The files of AK-1 as they ship, with pieces of one of them replaced."""
    out = {file.name: file.read_text() for file in sorted(folder.glob("*.yaml"))}
    for old, new in changes:
        assert out[name].count(old) == 1, f"{old!r} stands {out[name].count(old)} times"
        out[name] = out[name].replace(old, new)
    return out


def retitled(title: str) -> dict[str, str]:
    """AK-1 under another title: sound, and different."""
    return texts(("Kartu AK-1 daring", title))


def base_of(house: House, process: str = PROCESS) -> str | None:
    """Hash of the version that new cases use."""
    with house.engine.connect() as db:
        found = newest(db, process)
    return found.hash if found else None


def drafted(house: House, files: Mapping[str, str], by: str = "supervisor", process: str = PROCESS) -> Draft:
    """A new draft on top of the current version."""
    base = base_of(house, process)
    with house.engine.begin() as db:
        return drafts.open_draft(db, process, files, str(account_id(house, by)), NOW, base=base)


def submitted(house: House, files: Mapping[str, str], by: str = "supervisor", process: str = PROCESS) -> Draft:
    """A draft in review."""
    made = drafted(house, files, by, process)
    with house.engine.begin() as db:
        return publishing.submit(db, made.id, made.revision, str(account_id(house, by)), NOW).draft


def published(house: House, files: Mapping[str, str], by: str = "supervisor", approver: str = "supervisor2") -> Settled:
    """A draft published by another supervisor."""
    return approved(house, submitted(house, files, by).id, approver)


def approved(house: House, draft: int, approver: str = "supervisor2") -> Settled:
    """Publish a draft in review."""
    with house.engine.begin() as db:
        return publishing.publish(db, house.library.offices, draft, str(account_id(house, approver)), NOW)
