"""The index of satisfaction (SKM, Permenpan RB 14/2017): exact until it is rounded once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from workflow.definition.counted import Survey
from workflow.definition.process import Process, Text
from workflow.reports.ground import TOTAL_WORDS, Ground, words_of_fact
from workflow.reports.journey import Journey
from workflow.reports.report import Cell, Chart, Column, Place, Row, Section
from workflow.reports.tally import Tally, rounded

INDEX, ELEMENTS = "skm", "skm-elements"
#: Lowest index of each grade, what it is called, and how the regulation names the quality of the service.
_GRADES: tuple[tuple[Decimal, str, Text], ...] = (
    (Decimal("88.31"), "A", {"id": "Sangat baik", "en": "Very good"}),
    (Decimal("76.61"), "B", {"id": "Baik", "en": "Good"}),
    (Decimal("65.00"), "C", {"id": "Kurang baik", "en": "Less good"}),
    (Decimal("25.00"), "D", {"id": "Tidak baik", "en": "Not good"}),
)
_SCORES = ("1", "2", "3", "4")
_NOTES: tuple[Text, ...] = (
    {
        "id": "Indeks = jumlah rata-rata unsur, masing-masing dengan bobot yang sama (1/9 untuk sembilan "
        "unsur), dikali 25; "
        "dihitung persis dan dibulatkan satu kali di akhir (Permenpan RB 14/2017).",
        "en": "Index = the sum of the elements' means, each of equal weight (1/9 of nine), times 25; counted "
        "exactly and "
        "rounded once at the end (Permenpan RB 14/2017).",
    },
    {
        "id": "Mutu: A 88,31–100; B 76,61–88,30; C 65,00–76,60; D 25,00–64,99.",
        "en": "Grades: A 88.31–100; B 76.61–88.30; C 65.00–76.60; D 25.00–64.99.",
    },
    {
        "id": "Dihitung: survei yang masuk pada periode ini dan menjawab semua unsur.",
        "en": "Counted: surveys that came in during the period and score every element.",
    },
)


def index(totals: Sequence[int], n: int) -> Decimal:
    """The index of `n` answers whose scores of each element add up to `totals`; two decimals, rounded half up."""
    return rounded(sum((Fraction(total, n) for total in totals), Fraction(0)) / len(totals) * 25, 2)


def grade(value: Decimal) -> tuple[str, Text]:
    """The letter of an index and the quality that it stands for."""
    return next((letter, words) for lowest, letter, words in _GRADES if value >= lowest)


class Satisfaction:
    """Counts surveys by the service that they judge."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        self._survey: Survey | None = None
        self._process: Process | None = None

    def take(self, journey: Journey) -> None:
        """Count a survey."""
        history, first = journey.history, journey.stays[0]
        newest = self.ground.newest.get(history.process)
        survey = first.book.process.reports.survey or (newest.reports.survey if newest else None)
        if survey is None:
            return
        self._survey, self._process = survey, newest
        scores = {name: first.facts.get(name) for name in survey.elements}
        if self.ground.month(history.office, first.by.at) is None or any(s not in _SCORES for s in scores.values()):
            return
        place = Place(history.case, first.by.seq)
        service = str(first.facts.get(survey.service or "", "-"))
        self.tally.add(INDEX, service, "answers", place)
        for name, score in scores.items():
            self.tally.add(INDEX, service, f"sum:{name}", place, int(str(score)))
            self.tally.add(ELEMENTS, name, "answers", place)
            self.tally.add(ELEMENTS, name, "sum", place, int(str(score)))
            self.tally.add(ELEMENTS, name, f"score_{score}", place)

    def sections(self) -> tuple[Section, ...]:
        """The index by service, and what each element gives to it."""
        services = sorted(self.tally.rows(INDEX))
        fact = self._survey.service if self._survey and self._survey.service else "service"
        rows = [Row(key=s, cells=self._index([s], words_of_fact(self._process, fact, s))) for s in services]
        whole = Section(
            name=INDEX,
            title={"id": "Indeks kepuasan masyarakat (SKM)", "en": "Index of satisfaction (SKM)"},
            columns=(
                Column(name="service", title={"id": "Layanan", "en": "Service"}, kind="text"),
                Column(name="answers", title={"id": "Responden", "en": "Answers"}, traced=True),
                Column(name="index", title={"id": "Indeks", "en": "Index"}, kind="score"),
                Column(name="grade", title={"id": "Mutu", "en": "Grade"}, kind="text"),
                Column(name="quality", title={"id": "Kinerja", "en": "Quality"}, kind="text"),
            ),
            rows=tuple(rows),
            total=Row(key="total", cells=self._index(services, TOTAL_WORDS)) if rows else None,
            notes=_NOTES,
        )
        return whole, self._elements()

    def _index(self, services: Sequence[str], words: Text) -> tuple[Cell, ...]:
        n = self.tally.total(INDEX, "answers", services)
        names = self._survey.elements if self._survey else ()
        value = index([self.tally.total(INDEX, f"sum:{e}", services) for e in names], n)
        letter, quality = grade(value)
        return words, n, value, letter, quality

    def _elements(self) -> Section:
        names = [e for e in (self._survey.elements if self._survey else ()) if e in self.tally.rows(ELEMENTS)]
        scores = [
            Column(name=f"score_{s}", title={"id": f"Nilai {s}", "en": f"Score {s}"}, traced=True) for s in _SCORES
        ]
        return Section(
            name=ELEMENTS,
            title={"id": "Unsur pelayanan", "en": "Elements of the service"},
            columns=(
                Column(name="element", title={"id": "Unsur", "en": "Element"}, kind="text"),
                *scores,
                Column(name="sum", title={"id": "Jumlah nilai", "en": "Sum of scores"}, traced=True),
                Column(name="mean", title={"id": "Rata-rata", "en": "Mean"}, kind="score"),
                Column(name="index", title={"id": "Indeks unsur", "en": "Index of the element"}, kind="score"),
            ),
            rows=tuple(self._element(name) for name in names),
            chart=Chart(
                title={"id": "Indeks menurut unsur", "en": "Index by element"}, label="element", series=("index",)
            ),
        )

    def _element(self, name: str) -> Row:
        def got(column: str) -> int:
            return self.tally.get(ELEMENTS, name, column)

        titles: Mapping[str, Text] = self._process.form.titles if self._process else {}
        n, total = got("answers"), got("sum")
        counts = (got(f"score_{s}") for s in _SCORES)
        mean = rounded(Fraction(total, n), 3)
        return Row(
            key=name, cells=(titles.get(name, {"id": name, "en": name}), *counts, total, mean, index([total], n))
        )
