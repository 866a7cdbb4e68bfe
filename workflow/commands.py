"""Commands: the one way in. Whatever wants a case to move writes one, committed before anybody is told "accepted"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from workflow.case import NONE
from workflow.rulebook import Rulebook

SYSTEM, TIMER, HOLD = "system", "timer", "hold"

SUBMIT = "submit"
#: A timer is due: `payload.timer` names it.
FIRE_TIMER = "@timer"
#: A worker finished a step: `payload` is {step, ok, result | code}.
FINISH_STEP = "@step"
#: The case takes another definition: `payload` says which and how (`workflow.migrating`).
MIGRATE = "@migrate"

#: Commands that only Alur's own processes write.
INTERNAL = frozenset({FIRE_TIMER, FINISH_STEP, MIGRATE})


class Actor(NamedTuple):
    """Who asks, with the roles that hold at the moment of deciding."""

    #: Account id as text, or `system`, `timer`, `hold`.
    id: str
    #: Staff roles at the case's office.
    roles: frozenset[str] = frozenset()
    #: Staff roles at other offices, to tell the wrong office from the wrong role.
    elsewhere: frozenset[str] = frozenset()
    #: Staff roles at the office of the open task, where that is another than the case's.
    desk: frozenset[str] | None = None
    #: How a role that is not its own is had, by role: `deputy_of` an account, or a `glass` that it broke.
    through: Mapping[str, Mapping[str, Any]] = NONE
    #: Code of what keeps it from acting on this case in any role: `own_case` or `relative_case`.
    barred: str | None = None


class Submission(NamedTuple):
    """The working copy, frozen when the command was accepted."""

    version: int
    #: Salted digest of the data.
    digest: str
    data: Mapping[str, Any]
    #: Salted digests of the documents, by kind.
    documents: Mapping[str, str]


#: Where a case stands towards a key: it has a place, was called to one that came free, or waits in line for one.
HELD, CALLED, LINE = "held", "called", "line"


class Standing(NamedTuple):
    """Another case that holds the same key, or waits for it."""

    case: int
    state: str
    #: Account of its party.
    owner: str | None = None
    place: str = HELD
    #: Number of the command that put it there: the order of the line.
    arrival: int = 0


class Command(NamedTuple):
    #: Name of a transition, `submit`, or one of `INTERNAL`.
    do: str
    actor: Actor
    #: What the person entered: personal, so only its digest reaches an event.
    input: Mapping[str, Any] = NONE
    #: Salted digest of `input`, where there is any.
    input_digest: str | None = None
    #: Revision that the person saw; None asks for no check.
    revision: int | None = None
    #: Saves of the working copy so far: part of the revision that people see.
    saves: int = 0
    checklist: tuple[str, ...] = ()
    submission: Submission | None = None
    #: The data that stands, for guards that read it.
    data: Mapping[str, Any] | None = None
    #: HMAC of the hold's key and the cases that hold it, by hold.
    standings: Mapping[str, tuple[str, tuple[Standing, ...]]] = NONE
    #: What Alur's own processes say with an internal command.
    payload: Mapping[str, Any] = NONE
    #: Rules of the definition into which a case is moved.
    into: Rulebook | None = None
