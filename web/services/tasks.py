"""Work on a task: claim, release, assign, delegate, put forward or back, declare a conflict of interest."""

from __future__ import annotations

import re
from collections.abc import Callable

from web import here
from web.database import session
from web.errors import ProblemError, WebError
from web.services import people, refusals
from web.services.cases import task_view
from web.services.sight import Seen, see
from web.services.views import TaskView
from workflow.case import Case
from workflow.commands import Actor
from workflow.db import cases, tasks
from workflow.db.tasks import TaskRefusedError
from workflow.inputs import MAX_TEXT
from workflow.priorities import PLACES

_ID = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,8})\Z")


def parse_id(text: str, unknown: str = "unknown_task") -> tuple[int, int]:
    """Case and sequence number of the id of a task, or of what is numbered alike, such as `17-3`; raises `WebError`
    with the code `unknown`."""
    found = _ID.match(text)
    if found is None:
        raise WebError(unknown)
    return int(found[1]), int(found[2])


def claim(id_: str) -> TaskView:
    """Claim a task for the signed-in person; claiming it again renews the lease. Raises the refusal."""
    return _work(id_, lambda f, seq: tasks.claim(session(), f.book, f.found, seq, f.actor, f.now))


def release(id_: str) -> TaskView:
    """Give a claimed task back; one that nobody holds stays as it is. Raises the refusal."""
    return _work(id_, lambda f, seq: tasks.release(session(), f.book, f.found, seq, f.actor, f.now))


def assign(id_: str, to: str) -> TaskView:
    """Give the task to the account named `to`, as a supervisor of its office. Raises the refusal, `unknown_account`."""

    def work(f: Seen, seq: int) -> Case:
        return tasks.assign(session(), f.book, f.found, seq, f.actor, _person(f, to), f.now)

    return _work(id_, work)


def delegate(id_: str, to: str, reason: str = "") -> TaskView:
    """Hand the task that the person holds to the account named `to`. Raises the refusal, `unknown_account`."""

    def work(f: Seen, seq: int) -> Case:
        said = _said(f, reason) if reason.strip() else None
        return tasks.delegate(session(), f.book, f.found, seq, f.actor, _person(f, to), f.now, reason=said)

    return _work(id_, work)


def recuse(id_: str, reason: str) -> TaskView:
    """Declare a conflict of interest: the person never acts on this case again. Raises the refusal and `reason_missing`
    where none is given."""
    return _work(
        id_, lambda f, seq: tasks.recuse(session(), f.book, f.found, seq, f.actor, f.now, reason=_said(f, reason))
    )


def prioritise(id_: str, priority: str, reason: str) -> TaskView:
    """Move the task within its queue, as a supervisor of its office. Raises the refusal, `reason_missing`."""
    if priority not in PLACES:
        raise WebError("not_found")

    def work(f: Seen, seq: int) -> Case:
        said = _said(f, reason)
        return tasks.prioritise(session(), f.book, f.found, seq, f.actor, priority, f.now, reason=said)

    return _work(id_, work)


def reason_of(text: str) -> str:
    """A reason that was really given; raises `WebError` (`reason_missing`, `reason_too_long`)."""
    if not text.strip():
        raise WebError("reason_missing")
    if len(text) > MAX_TEXT:
        raise WebError("reason_too_long", {"limit": MAX_TEXT})
    return text.strip()


def _work(id_: str, what: Callable[[Seen, int], Case]) -> TaskView:
    case, seq = parse_id(id_)
    found = see(case, lock=True)
    try:
        after = what(found, seq)
    except TaskRefusedError as error:
        raise ProblemError(refusals.told(error.refusal, found)) from None
    assert after.task is not None
    return task_view(found, after.task)


def _person(found: Seen, name: str) -> Actor:
    return cases.actor(session(), people.find(name).account, found.case, found.now)


def _said(found: Seen, reason: str) -> str:
    """The digest of a reason, which is kept with the case's inputs."""
    return cases.seal_input(session(), here.ports().vault, found.found, {"reason": reason_of(reason)})
