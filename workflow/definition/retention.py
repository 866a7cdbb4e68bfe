"""How long a process keeps personal data once a case has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.definition.values import Period, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """What `retention:` says. States that stand neither in `after` nor in `by_state` keep their data."""

    #: How long after a state of `after` was entered.
    keep: Period
    #: Final states; those of `by_state` need not stand here.
    after: frozenset[str]
    #: The rule that asks for it, as people read it.
    basis: Text
    #: Final state → another length of time.
    by_state: Mapping[str, Period] = field(default_factory=dict)
    #: How long after its last save a draft that was never submitted is kept; None is the house's own rule.
    drafts: Period | None = None

    def of(self, state: str) -> Period | None:
        """How long the data of a case in `state` are kept; None for ever."""
        return self.by_state.get(state) or (self.keep if state in self.after else None)
