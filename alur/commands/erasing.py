"""`alur cases erase` and `alur retention`: the end of personal data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from alur import accounts
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workers.retention import erase_past, past
from workflow.db import cases as store
from workflow.db import erasure
from workflow.db.cases import Stored
from workflow.erasing import RIGHT, Due
from workflow.events import stamp


@click.command()
@click.argument("id_", metavar="ID", type=click.IntRange(1, 2**63 - 1))
@click.option("--under", type=click.Choice([RIGHT]), required=True, help="What asks for it: the party's right.")
@click.option("--as", "name", required=True, help="Account of the supervisor who decides.")
@click.option("--reason", help="Why, in words that may be kept: they stay when the data are gone.")
@json_option
def erase(id_: int, under: str, name: str, reason: str | None, as_json: bool) -> None:
    """Erase all personal data of the party of a case; its histories stay, and say so."""
    if reason is not None and not reason.strip():
        raise click.UsageError("--reason is empty: say why, or leave it out.")
    now = datetime.now(UTC)
    with house() as opened:
        erased = opened.eraser().by_right(id_, _deciding(opened, id_, name), now, reason)
    told = f"Erased: {', '.join(map(str, erased))}." if erased else "Nothing was left to erase."
    tell({"case": id_, "under": under, "erased": list(erased)}, told, as_json=as_json)


def _deciding(opened: House, id_: int, name: str) -> str:
    """The account of who decides: supervises the offices of all cases of the party."""
    with opened.engine.connect() as db:
        store.get(db, id_)
        ids, _ = erasure.of_party(db, id_)
        offices = {store.get(db, one).case.office for one in ids}
        return accounts.supervising(db, name, offices, "erasing")


@click.group()
def retention() -> None:
    """Personal data that are past their time."""


@retention.command("list")
@click.option(
    "--within", default=0, show_default=True, type=click.IntRange(0), help="Also what is due in so many days."
)
@json_option
def list_(within: int, as_json: bool) -> None:
    """Cases whose data are due to be erased, with the rule that says so."""
    with house() as opened:
        _tell(_due(opened, timedelta(days=within)), as_json=as_json)


@retention.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be erased.")
@json_option
def run(dry_run: bool, as_json: bool) -> None:
    """Erase what is past its time now, as the clock process does once a day."""
    with house() as opened:
        found = _due(opened, timedelta(0))
        if dry_run:
            _tell(found, as_json=as_json)
            return
        eraser, now = opened.eraser(), datetime.now(UTC)
        done = [f.case.id for f, due in found if erase_past(eraser, f, due, now)]
    left = [f.case.id for f, _ in found if f.case.id not in done]
    words = f"Erased: {len(done)}."
    if left:
        words += f" Not now, since work on them waits: {', '.join(map(str, left))}."
    tell({"erased": done, "left": left}, words, as_json=as_json)


def _due(opened: House, within: timedelta) -> list[tuple[Stored, Due]]:
    now = datetime.now(UTC)
    return [(found, due) for found, due in past(opened.eraser(), now) if due.at <= now + within]


def _tell(found: Sequence[tuple[Stored, Due]], *, as_json: bool) -> None:
    told: list[dict[str, Any]] = [
        {
            "case": f.case.id,
            "process": f.case.process,
            "office": f.case.office,
            "state": f.case.state,
            "due": stamp(due.at),
            "basis": due.basis,
        }
        for f, due in found
    ]
    words = "\n".join(
        f"{t['case']:>8}  {t['process']:<14} {t['office']:<12} {t['state']:<12} {t['due'][:10]}  {t['basis'][:12]}"
        for t in told
    )
    tell(told, words or "Nothing is past its time.", as_json=as_json)
