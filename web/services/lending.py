"""For whom the holder of a task stands in, where it is a deputy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from web.database import session
from workflow.db import deputies
from workflow.standing import EVERY_OFFICE

#: Account of the person who is away, by case and sequence number of the task.
Lent = Mapping[tuple[int, int], str]


def lent_to(rows: Iterable[Any], now: datetime) -> Lent:
    """Tasks among `rows` (`case_id`, `seq`, `role`, `office`, `assignee`) that a deputy holds at `now`."""
    held = [row for row in rows if row.assignee]
    known = deputies.lenders(session(), {int(row.assignee) for row in held}, now)
    return {
        (row.case_id, row.seq): str(absent)
        for row in held
        for office, absent in known.get((int(row.assignee), row.role), ())
        if office in (row.office, EVERY_OFFICE)
    }
