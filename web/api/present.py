"""Views as JSON, where the schemas alone do not say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from web.api.schemas.action import ActionSchema
from web.api.schemas.case import CaseSchema
from web.errors import Problem
from web.language import language
from web.problem_json import problem_body
from web.services.actions import Action
from web.services.outcomes import Outcome
from web.services.views import CaseView
from web.statuses import status_of


def etag(revision: int) -> str:
    """The revision as `ETag` and `If-Match` write it."""
    return f'"{revision}"'


def case_json(view: CaseView) -> dict[str, Any]:
    """A case, with links to what belongs to it."""
    body: dict[str, Any] = CaseSchema().dump(view)
    here = f"/api/v1/cases/{view.id}"
    links = {"self": here} | {name: f"{here}/{name}" for name in ("history", "clocks", "actions")}
    if view.card and view.card.downloadable:
        links["card"] = f"{here}/card.pdf"
    if view.printed:
        links["print"] = f"{here}/print.pdf"
    return body | {"links": links}


def problem_json_of(problem: Problem | None) -> dict[str, Any] | None:
    """A problem within another answer."""
    if problem is None:
        return None
    return problem_body(problem, problem.status or status_of(problem.code), language())


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """A command and what became of it."""
    body = {"id": outcome.command, "case": outcome.case, "status": outcome.status}
    return body | {"problem": problem_json_of(outcome.problem)}


def counts(statuses: Iterable[str]) -> dict[str, int]:
    """How many commands there are of each status."""
    return dict(sorted(Counter(statuses).items()))


def actions_json(found: Iterable[Action]) -> list[dict[str, Any]]:
    """What a person may do."""
    schema = ActionSchema()
    plain = ({f.name: getattr(a, f.name) for f in fields(a)} | {"problem": problem_json_of(a.problem)} for a in found)
    return [schema.dump(action) for action in plain]
