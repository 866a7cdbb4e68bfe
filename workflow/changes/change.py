"""What a change is: the parts of a case that one event gives a new value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflow.case import Case
from workflow.events import Event
from workflow.rulebook import Rulebook

#: From the rules, the case before and the event to the fields of the case that are new.
Change = Callable[[Rulebook, Case, Event], Mapping[str, Any]]


def nothing(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    """The event is a fact that the case itself does not keep."""
    return {}
