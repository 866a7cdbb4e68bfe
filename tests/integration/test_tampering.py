"""Whoever may write anything in the database is told: case and event of every way to rewrite what happened.

Each test is done in SQL with triggers off. Those that need a checkpoint kept outside say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from alur.wiring import House
from tests.audit_kit import Scene, audited, rehash, seal, sealed_house, told, undone
from tests.drain_kit import one
from workflow.case import fold_text
from workflow.db import cases
from workflow.db.history import read_events
from workflow.replay import Until, replay


@pytest.fixture(scope="module")
def scene(house: House) -> Iterator[Scene]:
    """A sealed house, and the checkpoint that its auditor kept outside."""
    with sealed_house(house) as made:
        yield made


def test_an_untouched_house_has_no_finding(scene: Scene) -> None:
    """Everything was looked at, and it says until when it is sealed."""
    findings, tells = audited(scene.house, kept=scene.kept, every_stamp=True)
    assert told(findings) == []
    assert (tells.cases, tells.unsealed) == (3, 0)
    assert tells.events == one(scene.house, "SELECT count(*) FROM event")
    assert tells.looked.versions == 4
    assert tells.looked.documents == 9
    assert tells.looked.files == 3
    assert tells.sealed == scene.kept
    assert tells.stamped_at is not None
    assert told(audited(scene.house, scene.case, kept=scene.kept)[0]) == []


@pytest.mark.parametrize(
    "change",
    [
        """body = jsonb_set(body, '{do}', '"other"')""",
        "actor = '999'",
        "at = at + interval '1 second'",
        "type = 'task_released'",
    ],
    ids=["body", "actor", "time", "type"],
)
def test_a_changed_body_actor_time_or_type_is_named(scene: Scene, change: str) -> None:
    """By the hash of that very event."""
    with undone(scene.house, "event") as db:
        db.execute(f"UPDATE event SET {change} WHERE case_id = {scene.case} AND seq = 3")
        assert told(audited(scene.house)[0]) == [("event_changed", scene.case, 3)]
        assert told(audited(scene.house, scene.case)[0]) == [("event_changed", scene.case, 3)]
        assert told(audited(scene.house, scene.other)[0]) == []


def test_a_removed_middle_event_is_named(scene: Scene) -> None:
    """By the gap that it leaves."""
    with undone(scene.house, "event") as db:
        db.execute(f"DELETE FROM event WHERE case_id = {scene.case} AND seq = 4")
        assert told(audited(scene.house)[0]) == [("event_missing", scene.case, 4)]


def test_a_removed_last_event_is_named(scene: Scene) -> None:
    """With the case set back to what it was before, so that chain and fold are whole: the seal remembers."""
    last = one(scene.house, "SELECT seq FROM case_ WHERE id = :c", c=scene.other)
    with undone(scene.house, "event", "case_") as db:
        _set_back(scene, db, scene.other, last - 1)
        named = [("sealed_event_missing", scene.other, last)]
        assert told(audited(scene.house, scene.other, contents=False)[0]) == named
        assert told(audited(scene.house, kept=scene.kept)[0]) == named


def test_an_inserted_event_is_named(scene: Scene) -> None:
    """Copied behind the first, the later ones moved up and re-hashed by somebody who forgot the case."""
    with undone(scene.house, "event") as db:
        db.execute(f"UPDATE event SET seq = seq + 1000 WHERE case_id = {scene.case} AND seq > 1")
        db.execute(f"UPDATE event SET seq = seq - 999 WHERE case_id = {scene.case} AND seq > 1000")
        db.execute(f"""INSERT INTO event SELECT case_id, 2, 'task_released', '2', at, '{{"task": 1}}', hash FROM event
            WHERE case_id = {scene.case} AND seq = 1""")
        assert told(audited(scene.house)[0])[0] == ("event_changed", scene.case, 2)


def test_swapped_events_are_named(scene: Scene) -> None:
    """Two events that changed places do not fit where they are."""
    with undone(scene.house, "event") as db:
        for old, new in ((3, 1000), (4, 3), (1000, 4)):
            db.execute(f"UPDATE event SET seq = {new} WHERE case_id = {scene.case} AND seq = {old}")
        assert told(audited(scene.house)[0]) == [("event_changed", scene.case, 3)]


def test_a_case_that_was_removed_whole_is_named(scene: Scene) -> None:
    """Nothing of it is left but what was sealed."""
    with undone(scene.house, "event", "case_") as db:
        db.execute(f"DELETE FROM event WHERE case_id = {scene.other}")
        db.execute(f"DELETE FROM case_ WHERE id = {scene.other}")
        assert told(audited(scene.house, kept=scene.kept)[0]) == [("sealed_case_missing", scene.other, 1)]
        assert told(audited(scene.house, scene.other)[0]) == [("sealed_case_missing", scene.other, 1)]


def test_a_case_that_was_hashed_anew_is_named(scene: Scene) -> None:
    """A changed history whose hashes all fit is not the one that was sealed."""
    last = one(scene.house, "SELECT seq FROM case_ WHERE id = :c", c=scene.other)
    with undone(scene.house, "event", "case_") as db:
        db.execute(
            f"UPDATE event SET at = at + interval '1 microsecond' WHERE case_id = {scene.other} AND seq = {last}"
        )
        rehash(db, scene.other)
        found = told(audited(scene.house, kept=scene.kept)[0])
        assert ("sealed_event_changed", scene.other, last) in found
        assert found[0][1] == scene.other


def test_who_rewrites_the_log_as_well_is_told_by_the_checkpoint_kept_outside(scene: Scene) -> None:
    """A log sealed anew over a rewritten history has another root than the one that was exported."""
    with undone(scene.house, "event", "case_", "log_leaf", "log_node", "checkpoint_stamp", "checkpoint") as db:
        db.execute(f"DELETE FROM event WHERE case_id = {scene.other}")
        db.execute(f"DELETE FROM case_ WHERE id = {scene.other}")
        _forget(db)
        # More happens until the forged log is as long as the true one.
        for n in range(3):
            db.execute("INSERT INTO access_log (account, case_id, what) VALUES (2, %s, %s)", [scene.case, f"data/{n}"])
            seal(scene.house)
        found, _ = audited(scene.house, contents=False)
        assert told(found) == []
        found, _ = audited(scene.house, contents=False, kept=scene.kept)
        assert [f.code for f in found] == ["log_forked"]
        assert [f.code for f in audited(scene.house, scene.case, kept=scene.kept)[0]] == ["log_forked"]


def test_an_older_backup_is_told_by_the_checkpoint_kept_outside(scene: Scene) -> None:
    """Restored data fit in themselves; they end before what was exported."""
    with undone(scene.house, "event", "case_", "log_leaf", "log_node", "checkpoint_stamp", "checkpoint") as db:
        db.execute(f"DELETE FROM event WHERE case_id = {scene.other}")
        db.execute(f"DELETE FROM case_ WHERE id = {scene.other}")
        _forget(db)
        assert told(audited(scene.house)[0]) == []
        found, _ = audited(scene.house, kept=scene.kept)
        assert [(f.code, f.details["size"], f.details["kept"]) for f in found] == [("log_smaller", 0, scene.kept.size)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE log_leaf SET text = replace(text, '\"seq\":', '\"seq\":1') WHERE place = 0", "leaf_changed"),
        ("DELETE FROM log_leaf WHERE place = 0", "leaf_missing"),
        ("UPDATE log_node SET hash = sha256('x') WHERE level = 1 AND place = 0", "node_changed"),
        ("UPDATE checkpoint SET note = replace(note, '/alur', '/olur')", "checkpoint_unsigned"),
        ("UPDATE checkpoint SET moment = moment - interval '1 day'", "checkpoint_changed"),
        ("UPDATE checkpoint_stamp SET token = substring(token for 200)", "stamp_invalid"),
    ],
)
def test_a_changed_log_is_told(scene: Scene, statement: str, code: str) -> None:
    """Leaves, stored subtrees, checkpoints and time stamps."""
    with undone(scene.house, "log_leaf", "log_node", "checkpoint_stamp", "checkpoint") as db:
        db.execute(statement)
        assert code in {f.code for f in audited(scene.house)[0]}


def _forget(db: Any) -> None:
    for name in ("log_leaf", "log_node", "checkpoint_stamp", "checkpoint"):
        db.execute(f"DELETE FROM {name}")


def _set_back(scene: Scene, db: Any, case: int, seq: int) -> None:
    """Remove what came after event `seq`, and make the stored case what the rest says."""
    with scene.house.engine.connect() as reading:
        stored = cases.get(reading, case).case
        books = scene.house.library.look_up(reading, stored.office)
        past = replay(books, stored, read_events(reading, case), Until(seq=seq)).case
    db.execute("DELETE FROM event WHERE case_id = %s AND seq > %s", [case, seq])
    values = [past.state, past.revision, past.seq, past.head, past.data, Jsonb(json.loads(fold_text(past))), case]
    db.execute(
        "UPDATE case_ SET state = %s, revision = %s, seq = %s, head = %s, data = %s, fold = %s WHERE id = %s", values
    )
