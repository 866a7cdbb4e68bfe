"""The recap of complaints and suggestions: what came in, through which channel, about what, and how it ended. "
"Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workflow.definition.process import Process, Text
from workflow.reports.ground import (
    OFFICE,
    TOTAL_WORDS,
    UNTOLD_KEY,
    Ground,
    title_of_fact,
    values_of_fact,
    words_of_fact,
)
from workflow.reports.journey import Journey
from workflow.reports.promise import Promise
from workflow.reports.report import Chart, Column, Place, Row, Section
from workflow.reports.tally import Tally

RECAP, ENDS = "complaints", "complaints-ends"
_COLUMNS = (
    Column(name="carried", title={"id": "Sisa awal", "en": "Carried over"}, traced=True),
    Column(name="received", title={"id": "Masuk", "en": "Received"}, traced=True),
    Column(name="ended", title={"id": "Selesai", "en": "Ended"}, traced=True),
    Column(name="remaining", title={"id": "Sisa akhir", "en": "Remaining"}, traced=True),
)
_NOTES: tuple[Text, ...] = (
    {
        "id": "Sisa awal + masuk − selesai = sisa akhir. Masuk: diajukan pada periode ini. Selesai: mencapai "
        "status akhir.",
        "en": "Carried over + received − ended = remaining. Received: submitted in the period. Ended: reached a "
        "final state.",
    },
    {
        "id": "Saluran dan perihal dihitung dari fakta pengaduan; isi pengaduan tidak pernah dibaca untuk laporan.",
        "en": "Channel and subject are counted from the facts of the complaint; what it tells is never read for "
        "a report.",
    },
)


class Complaints:
    """Counts the cases of processes that say by which fields complaints are counted.

    Whether they were answered in time is left out where `promises` says that another part tells it.
    """

    def __init__(self, ground: Ground, *, promises: bool = True) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        self._ends: dict[str, Text] = {}
        mine = {name: process for name, process in ground.newest.items() if process.reports.complaints}
        self._process: Process | None = next(iter(mine.values()), None)
        self._promise = Promise(ground, mine) if promises else None

    def take(self, journey: Journey) -> None:
        """Count a complaint."""
        newest = self.ground.newest.get(journey.history.process)
        if newest is None or not newest.reports.complaints:
            return
        if self._promise is not None:
            self._promise.take(journey)
        for column, place in self._moves(journey):
            for section, row in self._rows(journey):
                self.tally.add(section, row, column, place)
            if column == "ended":
                state = journey.stays[-1].state
                self._ends[state] = journey.book.process.states[state].title
                self.tally.add(ENDS, state, column, place)

    def _moves(self, journey: Journey) -> Iterator[tuple[str, Place]]:
        history, first, last = journey.history, journey.stays[0], journey.stays[-1]
        begin = self.ground.begin(history.office)
        over = last.book.process.states[last.state].final
        if over and last.by.at < begin:
            return
        opened = Place(history.case, first.by.seq)
        yield ("carried" if first.by.at < begin else "received"), opened
        yield ("ended", Place(history.case, last.by.seq)) if over else ("remaining", opened)

    def _rows(self, journey: Journey) -> Iterator[tuple[str, str]]:
        yield RECAP, journey.history.office
        facts = journey.stays[-1].facts
        for fact in self._facts():
            yield f"{RECAP}-{fact}", str(facts.get(fact, UNTOLD_KEY))

    def _facts(self) -> Sequence[str]:
        return self._process.reports.complaints if self._process else ()

    def sections(self) -> tuple[Section, ...]:
        """The balance by office, the same by each field, how it ended, and whether it was answered in time."""
        offices = sorted(self.tally.rows(RECAP))
        rows = [Row(key=o, cells=(self.ground.offices[o].title, *self._numbers(RECAP, [o]))) for o in offices]
        whole = Section(
            name=RECAP,
            title={"id": "Pengaduan dan saran", "en": "Complaints and suggestions"},
            columns=(OFFICE, *_COLUMNS),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, *self._numbers(RECAP, offices))),
            notes=_NOTES,
        )
        by = [self._by(fact) for fact in self._facts()]
        promised = [self._promise.summary()] if self._promise is not None else []
        return (whole, *by, self._by_end(), *promised)

    def _by(self, fact: str) -> Section:
        title, name = title_of_fact(self._process, fact), f"{RECAP}-{fact}"
        listed = values_of_fact(self._process, fact)
        keys = [*listed, *sorted(self.tally.rows(name) - set(listed))]
        rows = [Row(key=k, cells=(words_of_fact(self._process, fact, k), *self._numbers(name, [k]))) for k in keys]
        return Section(
            name=name,
            title={lang: f"{by} {title.get(lang, title['id']).lower()}" for lang, by in _BY.items()},
            columns=(Column(name=fact, title=title, kind="text"), *_COLUMNS),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, *self._numbers(name, keys))),
            chart=Chart(
                title={lang: f"{by} {title.get(lang, title['id']).lower()}" for lang, by in _CAME.items()},
                label=fact,
                series=("received",),
            ),
        )

    def _by_end(self) -> Section:
        keys = sorted(self._ends)
        rows = [Row(key=k, cells=(self._ends[k], self.tally.get(ENDS, k, "ended"))) for k in keys]
        state = Column(name="state", title={"id": "Status akhir", "en": "Final state"}, kind="text")
        return Section(
            name=ENDS,
            title={"id": "Hasil pengaduan", "en": "How complaints ended"},
            columns=(state, _COLUMNS[2]),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, self.tally.total(ENDS, "ended", keys))),
        )

    def _numbers(self, section: str, rows: Iterable[str]) -> tuple[int, ...]:
        keys = list(rows)
        return tuple(self.tally.total(section, c.name, keys) for c in _COLUMNS)


_BY = {"id": "Menurut", "en": "By"}
_CAME = {"id": "Masuk menurut", "en": "Received, by"}
