"""What a valid card is reported as, for whoever is told what the card is worth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from signing.marks import Mark
from workflow.db.card_reports import Reported
from workflow.definition.offices import Office


def marks_of(reported: Iterable[Reported], office: Office | None) -> tuple[Mark, ...]:
    """The marks of a card of `office`, each with the day on which it was reported there first."""
    zone = office.zone if office else UTC
    return tuple(Mark(kind=r.kind, since=r.since.astimezone(zone).date(), confirmed=r.confirmed) for r in reported)
