"""In which role a person did something: an officer who acts for the party acts in a role of the office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from web.person import SUPERVISOR
from web.services import refusals
from web.services.eras import entered
from web.services.sight import Seen
from workflow.definition.process import Text
from workflow.events import Event

#: Somebody of the office, where the history does not say in which role.
OFFICER: Text = {"id": "Petugas", "en": "Officer"}
#: Acts of those who lead a task's office (`refuse_supervising`), and of whoever the task belongs to.
_LED = frozenset({"task_assigned", "task_prioritised"})
_WORKED = frozenset({"task_claimed", "task_released", "task_delegated", "recused"})


def task_roles(told: Iterable[tuple[Seen, Event]]) -> Mapping[int, Text]:
    """The role of each task, by the number of the event that opened it."""
    found = {}
    for seen, event in told:
        spec = seen.process.states.get(entered(event) or "")
        if spec is not None and spec.task is not None:
            found[event.seq] = refusals.role_title(seen, spec.task.role)
    return found


def for_party(found: Seen, event: Event) -> bool:
    """An officer acted in the party's place."""
    mine = event.actor == found.case.owner
    return event.actor.isdecimal() and not mine and event.body.get("role") == found.book.party is not None


def role(found: Seen, event: Event, tasks: Mapping[int, Text]) -> Text | None:
    """The role in which a person acted; None for what nobody did. `tasks` are those of `task_roles`."""
    body = event.body
    if not event.actor.isdecimal():
        return None
    if for_party(found, event):
        return _joined([refusals.role_title(found, name) for name in body.get("acting", ())]) or OFFICER
    if "role" in body:
        return refusals.role_title(found, body["role"])
    if event.type in _LED:
        return refusals.role_title(found, SUPERVISOR)
    return (tasks.get(body.get("task", 0)) if event.type in _WORKED else None) or OFFICER


def _joined(titles: Iterable[Text]) -> Text | None:
    given = list(titles)
    if not given:
        return None
    return {lang: ", ".join(t.get(lang) or t["id"] for t in given) for lang in ("id", "en")}
