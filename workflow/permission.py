"""Who may do what, now: the one rule read by the engine, the API and the pages (rules 7, 14 and 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from workflow.case import DRAFT, Case
from workflow.commands import SUBMIT, Actor
from workflow.definition.process import BUILT_IN_MOVERS, Transition
from workflow.erasing import refuse_erased
from workflow.events import stamp
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.steps import UNCERTAIN


def refuse_transition(
    book: Rulebook, case: Case, transition: Transition, actor: Actor, now: datetime
) -> Refusal | None:
    """Why `actor` may not perform `transition` now, as far as its input, guards and holds are not concerned."""
    if case.erased is not None:
        return refuse_erased(case)
    if case.state not in transition.sources:
        return wrong_state(case, transition.name)
    if case.step is not None and case.step.failed is None and not transition.cancels:
        return Refusal("step_pending", {"run": case.step.run, "do": transition.name})
    if case.step is not None and case.step.failed == UNCERTAIN and transition.run == case.step.run:
        return Refusal("step_uncertain", {"run": case.step.run, "do": transition.name})
    return (
        refuse_role(book, case, transition.by, transition.assisted, actor, transition.name)
        or refuse_four_eyes(book, case, transition.by, actor, transition.name)
        or refuse_holder(case, transition.by, actor, now)
        or refuse_acting(book, case, transition.by, actor, now)
    )


def refuse_submit(book: Rulebook, case: Case, actor: Actor) -> Refusal | None:
    """Why `actor` may not submit the draft, as far as its content is not concerned."""
    if case.erased is not None:
        return refuse_erased(case)
    if case.state != DRAFT:
        return wrong_state(case, SUBMIT)
    if book.party is None or not book.process.submit_party:
        return refuse_staff(book, case, actor)
    return refuse_role(book, case, book.party, book.process.submit_assisted, actor, SUBMIT)


def refuse_editing(book: Rulebook, case: Case, actor: Actor) -> Refusal | None:
    """Why `actor` may not save data or documents now."""
    if case.erased is not None:
        return refuse_erased(case)
    if not book.editable(case.state):
        return wrong_state(case, "save")
    assisted = book.process.submit_assisted or any(t.assisted for t in book.process.moves_from(case.state))
    refusal = refuse_role(book, case, book.party or "", assisted, actor, "save")
    if refusal is not None or actor.id == case.owner:
        return refusal
    return refuse_barred(case, actor, "save")


def wrong_state(case: Case, do: str) -> Refusal:
    """The refusal that tells in which state the case is, since when and by whom."""
    at = stamp(case.entered_at) if case.entered_at else None
    return Refusal("wrong_state", {"do": do, "state": case.state, "by": case.moved_by, "at": at})


def refuse_role(book: Rulebook, case: Case, role: str, assisted: bool, actor: Actor, do: str) -> Refusal | None:
    """Why `actor` does not count as `role` on this case."""
    if role in BUILT_IN_MOVERS:
        return None if actor.id == role else Refusal("wrong_role", {"do": do, "role": role})
    if role == book.party:
        if actor.id == case.owner or (assisted and actor.roles & book.staff):
            return None
        if assisted and actor.elsewhere & book.staff:
            return Refusal("wrong_office", {"do": do, "office": case.office})
        return Refusal("wrong_role", {"do": do, "role": role})
    if role in roles_for(case, role, actor):
        return None
    if role in actor.elsewhere or role in actor.roles:
        return Refusal("wrong_office", {"do": do, "office": _office_of(case, role)})
    return Refusal("wrong_role", {"do": do, "role": role})


def roles_for(case: Case, role: str, actor: Actor) -> frozenset[str]:
    """The actor's roles at the office where `role` is judged: the open task's for its own role, else the case's."""
    if actor.desk is not None and case.task is not None and role == case.task.role:
        return actor.desk
    return actor.roles


def roles_at_task(actor: Actor) -> frozenset[str]:
    """The actor's roles at the office of the open task."""
    return actor.roles if actor.desk is None else actor.desk


def _office_of(case: Case, role: str) -> str:
    return case.task.office if case.task is not None and role == case.task.role else case.office


def refuse_staff(book: Rulebook, case: Case, actor: Actor) -> Refusal | None:
    """Why `actor` is not staff of the case's office."""
    if actor.roles & book.staff:
        return None
    return Refusal("wrong_role", {"do": SUBMIT, "role": ", ".join(sorted(book.staff))})


def refuse_four_eyes(book: Rulebook, case: Case, role: str, actor: Actor, do: str) -> Refusal | None:
    """Why `actor` may not act in `role`: it acted in a role that must be somebody else's, or the case concerns it.

    This outranks every grant: deputyships and broken glass lend a role, never another person's eyes.
    """
    if role in book.staff or (role == book.party and actor.id != case.owner):
        refusal = refuse_barred(case, actor, do)
        if refusal is not None:
            return refusal
    for other in sorted(book.apart.get(role, ())):
        if actor.id in case.performed.get(other, ()):
            return Refusal("four_eyes", {"do": do, "role": role, "other": other})
    return None


def refuse_barred(case: Case, actor: Actor, do: str) -> Refusal | None:
    """Why no office makes `actor` fit for this case: it is its own, a relative's, or it declared a conflict."""
    if case.owner is not None and actor.id == case.owner:
        return Refusal("own_case", {"do": do})
    if actor.barred is not None:
        return Refusal(actor.barred, {"do": do})
    return Refusal("recused", {"do": do}) if actor.id in case.recused else None


def refuse_task(book: Rulebook, case: Case, actor: Actor, do: str) -> Refusal | None:
    """Why `actor` may not have the open task, whoever holds it now."""
    if case.task is None:
        return wrong_state(case, do)
    role = case.task.role
    return refuse_role(book, case, role, False, actor, do) or refuse_four_eyes(book, case, role, actor, do)


def refuse_holder(case: Case, role: str, actor: Actor, now: datetime) -> Refusal | None:
    """Why `actor` may not do the task: somebody else holds it."""
    task = case.task
    if task is None or task.role != role or task.holder in (None, actor.id):
        return None
    if task.until is not None and task.until <= now:
        return None
    return Refusal("not_holder", {"by": task.holder, "until": stamp(task.until) if task.until else None})


def refuse_acting(book: Rulebook, case: Case, role: str, actor: Actor, now: datetime) -> Refusal | None:
    """Why an officer may not act for the party now: a colleague holds the task of the case."""
    if role != book.party or actor.id == case.owner or case.task is None:
        return None
    return refuse_holder(case, case.task.role, actor, now)


def held_through(actor: Actor, roles: Iterable[str]) -> Mapping[str, Any]:
    """What the event of an act in one of `roles` says of how the role is had: nothing where one is the actor's own."""
    mine = [r for r in roles if r in actor.roles or (actor.desk is not None and r in actor.desk)]
    if not mine or any(r not in actor.through for r in mine):
        return {}
    return actor.through[mine[0]]


def acting_roles(book: Rulebook, role: str, actor: Actor) -> tuple[str, ...]:
    """Staff roles in which an officer acts for the party; empty when the party acts itself."""
    if role != book.party:
        return ()
    return tuple(sorted(actor.roles & book.staff))
