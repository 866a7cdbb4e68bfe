"""Who could do what on a case at a moment: every move out of its state, who was able, who was kept from it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.case import DRAFT, Case
from workflow.commands import SUBMIT, Actor
from workflow.definition.process import BUILT_IN_MOVERS, Transition
from workflow.permission import refuse_submit, refuse_transition
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook

#: Refusals of those to whom a move never belonged: nobody asks why they could not perform it.
_STRANGERS = frozenset({"wrong_role", "wrong_office"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Power:
    """One move, as far as persons decide it: guards, inputs and holds are asked when it is performed."""

    #: Name of the transition, or `submit`.
    do: str
    #: Role to which it belongs; `system`, `timer` and `hold` perform by themselves.
    role: str
    #: Accounts that could perform it.
    able: tuple[str, ...] = ()
    #: Code of what kept an account of that role from it.
    kept: Mapping[str, str]


def powers(book: Rulebook, case: Case, people: Sequence[Actor], now: datetime) -> tuple[Power, ...]:
    """The moves out of the case's state at `now`, in the definition's order.

    `people` are all accounts with a role somewhere at that moment, and the party, as they stood before the case.
    """
    if case.state == DRAFT:
        role = book.party if book.party and book.process.submit_party else "staff"
        return (_power(SUBMIT, role, {a.id: refuse_submit(book, case, a) for a in people}),)
    return tuple(_moving(book, case, t, people, now) for t in book.process.moves_from(case.state))


def _moving(book: Rulebook, case: Case, transition: Transition, people: Sequence[Actor], now: datetime) -> Power:
    if transition.by in BUILT_IN_MOVERS:
        return Power(do=transition.name, role=transition.by, kept={})
    told = {a.id: refuse_transition(book, case, transition, a, now) for a in people}
    return _power(transition.name, transition.by, told)


def _power(do: str, role: str, told: Mapping[str, Refusal | None]) -> Power:
    able = tuple(sorted((id_ for id_, refusal in told.items() if refusal is None), key=int))
    kept = {id_: r.code for id_, r in told.items() if r is not None and r.code not in _STRANGERS}
    return Power(do=do, role=role, able=able, kept=kept)
