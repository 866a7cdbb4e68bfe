"""The clock process wakes a signing worker for cards that wait, and the worker's job does the rest."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from rq.serializers import JSONSerializer

from alur.wiring import House
from tests.api_kit import Api
from tests.away_kit import away, card_row, look, workshop_of
from tests.drain_kit import engine_write, ready_to_sign
from tests.pages_kit import officer
from tests.support import send, settle, state
from workers import lift_bell
from workers.jobs import lift
from workers.lift_bell import LiftBell
from workers.queue import SIGNING, AlurJob, open_queue
from workers.run import AlurWorker
from workers.workshop import enter
from workflow.db import card_files

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _silence(quiet: House) -> Iterator[None]:
    """Nothing waits before."""
    look(quiet)
    quiet.redis.flushdb()
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def pending(house: House) -> int:
    """A case whose card waits for its time stamp."""
    case, _ = ready_to_sign(house)
    with away(house, "tsa"):
        send(house, case, "sign", "signer")
        settle(house)
    return case


def queued(house: House) -> int:
    """How many jobs wait for a signing worker."""
    return open_queue(house.redis, SIGNING).count


def test_a_card_that_waits_wakes_a_signing_worker_once(quiet: House) -> None:
    """At most every minute, and not again before somebody answered."""
    bell = LiftBell(quiet.engine, quiet.redis)
    assert not bell.look(NOW)
    pending(quiet)
    assert not bell.look(NOW + timedelta(seconds=30))
    assert bell.look(NOW + timedelta(seconds=61))
    assert bell.look(NOW + timedelta(seconds=125))
    assert queued(quiet) == 1
    lift_bell.answer(quiet.redis)
    assert bell.look(NOW + timedelta(seconds=190))
    assert queued(quiet) == 2


def test_the_job_lifts_and_publishing_follows(quiet: House) -> None:
    """From the bell to the published card, through the real queue."""
    case = pending(quiet)
    assert LiftBell(quiet.engine, quiet.redis).look(NOW)
    enter(workshop_of(quiet))
    worker = AlurWorker(
        [open_queue(quiet.redis, SIGNING)], connection=quiet.redis, job_class=AlurJob, serializer=JSONSerializer
    )
    worker.work(burst=True, logging_level="CRITICAL", with_scheduler=False)
    assert (card_row(quiet, case).level, card_row(quiet, case).pending) == ("B-LT", None)
    settle(quiet)
    assert state(quiet, case) == "issued"


def test_a_worker_that_does_not_sign_lifts_nothing(quiet: House) -> None:
    """The job is in one list for all workers; what it needs is not."""
    case = pending(quiet)
    enter(quiet.workshop())
    assert lift() == 0
    enter(workshop_of(quiet))
    assert card_row(quiet, case).pending == "tsa_unavailable"


def test_an_archive_near_its_end_wakes_a_signing_worker(quiet: House) -> None:
    """Within twelve months of its end, and only where it is archived."""
    case = pending(quiet)
    look(quiet)
    ends = "UPDATE card SET level = :l, stamps_until = :u WHERE case_id = :c"
    soon, late = NOW + timedelta(days=300), NOW + timedelta(days=400)
    for level, until, wakes in (("B-LTA", late, False), ("B-LT", soon, False), ("B-LTA", soon, True)):
        engine_write(quiet, ends, l=level, u=until, c=case)
        quiet.redis.flushdb()
        assert LiftBell(quiet.engine, quiet.redis).look(NOW) is wakes
    engine_write(quiet, "UPDATE card SET pending = 'archive_broken' WHERE case_id = :c", c=case)
    assert not LiftBell(quiet.engine, quiet.redis).look(NOW)
    engine_write(quiet, ends + " AND true", l="B-LT", u=late, c=case)
    engine_write(quiet, "UPDATE card SET pending = NULL WHERE case_id = :c", c=case)


def test_an_office_is_told_how_many_wait_and_why(quiet: House) -> None:
    """Staff of the office only, by reason; the case's page says that nobody has to sign again."""
    case = pending(quiet)
    told = Api(quiet, "operator").get("/incidents").json["waiting"]
    assert [(w["code"], w["count"] >= 1) for w in told] == [("tsa_unavailable", True)]
    name, _ = officer(quiet, "operator@lamongan")
    assert Api(quiet, name).get("/incidents").json["waiting"] == []
    _, here = officer(quiet, "operator@palembang")
    assert "tsa_unavailable" in here.get("/incidents").text
    text = here.get(f"/cases/{case}").text
    assert "Tidak perlu menandatangani lagi." in text
    with quiet.engine.connect() as db:
        assert card_files.waiting(db, ("tsa_unavailable",), 9) == [case]
