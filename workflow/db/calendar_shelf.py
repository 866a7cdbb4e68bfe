"""Published versions of calendars that a process has met, each read once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from workflow.calendar import AnyCalendar, succession
from workflow.db.calendars import published, read
from workflow.definition.calendar import Calendar, UnknownCalendarError

#: Hashes of the versions of one calendar, in the order of their publication.
State = tuple[str, ...]


class Calendars:
    """Calendars by hash, and which versions each name had when it was last looked at."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[datetime, Calendar]] = {}
        self._states: dict[str, State] = {}

    def refresh(self, connection: Connection | Session, names: Iterable[str]) -> None:
        """Look which versions there are now; one small query, and one more for each version not met before."""
        wanted = set(names)
        found: dict[str, list[str]] = {name: [] for name in wanted}
        for version in published(connection, wanted):
            if version.hash not in self._read and version.published_at is not None:
                self._read[version.hash] = version.published_at, read(connection, version.hash)
            found[version.name].append(version.hash)
        self._states.update({name: tuple(hashes) for name, hashes in found.items()})

    def state(self, name: str) -> State:
        """The versions of `name` that were there at the last look; none when nobody looked."""
        return self._states.get(name, ())

    def counted_with(self, name: str, state: State, zone: ZoneInfo, known_at: datetime | None = None) -> AnyCalendar:
        """What an office in `zone` counts with that knows the versions of `state`: those published by `known_at`, and
        the first one always. UnknownCalendarError when there is none.
        """
        found = [self._read[hash_] for hash_ in state]
        if not found:
            raise UnknownCalendarError(f"No version of the calendar `{name}` is published.")
        known = found[:1] + [(at, version) for at, version in found[1:] if known_at is None or at <= known_at]
        return succession(known, zone)

    def with_another(self, new: Calendar, now: datetime, zone: ZoneInfo) -> AnyCalendar:
        """What an office would count with if `new` were published at `now`, beside the versions of the last look."""
        return succession([*(self._read[hash_] for hash_ in self.state(new.name)), (now, new)], zone)
