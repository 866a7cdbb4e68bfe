"""The life of a card with workers and clock at work: register, page and API agree within a second of each event."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from work_kit import Works, apply_for_cards, at_work, insist, patiently, settled, verify_and_sign

from tests.api_kit import Api
from tests.drain_kit import by_hand, one, rows
from tests.pages_kit import Browser
from tests.support import open_filled, sample_data, send, state
from web.app import create_app
from workflow.db import cases, sweeps

pytestmark = pytest.mark.long

#: What an event may take to be read by everybody, in seconds.
SOON = 1.0
LARGE = {
    "valid": "Berlaku",
    "expired": "Habis masa berlaku",
    "replaced": "Sudah diganti",
    "revoked": "Dicabut",
    "returned": "Sudah dikembalikan",
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """A house at work with every process of its own, and the web over its real ports."""
    with at_work(tmp_path_factory.mktemp("life"), "engine", "effects", "signing", "clock") as working:
        working.house.__dict__["_app"] = create_app(working.house.ports())
        yield working


@pytest.fixture(scope="module")
def cards(works: Works) -> Iterator[int]:
    """Cases with valid cards, one for each event of the life of a card."""
    return iter(issued(works, 4))


def issued(works: Works, count: int) -> list[int]:
    """New cases with valid cards."""
    return carried(works, apply_for_cards(works, count))


def carried(works: Works, made: list[int]) -> list[int]:
    """Cases that were submitted, carried to their cards."""
    settled(works, made, "verifying", 40, hurry=True)
    verify_and_sign(works, made)
    settled(works, made, "issued", 60, hurry=True)
    return made


def stranger(works: Works, app: Flask | None = None) -> Api:
    """Somebody without an account, at an address of their own: one address may not ask too often."""
    api = Api(works.house, app=app)
    api.client.environ_base["REMOTE_ADDR"] = "127.{}.{}.{}".format(*uuid.uuid4().bytes)
    return api


def said(works: Works, code: str) -> tuple[str, str, str]:
    """What page and API say of a card: state, large word, and whether anybody may keep the answers."""
    answer, page = stranger(works).get(f"/verify/{code}"), Browser(works.house).get(f"/verify/{code}")
    word = page.text.split('<h1 id="verdict">')[1].split("</h1>")[0]
    assert {answer.headers["Cache-Control"], page.headers["Cache-Control"]} == {"no-store"}
    return answer.json["state"], word, str(answer.json["number"])


def lived(works: Works, case: int, wanted: str, do: str) -> None:
    """Wait for `do`; everybody reads the state within a second of it, and the register says when it was."""
    code = patiently(lambda: rows(works.house, "SELECT code FROM card WHERE case_id = :c", c=case), 60)[0][0]
    seen = patiently(lambda: said(works, code)[0] == wanted and datetime.now(UTC), 40, every=0.02)
    assert said(works, code)[:2] == (wanted, LARGE[wanted])
    (row,) = rows(
        works.house,
        "SELECT e.at, k.changed_at, k.state FROM event e JOIN card k USING (case_id) "
        "WHERE case_id = :c AND body ->> 'do' = :d",
        c=case,
        d=do,
    )
    assert row.changed_at == row.at
    assert row.state == wanted
    assert seen - row.at < timedelta(seconds=SOON)


def test_a_card_that_is_revoked_is_so_for_everybody_within_a_second(works: Works, cards: Iterator[int]) -> None:
    """By the head of section, who must give a reason."""
    case = next(cards)
    head = Api(works.house, "head")
    assert head.do(case, "revoke", input={}).json["code"] == "invalid_input"
    assert head.do(case, "revoke", wait=None, input={"reason": "Data tidak benar."}).status_code == 202
    lived(works, case, "revoked", "revoke")


def test_a_card_that_is_returned_is_so_for_everybody_within_a_second(works: Works, cards: Iterator[int]) -> None:
    """By the officer, when the employer hands it in."""
    case = next(cards)
    insist(works, case, "place", "operator")
    works.ring()
    lived(works, case, "returned", "place")


def test_a_card_that_is_replaced_is_so_for_everybody_within_a_second(works: Works, cards: Iterator[int]) -> None:
    """A renewal of the same person was issued."""
    case, house = next(cards), works.house
    owner = one(house, "SELECT a.name FROM case_ c JOIN account a ON a.id = c.owner WHERE c.id = :c", c=case)
    with house.engine.connect() as db:
        data = cases.read_version(db, house.vault, cases.get(db, case), 1)["data"]
    kinds = ("photo", "ktp", "diploma", "old_card")
    newer = open_filled(house, owner, data=sample_data(**{**data, "kind": "renewal"}), kinds=kinds)
    send(house, newer, "submit", owner, submits=True)
    works.ring()
    settled(works, [newer], "verifying", 40, hurry=True)
    verify_and_sign(works, [newer])
    lived(works, case, "replaced", "replace")
    code = one(house, "SELECT code FROM card WHERE case_id = :c", c=newer)
    assert patiently(lambda: said(works, code)[0] == "valid", 20)


def test_a_report_is_seen_by_everybody_at_once_and_gone_when_it_is_settled(works: Works) -> None:
    """Register, page and API, without any worker."""
    house = works.house
    (case,) = issued(works, 1)
    code = one(house, "SELECT code FROM card WHERE case_id = :c", c=case)
    began = time.monotonic()
    assert stranger(works).post(f"/verify/{code}/reports", {"kind": "lost"}).status_code == 202
    assert stranger(works).get(f"/verify/{code}").json["reported_at"] is not None
    assert said(works, code)[:2] == ("valid", "Berlaku, tetapi dilaporkan")
    assert time.monotonic() - began < SOON
    head = Api(house, "head")
    (report,) = [r for r in head.get("/card-reports").json["reports"] if r["case"] == case]
    assert head.post(f"/card-reports/{report['id']}", {"verdict": "unfounded"}).status_code == 200
    assert said(works, code)[:2] == ("valid", "Berlaku")


def test_a_card_is_expired_by_the_day_although_no_clock_is_there(works: Works) -> None:
    """The day after its last one it is expired for everybody, also while its timer has not fired."""
    house = works.house
    (row,) = rows(house, "SELECT code, expires_on FROM card WHERE state = 'valid' LIMIT 1")
    last = datetime.fromisoformat(row.expires_on)
    for days, worth in ((0, "valid"), (1, "expired")):
        # Noon in Palembang.
        moment = datetime(last.year, last.month, last.day, 5, tzinfo=UTC) + timedelta(days=days)
        app = create_app(replace(house.ports(), clock=partial(lambda at: at, moment)))
        assert stranger(works, app).get(f"/verify/{row.code}").json["state"] == worth


def test_a_card_that_expires_is_so_for_everybody_within_a_second(works: Works, cards: Iterator[int]) -> None:
    """Two years later the clock's sweep and an engine do it; those of the house rest meanwhile."""
    case, house = next(cards), works.house
    code = one(house, "SELECT code FROM card WHERE case_id = :c", c=case)
    for role in ("clock", "engine"):
        works.stop(role)
    with by_hand(house) as hand:
        hand.wait(days=2 * 366)
        assert said(works, code)[:2] == ("valid", LARGE["valid"])
        # A case hears of one due at a time: its reports first, then its end.
        for _ in range(20):
            began = time.monotonic()
            with house.engine.begin() as db:
                sweeps.fire_timers(db, hand.now, 1000)
            hand.drain()
            if state(house, case) == "expired":
                break
        assert said(works, code)[:2] == ("expired", LARGE["expired"])
        assert time.monotonic() - began < SOON
    assert one(house, "SELECT state FROM card WHERE case_id = :c", c=case) == "expired"
    for role in ("clock", "engine"):
        works.start(role)
