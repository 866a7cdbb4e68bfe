"""Step `intake_checks`: doubts about data and documents, as codes for the officer. Nothing here rejects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workers.dossier import Dossier, open_dossier
from workers.workshop import Workshop
from workflow.db.outbox import Work
from workflow.definition.form import data_warnings
from workflow.nik import nik_warnings


def intake_checks(workshop: Workshop, work: Work) -> Mapping[str, Any]:
    """{ok, warnings}: codes such as `nik_birth_date_differs` or `photo_small`."""
    dossier = open_dossier(workshop, work)
    today = workshop.clock().astimezone(dossier.office.zone).date()
    warnings = [
        *_nik_warnings(dossier),
        *data_warnings(dossier.process.form, dossier.data, today),
        *(w for d in dossier.documents.values() for w in d["inspection"].get("warnings", ())),
    ]
    return {"ok": True, "warnings": sorted(set(warnings))}


def _nik_warnings(dossier: Dossier) -> list[str]:
    data = dossier.data
    if "nik" not in data:
        return []
    born = date.fromisoformat(data["birth_date"]) if "birth_date" in data else None
    return nik_warnings(data["nik"], born, data.get("sex"), dossier.office.region)
