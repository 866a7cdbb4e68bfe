"""Whatever is killed while it works: every case ends with one card, one number and one signature."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from keeper_users import keeper
from work_kit import (
    Works,
    account_for,
    all_in,
    apply_for_cards,
    at_work,
    patiently,
    settled,
    verify_and_sign,
)

from tests.drain_kit import rows, whole
from tests.support import new_account, open_filled, send

#: Cases, disturbances and seconds of patience; leases run out early only in the short runs.
SIZES = [
    pytest.param(4, 2, 40, id="short"),
    pytest.param(40, 25, 400, id="long", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """A house at work that all tests here disturb, one after the other."""
    with at_work(tmp_path_factory.mktemp("work"), "engine", "effects", "signing", "clock") as working:
        yield working


def disturb(times: int, shortest: float, longest: float, what: Callable[[], None]) -> threading.Thread:
    """Do `what` at random moments, beside the work."""
    moments = random.Random(times)

    def run() -> None:
        for _ in range(times):
            time.sleep(moments.uniform(shortest, longest))
            what()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def through(works: Works, cases: int, seconds: float, what: Callable[[], threading.Thread], *, halves: int = 2) -> None:
    """Carry cases from submission to card while `what` disturbs the way, or only its second half."""
    hurry = cases < 10
    disturbing = [what()] if halves == 2 else []
    opened = apply_for_cards(works, cases)
    settled(works, opened, "verifying", seconds, hurry=hurry)
    for thread in disturbing:
        thread.join()
    second = what()
    verify_and_sign(works, opened)
    settled(works, opened, "issued", seconds, hurry=hurry)
    second.join()
    patiently(lambda: all_in(works, opened, "issued"), 20)
    account_for(works, opened)


@pytest.mark.parametrize(("cases", "times", "seconds"), SIZES)
def test_killing_the_engine_worker_in_mid_drain_loses_nothing(
    works: Works, cases: int, times: int, seconds: float
) -> None:
    """kill -9 at random moments: what was not committed is done again, what was is not."""
    through(works, cases, seconds, lambda: disturb(times, 0.2, 1.2, lambda: works.kill("engine")))


@pytest.mark.parametrize(("cases", "times", "seconds"), SIZES)
def test_killing_the_signing_worker_never_signs_or_numbers_twice(
    works: Works, cases: int, times: int, seconds: float
) -> None:
    """kill -9 in the middle of drawing, preparing, signing, storing or publishing."""
    through(works, cases, seconds, lambda: disturb(times, 0.8, 2.5, lambda: works.kill("signing")), halves=1)


@pytest.mark.parametrize(("cases", "times", "seconds"), SIZES)
def test_emptying_redis_loses_nothing_but_seconds(works: Works, cases: int, times: int, seconds: float) -> None:
    """FLUSHALL at random moments: bells and jobs are gone, PostgreSQL still knows what waits."""
    through(works, cases, seconds, lambda: disturb(times, 0.1, 0.8, lambda: works.house.redis.flushall() and None))


@pytest.mark.parametrize(
    ("cases", "times", "seconds"),
    [pytest.param(3, 1, 60, id="short"), pytest.param(20, 6, 400, id="long", marks=pytest.mark.long)],
)
def test_killing_all_services_while_work_goes_on_loses_nothing(
    works: Works, cases: int, times: int, seconds: float
) -> None:
    """PostgreSQL and Valkey die with their keeper; they come back, and so does the work."""
    opened = apply_for_cards(works, cases)

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):  # still away from the last time
            os.kill(keeper(works.folder), signal.SIGKILL)

    killer = disturb(times, 0.2, 1.0 if times == 1 else 12.0, kill)
    if times == 1:
        killer.join()
    settled(works, opened, "verifying", seconds, hurry=cases < 10)
    killer.join()
    patiently(lambda: works.house.redis.ping(), 30)
    patiently(lambda: rows(works.house, "SELECT 1"), 30)
    verify_and_sign(works, opened)
    killer = disturb(1, 0.1, 0.6, kill)
    killer.join()
    settled(works, opened, "issued", seconds, hurry=cases < 10)
    account_for(works, opened)


@pytest.mark.parametrize(
    "commands", [pytest.param(150, id="short"), pytest.param(5000, id="long", marks=pytest.mark.long)]
)
def test_two_engine_workers_keep_the_order_of_one_hot_case(works: Works, commands: int) -> None:
    """Rule 2 over real processes: the outcomes of one case follow the ids of its commands."""
    works.start("engine2")
    try:
        hot = apply_for_cards(works, 1)
        settled(works, hot, "verifying", 40, hurry=True)
        verify_and_sign(works, hot)
        settled(works, hot, "issued", 40, hurry=True)
        owner = rows(works.house, "SELECT owner FROM case_ WHERE id = :c", c=hot[0])[0][0]
        for _ in range(commands // 10):
            with works.house.engine.begin() as db:
                db.exec_driver_sql(
                    'INSERT INTO command (case_id, "do", actor, key) '
                    f"SELECT {hot[0]}, 'report', '{owner}', gen_random_uuid() FROM generate_series(1, 10)"
                )
            works.ring()
        sql = "SELECT outcome FROM command WHERE case_id = :c AND \"do\" = 'report' AND status = 'done' ORDER BY id"
        patiently(lambda: len(rows(works.house, sql, c=hot[0])) == commands, 60)
        seqs = [r.outcome["seq"] for r in rows(works.house, sql, c=hot[0])]
        assert seqs == list(range(seqs[0], seqs[0] + commands))
        whole(works.house, *hot)
    finally:
        works.stop("engine2")


def test_a_command_written_while_every_worker_was_dead_is_performed(works: Works) -> None:
    """Accepted is accepted: nobody has to be awake, nobody has to ring; who is asked to end ends cleanly."""
    assert {name: works.stop(name) for name in ("engine", "clock")} == {"engine": 0, "clock": 0}
    siti = new_account(works.house)
    case = open_filled(works.house, siti)
    send(works.house, case, "submit", siti, submits=True)
    time.sleep(0.5)
    assert all_in(works, [case], "draft")
    for name in ("engine", "clock"):
        works.start(name)
    settled(works, [case], "verifying", 30, hurry=True)
