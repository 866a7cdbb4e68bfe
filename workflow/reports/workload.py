"""Work of each officer, as the history tells it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.process import Text
from workflow.reports.ground import OFFICE, PROCESS, TOTAL_WORDS, Ground
from workflow.reports.journey import Happening, Journey, gives_back
from workflow.reports.report import Chart, Column, Place, Row, Section
from workflow.reports.tally import Tally
from workflow.rulebook import Rulebook

WORK, MOVES = "workload", "workload-moves"
#: Types of events that it reads, beside those that lead into a state.
WORKED = ("step_skipped", "task_claimed", "task_released", "task_delegated", "lease_expired")
_OFFICER = Column(name="officer", title={"id": "Petugas", "en": "Officer"}, kind="text")
_COLUMNS = (
    Column(name="cases", title={"id": "Permohonan", "en": "Cases"}, traced=True),
    Column(name="done", title={"id": "Tindakan", "en": "Actions"}, traced=True),
    Column(name="returned", title={"id": "Dikembalikan", "en": "Returned"}, traced=True),
    Column(name="assisted", title={"id": "Atas nama pemohon", "en": "For the applicant"}, traced=True),
    Column(name="claimed", title={"id": "Tugas diambil", "en": "Tasks claimed"}, traced=True),
    Column(name="given_up", title={"id": "Tugas dilepas", "en": "Tasks given up"}, traced=True),
    Column(name="incidents", title={"id": "Gangguan diputuskan", "en": "Incidents decided"}, traced=True),
    Column(name="deputised", title={"id": "Sebagai pengganti", "en": "As a deputy"}, traced=True),
    Column(name="emergency", title={"id": "Akses darurat", "en": "By broken glass"}, traced=True),
)
_NOTES: tuple[Text, ...] = (
    {
        "id": "Tindakan: perpindahan status yang dilakukan petugas, termasuk atas nama pemohon dan pengajuan di "
        "loket. "
        "Permohonan: permohonan berbeda di antaranya.",
        "en": "Actions: moves that the officer performed, those for the applicant and submissions at the counter "
        "included. Cases: the different cases among them.",
    },
    {
        "id": "Tugas dilepas: dilepas sendiri, diserahkan kepada rekan, atau batas pegangnya habis. Gangguan: "
        "langkah yang "
        "dilewati atau dialihkan dengan alasan.",
        "en": "Given up: released, handed to a colleague, or its lease ran out. Incidents: steps skipped or "
        "diverted with "
        "a reason.",
    },
    {
        "id": "Sebagai pengganti dan akses darurat: tindakan dan tugas yang perannya dipinjam; sudah termasuk "
        "di kolom lain.",
        "en": "As a deputy, by broken glass: acts whose role was lent; they are counted in the other columns, too.",
    },
)
_GIVEN_UP = {"task_released", "task_delegated"}
_DECIDED = {"step_skipped", "diverted"}


class Workload:
    """Counts what officers did."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        self._moves: dict[str, Text] = {}

    def take(self, journey: Journey) -> None:
        """Count what was done for a case."""
        history = journey.history
        seen: set[str] = set()
        for event, book in _with_book(journey):
            if self.ground.month(history.office, event.at) is None:
                continue
            for who, column in _counted(book, event):
                row = f"{history.office}/{who}"
                place = Place(history.case, event.seq)
                self.tally.add(WORK, row, column, place)
                if column != "done":
                    continue
                if row not in seen:
                    seen.add(row)
                    self.tally.add(WORK, row, "cases", place)
                self._by_move(book, event, history.process, row, place)

    def _by_move(self, book: Rulebook, event: Happening, process: str, row: str, place: Place) -> None:
        name = event.body.get("do", event.type)
        move = book.transitions.get(name)
        key = f"{row}/{process}/{name}"
        self._moves[key] = move.title if move else _BUILT_IN[event.type]
        self.tally.add(MOVES, key, "done", place)

    def sections(self) -> tuple[Section, ...]:
        """By officer, and by what was done."""
        keys = sorted(self.tally.rows(WORK), key=lambda k: (k.split("/")[0], self._name(k.split("/")[1]), k))
        rows = [Row(key=k, cells=(*self._heads(k), *self._numbers([k]))) for k in keys]
        work = Section(
            name=WORK,
            title={"id": "Beban kerja per petugas", "en": "Workload by officer"},
            columns=(OFFICE, _OFFICER, *_COLUMNS),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, None, *self._numbers(keys))) if rows else None,
            chart=Chart(
                title={"id": "Tindakan per petugas", "en": "Actions by officer"}, label="officer", series=("done",)
            ),
            notes=_NOTES,
        )
        return work, self._by_moves()

    def _by_moves(self) -> Section:
        rows = []
        for key in sorted(self._moves):
            office, who, process, _ = key.split("/")
            heads = (*self._heads(f"{office}/{who}"), self.ground.process_title(process), self._moves[key])
            rows.append(Row(key=key, cells=(*heads, self.tally.get(MOVES, key, "done"))))
        move = Column(name="move", title={"id": "Tindakan", "en": "Action"}, kind="text")
        times = Column(name="done", title={"id": "Banyaknya", "en": "Times"}, traced=True)
        return Section(
            name=MOVES,
            title={"id": "Tindakan menurut jenisnya", "en": "Actions by kind"},
            columns=(OFFICE, _OFFICER, PROCESS, move, times),
            rows=tuple(rows),
        )

    def _heads(self, key: str) -> tuple[Text, str]:
        office, who = key.split("/")
        return self.ground.offices[office].title, self._name(who)

    def _name(self, who: str) -> str:
        return self.ground.officer(who)

    def _numbers(self, keys: list[str]) -> tuple[int, ...]:
        return tuple(self.tally.total(WORK, c.name, keys) for c in _COLUMNS)


_BUILT_IN: dict[str, Text] = {
    "submitted": {"id": "Ajukan", "en": "Submit"},
    "diverted": {"id": "Alihkan gangguan", "en": "Divert an incident"},
}


def _with_book(journey: Journey) -> Iterator[tuple[Happening, Rulebook]]:
    """Each event with the rules under which it was made."""
    stays = iter(journey.stays)
    book, upcoming = journey.stays[0].book, next(stays, None)
    for event in journey.history.events:
        while upcoming is not None and upcoming.by.seq <= event.seq:
            book, upcoming = upcoming.book, next(stays, None)
        yield event, book


def _counted(book: Rulebook, event: Happening) -> Iterator[tuple[str, str]]:
    """Account and column, for each number that an event adds to."""
    body, who = event.body, event.actor
    if event.type == "lease_expired":
        yield body["holder"], "given_up"
        return
    if not who.isdecimal():
        return
    for_party = bool(body.get("acting"))
    acts = event.type in ("moved", "submitted", "diverted")
    mine = acts and (for_party or event.type == "diverted" or body["role"] in book.staff)
    if mine:
        yield who, "done"
    if mine and for_party:
        yield who, "assisted"
    if mine and event.type == "moved" and gives_back(book, body["to"]):
        yield who, "returned"
    if event.type == "task_claimed":
        yield who, "claimed"
    if event.type in _GIVEN_UP:
        yield who, "given_up"
    if event.type in _DECIDED:
        yield who, "incidents"
    if mine or event.type == "task_claimed":
        yield from ((who, column) for name, column in _LENT if name in body)


_LENT = (("deputy_of", "deputised"), ("glass", "emergency"))
