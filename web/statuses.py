"""The HTTP status of every code, in one place. A code that is not here is 422: understood, and refused."""

from __future__ import annotations

from collections.abc import Mapping

UNPROCESSABLE = 422

STATUSES: Mapping[str, int] = {
    "bad_request": 400,
    "malformed_json": 400,
    "not_utf8": 400,
    "bad_precondition": 400,
    "bad_preference": 400,
    "bad_key": 400,
    "bad_cursor": 400,
    "bad_moment": 400,
    "not_signed_in": 401,
    "bad_token": 401,
    "sign_in_failed": 401,
    "csrf": 403,
    "forbidden": 403,
    "unknown_office_member": 403,
    "not_assisted": 403,
    "wrong_role": 403,
    "wrong_office": 403,
    "four_eyes": 403,
    "calendar_four_eyes": 403,
    "own_case": 403,
    "relative_case": 403,
    "recused": 403,
    "own_glass": 403,
    "glass_role": 403,
    "not_found": 404,
    "unknown_case": 404,
    "unknown_process": 404,
    "unknown_document": 404,
    "unknown_command": 404,
    "unknown_task": 404,
    "unknown_incident": 404,
    "unknown_receipt": 404,
    "unknown_notice": 404,
    "unknown_calendar": 404,
    "no_calendar_draft": 404,
    "no_card": 404,
    "no_print": 404,
    "no_task": 404,
    "unknown_deputy": 404,
    "unknown_relative": 404,
    "unknown_review": 404,
    "method_not_allowed": 405,
    "not_acceptable": 406,
    "wrong_state": 409,
    "no_incident": 409,
    "step_pending": 409,
    "not_holder": 409,
    "not_held": 409,
    "glass_not_needed": 409,
    "already_reviewed": 409,
    "card_not_valid": 409,
    "calendar_known": 409,
    "calendar_version": 409,
    "data_erased": 410,
    "stale_revision": 412,
    "request_too_large": 413,
    "file_too_large": 413,
    "unsupported_media_type": 415,
    "file_type_not_accepted": 415,
    "precondition_required": 428,
    "too_many_requests": 429,
    "internal": 500,
    "busy": 503,
    "database_away": 503,
}


def status_of(code: str) -> int:
    """The HTTP status that goes with `code`."""
    return STATUSES.get(code, UNPROCESSABLE)
