"""What a scenario finds of a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row

from alur.scenarios.view import View
from workflow.db import prints, register
from workflow.db.sealed_files import card_file
from workflow.definition.numbers import format_number

#: What a card's `number` may be expected as, beside a number: the one that the office's template gives.
TEMPLATE = "template"


def find_card(view: View, part: str) -> Any:
    row = view.card
    if row is None or not part:
        return None if row is None else row.state
    return _CARD[part](view, row)


def _number(view: View, row: Row[Any]) -> Any:
    office = view.stage.kit.library.offices[row.office]
    template = office.number or view.stage.kit.process.number or ""
    year, month = (int(p) for p in row.issued_on.split("-")[:2]) if row.issued_on else (0, 0)
    expected = format_number(template, office=row.office, year=year, month=month, serial=row.serial)
    return (row.number, TEMPLATE) if row.number == expected else (row.number,)


def _verifies(view: View, row: Row[Any]) -> bool:
    from signing.verify import verify

    signer = view.stage.workshop.once("signer", view.stage.kit.signer)
    if not row.blob:
        return False
    kit = view.stage.kit
    with view.stage.engine.connect() as db:
        return verify(card_file(db, kit.vault, kit.blobs, view.id), signer.trust(), row.signatures).ok


_CARD: Mapping[str, Callable[[View, Row[Any]], Any]] = {
    "state": lambda _, row: row.state,
    "level": lambda _, row: row.level,
    "number": _number,
    "issued": lambda _, row: row.issued_on,
    "expires": lambda _, row: row.expires_on,
    "verifies": _verifies,
}


def find_public(view: View, _: str) -> Any:
    if view.card is None:
        return None
    with view.stage.web.connect() as db:
        told = register.verify(db, view.card.code)
    return told["state"] if told else None


def find_prints(view: View, _: str) -> Any:
    """What anybody who scans each print is told, the first one first; `unknown` while its card is not published."""
    with view.stage.web.connect() as db:
        told = [register.verify(db, code) for code in _codes(view)]
    return tuple(t["state"] if t else "unknown" for t in told)


def _codes(view: View) -> list[str]:
    with view.stage.engine.connect() as db:
        return [p.code for p in prints.of_case(db, view.id)]
