"""What a request asks for by its headers: the revision seen, a time to wait, a key against repetition."""

from __future__ import annotations

import re
from datetime import datetime

from flask import request

from web.errors import WebError
from web.services.transitions import MAX_WAIT

_REVISION = re.compile(r'"([0-9]{1,9})"\Z')
_WAIT = re.compile(r"wait=([0-9]{1,6})\Z")
_KEY = re.compile(r"[\x20-\x7e]{1,200}\Z")


def revision() -> int | None:
    """The revision in `If-Match`; None for `*` and where there is none. Raises `bad_precondition`."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    found = _REVISION.match(header.strip())
    if found is None:
        raise WebError("bad_precondition")
    return int(found[1])


def required_revision() -> int | None:
    """Like `revision`, where it must be said (`precondition_required`); `*` asks for no check."""
    if "If-Match" not in request.headers:
        raise WebError("precondition_required")
    return revision()


def wait() -> float | None:
    """Seconds of `Prefer: wait=N` (RFC 7240), at most `MAX_WAIT`; None where nobody asks to wait."""
    for preference in request.headers.get("Prefer", "").split(","):
        name = preference.partition(";")[0].strip().lower().replace(" ", "").replace('"', "")
        if not name.startswith("wait"):
            continue
        found = _WAIT.match(name)
        if found is None:
            raise WebError("bad_preference")
        return min(float(found[1]), MAX_WAIT)
    return None


def key() -> str | None:
    """The `Idempotency-Key`, without the quotes of a structured header; None where there is none."""
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    text = header.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not _KEY.match(text):
        raise WebError("bad_key")
    return text


def moment(text: str | None) -> datetime | None:
    """An aware moment of the query; raises `WebError` (`bad_moment`)."""
    if text is None:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        asked = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise WebError("bad_moment") from None
    if asked.tzinfo is None:
        raise WebError("bad_moment")
    return asked
