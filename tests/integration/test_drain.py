"""The batch drain on the real database."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests.drain_kit import as_owner, by_hand, engine_write, in_verification, one, rows, submitted, whole, with_card
from tests.support import account_id, new_account, open_filled, outcome, send, settle, state
from workflow.db import cases, drain

DRAINING = """
import sys
from alur.embedded import Urls
from tests.drain_kit import by_hand
from alur.wiring import House
from alur.settings import load, ensure_keys
from pathlib import Path
import time
settings = ensure_keys(load({"ALUR_DATA": sys.argv[1]}, Path.cwd()))
house = House(settings, Urls(database=sys.argv[2], redis=sys.argv[3], embedded_database=True))
with by_hand(house) as hand:
    print("ready", flush=True)
    while True:
        if not hand.drainer.drain(int(sys.argv[4])).commands:
            time.sleep(0.002)
"""


def another_process(house: House, size: int) -> subprocess.Popen[str]:
    """A drainer in a process of its own, until it is ended."""
    urls = [str(house.settings.data), house.urls.database, house.urls.redis]
    return subprocess.Popen([sys.executable, "-c", DRAINING, *urls, str(size)], stdout=subprocess.PIPE, text=True)


def test_two_drainers_keep_the_order_of_one_hot_case(quiet: House) -> None:
    """Rule 2: commands of a case run in the order of their ids, however many processes hammer it."""
    hot, siti = with_card(quiet)
    cold = [in_verification(quiet)[0] for _ in range(3)]
    processes = [another_process(quiet, size) for size in (3, 7)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    actor = str(account_id(quiet, siti))
    for _ in range(60):
        with quiet.engine.begin() as db:
            for case, do in [(hot, "report")] * 5 + [(c, "approve") for c in cold]:
                db.execute(
                    text('INSERT INTO command (case_id, "do", actor, key) VALUES (:c, :d, :a, gen_random_uuid())'),
                    {"c": case, "d": do, "a": actor},
                )
    deadline = time.monotonic() + 20
    while one(quiet, "SELECT count(*) FROM command WHERE status = 'pending'") and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        process.terminate()
        process.communicate()
    done = rows(
        quiet, "SELECT status, outcome FROM command WHERE case_id = :c AND \"do\" = 'report' ORDER BY id", c=hot
    )
    assert [r.status for r in done] == ["done"] * 300
    seqs = [r.outcome["seq"] for r in done]
    assert seqs == list(range(seqs[0], seqs[0] + 300))
    assert one(quiet, "SELECT count(*) FROM command WHERE status = 'pending'") == 0
    whole(quiet, hot, *cold)


@pytest.fixture
def poisoned(quiet: House) -> Any:
    """A case of which the database refuses every event, among others that are sound."""
    cases_ = [submitted(quiet) for _ in range(9)]
    bad = cases_[4][0]
    as_owner(
        quiet,
        f"CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.case_id = {bad} THEN "
        "RAISE EXCEPTION 'poison' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER poison BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse_poison()",
    )
    yield bad, [c for c, _ in cases_ if c != bad]
    as_owner(quiet, "DROP TRIGGER poison ON event", "DROP FUNCTION refuse_poison")


def told(house: House, case: int) -> tuple[str, str | None]:
    """Status and code of the last command of a case."""
    found = rows(house, "SELECT status, outcome FROM command WHERE case_id = :c ORDER BY id DESC LIMIT 1", c=case)[0]
    return found.status, found.outcome.get("code")


def test_a_command_that_the_database_refuses_stands_alone(quiet: House, poisoned: Any) -> None:
    """All others of its batch are performed; the poison is told `engine_error` and its case is unchanged."""
    bad, good = poisoned
    with by_hand(quiet) as hand:
        hand.drain()
    assert told(quiet, bad) == ("failed", "engine_error")
    assert state(quiet, bad) == "draft"
    assert [told(quiet, c) for c in good] == [("done", None)] * 8
    whole(quiet, bad, *good)
    settle(quiet)


def test_with_two_drainers_nobody_else_is_blamed_for_the_poison(quiet: House, poisoned: Any) -> None:
    """The command that failed alone is set aside by its id, not whatever is next in line by then."""
    bad, good = poisoned
    start = threading.Barrier(3)

    def work(_: int) -> None:
        with by_hand(quiet) as hand:
            start.wait()
            for size in (1, 2, 1, 5) * 6:
                hand.drainer.drain(size)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert told(quiet, bad) == ("failed", "engine_error")
    assert [told(quiet, c) for c in good] == [("done", None)] * 8
    settle(quiet)


def test_a_command_that_lost_its_turn_is_not_blamed(quiet: House) -> None:
    """A drain that failed on a command which another drain has answered meanwhile leaves everything as it is."""
    first, second = submitted(quiet)[0], submitted(quiet)[0]
    with by_hand(quiet) as slow, by_hand(quiet) as quick:
        with slow.connection.transaction(force_rollback=True):
            slow.drainer._batch(1)
        quick.drainer.drain(1)
        slow.drainer._set_aside(ValueError("only for me"))
        assert told(quiet, first) == ("done", None)
        assert one(quiet, "SELECT status FROM command WHERE case_id = :c", c=second) == "pending"
    settle(quiet)


def test_a_bug_in_deciding_fails_alone(quiet: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception of one decision is told to its command; the rest of the batch is performed in the same commit."""
    cases_ = [submitted(quiet)[0] for _ in range(5)]
    real = drain.decide

    def broken(book: Any, case: Any, command: Any, now: Any) -> Any:
        if case.id == cases_[2]:
            raise ZeroDivisionError
        return real(book, case, command, now)

    monkeypatch.setattr(drain, "decide", broken)
    with by_hand(quiet) as hand:
        assert hand.drainer.drain(200).commands == 5
    assert [told(quiet, c)[0] for c in cases_] == ["done", "done", "failed", "done", "done"]
    assert told(quiet, cases_[2])[1] == "engine_error"
    monkeypatch.undo()
    settle(quiet)
    assert state(quiet, cases_[2]) == "draft"


def test_data_that_cannot_be_opened_stops_its_own_command_only(quiet: House) -> None:
    """A damaged version must not keep the whole house from working."""
    cases_ = [submitted(quiet)[0] for _ in range(3)]
    engine_write(quiet, "UPDATE case_data SET cipher = '\\x00' WHERE case_id = :c", c=cases_[1])
    with by_hand(quiet) as hand:
        hand.drain()
    assert [told(quiet, c)[0] for c in cases_] == ["done", "failed", "done"]
    settle(quiet)


def test_a_command_delivered_twice_acts_once(quiet: House) -> None:
    """The same key gives the command of the first time, also from many threads at once."""
    case, siti = in_verification(quiet)
    key = uuid.uuid4()
    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(lambda _: send(quiet, case, "withdraw", siti, key=key), range(6)))
    assert len(ids) == 1
    settle(quiet)
    assert send(quiet, case, "withdraw", siti, key=key) == ids.pop()
    assert one(quiet, "SELECT count(*) FROM event WHERE case_id = :c AND body->>'do' = 'withdraw'", c=case) == 1


def test_a_refused_command_leaves_nothing_but_its_outcome(quiet: House) -> None:
    """No event, no task, no timer; the sentence's facts are stored with the command."""
    case, siti = in_verification(quiet)
    before = rows(quiet, "SELECT * FROM case_ WHERE id = :c", c=case)
    command = send(quiet, case, "approve", siti)
    settle(quiet)
    status, said = outcome(quiet, command)
    assert (status, said["code"]) == ("refused", "wrong_role")
    assert rows(quiet, "SELECT * FROM case_ WHERE id = :c", c=case) == before
    assert one(quiet, "SELECT done_at IS NOT NULL FROM command WHERE id = :c", c=command)


def test_many_moves_of_one_case_in_one_batch_leave_whole_rows(quiet: House) -> None:
    """A task that opens and closes within a batch is written as done; one is open at most."""
    case, siti = in_verification(quiet)
    send(quiet, case, "return", "operator", given={"reason": "foto", "fields": ["photo"]})
    send(quiet, case, "resubmit", siti, submits=True)
    send(quiet, case, "approve", "operator", checklist=("identity", "photo", "diploma"))
    with by_hand(quiet) as hand:
        assert hand.drainer.drain(200).commands == 3
    assert state(quiet, case) == "approved"
    found = rows(quiet, "SELECT state, status, role FROM task WHERE case_id = :c ORDER BY seq", c=case)
    assert [tuple(r) for r in found] == [
        ("verifying", "done", "operator"),
        ("correction", "done", "applicant"),
        ("verifying", "done", "operator"),
        ("approved", "open", "signer"),
    ]
    whole(quiet, case)


def test_the_data_of_a_draft_is_frozen_when_the_command_is_accepted(quiet: House) -> None:
    """What is saved after `submit` was accepted is not what was submitted."""
    siti = new_account(quiet)
    case = open_filled(quiet, siti)
    command = send(quiet, case, "submit", siti, submits=True)
    with quiet.engine.begin() as db:
        cases.save_data(db, quiet.vault, cases.get(db, case, lock=True), {"nik": "1"}, None)
    settle(quiet)
    assert outcome(quiet, command)[0] == "done"
    with quiet.engine.connect() as db:
        found = cases.get(db, case)
        assert cases.read_version(db, quiet.vault, found, found.case.data)["data"]["name"] == "Siti Rahmawati"
