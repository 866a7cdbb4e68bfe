"""Pulling: the next open task that the person may do, claimed at once; nobody waits for anybody else."""

from __future__ import annotations

from web import here
from web.database import session
from web.errors import WebError
from web.services import inbox
from web.services.cases import task_view
from web.services.inbox import Filter
from web.services.sight import seen
from web.services.views import TaskView
from workflow.case import Case
from workflow.db import cases, tasks
from workflow.db import inbox as rows
from workflow.db.inbox import Place
from workflow.db.tasks import TaskRefusedError

#: Tasks that are looked at together.
_AT_ONCE = 20


def pull(asked: Filter) -> TaskView:
    """Claim the first free task of the person's inbox, in the inbox's order; raises `WebError` (`no_task`).

    A case that somebody else is at this moment at work on is passed over.
    """
    wanted = inbox.wanted(asked, free=True)
    place: Place | None = None
    while True:
        found = rows.list_tasks(session(), wanted, sort="due", after=place, limit=_AT_ONCE)
        for row in found:
            view = _take(row.case_id, row.seq)
            if view is not None:
                return view
        if len(found) < _AT_ONCE:
            raise WebError("no_task")
        place = Place(priority=found[-1].priority, moment=found[-1].due_at, case=found[-1].case_id)


def _take(id_: int, seq: int) -> TaskView | None:
    stored = cases.get_unlocked(session(), id_)
    if stored is None:
        return None
    found = seen(stored, here.signed_in())
    try:
        after: Case = tasks.claim(session(), found.book, found.found, seq, found.actor, found.now)
    except TaskRefusedError:
        return None
    assert after.task is not None
    return task_view(found, after.task)
