"""Every number of every report is that of the events it says: counted anew from the table, in another way."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from alur.wiring import House
from tests.drain_kit import by_hand, quiet_house, rows
from tests.reports_kit import OFFICES, START, Season
from tests.support import account_id
from workflow.db import reports
from workflow.db.reports import Asked
from workflow.reports.as_json import as_json
from workflow.reports.report import Report

#: Seven hours east of Greenwich, the zone of both offices.
WEST = timedelta(hours=7)
NOW = datetime(2026, 12, 12, 9, tzinfo=UTC)
MONTHS = ("2026-10", "2026-11", "2026-12")


@pytest.fixture(scope="module")
def season(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """Some seventy cases of three processes, a migration in between, and one person erased at the end."""
    with quiet_house(house) as own, by_hand(own) as hand:
        hand.now = START
        played = Season(own, hand, random.Random(5))
        for _ in range(40):
            played.seeker(START + played.hours(0, 24 * 65))
        for _ in range(16):
            played.complaint(START + played.hours(0, 24 * 65))
        for _ in range(14):
            played.survey(START + played.hours(0, 24 * 65))
        played.migrate(START + timedelta(days=30, hours=5), tmp_path_factory.mktemp("moved"))
        played.run(NOW)
        played.erase(one_of(own))
        yield played


def one_of(house: House) -> int:
    """A case whose card was issued."""
    return int(rows(house, "SELECT case_id FROM event WHERE body->>'to' = 'issued' ORDER BY case_id LIMIT 1")[0][0])


class Told(NamedTuple):
    """A row of `event`."""

    case: int
    seq: int
    type: str
    actor: str
    at: datetime
    body: dict[str, Any]

    @property
    def month(self) -> str:
        return (self.at + WEST).strftime("%Y-%m")

    @property
    def to(self) -> str | None:
        """The state that it leads to."""
        return self.body.get("into" if self.type == "migrated" else "to") if self.type in ENTERS else None


ENTERS = ("submitted", "moved", "diverted", "migrated")


@pytest.fixture(scope="module")
def events(season: Season) -> dict[int, list[Told]]:
    """All events by case."""
    found: dict[int, list[Told]] = defaultdict(list)
    for row in rows(season.house, "SELECT case_id, seq, type, actor, at, body FROM event ORDER BY case_id, seq"):
        found[row.case_id].append(Told(row.case_id, row.seq, row.type, row.actor, row.at.astimezone(UTC), row.body))
    return found


def made(season: Season, name: str, **more: Any) -> Report:
    """A report of both offices over the three months."""
    asked = Asked(name=name, **{"offices": OFFICES, "first": MONTHS[0], "last": MONTHS[-1]} | more)
    with season.house.engine.connect() as db:
        return reports.make(db, season.house.library, asked, NOW)


def table(report: Report, section: str) -> dict[str, dict[str, Any]]:
    """Cells of a section by row and column; the row of totals among them."""
    told = as_json(report, "en")
    found = next(s for s in told["sections"] if s["name"] == section)
    return {r["key"]: r["cells"] for r in [*found["rows"], *([found["total"]] if found["total"] else [])]}


def of(events: dict[int, list[Told]], process: str) -> Iterator[list[Told]]:
    """The histories of a process."""
    return (told for told in events.values() if told[0].body["process"] == process)


#: Where each clock starts and stops, written down here a second time.
CLOCKS = {
    ("ak1-online", "service"): ({"submitted"}, {"issued", "expired", "rejected", "withdrawn"}),
    ("complaint", "receipt"): ({"received"}, {"minor", "serious", "grave", "rejected", "withdrawn"}),
    ("complaint", "minor"): ({"minor"}, {"answered", "closed", "withdrawn"}),
    ("complaint", "serious"): ({"serious"}, {"answered", "closed", "withdrawn"}),
    ("complaint", "grave"): ({"grave"}, {"answered", "closed", "withdrawn"}),
}


def test_there_is_something_to_reconcile(events: dict[int, list[Told]]) -> None:
    """The dice gave returns, pauses, breaches, lapses, withdrawals, placements, renewals, and moved cases."""
    moves = Counter(e.body["do"] for told in events.values() for e in told if e.type == "moved")
    for do in ("return", "resubmit", "lapse", "withdraw", "reject", "issue", "place", "leave", "revoke", "replace"):
        assert moves[do], do
    kinds = Counter(e.type for told in events.values() for e in told)
    assert kinds["migrated"]
    assert kinds["clock_reached"]
    assert len(events) >= 60


def promised(events: dict[int, list[Told]]) -> Counter[tuple[str, str, str]]:
    """(month, clock, number) → how many; whoever was told at 100 % before the end was late."""
    out: Counter[tuple[str, str, str]] = Counter()
    for (process, clock), (starts, stops) in CLOCKS.items():
        for told in of(events, process):
            begun = next((e for e in told if e.to in starts), None)
            if begun is None:
                continue
            key = f"{told[0].body['office']}/{process}/{clock}"
            ended = next((e for e in told if e.to in stops and e.seq > begun.seq), None)
            over = [
                e.at for e in told if e.type == "clock_reached" and e.body["clock"] == clock and e.body["at"] == 100
            ]
            out[begun.month, key, "received"] += 1
            if ended is not None:
                out[ended.month, key, "done"] += 1
                out[ended.month, key, "late" if over and over[0] < ended.at else "in_time"] += 1
            for month in MONTHS:
                end = datetime(2026, int(month[5:]) + 1, 1, tzinfo=UTC) - WEST if month != "2026-12" else NOW
                if begun.at < end and (ended is None or ended.at >= end):
                    out[month, key, "open"] += 1
                    out[month, key, "open_late"] += bool(over and over[0] < end)
            for e in told:
                if e.to == "correction" and process == "ak1-online" and e.type == "moved":
                    out[e.month, key, "paused"] += 1
                    out[e.month, key, "returned"] += 1
    return +out


NUMBERS = ("received", "done", "in_time", "late", "open", "open_late", "paused", "returned")


def test_promises_reconcile_by_month_and_over_the_whole_period(season: Season, events: dict[int, list[Told]]) -> None:
    """Each number of each month is that of the events; late is who was told that the promise was over."""
    naive = promised(events)
    report = made(season, "promise")
    months, whole = table(report, "promise-months"), table(report, "promise")
    found = Counter({(k[:7], k[8:], n): cells[n] for k, cells in months.items() for n in NUMBERS})
    assert +found == Counter({k: n for k, n in naive.items() if k[0] in MONTHS})
    assert sum(n for (_, _, name), n in naive.items() if name == "late") > 0
    for key in {k for _, k, _ in naive}:
        for name in ("received", "done", "in_time", "late", "paused", "returned"):
            assert whole[key][name] == sum(naive[m, key, name] for m in MONTHS), (key, name)
        for name in ("open", "open_late"):
            assert whole[key][name] == naive["2026-12", key, name]
    assert whole["total"]["received"] == sum(
        n for (m, _, name), n in naive.items() if name == "received" and m in MONTHS
    )


def test_a_case_page_says_late_of_the_same_cases(season: Season) -> None:
    """The report and the clocks of a case agree on who is late."""
    from workflow.clocks import breached
    from workflow.db import cases

    late = set()
    with season.house.engine.connect() as db:
        for (case,) in rows(season.house, "SELECT id FROM case_ WHERE process = 'ak1-online' AND seq > 0"):
            found = cases.get(db, case).case
            book = season.house.library.look_up(db, found.office)(found.definition)
            reading = found.clocks["service"]
            if reading.stopped and breached(book.time, book.process.clocks["service"], reading, NOW):
                late.add(case)
    report = made(season, "promise", process="ak1-online", behind="promise/total/late", first="2026-09")
    assert report.behind is not None
    assert {place.case for place in report.behind} == late


def test_reasons_for_return_reconcile(season: Season, events: dict[int, list[Told]]) -> None:
    """By the code in the event; who gave none is counted as such."""
    naive: Counter[str] = Counter()
    for told in of(events, "ak1-online"):
        for e in told:
            if e.type == "moved" and e.body["do"] == "return" and e.month in MONTHS:
                cause = e.body.get("codes", {}).get("cause", "-")
                naive[f"{e.month}/{told[0].body['office']}/ak1-online/return/{cause}"] += 1
    found = table(made(season, "promise"), "returns")
    assert found.pop("total")["returned"] == naive.total()
    assert {k: cells["returned"] for k, cells in found.items()} == dict(naive)


def test_the_work_of_each_officer_reconciles(season: Season, events: dict[int, list[Told]]) -> None:
    """PLM13: who did how much, by the actors of the events."""
    naive: dict[str, Counter[str]] = defaultdict(Counter)
    cases: dict[str, set[int]] = defaultdict(set)
    party = {"applicant", "complainant", "respondent"}
    for told in events.values():
        for e in told:
            if e.type != "moved" or not e.actor.isdecimal() or e.body["role"] in party or e.month not in MONTHS:
                continue
            key = f"{told[0].body['office']}/{e.actor}"
            naive[key]["done"] += 1
            naive[key]["returned"] += e.body["do"] == "return"
            cases[key].add(e.case)
    found = table(made(season, "workload"), "workload")
    total = found.pop("total")
    assert {k: (c["done"], c["returned"], c["cases"]) for k, c in found.items()} == {
        k: (n["done"], n["returned"], len(cases[k])) for k, n in naive.items()
    }
    assert total["done"] == sum(n["done"] for n in naive.values())
    names = {
        f"{office}/{account_id(season.house, name)}" for office in OFFICES for name in season.staff[office].values()
    }
    assert set(found) <= names


def persons(events: dict[int, list[Told]]) -> dict[str, list[tuple[datetime, datetime | None, str, Told]]]:
    """By person: since when, until when, how it ended, and the event with the facts, of every issued card."""
    out: dict[str, list[tuple[datetime, datetime | None, str, Told]]] = defaultdict(list)
    for told in of(events, "ak1-online"):
        begun = next((e for e in told if e.to == "issued"), None)
        if begun is None:
            continue
        nik = [e.body["holds"]["holder"] for e in told if e.body.get("holds")][-1]
        facts = [e for e in told if "facts" in e.body and e.seq < begun.seq][-1]
        ended = next((e for e in told if e.seq > begun.seq and e.to not in (None, "issued")), None)
        out[nik].append((begun.at, ended.at if ended else None, str(ended.to) if ended else "", facts))
    return out


def balance(events: dict[int, list[Told]], fact: str | None, wanted: str | None) -> dict[str, int]:
    """Counted by asking at three moments who is registered, and by looking at each change between them."""
    begin, end = datetime(2026, 10, 1, tzinfo=UTC) - WEST, NOW
    out = dict.fromkeys(("carried", "registered", "placed", "removed", "remaining"), 0)
    for cards in persons(events).values():
        first = min(cards, key=lambda c: c[0])
        if fact and first[3].body["facts"].get(fact) != wanted:
            continue

        def here(moment: datetime, cards: Any = cards) -> bool:
            return any(a <= moment and (b is None or b > moment) for a, b, _, _ in cards)

        changes = sorted({m for a, b, _, _ in cards for m in (a, b) if m is not None and begin <= m < end})
        before = here(begin - timedelta(microseconds=1))
        out["carried"] += before
        for moment in changes:
            now = here(moment)
            if now and not before:
                out["registered"] += 1
            if before and not now:
                how = next(s for _, b, s, _ in cards if b == moment)
                out["placed" if how == "placed" else "removed"] += 1
            before = now
        out["remaining"] += before
    return out


def test_the_statistics_of_seekers_reconcile(season: Season, events: dict[int, list[Told]]) -> None:
    """PLM11: nobody is counted twice, whoever was migrated or erased is counted, and every row adds up."""
    report = made(season, "seekers")
    assert table(report, "seekers")["all"] | {"group": None} == balance(events, None, None) | {"group": None}
    for fact in ("sex", "education", "age_group", "kecamatan"):
        found = table(report, f"seekers-{fact}")
        total = found.pop("total")
        for value, cells in found.items():
            told = {n: c for n, c in cells.items() if n != fact}
            assert told == balance(events, fact, value), (fact, value)
            assert told["carried"] + told["registered"] - told["placed"] - told["removed"] == told["remaining"]
        assert {n: c for n, c in total.items() if n != fact} == balance(events, None, None)
    renewed = [cards for cards in persons(events).values() if len(cards) > 1]
    assert renewed, "nobody renewed a card"


def test_the_index_of_satisfaction_reconciles(season: Season, events: dict[int, list[Told]]) -> None:
    """BA3 PLM14: from the scores in the facts, by plain decimals."""
    counted = [told[0] for told in of(events, "satisfaction") if told[0].month in MONTHS]
    scores = [[int(e.body["facts"][f"u{n}"]) for n in range(1, 10)] for e in counted]
    mean = sum(Decimal(sum(column)) / len(scores) for column in zip(*scores, strict=True)) / 9 * 25
    found = table(made(season, "skm"), "skm")["total"]
    assert found["answers"] == len(counted)
    assert Decimal(str(found["index"])) == mean.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    elements = table(made(season, "skm"), "skm-elements")
    assert [elements[f"u{n}"]["sum"] for n in range(1, 10)] == [sum(column) for column in zip(*scores, strict=True)]


def test_the_recap_of_complaints_reconciles(season: Season, events: dict[int, list[Told]]) -> None:
    """LMG13: by channel and subject, what stood, came, ended and remains."""
    begin = datetime(2026, 10, 1, tzinfo=UTC) - WEST
    report = made(season, "complaints")
    for fact in ("channel", "subject"):
        naive: dict[str, Counter[str]] = defaultdict(Counter)
        for told in of(events, "complaint"):
            over = next((e.at for e in told if e.to in ("closed", "rejected", "withdrawn")), None)
            if over is not None and over < begin:
                continue
            row = naive[told[0].body["facts"][fact]]
            row["received" if told[0].at >= begin else "carried"] += 1
            row["ended" if over else "remaining"] += 1
        found = table(report, f"complaints-{fact}")
        total = found.pop("total")
        for value, cells in found.items():
            assert {n: cells[n] for n in ("carried", "received", "ended", "remaining")} == {
                n: naive[value][n] for n in ("carried", "received", "ended", "remaining")
            }
        assert total["received"] == sum(row["received"] for row in naive.values())
    ends = Counter(
        e.to for told in of(events, "complaint") for e in told if e.to in ("closed", "withdrawn", "rejected")
    )
    found = table(report, "complaints-ends")
    assert found["closed"]["ended"] == ends["closed"] > 0


def test_the_yearly_report_reconciles(season: Season, events: dict[int, list[Told]]) -> None:
    """LMG13: submissions by month and service; its parts say what the reports of their own say."""
    report = made(season, "yearly", first=None, last=None)
    assert (report.first, report.last, report.running) == ("2026-01", "2026-12", True)
    naive = Counter((told[0].month, told[0].body["process"]) for told in events.values())
    found = table(report, "year")
    assert {
        (m, p): cells[p] for m, cells in found.items() if m != "total" for p in cells if p != "month" and cells[p]
    } == naive
    alone = {"first": "2026-01", "last": "2026-12"}
    for name, section in (("seekers", "seekers-sex"), ("skm", "skm"), ("complaints", "complaints-channel")):
        assert table(report, section) == table(made(season, name, **alone), section)
    assert table(report, "promise") == table(made(season, "promise", **alone), "promise")
    assert table(report, "workload") == table(made(season, "workload", **alone), "workload")


@pytest.mark.parametrize("name", ["promise", "workload", "seekers", "complaints", "yearly"])
def test_every_number_can_be_traced_to_as_many_events(season: Season, events: dict[int, list[Told]], name: str) -> None:
    """What is behind a number are that many events, each of which is there."""
    report = made(season, name)
    for section in report.sections:
        for row in (*section.rows[:3], *((section.total,) if section.total else ())):
            for column, cell in zip(section.columns, row.cells, strict=True):
                if not column.traced or section.name == "skm-elements":
                    continue
                number = f"{section.name}/{row.key}/{column.name}"
                behind = made(season, name, behind=number).behind
                assert behind is not None
                assert len(behind) == cell, number
                assert all(0 < place.seq <= len(events[place.case]) for place in behind)


def test_months_add_up_to_the_whole(season: Season) -> None:
    """What remains at the end of a month is carried over into the next one."""
    months = [table(made(season, "seekers", first=m, last=m), "seekers")["all"] for m in MONTHS]
    assert months[0]["remaining"] == months[1]["carried"]
    assert months[1]["remaining"] == months[2]["carried"]
    whole = table(made(season, "seekers"), "seekers")["all"]
    for name in ("registered", "placed", "removed"):
        assert sum(m[name] for m in months) == whole[name]


def test_an_office_alone_counts_its_own_cases(season: Season) -> None:
    """Promises and work of the two offices add up to those of both."""
    both = table(made(season, "promise"), "promise")
    apart: dict[str, Any] = {}
    for office in OFFICES:
        found = table(made(season, "promise", offices=(office,)), "promise")
        assert all(key.startswith(office) for key in found if key != "total")
        apart |= {key: cells for key, cells in found.items() if key != "total"}
    assert {k: c for k, c in both.items() if k != "total"} == apart
