"""What an officer may decide about a step that failed for good, on the page of its case."""

from __future__ import annotations

from typing import Any

from web.pages.words import local
from web.services import incidents
from web.services.names import names_of
from web.services.secrets import asked_for_retry
from web.services.sight import Seen
from workflow.steps import UNCERTAIN


def choices(found: Seen) -> dict[str, Any] | None:
    """What an officer may decide about the incident of a case, for its page; None where there is none."""
    step = found.case.step
    if step is None or not step.failed or not found.actor.roles & found.book.staff:
        return None
    beyond = {found.case.state} | {r.before for r in found.process.requires}
    states = [(s.name, local(s.title)) for s in found.process.states.values() if s.name not in beyond]
    required = any(r.step == step.run for r in found.process.requires)
    kind, others = asked_for_retry(found, step)
    return {
        "id": f"{found.case.id}-{step.seq}",
        "states": states,
        "skippable": not required,
        "uncertain": step.failed == UNCERTAIN,
        "secret": kind,
        "others": others,
        "detail": incidents.detail(found.case.id, step),
        "asked_by": local(names_of([step.actor])[step.actor]) if step.actor.isdecimal() else "",
    }


def is_again(found: Seen, do: str) -> bool:
    """Whether the transition `do` would ask for what has failed once more, for the person who asked for it: there is
    one way to do so, which is to try the step again."""
    step, transition = found.case.step, found.process.transitions[do]
    if step is None or step.failed in (None, UNCERTAIN):
        return False
    return transition.run == step.run and step.actor == found.actor.id
