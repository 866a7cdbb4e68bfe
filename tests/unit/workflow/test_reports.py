"""Reports in memory: exact numbers, months by the office's clock, and forms that say the same."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel_kit import ANI, BUDI, CHECKLIST, CITRA, Desk, ak1, corrected, issued, verifying
from workflow.case import Reading
from workflow.definition.offices import Office
from workflow.reports import catalog
from workflow.reports.as_csv import as_csv
from workflow.reports.as_json import as_json
from workflow.reports.as_print import as_print
from workflow.reports.chart import alt, svg
from workflow.reports.ground import Ground
from workflow.reports.journey import Happening, History, as_of, journey
from workflow.reports.period import Month, Period, ReportRefusedError, month_of, read_period
from workflow.reports.report import Chart, Column, Place, Report, Row, Section
from workflow.reports.seekers import united
from workflow.reports.skm import grade, index
from workflow.reports.tally import percent, read_watch
from workflow.reports.words import written

WIB, WITA, WIT = (ZoneInfo(f"Asia/{name}") for name in ("Jakarta", "Makassar", "Jayapura"))
NOVEMBER = Period(first=Month(2026, 11), last=Month(2026, 11))
NOW = datetime(2026, 12, 3, tzinfo=UTC)


def test_the_published_survey_is_91_48_and_grade_a() -> None:
    """BA3: n = 29 with the totals that were published."""
    value = index([105, 101, 100, 116, 102, 105, 106, 105, 115], 29)
    assert value == Decimal("91.48")
    assert grade(value)[0] == "A"


@given(st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=60))
def test_the_index_is_the_mean_of_all_scores_times_25_rounded_once(answers: list[list[int]]) -> None:
    """With equal weights that is the sum of all scores; decimals of fifty digits agree."""
    totals = [sum(column) for column in zip(*answers, strict=True)]
    exact = Decimal(sum(totals) * 25 * 10**40 // (len(answers) * 9)).scaleb(-40)
    if abs(exact * 1000 % 10 - 5) > Decimal("1e-20"):
        assert index(totals, len(answers)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(25) <= index(totals, len(answers)) <= 100


def test_halves_are_rounded_up() -> None:
    """Of an index of exactly 62.505."""
    assert index([5001], 2000) == Decimal("62.51")
    assert percent(1, 8) == Decimal("12.5")
    assert percent(1, 3) == Decimal("33.3")
    assert percent(2, 3) == Decimal("66.7")
    assert percent(0, 0) is None


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("100.00", "A"), ("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"),
        ("65.00", "C"), ("64.99", "D"), ("25.00", "D"),
    ],
)  # fmt: skip
def test_grades_begin_where_the_regulation_says(value: str, letter: str) -> None:
    """Permenpan RB 14/2017."""
    assert grade(Decimal(value))[0] == letter


@pytest.mark.parametrize(("zone", "month"), [(WIB, 10), (WITA, 11), (WIT, 11)])
def test_a_month_begins_by_the_clock_of_the_office(zone: ZoneInfo, month: int) -> None:
    """31 October, 16.30 UTC, is still October in Jakarta, and November farther east."""
    moment = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    assert month_of(moment, zone) == Month(2026, month)


def test_a_period_has_its_first_moment_and_not_its_last() -> None:
    """Half-open, and December is followed by January."""
    year = Period(first=Month(2025, 12), last=Month(2026, 1))
    assert [str(m) for m in year.months()] == ["2025-12", "2026-01"]
    assert year.begin(WIB) == datetime(2025, 12, 1, tzinfo=WIB)
    assert year.end(WIB) == datetime(2026, 2, 1, tzinfo=WIB)
    assert year.runs(WIB, year.end(WIB) - timedelta(microseconds=1))
    assert not year.runs(WIB, year.end(WIB))


def test_without_months_it_is_the_running_month_or_year() -> None:
    """And one month that is named stands for itself, a year from January."""
    assert read_period(None, None, NOW, WIB, whole_year=False) == Period(first=Month(2026, 12), last=Month(2026, 12))
    assert read_period(None, None, NOW, WIB, whole_year=True) == Period(first=Month(2026, 1), last=Month(2026, 12))
    assert read_period("2025-03", None, NOW, WIB, whole_year=False).last == Month(2025, 3)
    assert read_period(None, "2025-03", NOW, WIB, whole_year=True).first == Month(2025, 1)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-1", None), ("2026-13", None), ("2026-05", "2026-04"), ("2027-01", None), ("2020-01", "2026-01")],
)
def test_a_period_that_is_none_is_refused(first: str, last: str | None) -> None:
    """Misspelt, backwards, not begun, or longer than sixty months."""
    with pytest.raises(ReportRefusedError):
        read_period(first, last, NOW, WIB, whole_year=False)


def told(desk: Desk) -> History:
    """The events of a case as reports read them."""
    events = [Happening(e.seq, e.type, e.actor, e.at, e.body) for e in desk.events]
    return History(desk.case.id, desk.case.office, desk.case.process, events)


@pytest.mark.parametrize("desk", [issued, corrected, verifying], ids=["issued", "corrected", "verifying"])
def test_a_journey_ends_where_the_case_stands(desk: Any) -> None:
    """The ledgers of its clocks and the state are those that folding gives."""
    case = desk()
    found = journey(case.books.__getitem__, told(case))
    assert found.stays[-1].state == case.case.state
    assert {n: r._replace(fired=()) for n, r in case.case.clocks.items()} == dict(found.readings)


moments = st.integers(0, 1000).map(lambda n: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n))


@given(st.lists(moments, min_size=1, max_size=9, unique=True), st.booleans(), moments)
def test_a_ledger_as_of_a_moment_knows_nothing_later(times: list[datetime], stops: bool, at: datetime) -> None:
    """It is the ledger that would have been written by then."""
    begin, *rest = sorted(times)
    stopped = rest.pop() if stops and len(rest) % 2 else None
    pauses = tuple(zip(rest[::2], rest[1::2], strict=False))
    paused = rest[-1] if len(rest) % 2 and stopped is None else None
    found = as_of(Reading(begin, paused, pauses, stopped), at)
    if begin >= at:
        assert found is None
        return
    assert found is not None
    assert all(b < at for _, b in found.pauses)
    still = [a for a, b in pauses if a < at <= b] or ([paused] if paused and paused < at else [])
    assert found.paused_at == (still[0] if still else None)
    assert found.stopped == (stopped if stopped and stopped < at else None)


def counted(
    name: str, *desks: Desk, period: Period = NOVEMBER, now: datetime = NOW, watch: str | None = None
) -> Report:
    """A report over cases in memory."""
    book = ak1()
    office = Office(name="palembang", title={"id": "Palembang", "en": "Palembang"}, zone=WIB)
    ground = Ground(
        offices={"palembang": office},
        newest={"ak1-online": book.process},
        period=period,
        now=now,
        books=lambda hash_, _: book,
        watch=catalog.watched(watch),
    )
    return catalog.make(catalog.kind_of(name), ground, [told(d) for d in desks], None)


def cells(report: Report, section: str, key: str) -> dict[str, Any]:
    """A row by column."""
    found = next(s for s in as_json(report, "en")["sections"] if s["name"] == section)
    rows = [*found["rows"], *([found["total"]] if found["total"] else [])]
    row: dict[str, Any] = next(r for r in rows if r["key"] == key)["cells"]
    return row


KEY = "palembang/ak1-online/service"


def test_time_with_the_applicant_is_not_the_offices() -> None:
    """Returned after an hour and away for a week, done within 24 hours of the rest: in time, with one pause."""
    desk = corrected()
    desk.wait(days=7)
    assert desk.give("resubmit").refusal is None
    desk.wait(hours=20)
    desk.do("approve", BUDI, checklist=CHECKLIST)
    desk.do("sign", CITRA)
    desk.finish()
    desk.finish()
    found = cells(counted("promise", desk), "promise", KEY)
    assert (found["received"], found["in_time"], found["late"], found["paused"], found["returned"]) == (1, 1, 0, 1, 1)


def test_a_case_that_waits_too_long_is_open_and_overdue() -> None:
    """At the end of the month, or now while the month runs."""
    desk = verifying()
    late = cells(counted("promise", desk, now=desk.now + timedelta(hours=25)), "promise", KEY)
    soon = cells(counted("promise", desk, now=desk.now + timedelta(hours=23)), "promise", KEY)
    assert (late["open"], late["open_late"], late["done"]) == (1, 1, 0)
    assert (soon["open"], soon["open_late"]) == (1, 0)


def test_a_cause_is_counted_by_its_code_and_the_reason_is_never_there() -> None:
    """The event has the code of the choice, and of the text only a digest."""
    desk = verifying()
    given = {"reason": "Siti, fotonya buram", "fields": ["photo"], "cause": "photo"}
    desk.do("return", ANI, input=given, input_digest="e" * 64)
    assert desk.events[-1].body["codes"] == {"cause": "photo"}
    assert "Siti" not in str(desk.events[-1].body)
    report = counted("promise", desk)
    found = cells(report, "returns", "2026-11/palembang/ak1-online/return/photo")
    assert (found["cause"], found["returned"]) == ("Unreadable photo", 1)


def test_a_choice_that_there_is_not_is_refused() -> None:
    """So nothing else can ever stand in the event."""
    desk = verifying()
    given = {"reason": "x", "fields": ["photo"], "cause": "Siti"}
    assert desk.refusal("return", ANI, input=given, input_digest="e" * 64) == "invalid_input"


def test_a_holder_is_registered_from_the_issue_on() -> None:
    """An application that is only examined registers nobody."""
    report = counted("seekers", issued(), verifying())
    assert cells(report, "seekers", "all")["registered"] == 1
    assert cells(report, "seekers-sex", "female")["remaining"] == 1
    december = Period(first=Month(2026, 12), last=Month(2026, 12))
    assert cells(counted("seekers", issued(), period=december), "seekers", "all")["carried"] == 1


class Span:
    """A time in which somebody is registered."""

    def __init__(self, begin: int, end: int | None) -> None:
        self.begin, self.end, self.began = begin, end, begin


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10) | st.none()), min_size=1, max_size=8))
def test_times_that_touch_are_one(pairs: list[tuple[int, int | None]]) -> None:
    """The union covers what its parts cover, and its runs lie apart."""
    spans = [Span(a, None if n is None else a + n) for a, n in pairs]
    runs = [(first.begin, last.end) for first, last in united(spans)]

    def within(moment: float, parts: list[tuple[Any, Any]]) -> bool:
        return any(a <= moment and (b is None or moment <= b) for a, b in parts)

    for tick in range(100):
        moment = tick / 2
        assert within(moment, runs) == within(moment, [(s.begin, s.end) for s in spans])
    for (_, end), (begin, _) in pairwise(runs):
        assert end is not None
        assert end < begin


def test_the_events_behind_a_number_are_as_many() -> None:
    """And a number that is not there is refused."""
    report = counted("promise", issued(), watch=f"promise/{KEY}/done")
    assert report.behind is not None
    assert [type(place) for place in report.behind] == [Place]
    with pytest.raises(ReportRefusedError):
        counted("promise", issued(), watch="promise/nobody/done")
    assert read_watch("promise") is None
    assert read_watch("a//b") is None


def made_of(*cells: Any) -> Report:
    """A report of one row."""
    columns = (
        Column(name="who", title={"id": "Siapa", "en": "Who"}, kind="text"),
        Column(name="n", title={"id": "Banyak", "en": "Many"}),
        Column(name="share", title={"id": "Bagian", "en": "Share"}, kind="percent"),
    )
    chart = Chart(title={"id": "Grafik", "en": "Chart"}, label="who", series=("n",))
    section = Section(
        name="s", title={"id": "Tabel", "en": "Table"}, columns=columns, rows=(Row(key="r", cells=cells),), chart=chart
    )
    text = {"id": "Laporan", "en": "Report"}
    return Report(
        name="x", title=text, offices=(("o", {"id": "K", "en": "O"}),), first="2026-01", last="2026-02", process=None,
        until=NOW, running=False, sections=(section,),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+62811", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula_in_a_spreadsheet(text: str) -> None:
    """An apostrophe keeps it a text; negative numbers would stay numbers."""
    rows = list(csv.reader(io.StringIO(as_csv(made_of(text, -3, None), "id").decode("utf-8-sig"), newline="")))
    [row] = [r for r in rows if len(r) == 3 and r[1] == "-3"]
    assert row == ["'" + text, "-3", ""]


def test_numbers_are_written_as_each_language_writes_them() -> None:
    """Thousands and decimals; files for programs have a point."""
    assert written(1234567, "id") == "1.234.567"
    assert written(Decimal("1234.50"), "id") == "1.234,50"
    assert written(Decimal("1234.50"), "en") == "1,234.50"
    assert written(None, "id") == "–"
    assert "91.5" in as_csv(made_of("a", 1, Decimal("91.5")), "id").decode()


def test_a_chart_says_its_numbers_in_words_and_escapes_them() -> None:
    """Nothing that a name holds becomes markup."""
    section = made_of("<script>&", 1200, None).sections[0]
    drawn = svg(section, "en")
    assert drawn is not None
    assert "<script>" not in drawn
    assert "1,200" in drawn
    assert alt(section, "en") == "Chart. <script>&: Many 1,200."
    assert svg(made_of("a", 0, None).sections[0], "en") is None
    printed = as_print(made_of("a", 3, None), "id")["sections"][0]
    assert printed["chart"]["alt"] == "Grafik. a: Banyak 3."
    assert printed["rows"] == [["a", "3", "–"]]
