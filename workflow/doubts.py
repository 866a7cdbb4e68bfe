"""Doubts: what an officer should look at. Derived from what stands, never stored as truth; none rejects by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from workflow.definition.form import data_warnings
from workflow.definition.process import Process
from workflow.nik import nik_warnings

#: Another case of the same key stands beside this one, and will be replaced when this one is issued.
BESIDE = "stands_beside"


def doubts(
    process: Process, region: str | None, data: Mapping[str, Any], documents: Iterable[str], today: date
) -> list[str]:
    """Codes for this data at an office whose people's NIKs begin with `region`.

    `documents` are the codes that the inspection of the uploaded files gave; `today` is the date at the office.
    """
    found = {*_of_nik(data, region), *data_warnings(process.form, data, today), *documents}
    return sorted(found)


def _of_nik(data: Mapping[str, Any], region: str | None) -> list[str]:
    if not isinstance(data.get("nik"), str):
        return []
    return nik_warnings(data["nik"], _day(data.get("birth_date")), data.get("sex"), region)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
