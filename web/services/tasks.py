"""Claiming and releasing a task."""

from __future__ import annotations

import re

from web import here
from web.database import session
from web.errors import ProblemError, WebError
from web.services import refusals
from web.services.cases import task_view
from web.services.sight import Seen, see
from web.services.views import TaskView
from workflow.case import Case
from workflow.db import tasks
from workflow.db.tasks import TaskRefusedError

_ID = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,8})\Z")


def parse_id(text: str) -> tuple[int, int]:
    """Case and sequence number of a task id such as `17-3`; raises `WebError` (`unknown_task`)."""
    found = _ID.match(text)
    if found is None:
        raise WebError("unknown_task")
    return int(found[1]), int(found[2])


def claim(id_: str) -> TaskView:
    """Claim a task for the signed-in person; claiming it again renews the lease. Raises the refusal."""
    case, seq = parse_id(id_)
    found = see(case, lock=True)
    try:
        after = tasks.claim(session(), found.book, found.found, seq, found.actor, here.ports().clock())
    except TaskRefusedError as error:
        raise ProblemError(refusals.told(error.refusal, found)) from None
    return _view(found, after)


def release(id_: str) -> TaskView:
    """Give a claimed task back; one that nobody holds stays as it is. Raises the refusal."""
    case, seq = parse_id(id_)
    found = see(case, lock=True)
    try:
        after = tasks.release(session(), found.book, found.found, seq, found.actor, here.ports().clock())
    except TaskRefusedError as error:
        raise ProblemError(refusals.told(error.refusal, found)) from None
    return _view(found, after)


def _view(found: Seen, after: Case) -> TaskView:
    assert after.task is not None
    return task_view(found, after.task)
