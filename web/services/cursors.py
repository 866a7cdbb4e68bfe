"""Cursors of keyset pages: where a page ended, as opaque text."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from web.errors import WebError
from web.services.sight import MAX_ID


def written(moment: datetime | None, case: int, priority: int = 0) -> str:
    """The cursor behind a row with this moment, case and priority."""
    place = json.dumps([priority, moment and moment.isoformat(), case]).encode()
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def read(cursor: str) -> tuple[datetime | None, int, int]:
    """Moment, case and priority of a cursor; raises `WebError` (`bad_cursor`)."""
    try:
        priority, moment, case = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(case, int) or not 0 < case <= MAX_ID:
            raise ValueError(case)
        if not isinstance(priority, int):
            raise ValueError(priority)
        when = None if moment is None else datetime.fromisoformat(moment)
        if when is not None and when.tzinfo is None:
            raise ValueError(moment)
    except (ValueError, TypeError, binascii.Error):
        raise WebError("bad_cursor") from None
    return when, case, priority
