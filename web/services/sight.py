"""A case as it stands before a person: with its rules, and what the person may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from web import here
from web.database import session
from web.errors import WebError
from web.person import AUDITOR, SUPERVISOR, Person
from workflow.case import Case
from workflow.commands import Actor
from workflow.db import cases
from workflow.db.cases import Stored
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.permission import refuse_editing
from workflow.rulebook import Rulebook

#: What a case's number fits into (bigint).
MAX_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    found: Stored
    book: Rulebook
    office: Office
    person: Person
    actor: Actor
    #: The moment of looking.
    now: datetime

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.found.case

    @property
    def process(self) -> Process:
        """The definition that the case pins."""
        return self.book.process

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the case's office."""
        return self.office.zone

    @property
    def is_owner(self) -> bool:
        """True when the person is the party."""
        return self.case.owner == self.actor.id

    @property
    def is_staff(self) -> bool:
        """True when the person works on cases of this process where this one is, or watches over them."""
        roles = self.actor.roles | (self.actor.desk or frozenset())
        return bool(roles & (self.book.staff | {SUPERVISOR, AUDITOR}))

    @property
    def may_read(self) -> bool:
        """True when the person may read the party's data."""
        return self.is_owner or self.is_staff

    @property
    def may_edit(self) -> bool:
        """True when the person may change the working copy now."""
        return refuse_editing(self.book, self.case, self.actor) is None


def see(id_: int, *, lock: bool = False) -> Seen:
    """The case before the signed-in person; raises `WebError` (`not_signed_in`, `unknown_case`).

    With `lock`, nobody else changes it until the transaction ends.
    """
    person = here.signed_in()
    if not 0 < id_ <= MAX_ID:
        raise WebError("unknown_case")
    return seen(cases.get(session(), id_, lock=lock), person)


def seen(found: Stored, person: Person) -> Seen:
    """A stored case before `person`."""
    ports = here.ports()
    ports.library.process(session(), found.case.definition)
    _keep_time(found.case)
    now = ports.clock()
    return Seen(
        found=found,
        book=ports.library.book(found.case.definition, found.case.office),
        office=ports.library.offices[found.case.office],
        person=person,
        actor=_actor(found.case, person, now),
        now=now,
    )


def _keep_time(case: Case) -> None:
    """Look once a request whether calendars have new versions, where the case counts office time."""
    library, looked = here.ports().library, g.setdefault("kept_time", set())
    pair = case.definition, case.office
    if pair not in looked:
        looked.add(pair)
        library.keep_time(session(), [pair])


def _actor(case: Case, person: Person, now: datetime) -> Actor:
    """The person before the case; who works nowhere has no standing that would have to be read."""
    if not person.is_staff:
        return Actor(str(person.account))
    return cases.actor(session(), person.account, case, now)


def require_reading(found: Seen) -> None:
    """Raise `WebError` (`forbidden`) when the person may not read the party's data."""
    if not found.may_read:
        raise WebError("forbidden")
