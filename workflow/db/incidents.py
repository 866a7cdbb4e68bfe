"""Open incidents: steps that failed for good and wait for people, one by one and by kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_

from workflow.case import Step
from workflow.db.cases import Executor
from workflow.db.tables import case_, incident


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which incidents are asked for; empty fields ask for all."""

    #: Account that asks: incidents of its own cases are never its to decide.
    account: int
    offices: Collection[str]
    process: str = ""
    #: Name of the step.
    run: str = ""
    #: Code of the cause.
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the page before ended."""

    at: datetime
    case: int


def list_incidents(db: Executor, wanted: Wanted, *, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    """Rows of `incident`, the oldest first."""
    query = _asked(wanted, select(incident)).order_by(incident.c.at, incident.c.case_id).limit(limit)
    if after is not None:
        query = query.where(tuple_(incident.c.at, incident.c.case_id) > tuple_(after.at, after.case))
    return db.execute(query).all()


def kinds(db: Executor, wanted: Wanted) -> Sequence[Row[Any]]:
    """Incidents by kind: process, run, code, how many (`n`), how many of them the account asked for (`mine`), and since
    when (`since`); the most first."""
    kind = incident.c.process, incident.c.run, incident.c.code
    own = func.count().filter(case_.c.fold["step"][Step._fields.index("actor")].astext == str(wanted.account))
    told = func.count().label("n"), own.label("mine"), func.min(incident.c.at).label("since")
    query = _asked(wanted, select(*kind, *told))
    return db.execute(query.group_by(*kind).order_by(func.count().desc(), *kind)).all()


def _asked(wanted: Wanted, query: Select[Any]) -> Select[Any]:
    query = query.join(case_, case_.c.id == incident.c.case_id).where(
        incident.c.office.in_(list(wanted.offices)),
        case_.c.owner.is_distinct_from(wanted.account),
    )
    for column, value in ((incident.c.process, wanted.process), (incident.c.run, wanted.run)):
        if value:
            query = query.where(column == value)
    return query.where(incident.c.code == wanted.code) if wanted.code else query
