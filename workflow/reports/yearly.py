"""The yearly report: applications by month, and every other report of the office beside them. Pure."""

from __future__ import annotations

from workflow.definition.process import Text
from workflow.reports.complaints import Complaints
from workflow.reports.ground import MONTH, TOTAL_WORDS, Counting, Ground
from workflow.reports.journey import Journey
from workflow.reports.period import Month
from workflow.reports.promise import Promise
from workflow.reports.report import Chart, Column, Place, Row, Section
from workflow.reports.seekers import Seekers
from workflow.reports.skm import Satisfaction
from workflow.reports.tally import Tally
from workflow.reports.workload import MOVES, Workload

YEAR = "year"
#: Services that a chart can show apart.
_DRAWN = 4
_NOTES: tuple[Text, ...] = (
    {
        "id": "Diajukan: permohonan, pengaduan, pendaftaran, dan survei yang masuk pada bulan itu.",
        "en": "Submitted: applications, complaints, registrations and surveys that came in during the month.",
    },
)


class Yearly:
    """Counts submissions, and lets the other reports count."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        self._parts: tuple[Counting, ...] = (
            Seekers(ground),
            Satisfaction(ground),
            Complaints(ground, promises=False),
            Workload(ground),
        )
        self._promise = Promise(ground)
        self._processes: set[str] = set()

    def take(self, journey: Journey) -> None:
        """Count a case."""
        history, first = journey.history, journey.stays[0].by
        month = self.ground.month(history.office, first.at)
        if month is not None:
            self._processes.add(history.process)
            self.tally.add(YEAR, str(month), history.process, Place(history.case, first.seq))
        self._promise.take(journey)
        for part in self._parts:
            part.take(journey)

    def sections(self) -> tuple[Section, ...]:
        """Submissions by month, promises, and the other reports."""
        others = [s for part in self._parts for s in part.sections() if s.name != MOVES]
        return (self._year(), self._promise.summary(), *others)

    def _year(self) -> Section:
        processes = sorted(self._processes)
        columns = [Column(name=p, title=self.ground.process_title(p), traced=True) for p in processes]
        rows = [self._month(month, processes) for month in self.ground.period.months()]
        keys = [row.key for row in rows]
        totals = [self.tally.total(YEAR, p, keys) for p in processes]
        return Section(
            name=YEAR,
            title={"id": "Diajukan per bulan", "en": "Submitted by month"},
            columns=(MONTH, *columns),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, *totals)),
            chart=Chart(
                title={"id": "Diajukan per bulan", "en": "Submitted by month"},
                label="month",
                series=tuple(processes[:_DRAWN]),
            )
            if processes
            else None,
            notes=_NOTES,
        )

    def _month(self, month: Month, processes: list[str]) -> Row:
        begun = any(month.begin(self.ground.offices[o].zone) < self.ground.until(o) for o in self.ground.offices)
        numbers = (self.tally.get(YEAR, str(month), p) if begun else None for p in processes)
        return Row(key=str(month), cells=(month.title, *numbers))
