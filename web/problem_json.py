"""A problem as RFC 9457 writes it."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from web.errors import FieldError, Problem

MEDIA_TYPE = "application/problem+json"


def problem_body(problem: Problem, status: int, language: str) -> dict[str, Any]:
    """{type, title, status, code, detail, errors?, details?} in `language`."""
    sentence = problem.sentence(language)
    body: dict[str, Any] = {
        "type": f"urn:alur:problem:{problem.code}",
        "title": sentence,
        "status": status,
        "code": problem.code,
        "detail": sentence,
    }
    if problem.fields:
        body["errors"] = [_field(f, language) for f in problem.fields]
    if problem.details:
        body["details"] = dict(problem.details)
    return body


def problem_json(problem: Problem, status: int, language: str) -> Response:
    """The response that tells `problem`."""
    body = json.dumps(problem_body(problem, status, language), ensure_ascii=False)
    response = Response(body, status=status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = language
    return response


def _field(error: FieldError, language: str) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "detail": error.text.get(language) or error.text["id"]}
