"""Statistics of job seekers (IPK): carried over + registered − placed − removed = remaining. Pure.

Who counts, when and as what is told by `reports: {seekers: …}` of the definition. A person is counted once however many
cases they have: the key of the hold that `person:` names says whose a case is, so that a renewal changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from workflow.definition.counted import Seekers as Rules
from workflow.definition.process import Text
from workflow.reports.ground import TOTAL_WORDS, UNTOLD_KEY, Ground, title_of_fact, values_of_fact, words_of_fact
from workflow.reports.journey import Journey, Stay
from workflow.reports.report import Chart, Column, Place, Row, Section
from workflow.reports.tally import Tally

BALANCE, LEFT = "seekers", "seekers-left"
_COLUMNS = (
    Column(name="carried", title={"id": "Sisa awal", "en": "Carried over"}, traced=True),
    Column(name="registered", title={"id": "Terdaftar", "en": "Registered"}, traced=True),
    Column(name="placed", title={"id": "Ditempatkan", "en": "Placed"}, traced=True),
    Column(name="removed", title={"id": "Dihapus", "en": "Removed"}, traced=True),
    Column(name="remaining", title={"id": "Sisa akhir", "en": "Remaining"}, traced=True),
)
_NOTES: tuple[Text, ...] = (
    {
        "id": "Sisa awal + terdaftar − ditempatkan − dihapus = sisa akhir. Status mana yang berarti terdaftar atau "
        "ditempatkan ditentukan oleh definisi layanan (reports: seekers).",
        "en": "Carried over + registered − placed − removed = remaining. Which states mean registered or placed "
        "is said by "
        "the definition (reports: seekers).",
    },
    {
        "id": "Satu orang dihitung satu kali: perpanjangan atau penggantian kartu tidak menambah dan tidak "
        "mengurangi. Ia "
        "dihitung dalam kelompok saat ia mulai terdaftar.",
        "en": "A person is counted once: a renewal or replacement adds and removes nobody. Each is counted in "
        "the group of "
        "the moment at which the registration began.",
    },
    {
        "id": "Dihapus: keluar dari daftar tanpa penempatan, misalnya habis masa berlaku, dicabut, berhenti, "
        "pindah, atau "
        "kartunya diganti di kantor lain.",
        "en": "Removed: left the register without placement, such as by expiry, revocation, stopping, moving "
        "away, or a "
        "card that another office replaced.",
    },
)


class _Span(NamedTuple):
    """A time in which a person is registered by one case."""

    begin: datetime
    #: None while it lasts.
    end: datetime | None
    office: str
    began: Place
    ended: Place | None
    #: State that ended it.
    into: str
    placed: bool
    facts: tuple[tuple[str, str], ...]


class Seekers:
    """Counts persons; keeps a few values for each person who was ever registered."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.tally = Tally(ground.watch, ground.behind)
        self._persons: dict[str, list[_Span]] = defaultdict(list)
        self._titles: dict[str, Text] = {}
        self._process = next((n for n, p in ground.newest.items() if p.reports.seekers is not None), "")

    def take(self, journey: Journey) -> None:
        """Keep when the case's person was registered."""
        newest = self.ground.newest.get(journey.history.process)
        if newest is None or newest.reports.seekers is None:
            return
        for key, span in self._spans(journey, newest.reports.seekers):
            self._persons[key].append(span)

    def _spans(self, journey: Journey, newest: Rules) -> Iterator[tuple[str, _Span]]:
        """Every stretch of stays in registered states; a definition that says nothing is read by the newest one."""
        begun: Stay | None = None
        for stay in journey.stays:
            rules = stay.book.process.reports.seekers or newest
            inside = stay.state in rules.registered
            if inside and begun is None:
                begun = stay
            elif begun is not None and not inside:
                self._titles.setdefault(stay.state, stay.book.process.states[stay.state].title)
                yield self._key(journey, rules), self._span(journey, begun, stay, stay.state in rules.placed)
                begun = None
        if begun is not None:
            rules = begun.book.process.reports.seekers or newest
            yield self._key(journey, rules), self._span(journey, begun, None, False)

    def _key(self, journey: Journey, rules: Rules) -> str:
        last = journey.stays[-1]
        hold, key = last.book.process.holds.get(rules.person), last.keys.get(rules.person)
        return f"{hold.scope}/{key}" if hold and key else f"case/{journey.history.case}"

    def _span(self, journey: Journey, begun: Stay, left: Stay | None, placed: bool) -> _Span:
        case = journey.history.case
        facts = tuple((name, str(value)) for name, value in sorted(begun.facts.items()))
        return _Span(
            begun.by.at,
            left.by.at if left else None,
            journey.history.office,
            Place(case, begun.by.seq),
            Place(case, left.by.seq) if left else None,
            left.state if left else "",
            placed,
            facts,
        )

    def _count(self) -> None:
        for spans in self._persons.values():
            for first, last in united(spans):
                for column, place in self._moves(first, last):
                    for section, row in self._rows(first):
                        self.tally.add(section, row, column, place)
                    if column in ("placed", "removed"):
                        self.tally.add(LEFT, last.into, column, place)
        self._persons.clear()

    def _moves(self, first: _Span, last: _Span) -> Iterator[tuple[str, Place]]:
        """Numbers to which one person's uninterrupted registration adds."""
        begin = self.ground.begin(first.office)
        left_before = last.end is not None and last.end < self.ground.begin(last.office)
        if left_before:
            return
        yield ("carried" if first.begin < begin else "registered"), first.began
        if last.ended is None:
            yield "remaining", first.began
        else:
            yield ("placed" if last.placed else "removed"), last.ended

    def _rows(self, first: _Span) -> Iterator[tuple[str, str]]:
        yield BALANCE, "all"
        facts: Mapping[str, str] = dict(first.facts)
        for fact in self._facts():
            yield f"{BALANCE}-{fact}", facts.get(fact, UNTOLD_KEY)

    def _facts(self) -> Sequence[str]:
        process = self.ground.newest.get(self._process)
        if process is None:
            return ()
        return [field if bracket == "as_is" else bracket for field, bracket in process.form.statistic.items()]

    def sections(self) -> tuple[Section, ...]:
        """The balance, the same by each fact, and how people left."""
        self._count()
        whole = Section(
            name=BALANCE,
            title={"id": "Pencari kerja terdaftar (IPK)", "en": "Registered job seekers"},
            columns=(_named("group", {"id": "Kelompok", "en": "Group"}), *_COLUMNS),
            rows=(Row(key="all", cells=(TOTAL_WORDS, *self._numbers(BALANCE, ["all"]))),),
            notes=_NOTES,
        )
        return whole, *(self._by(fact) for fact in self._facts()), self._left()

    def _by(self, fact: str) -> Section:
        process, name = self.ground.newest.get(self._process), f"{BALANCE}-{fact}"
        title = title_of_fact(process, fact)
        keys = _ordered(values_of_fact(process, fact), self.tally.rows(name))
        words = [words_of_fact(process, fact, key) for key in keys]
        rows = [Row(key=k, cells=(w, *self._numbers(name, [k]))) for k, w in zip(keys, words, strict=True)]
        return Section(
            name=name,
            title={lang: f"{start} {title.get(lang, title['id']).lower()}" for lang, start in _BY.items()},
            columns=(_named(fact, title), *_COLUMNS),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, *self._numbers(name, keys))),
            chart=Chart(
                title={lang: f"{end} {title.get(lang, title['id']).lower()}" for lang, end in _REMAIN.items()},
                label=fact,
                series=("remaining",),
            ),
        )

    def _left(self) -> Section:
        keys = sorted(self.tally.rows(LEFT))
        rows = [Row(key=k, cells=(self._titles[k], *self._numbers(LEFT, [k])[2:4])) for k in keys]
        return Section(
            name=LEFT,
            title={"id": "Cara keluar dari daftar", "en": "How people left the register"},
            columns=(_named("state", {"id": "Status akhir", "en": "Final state"}), *_COLUMNS[2:4]),
            rows=tuple(rows),
            total=Row(key="total", cells=(TOTAL_WORDS, *self._numbers(LEFT, keys)[2:4])),
        )

    def _numbers(self, section: str, keys: Iterable[str]) -> tuple[int, ...]:
        rows = list(keys)
        return tuple(self.tally.total(section, c.name, rows) for c in _COLUMNS)


_BY = {"id": "Menurut", "en": "By"}
_REMAIN = {"id": "Sisa akhir menurut", "en": "Remaining, by"}


def _named(name: str, title: Text) -> Column:
    return Column(name=name, title=title, kind="text")


def united(spans: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """First and last of each run of spans that touch: together one uninterrupted registration of one person."""
    first = last = None
    for span in sorted(spans, key=lambda s: (s.begin, s.began)):
        if first is None or last is None:
            first = last = span
        elif last.end is None or span.begin <= last.end:
            if last.end is not None and (span.end is None or span.end > last.end):
                last = span
        else:
            yield first, last
            first = last = span
    if first is not None:
        yield first, last


def _ordered(listed: Sequence[str], found: Iterable[str]) -> list[str]:
    """Values in the order of the form, others after them, what was not told last."""
    others = sorted(v for v in found if v not in listed and v != UNTOLD_KEY)
    return [*listed, *others, *([UNTOLD_KEY] if UNTOLD_KEY in found else [])]
