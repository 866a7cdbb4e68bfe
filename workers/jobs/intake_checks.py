"""Step `intake_checks`: doubts about data and documents, as codes in the history. Nothing here rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.dossier import open_dossier
from workers.workshop import Workshop
from workflow.db.outbox import Work
from workflow.doubts import doubts


def intake_checks(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{ok, warnings}: codes such as `nik_birth_date_differs` or `photo_small`."""
    dossier = open_dossier(workshop, work)
    today = workshop.clock().astimezone(dossier.office.zone).date()
    inspected = (w for d in dossier.documents.values() for w in d["inspection"].get("warnings", ()))
    found = doubts(dossier.process, dossier.office.region, dossier.data, inspected, today)
    return {"ok": True, "warnings": found}
