"""A quota with a waiting list: places go by arrival, and the first in line moves up by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from alur.wiring import House
from tests.drain_kit import Hand, by_hand, one, quiet_house, rows, whole
from tests.support import new_account, open_filled, sample_data, send, state
from workflow.db.line import places_in_line
from workflow.db.sweeps import fire_timers

SAMPLE = Path(__file__).parents[2] / "definitions" / "course" / "samples" / "siti.yaml"
QUOTA = 150


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house whose courses are empty."""
    with quiet_house(house) as opened:
        yield opened


def registration(house: House, name: str) -> int:
    """A filled draft of a registration."""
    data = dict(YAML(typ="safe", pure=True).load(SAMPLE.read_text())) | {"nik": sample_data()["nik"]}
    return open_filled(house, name, data=data, kinds=("ktp",), process="course")


def registered(house: House, name: str, count: int) -> list[int]:
    """Registrations sent one after another; not performed yet."""
    cases = [registration(house, name) for _ in range(count)]
    for case in cases:
        send(house, case, "submit", name, submits=True)
    return cases


def drain(house: House) -> None:
    """Perform what waits."""
    with by_hand(house) as hand:
        hand.drain()


def states(house: House, cases: list[int]) -> list[str]:
    """States of cases, in their order."""
    found = dict(rows(house, "SELECT id, state FROM case_ WHERE id = ANY(:c)", c=cases))
    return [found[case] for case in cases]


def seated(house: House) -> int:
    """How many have a place."""
    return int(one(house, "SELECT count(*) FROM hold WHERE scope = 'course' AND place = 'held'"))


def fill(house: House, places: int) -> tuple[str, list[int]]:
    """A course with so many places left, its participants' account and their cases."""
    name = new_account(house)
    cases = registered(house, name, QUOTA - places)
    drain(house)
    assert seated(house) == QUOTA - places
    return name, cases


def test_fifty_at_once_for_the_last_three_places(own: House) -> None:
    """Exactly 150 hold a place, the rest stand in line in order of arrival, and a cancelled place goes to the first."""
    name, first = fill(own, 3)
    late = [registration(own, name) for _ in range(50)]
    stop = threading.Event()

    def work(_: int) -> None:
        with by_hand(own) as hand:
            while not stop.is_set():
                hand.drainer.drain(5)
            hand.drain()

    def register(case: int) -> tuple[int, int]:
        return send(own, case, "submit", name, submits=True), case

    with ThreadPoolExecutor(12) as pool:
        engines = [pool.submit(work, n) for n in range(3)]
        arrived = sorted(pool.map(register, late))
        stop.set()
        for engine in engines:
            engine.result()
    drain(own)
    in_order = [case for _, case in arrived]
    assert seated(own) == QUOTA
    assert states(own, in_order[:3]) == ["registered"] * 3
    assert states(own, in_order[3:]) == ["waiting"] * 47
    with own.engine.connect() as db:
        assert [places_in_line(db, case) for case in in_order[3:]] == [{"seat": n} for n in range(1, 48)]
    for case in (first[0], first[9], in_order[1]):
        send(own, case, "cancel", name)
    drain(own)
    assert seated(own) == QUOTA
    assert states(own, in_order[3:7]) == ["registered"] * 3 + ["waiting"]
    whole(own, *in_order[:8], first[0])


def test_places_given_back_and_asked_for_in_one_batch_go_to_the_line(own: House) -> None:
    """A newcomer does not pass those who wait, not even in the batch in which a place comes free."""
    name, first = fill(own, 0)
    waiting = registered(own, name, 2)
    drain(own)
    send(own, first[3], "cancel", name)
    newcomer = registered(own, name, 1)[0]
    drain(own)
    assert states(own, [*waiting, newcomer]) == ["registered", "waiting", "waiting"]
    with own.engine.connect() as db:
        assert [places_in_line(db, c) for c in (*waiting, newcomer)] == [{}, {"seat": 1}, {"seat": 2}]


def test_a_called_case_that_cancels_hands_the_place_on(own: House) -> None:
    """Between the call and the move a place is kept; when the called case goes, the next is called."""
    name, first = fill(own, 0)
    waiting = registered(own, name, 3)
    drain(own)
    send(own, first[0], "cancel", name)
    with by_hand(own) as hand:
        assert hand.drainer.drain(1).commands == 1
    assert one(own, "SELECT case_id FROM hold WHERE place = 'called'") == waiting[0]
    late = registered(own, name, 1)[0]
    send(own, waiting[0], "cancel", name)
    own_pending = rows(own, "SELECT id, \"do\" FROM command WHERE status = 'pending' ORDER BY id")
    assert [do for _, do in own_pending] == ["promote", "submit", "cancel"]
    drain(own)
    assert states(own, [*waiting, late]) == ["cancelled", "registered", "waiting", "waiting"]
    assert seated(own) == QUOTA


def test_an_earlier_registration_in_other_hands_is_waited_for(own: House) -> None:
    """A worker that is quicker with a later submission leaves it until the earlier one has its place."""
    name, _ = fill(own, 1)
    early, late = registered(own, name, 2)
    with by_hand(own) as slow, by_hand(own) as quick:
        with slow.connection.transaction():
            slow.connection.execute("SELECT 1 FROM case_ WHERE id = %s FOR UPDATE", [early])
            assert quick.drainer.drain(10).commands == 0
        assert quick.drain() == 2
    assert states(own, [early, late]) == ["registered", "waiting"]


def test_the_line_of_one_course_says_nothing_about_another(own: House) -> None:
    """Keys of a scope are counted each on its own."""
    name, _ = fill(own, 0)
    data = dict(YAML(typ="safe", pure=True).load(SAMPLE.read_text())) | {
        "nik": sample_data()["nik"],
        "course": "sewing-1",
    }
    other = open_filled(own, name, data=data, kinds=("ktp",), process="course")
    send(own, other, "submit", name, submits=True)
    drain(own)
    assert state(own, other) == "registered"


def swept(house: House, hand: Hand) -> int:
    """One look of the clock process; how many timers fired."""
    with house.engine.begin() as db:
        return fire_timers(db, hand.now)


def waits(house: House, case: int) -> Any:
    """What the case's row knows of its place."""
    return one(house, "SELECT place FROM hold WHERE case_id = :c AND scope = 'course'", c=case)


def test_the_line_closes_for_those_who_waited_too_long(own: House) -> None:
    """After 90 days nobody waits any more, and the line is empty."""
    name, _ = fill(own, 0)
    case = registered(own, name, 1)[0]
    drain(own)
    assert waits(own, case) == "line"
    with by_hand(own) as hand:
        hand.wait(days=91)
        while swept(own, hand):
            hand.drain()
    assert state(own, case) == "cancelled"
    assert rows(own, "SELECT 1 FROM hold WHERE case_id = :c", c=case) == []
