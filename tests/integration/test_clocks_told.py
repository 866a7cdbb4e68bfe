"""A due date explained, and calendars over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from alur import accounts
from alur.commands.cases import _gist
from alur.wiring import House
from tests.api_kit import Api, ports_of, refused
from tests.calendar_kit import at
from tests.drain_kit import by_hand, one, quiet_house
from tests.office_time_kit import at_desk, disnaker_with, holiday, promise, put_in_force, text_with
from tests.pages_kit import officer as browser_of
from tests.support import account_id, send, settle
from web.app import create_app
from workers.clock import follow_calendars, tick
from workflow.db import journal

#: Friday afternoon, an hour and a half before the close of office.
FRIDAY = at("2026-11-20 15:00").astimezone(UTC)


@pytest.fixture
def quiet(house: House) -> Iterator[House]:
    """A house of its own for each test: versions cannot be taken back."""
    with quiet_house(house) as own:
        yield own


def app(house: House, now: datetime) -> Flask:
    """The web at a moment."""
    return create_app(ports_of(house, clock=lambda: now))


def corrected(house: House, folder: Path) -> int:
    """A promise of eight office hours: 1 h on Friday until 16.00, then with the applicant until Monday 09.00."""
    promise(house, folder, "PT8H working")
    with by_hand(house) as hand:
        hand.now = FRIDAY
        case = at_desk(house, hand)
        hand.wait(hours=1)
        send(house, case, "return", "operator", given={"reason": "x", "fields": ["photo"]})
        hand.drain()
        hand.now = at("2026-11-23 09:00").astimezone(UTC)
        owner = one(house, "SELECT a.name FROM account a JOIN case_ c ON c.owner = a.id WHERE c.id = :c", c=case)
        send(house, case, "resubmit", owner, submits=True)
        hand.drain()
    return case


def test_the_ledger_of_a_clock_adds_up_to_its_due_date(quiet: House, tmp_path: Path) -> None:
    """1 h on Friday; the pause from 16.00 to Monday 09.00 counts nothing; on Monday 09–12 and 13–16 are 6 h; the last
    hour is on Tuesday 07.30–08.30. No hole between the lines, and each has its reason."""
    case = corrected(quiet, tmp_path)
    ani = Api(quiet, "operator", app(quiet, at("2026-11-23 10:00").astimezone(UTC)))
    clock = ani.get(f"/cases/{case}/clocks?explain=1").json[0]
    assert (clock["target"], clock["working"], clock["breached"]) == ("PT8H working", True, False)
    assert moment(clock["due"]) == at("2026-11-24 08:30")
    assert clock["used"] == 25, "two of eight hours at 10.00"
    assert [(moment(p["start"]), moment(p["end"])) for p in clock["pauses"]] == [
        (FRIDAY + timedelta(hours=1), at("2026-11-23 09:00"))
    ]
    assert [(level["at"], level["told"]) for level in clock["levels"]] == [(75, False), (100, False)]
    # 75 % is six hours: one on Friday, five on Monday.
    assert moment(clock["levels"][0]["due"]) == at("2026-11-23 15:00")
    ledger = clock["ledger"]
    assert sum(line["counted"] for line in ledger) == 8 * 3600
    assert moment(ledger[0]["start"]) == FRIDAY
    assert moment(ledger[-1]["end"]) == at("2026-11-24 08:30")
    assert all(a["end"] == b["start"] for a, b in pairwise(ledger))
    assert [(line["kind"], line["counted"] / 3600) for line in ledger] == [
        ("open", 1), ("pause", 0), ("open", 3), ("break", 0), ("open", 3), ("after", 0), ("before", 0), ("open", 1),
    ]  # fmt: skip
    assert ledger[1]["why"] == "Janji berhenti: Menunggu perbaikan"
    english = ani.get(f"/cases/{case}/clocks?explain=1", Accept_Language="en").json[0]["ledger"]
    assert english[1]["why"].startswith("The promise stands still: ")
    assert english[0]["why"] == "Friday, office hours 13:00–16:30"
    assert "ledger" not in ani.get(f"/cases/{case}/clocks").json[0]


def test_clocks_are_told_as_they_stood_by_the_calendar_known_then(quiet: House, tmp_path: Path) -> None:
    """Two working days from Monday were due on Wednesday, as was said on Monday; on Tuesday a version was published
    that made Wednesday a holiday, so now they are due on Thursday. Asked about Monday, the answer stays Wednesday."""
    promise(quiet, tmp_path, "P2D working")
    monday, tuesday = (at(f"2026-11-{day} 09:00").astimezone(UTC) for day in (23, 24))
    with by_hand(quiet) as hand:
        hand.now = monday
        case = at_desk(quiet, hand)
        put_in_force(quiet, disnaker_with(2, "2026-11-25", holiday("2026-11-25")), tuesday)
        hand.now = tuesday + timedelta(hours=1)
        send(quiet, case, "return", "operator", given={"reason": "x", "fields": ["photo"]})
        hand.drain()
    ani = Api(quiet, "operator", app(quiet, tuesday + timedelta(hours=2)))
    then = ani.get(f"/cases/{case}/clocks?at=2026-11-23T12:00%2B07:00&explain=1").json[0]
    assert (moment(then["due"]), then["paused_at"]) == (at("2026-11-25 16:00"), None)
    assert moment(then["ledger"][-1]["end"]) == at("2026-11-25 16:00")
    later = ani.get(f"/cases/{case}/clocks?at=2026-11-24T09:30%2B07:00").json[0]
    assert moment(later["due"]) == at("2026-11-26 16:00")
    assert ani.get(f"/cases/{case}/clocks").json[0]["due"] is None
    assert ani.get(f"/cases/{case}/clocks?at=2026-11-22T09:30%2B07:00").json == []
    refused(ani.get(f"/cases/{case}/clocks?at=yesterday"), 400, "bad_moment")


def moment(text: str) -> datetime:
    """A moment of an answer."""
    return datetime.fromisoformat(text)


def test_the_ledger_of_clock_time_is_one_stretch_between_pauses(quiet: House) -> None:
    """AK-1 as it ships: a day and a night count alike."""
    with by_hand(quiet) as hand:
        hand.now = FRIDAY
        case = at_desk(quiet, hand)
    ani = Api(quiet, "operator", app(quiet, FRIDAY + timedelta(hours=6)))
    clock = ani.get(f"/cases/{case}/clocks?explain=1").json[0]
    assert clock["used"] == 25
    assert [(line["kind"], line["counted"]) for line in clock["ledger"]] == [("clock_time", 86_400)]


def test_strangers_are_not_told_why(quiet: House) -> None:
    """The ledger names states, so it is for those who may read the history."""
    with by_hand(quiet) as hand:
        case = at_desk(quiet, hand)
    refused(Api(quiet, "siti").get(f"/cases/{case}/clocks?explain=1"), 404, "unknown_case")


def test_the_page_of_a_due_date_is_linked_from_the_case(quiet: House, tmp_path: Path) -> None:
    """An officer follows the chip to every interval with its reason."""
    case = corrected(quiet, tmp_path)
    _, ani = browser_of(quiet, "operator@palembang")
    assert f'href="/cases/{case}/clocks"' in ani.get(f"/cases/{case}").text
    page = ani.get(f"/cases/{case}/clocks")
    assert page.status_code == 200
    for words in ("Jumat, jam kerja 13.00–16.30", "Janji berhenti: Menunggu perbaikan", "24-11-2026 08.30 WIB", "8 j"):
        assert words in page.text, words


def test_what_was_told_late_says_so_everywhere(quiet: House) -> None:
    """75 % of a day was reached after 18 hours and told after 20: in the history of API and page, and in the notice."""
    with by_hand(quiet) as hand:
        hand.now = FRIDAY
        case = at_desk(quiet, hand)
        hand.wait(hours=20)
        tick(quiet.engine, quiet.redis, hand.now)
        hand.drain()
    served = app(quiet, FRIDAY + timedelta(hours=20))
    ani = Api(quiet, "operator", served)
    late = [e for e in ani.get(f"/cases/{case}/history").json["entries"] if e["type"] == "clock_reached"]
    assert [(e["late"], e["body"]["late"]) for e in late] == [("terlambat dicatat 2 jam", 7200)]
    english = ani.get(f"/cases/{case}/history", Accept_Language="en").json["entries"]
    assert {e["late"] for e in english} == {None, "recorded 2 hours late"}
    _, budi = browser_of(quiet, "operator@palembang")
    assert "mendekat atau lewat (terlambat dicatat 2 jam)" in budi.get(f"/cases/{case}").text
    settle(quiet)
    notices = [n for n in ani.get("/notices").json["notices"] if n["case"] == case]
    assert [n["body"].endswith(" (terlambat dicatat 2 jam)") for n in notices] == [True]
    assert "(recorded 2 hours late)" in _gist(late[0]["body"])


def supervisors(house: House, now: datetime) -> tuple[Api, Api]:
    """The two supervisors of the demo, at a moment."""
    served = app(house, now)
    return Api(house, "supervisor", served), Api(house, "supervisor2", served)


def test_a_version_is_previewed_submitted_and_published_by_two(quiet: House, tmp_path: Path) -> None:
    """The one who submits cannot publish; the one who publishes is journaled, and dues follow."""
    promise(quiet, tmp_path, "P2D working")
    monday = at("2026-11-23 09:00").astimezone(UTC)
    with by_hand(quiet) as hand:
        hand.now = monday
        case = at_desk(quiet, hand)
    eka, fajar = supervisors(quiet, monday)
    body = {"text": text_with(2, "2026-11-24", holiday("2026-11-24"))}
    seen: dict[str, Any] = eka.post("/calendars/disnaker/preview", body).json
    assert (seen["cases"], seen["later"], seen["from_day"]) == (1, 1, "2026-11-24")
    assert seen["told"][0]["case"] == case
    assert seen["offices"] == ["banda-aceh", "lamongan", "palembang"]
    refused(fajar.post("/calendars/disnaker/publish"), 404, "no_calendar_draft")
    answer = eka.post("/calendars/disnaker/drafts", body)
    assert (answer.status_code, answer.json["version"], answer.json["published_at"]) == (201, 2, None)
    refused(eka.post("/calendars/disnaker/drafts", body), 409, "calendar_known")
    refused(eka.post("/calendars/disnaker/publish"), 403, "calendar_four_eyes")
    assert fajar.post("/calendars/disnaker/preview", {}).json == seen
    done = fajar.post("/calendars/disnaker/publish", Idempotency_Key="once")
    assert done.status_code == 200, done.json
    assert done.json["preview"] == seen
    assert fajar.post("/calendars/disnaker/publish", Idempotency_Key="once").json == done.json
    assert [v["version"] for v in fajar.get("/calendars/disnaker").json] == [1, 2]
    assert len(fajar.get("/calendars").json) == 2
    follow_calendars(quiet.engine, quiet.library, monday)
    clock = fajar.get(f"/cases/{case}/clocks").json[0]
    assert moment(clock["due"]) == at("2026-11-26 16:00")
    assert one(quiet, "SELECT due_at FROM task WHERE case_id = :c AND status = 'open'", c=case) == moment(clock["due"])
    with quiet.engine.connect() as db:
        assert journal.read(db, types=["calendar_published"])[0].actor == str(account_id(quiet, "supervisor2"))


def test_only_supervisors_of_every_office_concerned_decide(quiet: House) -> None:
    """Officers, and a supervisor of one of the three offices that count by it, may not change everybody's hours."""
    with quiet.engine.begin() as db:
        id_ = accounts.add(db, "satu", "Satu", None)
        accounts.join(db, id_, "supervisor", "palembang")
    body = {"text": text_with(2, "2026-11-24")}
    for name in ("operator", "siti", "satu", "auditor"):
        for path in ("preview", "drafts"):
            refused(Api(quiet, name).post(f"/calendars/disnaker/{path}", body), 403, "forbidden")
        refused(Api(quiet, name).post("/calendars/disnaker/publish"), 403, "forbidden")
    refused(Api(quiet).post("/calendars/disnaker/preview", body), 401, "not_signed_in")


def test_a_calendar_that_is_not_right_is_refused_with_its_lines(quiet: House) -> None:
    """Every problem with line and column; nothing is kept."""
    eka = Api(quiet, "supervisor")
    wrong = text_with(2, "2026-11-24", ('tuesday:   ["07:30-12:00", "13:00-16:00"]', 'tuesday:   ["07:30-27:00"]'))
    told = refused(eka.post("/calendars/disnaker/drafts", {"text": wrong}), 422, "calendar_invalid")
    assert told["errors"][0]["field"].count(":") == 1
    refused(eka.post("/calendars/disnaker/drafts", {"text": text_with(3, "2026-11-24")}), 409, "calendar_version")
    refused(eka.get("/calendars/mars"), 404, "unknown_calendar")
    assert one(quiet, "SELECT count(*) FROM calendar") == 1
