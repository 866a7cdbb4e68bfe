"""Promises kept: by process, office and month, what came in, what was done in time, and why cases went back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from workflow import clocks
from workflow.case import Reading
from workflow.definition.process import Text
from workflow.reports.ground import MONTH, OFFICE, PROCESS, TOTAL_WORDS, UNTOLD, UNTOLD_KEY, Ground
from workflow.reports.journey import Happening, Journey, as_of, gives_back
from workflow.reports.period import Month
from workflow.reports.report import Cell, Chart, Column, Place, Row, Section
from workflow.reports.tally import Tally, percent
from workflow.rulebook import Rulebook

SUMMARY, MONTHS, RETURNS = "promise", "promise-months", "returns"
_CLOCK = Column(name="clock", title={"id": "Janji layanan", "en": "Promise"}, kind="text")
_COUNTS = (
    Column(name="received", title={"id": "Masuk", "en": "Received"}, traced=True),
    Column(name="done", title={"id": "Selesai", "en": "Done"}, traced=True),
    Column(name="in_time", title={"id": "Tepat waktu", "en": "In time"}, traced=True),
    Column(name="late", title={"id": "Terlambat", "en": "Late"}, traced=True),
)
_SHARE = Column(name="share", title={"id": "Tepat waktu (%)", "en": "In time (%)"}, kind="percent")
_STANDING = (
    Column(name="open", title={"id": "Belum selesai", "en": "Open at the end"}, traced=True),
    Column(name="open_late", title={"id": "Belum selesai, lewat janji", "en": "Open and overdue"}, traced=True),
    Column(name="paused", title={"id": "Jeda", "en": "Pauses"}, traced=True),
    Column(name="returned", title={"id": "Dikembalikan", "en": "Returned"}, traced=True),
)
_NUMBERS = (*_COUNTS, *_STANDING)
NOTES: tuple[Text, ...] = (
    {
        "id": "Masuk: jam janji mulai berjalan pada periode ini. Selesai: jam itu berhenti pada periode ini, "
        "juga karena "
        "ditolak, ditarik, atau gugur bila definisi layanan menyebutnya.",
        "en": "Received: the clock of the promise started in the period. Done: it stopped in the period, also "
        "by refusal, "
        "withdrawal or lapse where the definition says so.",
    },
    {
        "id": "Terlambat: waktu yang dihitung melebihi janji, tanpa jeda, menurut kalender kantor yang berlaku saat "
        "laporan dibuat; sama dengan yang tampak pada permohonan.",
        "en": "Late: the time counted, without pauses, is more than was promised, by the office's calendar as "
        "it is known "
        "when the report is made; the same as the case shows.",
    },
    {
        "id": "Belum selesai: jam sudah mulai dan belum berhenti pada akhir periode, atau saat laporan dibuat. Jeda: "
        "berapa kali jam mulai berhenti sementara pada periode ini.",
        "en": "Open: started and not stopped at the end of the period, or when the report was made. Pauses: how "
        "often a "
        "clock began to stand still in the period.",
    },
    {
        "id": "Dikembalikan: petugas memindahkan permohonan kepada pemohon untuk diperbaiki selagi janji berjalan.",
        "en": "Returned: staff gave the case back to the applicant to mend, while a promise was running.",
    },
)
_UNCODED: Text = {
    "id": "Sebab dihitung dari kode yang dipilih petugas; alasan yang ditulis bebas tidak pernah dibaca untuk laporan.",
    "en": "Causes are counted by the code that the officer chose; reasons in free text are never read for a report.",
}


class Promise:
    """Counts promises; a case with several clocks counts once for each."""

    def __init__(self, ground: Ground, processes: Iterable[str] | None = None) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        #: Those that are counted; None counts all.
        self.processes = None if processes is None else frozenset(processes)
        self._titles: dict[tuple[str, str], Text] = {}
        self._causes: dict[str, tuple[Cell, ...]] = {}

    def take(self, journey: Journey) -> None:
        """Count a case."""
        if self.processes is not None and journey.history.process not in self.processes:
            return
        for name, reading in journey.readings.items():
            self._titles[(journey.history.process, name)] = journey.book.process.clocks[name].title
            for month, column, seq in self._counted(journey, name, reading):
                self._add(journey, name, month, column, seq)
            self._stand(journey, name, reading)
        for event, book, counted in returns(journey):
            then = self.ground.month(journey.history.office, event.at)
            if then is not None:
                for name in counted:
                    self._add(journey, name, then, "returned", event.seq)
                self._because(journey, book, then, event)

    def _counted(self, journey: Journey, name: str, reading: Reading) -> Iterator[tuple[Month, str, int]]:
        office, clock = journey.history.office, journey.book.process.clocks[name]
        if (month := self.ground.month(office, reading.started)) is not None:
            yield month, "received", journey.started[name]
        for begun in [a for a, _ in reading.pauses] + ([reading.paused_at] if reading.paused_at else []):
            if (then := self.ground.month(office, begun)) is not None:
                yield then, "paused", _event_at(journey, begun, clock.pause)
        if reading.stopped is None or (ended := self.ground.month(office, reading.stopped)) is None:
            return
        late = clocks.breached(journey.book.time, clock, reading, reading.stopped)
        seq = _event_at(journey, reading.stopped, clock.stop)
        yield ended, "done", seq
        yield ended, "late" if late else "in_time", seq

    def _stand(self, journey: Journey, name: str, reading: Reading) -> None:
        """What is open at the end of each month, and at the end of the period."""
        ground, office = self.ground, journey.history.office
        zone, until = ground.offices[office].zone, ground.until(office)
        clock, by = journey.book.process.clocks[name], journey.book.time
        for month in ground.period.months():
            if month.begin(zone) >= until:
                return
            moment = min(month.next.begin(zone), until)
            ledger = as_of(reading, moment)
            if ledger is None or ledger.stopped is not None:
                continue
            sections = [MONTHS, SUMMARY] if moment == until else [MONTHS]
            columns = ["open", "open_late"] if clocks.breached(by, clock, ledger, moment) else ["open"]
            for section in sections:
                for column in columns:
                    row = self._row(journey, name, month if section == MONTHS else None)
                    self.tally.add(section, row, column, Place(journey.history.case, journey.started[name]))

    def _add(self, journey: Journey, name: str, month: Month, column: str, seq: int) -> None:
        place = Place(journey.history.case, seq)
        self.tally.add(SUMMARY, self._row(journey, name, None), column, place)
        self.tally.add(MONTHS, self._row(journey, name, month), column, place)

    def _row(self, journey: Journey, name: str, month: Month | None) -> str:
        parts = (journey.history.office, journey.history.process, name)
        return "/".join((str(month), *parts) if month else parts)

    def _because(self, journey: Journey, book: Rulebook, month: Month, event: Happening) -> None:
        history, move = journey.history, book.transitions[event.body["do"]]
        codes: Mapping[str, str] = event.body.get("codes", {})
        cause = ",".join(codes.values()) or UNTOLD_KEY
        words: Text = UNTOLD
        for spec in move.input:
            if spec.name in codes:
                words = spec.words.get(codes[spec.name], {"id": codes[spec.name], "en": codes[spec.name]})
        key = "/".join((str(month), history.office, history.process, move.name, cause))
        self._causes[key] = (*self._heads(key.split("/")[:3]), move.title, words)
        self.tally.add(RETURNS, key, "returned", Place(history.case, event.seq))

    def _heads(self, parts: Iterable[str]) -> tuple[Cell, ...]:
        month, office, process = parts
        year, number = month.split("-")
        ground = self.ground
        return (Month(int(year), int(number)).title, ground.offices[office].title, ground.process_title(process))

    def summary(self) -> Section:
        """By office, process and clock over the whole period."""
        rows = [self._numbers(SUMMARY, key, self._named(*key.split("/"))) for key in sorted(self.tally.rows(SUMMARY))]
        return Section(
            name=SUMMARY,
            title={"id": "Janji layanan", "en": "Promises"},
            columns=(OFFICE, PROCESS, _CLOCK, *_COUNTS, _SHARE, *_STANDING),
            rows=tuple(rows),
            total=self._numbers(SUMMARY, "total", (TOTAL_WORDS, None, None)) if rows else None,
            chart=Chart(
                title={"id": "Selesai tepat waktu dan terlambat", "en": "Done in time and late"},
                label="clock",
                series=("in_time", "late"),
            ),
            notes=NOTES,
        )

    def months(self) -> Section:
        """The same by month."""
        rows = []
        for key in sorted(self.tally.rows(MONTHS)):
            month, office, process, name = key.split("/")
            heads = (self._heads((month, office, process))[0], *self._named(office, process, name))
            rows.append(self._numbers(MONTHS, key, heads))
        return Section(
            name=MONTHS,
            title={"id": "Janji layanan per bulan", "en": "Promises by month"},
            columns=(MONTH, OFFICE, PROCESS, _CLOCK, *_COUNTS, _SHARE, *_STANDING),
            rows=tuple(rows),
        )

    def reasons(self) -> Section:
        """Why cases went back."""
        move = Column(name="move", title={"id": "Tindakan", "en": "Action"}, kind="text")
        cause = Column(name="cause", title={"id": "Sebab", "en": "Cause"}, kind="text")
        keys = sorted(self._causes)
        rows = [Row(key=k, cells=(*self._causes[k], self.tally.get(RETURNS, k, "returned"))) for k in keys]
        total = self.tally.total(RETURNS, "returned", keys)
        return Section(
            name=RETURNS,
            title={"id": "Dikembalikan menurut sebab", "en": "Returned, by cause"},
            columns=(MONTH, OFFICE, PROCESS, move, cause, _STANDING[-1]),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, None, None, None, None, total)),
            notes=(_UNCODED,),
        )

    def sections(self) -> tuple[Section, ...]:
        """All three."""
        return self.summary(), self.months(), self.reasons()

    def _named(self, office: str, process: str, name: str) -> tuple[Cell, ...]:
        ground = self.ground
        return ground.offices[office].title, ground.process_title(process), self._titles[(process, name)]

    def _numbers(self, section: str, key: str, heads: tuple[Cell, ...]) -> Row:
        rows = self.tally.rows(section) if key == "total" else {key}
        n = {c.name: self.tally.total(section, c.name, rows) for c in _NUMBERS}
        counts, standing = [n[c.name] for c in _COUNTS], [n[c.name] for c in _STANDING]
        return Row(key=key, cells=(*heads, *counts, percent(n["in_time"], n["done"]), *standing))


def returns(journey: Journey) -> Iterator[tuple[Happening, Rulebook, tuple[str, ...]]]:
    """Moves by which staff gave the case back to its party, with the clocks that had started and not stopped "
    "by then."""
    for stay in journey.stays:
        event = stay.by
        if event.type != "moved" or event.body["role"] not in stay.book.staff or not gives_back(stay.book, stay.state):
            continue
        running = [
            name
            for name, reading in journey.readings.items()
            if journey.started[name] < event.seq and (reading.stopped is None or reading.stopped >= event.at)
        ]
        yield event, stay.book, tuple(running)


def _event_at(journey: Journey, moment: datetime, states: Iterable[str]) -> int:
    """The event that changed a clock at `moment`, by entering one of `states`."""
    then = [stay for stay in journey.stays if stay.by.at == moment]
    return next((stay.by.seq for stay in then if stay.state in states), then[-1].by.seq)
