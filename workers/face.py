"""From a case's data to what its card shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from signing.card import CardFace
from workers.dossier import Dossier
from workflow.definition.process import Process
from workflow.reckoning import after

#: Cards are printed in Indonesian.
_LANGUAGE = "id"


def card_face(
    dossier: Dossier, *, number: str, code: str, officer: str, issued: datetime, development: bool
) -> CardFace:
    """The face of an AK-1 card; choices are printed with the form's words."""
    data, zone = dossier.data, dossier.office.zone
    return CardFace(
        number=number,
        code=code,
        nik=data["nik"],
        name=data["name"],
        birth_place=data["birth_place"],
        birth_date=date.fromisoformat(data["birth_date"]),
        sex=_word(dossier, "sex"),
        marital_status=_word(dossier, "marital_status"),
        religion=_word(dossier, "religion"),
        address=f"{data['address']}, Kec. {data['kecamatan']}",
        education_level=_word(dossier, "education"),
        education_major=data.get("major") or None,
        education_year=data.get("graduation_year"),
        skills="; ".join(data.get("skills", ())) or None,
        experience="; ".join(data.get("experience", ())) or None,
        issued=issued.astimezone(zone).date(),
        expires=expiry(dossier.process, issued, dossier),
        office_title=dossier.office.title[_LANGUAGE],
        place=dossier.office.name.replace("-", " ").title(),
        officer_name=officer,
        officer_title="Pejabat penanda tangan",
        development=development,
    )


def expiry(process: Process, issued: datetime, dossier: Dossier) -> date:
    """The day on which the process lets an issued card expire."""
    published = [t.to for t in process.transitions.values() if t.run == "publish_card"]
    periods = [
        timer.after
        for state in published
        for timer in process.states[state].timers
        if timer.after is not None and timer.fire is not None
    ]
    if not periods:
        raise ValueError(f"The process {process.name} issues cards but lets none expire.")
    return after(dossier.time, periods[0], issued).astimezone(dossier.office.zone).date()


def masked(name: str) -> str:
    """A name as the public sees it: the first letter of each word, enough to compare with the paper."""
    return " ".join(f"{word[0]}{'·' * min(len(word) - 1, 6)}" for word in name.split())


def _word(dossier: Dossier, field: str) -> str:
    spec: Mapping[str, Any] = dossier.process.form.schema["properties"][field]
    value = str(dossier.data[field])
    words = spec.get("x-choices", {}).get(value)
    return str(words[_LANGUAGE]) if words else value
