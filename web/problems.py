"""From whatever was raised to what the person is told; and the answer in which it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import structlog
from flask import Flask, Response, current_app, g, request
from flask_limiter.errors import RateLimitExceeded
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, RequestEntityTooLarge

from signing.errors import UploadRefused
from web.config import MAX_REQUEST, MEGABYTE
from web.database import rollback
from web.errors import Problem, WebError, made
from web.language import language
from web.problem_json import problem_json
from web.services.access import LOOKS
from web.statuses import status_of
from workflow.canonical import NotCanonicalError
from workflow.db.cases import DataErasedError, StaleRevisionError, UnknownCaseError
from workflow.db.drafts import UnknownDraftError
from workflow.definition.calendar import UnknownCalendarError
from workflow.errors import UnknownDefinitionError
from workflow.refusals import RefusedError

#: Name of the extension by which pages give the function that shows a problem as a page.
PAGE = "alur.problem_page"

#: Seconds after which an answer that could not be given is worth asking for again.
RETRY_SECONDS = 5

_BY_STATUS = {
    404: "not_found",
    406: "not_acceptable",
    408: "busy",
    415: "unsupported_media_type",
    500: "internal",
    503: "busy",
}
_BY_CLASS: dict[type[Exception], str] = {
    UnknownCaseError: "unknown_case",
    UnknownDefinitionError: "unknown_process",
    UnknownCalendarError: "unknown_calendar",
    UnknownDraftError: "unknown_draft",
    StaleRevisionError: "stale_revision",
    DataErasedError: "data_erased",
    NotCanonicalError: "value_not_admitted",
    DataError: "value_not_admitted",
    TimeoutError: "busy",
    InterfaceError: "database_away",
}

log = structlog.get_logger()


def init(app: Flask) -> None:
    """Answer every error of `app` with its problem."""
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """The response to an error: problem+json under /api/, else the pages' way. Nothing of the request stays done."""
    rollback()
    g.pop(LOOKS, None)
    problem = problem_of(error)
    status = problem.status or status_of(problem.code)
    response = _shown(problem, status)
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = str(problem.details.get("seconds", RETRY_SECONDS))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if status == 401 and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem_of(error: Exception) -> Problem:
    """What a person is told of `error`; an unexpected one is logged and told as `internal`."""
    if isinstance(error, WebError):
        return error.problem
    if isinstance(error, RefusedError):
        refusal = error.refusal
        text = {code: refusal.sentence(code) for code in ("id", "en")}
        return Problem(code=refusal.code, text=text, details=refusal.details)
    if isinstance(error, UploadRefused):
        return Problem(code=error.code, text=error.text)
    for kind, code in _BY_CLASS.items():
        if isinstance(error, kind):
            return made(code)
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    log.error("request failed", path=request.path, method=request.method, exc_info=error)
    return made("internal")


def _of_database(error: DBAPIError) -> Problem:
    # What a statement was given may be personal; a log is not the place for it.
    error.hide_parameters = True
    state = getattr(error.orig, "sqlstate", None)
    # Cut short by us (57014, 55P03) or by a deadlock: the database is there and asks for another try.
    if state in ("57014", "55P03", "40P01", "40001"):
        return made("busy")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.warning("database away", why=str(error.orig))
        return made("database_away")
    log.error("statement failed", path=request.path, method=request.method, exc_info=error)
    return made("internal")


def _of_http(error: HTTPException) -> Problem:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return problem_of(error.original_exception)
    if isinstance(error, RateLimitExceeded):
        window = int(error.limit.limit.get_expiry()) if error.limit else RETRY_SECONDS
        return made("too_many_requests", {"seconds": window})
    if isinstance(error, RequestEntityTooLarge):
        return made("request_too_large", {"limit": MAX_REQUEST // MEGABYTE})
    if isinstance(error, MethodNotAllowed):
        return made("method_not_allowed", {"method": request.method})
    code = _BY_STATUS.get(error.code or 500, "bad_request")
    details: dict[str, Any] = {"wanted": "application/json"} if code == "unsupported_media_type" else {}
    return made(code, details)


def _shown(problem: Problem, status: int) -> Response:
    page = current_app.extensions.get(PAGE)
    if page is None or request.path.startswith("/api/"):
        return problem_json(problem, status, language())
    return cast(Callable[[Problem, int], Response], page)(problem, status)
