"""The officers' declarations of their own NIK and those of relatives, whose cases they never touch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from web import here
from web.database import session
from web.errors import WebError
from web.services import people
from web.services.people import Colleague
from web.services.sight import MAX_ID
from workflow.db import kin
from workflow.standing import EVERY_OFFICE

_NIK = re.compile(r"[0-9]{16}\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class RelativeView:
    """That a NIK was declared; which one is known to nobody."""

    id: int
    #: `self` or `relative`.
    relation: str
    at: datetime


def declare(nik: str, relation: str, account: str = "") -> None:
    """Declare a NIK for the person who asks, or for the officer `account`, for whom a supervisor of an office of theirs
    may do it. Declaring it again changes nothing.

    Raises `WebError`: `bad_nik`, `forbidden`, `unknown_account`.
    """
    person = here.signed_in()
    whom = _officer(account)
    if not _NIK.match(nik):
        raise WebError("bad_nik")
    kin.declare(
        session(),
        here.ports().vault,
        account=whom.account,
        nik=nik,
        relation=relation,
        by=person.account,
        now=here.ports().clock(),
    )


def declared(account: str = "") -> Sequence[RelativeView]:
    """What was declared for the person who asks, or for an officer whose work the person leads."""
    found = kin.declared(session(), _officer(account).account)
    return [RelativeView(id=row.id, relation=row.relation, at=row.declared_at) for row in found]


def take_back(id_: int) -> None:
    """Remove a declaration that was made by mistake: a supervisor's, never of an own one. Raises `unknown_relative`."""
    person, now = here.signed_in(), here.ports().clock()
    if not 0 < id_ <= MAX_ID or not kin.take_back(session(), id_, by=person.account, now=now):
        raise WebError("unknown_relative")


def _officer(name: str) -> Colleague:
    person = here.signed_in()
    if not person.is_staff:
        raise WebError("forbidden")
    if not name or name == person.name:
        return Colleague(account=person.account, name=person.name, title=person.called)
    found = people.find(name)
    offices = people.offices_of(found.account)
    if not any(people.leads(person, office) for office in offices or {EVERY_OFFICE}):
        raise WebError("forbidden")
    return found
