"""Reports of the offices that a person answers for: supervisors, heads of section and auditors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web import here
from web.database import rollback, session
from web.errors import WebError
from web.person import AUDITOR, SUPERVISOR, Person
from workflow.db import reports
from workflow.db.reports import Asked
from workflow.reports.as_csv import as_csv
from workflow.reports.as_print import as_print
from workflow.reports.as_xlsx import as_xlsx
from workflow.reports.report import Report

#: Roles whose holders read the reports of their office; everybody else reads none.
READERS = frozenset({SUPERVISOR, "head", AUDITOR})

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    content: bytes
    media_type: str
    #: Such as `promise_2026-11_2026-11.csv`.
    name: str


def reads(person: Person) -> bool:
    """True of somebody who may read the reports of some office."""
    return any(person.has_role(role) for role in READERS)


def offices() -> Sequence[str]:
    """The offices whose reports the person may read, sorted; empty for most people."""
    person, known = here.signed_in(), here.ports().library.offices
    return sorted(office for office in known if person.roles_at(office) & READERS)


def make(
    name: str,
    *,
    office: str | None = None,
    first: str | None = None,
    last: str | None = None,
    process: str | None = None,
    behind: str | None = None,
) -> Report:
    """A report of `office`, or of all offices that the person answers for; nothing stays locked or open.

    Raises `WebError` (`forbidden`) and the refusals of `workflow.db.reports.make`.
    """
    mine, ports = offices(), here.ports()
    if not mine or (office and office not in mine):
        raise WebError("forbidden")
    asked = Asked(
        name=name,
        offices=[office] if office else mine,
        first=first or None,
        last=last or None,
        process=process or None,
        behind=behind or None,
    )
    try:
        return reports.make(session(), ports.library, asked, ports.clock())
    finally:
        # What is drawn from it takes a while, and needs no transaction.
        rollback()


def file(report: Report, form: str, language: str) -> File:
    """The report as `csv`, `xlsx` or `pdf`; raises `WebError` (`report_not_set`)."""
    name = f"{report.name}_{report.first}_{report.last}.{form}"
    if form == "csv":
        return File(content=as_csv(report, language), media_type=CSV, name=name)
    if form == "xlsx":
        return File(content=as_xlsx(report, language), media_type=XLSX, name=name)
    pdf = here.ports().typeset(as_print(report, language))
    if pdf is None:
        raise WebError("report_not_set")
    return File(content=pdf, media_type=PDF, name=name)
