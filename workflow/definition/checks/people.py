"""Who has a task can finish it."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.checks.fault import Fault
from workflow.definition.checks.graph import by_person
from workflow.definition.checks.ground import Ground
from workflow.definition.checks.walk import Spot


def tasks_without_way_out(ground: Ground) -> Iterator[Fault]:
    """Tasks whose role can never move the case elsewhere."""
    for state, spot in ground.reached():
        task = ground.process.states[state].task
        if task is None:
            continue
        ways = [move.do for move in ground.graph.moves[state] if move.do.by == task.role and move.do.to != state]
        party = ground.process.party_role()
        if not ways:
            yield _no_way_out(ground, state, task.role, spot)
        elif (
            party
            and task.role == party.name
            and ground.process.submit_assisted
            and not any(way.assisted for way in ways)
        ):
            yield Fault(
                code="not_assisted",
                message=f"An officer may submit for a person without an account, but nobody may then act for that "
                f"person in `{state}`; add `assisted: true` to `{ways[0].name}`.",
                place=("transitions", ways[0].name),
                key=True,
                path=ground.walk.path(spot),
            )


def _no_way_out(ground: Ground, state: str, role: str, spot: Spot) -> Fault:
    if passing := ground.graph.passing.get(state):
        why = f"`{passing.name}` leaves `{state}` as soon as it is entered; remove the task, or give it a guard."
    else:
        why = (
            f"The task of `{state}` is for `{role}`, who has no way out; add a transition `from: {state}` `by: {role}`."
        )
    return Fault(code="no_way_out", message=why, place=("states", state, "task", "role"), path=ground.walk.path(spot))


def checklists_nobody_ticks(ground: Ground) -> Iterator[Fault]:
    """Guards over a checklist where there is none, or where nobody could tick it."""
    for move in ground.process.transitions.values():
        for position, condition in enumerate(move.when):
            if "checklist.complete" in condition.guard.variables:
                yield from _unticked(ground, move.name, position)


def _unticked(ground: Ground, name: str, position: int) -> Iterator[Fault]:
    move = ground.process.transitions[name]
    spots = dict(ground.reached())
    tasks = {state: ground.process.states[state].task for state in move.sources}
    bare = [state for state, task in tasks.items() if task is None or not task.checklist]
    place = ("transitions", name, "when", position, "if")
    if not by_person(move):
        why = f"`{name}` is done by `{move.by}`, who ticks no checklist; remove `checklist.complete`."
        path = ground.walk.path(spots.get(move.sources[0]))
        yield Fault(code="checklist_without_person", message=why, place=place, path=path)
    elif bare:
        why = f"`{bare[0]}` has no checklist, so `checklist.complete` always holds there; add `checklist` to its task."
        yield Fault(code="no_checklist", message=why, place=place, path=ground.walk.path(spots.get(bare[0])))


def texts_in_one_language(ground: Ground) -> Iterator[Fault]:
    """Titles of inputs that are not told in every language; all other texts are checked by the format."""
    written = ground.process.body.get("process", {}).get("transitions", {})
    for move in ground.process.transitions.values():
        for given in move.input:
            spec = written.get(move.name, {}).get("input", {}).get(given.name)
            title = spec.get("title", given.title) if isinstance(spec, dict) else given.title
            missing = [code for code in ("id", "en") if not (isinstance(title, dict) and _said(title.get(code)))]
            if missing:
                yield Fault(
                    code="missing_language",
                    message=f"The title of the input `{given.name}` is not told in {', '.join(missing)}; "
                    'write {id: "…", en: "…"}.',
                    place=("transitions", move.name, "input", given.name, "title"),
                )


def _said(text: object) -> bool:
    return isinstance(text, str) and bool(text.strip())
