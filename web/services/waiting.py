"""Does something of a case wait longer than it should?"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from web import here
from web.database import session
from web.services.sight import Seen
from workflow.db.tables import command

#: A command that nobody has looked at for so long waits longer than it should.
SLOW = timedelta(seconds=15)


def commands(found: Seen) -> int:
    """How many commands of the case wait to be looked at."""
    query = select(func.count()).where(command.c.case_id == found.case.id, command.c.status == "pending")
    return int(session().execute(query).scalar_one())


def slow(found: Seen) -> bool:
    """True when the oldest waiting command of the case is older than `SLOW`."""
    query = select(func.min(command.c.created_at)).where(
        command.c.case_id == found.case.id, command.c.status == "pending"
    )
    oldest = session().execute(query).scalar()
    return oldest is not None and here.ports().clock() - oldest > SLOW
