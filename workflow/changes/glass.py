"""Roles taken in an emergency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.case import Case, Grant
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook

#: The verdict of a review that lets the grant run on; every other ends it at once.
JUSTIFIED = "justified"


def _glass_broken(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    grant = Grant(body["glass"], e.actor, body["role"], datetime.fromisoformat(body["until"]))
    return {"glass": (*(g for g in case.glass if g.until > e.at), grant)}


def _glass_reviewed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    if e.body["verdict"] == JUSTIFIED:
        return {}
    return {"glass": tuple(g for g in case.glass if g.glass != e.body["glass"])}


CHANGES: Mapping[str, Change] = {"glass_broken": _glass_broken, "glass_reviewed": _glass_reviewed}
