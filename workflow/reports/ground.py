"""What reports are made over: definitions, offices, months, and who is called what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from workflow.definition.offices import Office
from workflow.definition.process import Process, Text
from workflow.definition.statistics import AGE_GROUPS
from workflow.reports.journey import Journey
from workflow.reports.period import Month, Period, month_of
from workflow.reports.report import Column, Place, Section
from workflow.reports.tally import Watch
from workflow.rulebook import Rulebook

#: Stands for a fact that was not told.
UNTOLD: Text = {"id": "Tidak diisi", "en": "Not told"}
#: Key of a row for it.
UNTOLD_KEY = "-"
TOTAL_WORDS: Text = {"id": "Jumlah", "en": "Total"}
OFFICE = Column(name="office", title={"id": "Kantor", "en": "Office"}, kind="text")
PROCESS = Column(name="process", title={"id": "Layanan", "en": "Service"}, kind="text")
MONTH = Column(name="month", title={"id": "Bulan", "en": "Month"}, kind="text")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    #: Offices that are counted, by name.
    offices: Mapping[str, Office]
    #: The newest definition of each process, retired ones included.
    newest: Mapping[str, Process]
    period: Period
    #: Aware.
    now: datetime
    #: Rules of a definition's hash at an office.
    books: Callable[[str, str], Rulebook]
    #: The number whose events are wanted.
    watch: Watch | None = None
    #: Where they are collected.
    behind: list[Place] = field(default_factory=list)
    _known: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    #: Account → name as colleagues read it.
    officer: Callable[[str], str] = str

    def begin(self, office: str) -> datetime:
        """The first moment of the period at an office, UTC."""
        return self._ends(office)[0]

    def until(self, office: str) -> datetime:
        """The first moment that is not counted at an office, UTC: the end of the period, or now."""
        return self._ends(office)[1]

    def _ends(self, office: str) -> tuple[datetime, datetime]:
        found = self._known.get(office)
        if found is None:
            # In UTC, since two moments of one zone are compared ten times as fast as those of two.
            zone = self.offices[office].zone
            until = min(self.period.end(zone), self.now)
            found = self._known[office] = self.period.begin(zone).astimezone(UTC), until.astimezone(UTC)
        return found

    def month(self, office: str, moment: datetime) -> Month | None:
        """The month of a moment at an office; None when it is not in the period."""
        if not self.begin(office) <= moment < self.until(office):
            return None
        return month_of(moment, self.offices[office].zone)

    def process_title(self, name: str) -> Text:
        """What people read for a process."""
        return self.newest[name].title if name in self.newest else {"id": name, "en": name}


class Counting(Protocol):
    """A report, or a part of one, while cases are counted."""

    def take(self, journey: Journey) -> None:
        """Count a case."""

    def sections(self) -> tuple[Section, ...]:
        """What was counted."""


def words_of_fact(process: Process | None, fact: str, value: str) -> Text:
    """What people read for the value of a fact."""
    if value == UNTOLD_KEY:
        return UNTOLD
    spec = process.form.schema.get("properties", {}).get(fact, {}) if process else {}
    words: Text = spec.get("x-choices", {}).get(value, {"id": value, "en": value})
    return words


def title_of_fact(process: Process | None, fact: str) -> Text:
    """What people read for a fact: the title of its field, or of the field that it is a bracket of."""
    if process is None:
        return {"id": fact, "en": fact}
    fields = [f for f, bracket in process.form.statistic.items() if fact in (f, bracket)]
    if fact == "age_group":
        return {"id": "Kelompok umur", "en": "Age group"}
    return process.form.titles.get(fields[0], {"id": fact, "en": fact}) if fields else {"id": fact, "en": fact}


def values_of_fact(process: Process | None, fact: str) -> tuple[str, ...]:
    """Values that a report lists even where nobody has them, in their order."""
    if fact == "age_group":
        return AGE_GROUPS
    spec = process.form.schema.get("properties", {}).get(fact, {}) if process else {}
    return tuple(spec.get("enum", ()))
