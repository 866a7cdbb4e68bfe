"""Calendars: versions for everybody; new ones by supervisors, four eyes apart."""

from __future__ import annotations

from collections.abc import Sequence

from web import here
from web.database import session
from web.errors import FieldError, WebError
from web.person import SUPERVISOR, Person
from workflow.db import calendar_change, calendars
from workflow.db.calendar_change import Preview
from workflow.db.calendars import Version
from workflow.db.concerned import offices_of
from workflow.definition.calendar import Calendar
from workflow.definition.errors import DefinitionError


def listed() -> Sequence[Version]:
    """Every published version, by calendar."""
    return calendars.published(session())


def versions(name: str) -> Sequence[Version]:
    """The versions of a calendar, drafts included; UnknownCalendarError when there is none."""
    return calendars.versions(session(), name)


def preview(name: str, text: str | None) -> Preview:
    """What the calendar of `text`, or the draft that waits, would change if it were published now.

    Raises `WebError` and refusals: `forbidden`, `calendar_invalid`, `no_calendar_draft`.
    """
    _require_supervisor(name)
    ports = here.ports()
    new = _parse(name, text) if text else calendars.read(session(), calendars.draft(session(), name).hash)
    return calendar_change.preview(session(), ports.library, new, ports.clock())


def submit(name: str, text: str) -> Version:
    """Keep a new version as a draft.

    Raises `WebError` and refusals: `forbidden`, `calendar_invalid`, `calendar_known`, `calendar_version`.
    """
    person = _require_supervisor(name)
    new = _parse(name, text)
    calendars.submit(session(), new, str(person.account), here.ports().clock())
    return calendars.draft(session(), name)


def publish(name: str) -> tuple[Version, Preview]:
    """Publish the draft that waits.

    Raises `WebError` and refusals: `forbidden`, `no_calendar_draft`, `calendar_four_eyes`.
    """
    person, ports = _require_supervisor(name), here.ports()
    return calendar_change.publish(session(), ports.library, name, str(person.account), ports.clock())


def _require_supervisor(name: str) -> Person:
    """Hours change at every office that counts by the calendar, so its supervisor must be one at all of them."""
    person, library = here.signed_in(), here.ports().library
    offices = offices_of(session(), library, name)
    if not person.has_role(SUPERVISOR) or any(SUPERVISOR not in person.roles_at(office) for office in offices):
        raise WebError("forbidden")
    return person


def _parse(name: str, text: str) -> Calendar:
    # Read here: the library of holidays is large, and most requests need none.
    from workflow.definition.calendars import parse_calendar

    try:
        return parse_calendar(text, f"{name}.yaml", name=name)
    except DefinitionError as error:
        fields = [
            FieldError(field=f"{p.line}:{p.column}", code=p.code, text={"id": p.message, "en": p.message})
            for p in error.problems
        ]
        raise WebError("calendar_invalid", fields=fields) from None
