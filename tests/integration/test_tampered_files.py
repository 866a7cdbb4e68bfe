"""What lies beside the histories cannot be rewritten either: definitions, data, documents, cards, prints, journal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from alur.wiring import House
from tests.audit_kit import Scene, audited, sealed_house, told, undone
from tests.drain_kit import one
from workflow.db.verified_contents import Looked, verify_contents
from workflow.finding import Finding


@pytest.fixture(scope="module")
def scene(house: House) -> Iterator[Scene]:
    """A sealed house, and the checkpoint that its auditor kept outside."""
    with sealed_house(house) as made:
        yield made


def test_a_changed_definition_is_named(scene: Scene) -> None:
    """By process and version, although every case that uses it still folds to what is stored."""
    with undone(scene.house, "definition") as db:
        db.execute("""UPDATE definition SET body = jsonb_set(body, '{process,title,id}', '"Lain"')
            WHERE process = 'ak1-online'""")
        found, _ = audited(scene.house)
        assert [(f.code, f.details) for f in found] == [("definition_changed", {"process": "ak1-online", "version": 1})]


def test_a_removed_definition_and_a_changed_calendar_are_named(scene: Scene) -> None:
    """The journal says that it was published."""
    with undone(scene.house, "definition", "calendar") as db:
        db.execute("DELETE FROM definition WHERE process = 'course'")
        db.execute("UPDATE calendar SET body = body || '{\"zone\": 1}'")
        found, _ = audited(scene.house)
        assert [f.code for f in found] == ["calendar_changed", "definition_missing"]
        assert found[1].case == 0


def test_a_swapped_data_version_is_named(scene: Scene) -> None:
    """Two versions that changed places cannot be opened where they are; the event that tells of them is named."""
    told_at = one(scene.house, "SELECT min(seq) FROM event WHERE case_id = :c AND body ? 'data'", c=scene.case)
    with undone(scene.house, "case_data") as db:
        a = db.execute(f"SELECT * FROM case_data WHERE case_id = {scene.case} AND version = 1").fetchone()
        b = db.execute(f"SELECT * FROM case_data WHERE case_id = {scene.other} AND version = 1").fetchone()
        assert a
        assert b
        for case, row in ((scene.case, b), (scene.other, a)):
            values = [row["cipher"], row["salt"], row["digest"], case]
            db.execute(
                "UPDATE case_data SET cipher = %s, salt = %s, digest = %s WHERE case_id = %s AND version = 1", values
            )
        assert ("data_changed", scene.case, told_at) in told(audited(scene.house)[0])
        assert {f.case for f in audited(scene.house)[0]} == {scene.case, scene.other}


def test_data_that_vanished_without_an_erasure_are_named(scene: Scene) -> None:
    """Only the event of an erasure excuses it."""
    with undone(scene.house, "case_data", "document") as db:
        db.execute(f"UPDATE case_data SET cipher = NULL, salt = NULL WHERE case_id = {scene.other} AND version = 1")
        db.execute(f"DELETE FROM document WHERE case_id = {scene.other} AND kind = 'ktp'")
        assert told(audited(scene.house)[0]) == [
            ("data_missing", scene.other, 1),
            ("document_missing", scene.other, 1),
        ]


def test_a_replaced_card_file_is_named(scene: Scene) -> None:
    """On the disk, or with the register made to fit."""
    seq = one(
        scene.house,
        "SELECT seq FROM event WHERE case_id = :c AND body -> 'result' ? 'sha256'",
        c=scene.case,
    )
    blob = one(scene.house, "SELECT blob FROM card WHERE case_id = :c", c=scene.case)
    path = Path(scene.house.settings.data) / "documents" / blob[:2] / blob[2:]
    true = path.read_bytes()
    try:
        path.write_bytes(true + b"\n")
        assert told(audited(scene.house)[0]) == [("card_file_changed", scene.case, seq)]
    finally:
        path.write_bytes(true)
    forged = scene.house.blobs.put(b"%PDF-1.7 another card")
    with undone(scene.house, "card") as db:
        values = [forged, hashlib.sha256(b"%PDF-1.7 another card").hexdigest(), scene.case]
        db.execute("UPDATE card SET blob = %s, sha256 = %s WHERE case_id = %s", values)
        assert told(audited(scene.house)[0]) == [("card_changed", scene.case, seq)]


def test_a_replaced_print_is_named(scene: Scene) -> None:
    """By the event of the step that drew it: its file, or its place in the register."""
    seq = one(scene.house, "SELECT seq FROM print WHERE case_id = :c", c=scene.counter) + 1
    forged = scene.house.blobs.put(b"%PDF-1.7 another print")
    with undone(scene.house, "print") as db:
        db.execute("UPDATE print SET blob = %s", [forged])
        assert told(audited(scene.house)[0]) == [("print_file_changed", scene.counter, seq)]
        db.execute("UPDATE print SET sha256 = %s", [forged])
        assert told(audited(scene.house)[0]) == [("print_changed", scene.counter, seq)]
        db.execute("DELETE FROM print")
        assert told(audited(scene.house)[0]) == [("print_changed", scene.counter, seq)]


def test_data_that_were_erased_by_an_event_are_told_as_erased(scene: Scene) -> None:
    """Key, salts and files are gone; whoever erased must have said so in the history."""
    last = one(scene.house, "SELECT seq FROM case_ WHERE id = :c", c=scene.other)
    with undone(scene.house, "event", "case_data", "document") as db:
        db.execute("UPDATE case_data SET cipher = NULL, salt = NULL WHERE case_id = %s", [scene.other])
        db.execute("UPDATE document SET salt = NULL WHERE case_id = %s", [scene.other])
        assert {f.code for f in contents(scene)[0]} == {"data_missing", "document_missing"}
        values = [scene.other, last + 1]
        db.execute("INSERT INTO event VALUES (%s, %s, 'data_erased', '1', now(), '{}', '')", values)
        findings, looked = contents(scene)
        assert (findings, looked.erased) == ([], 1)


def contents(scene: Scene) -> tuple[list[Finding], Looked]:
    """What a verification finds beside the histories."""
    looked, house = Looked(), scene.house
    with house.engine.connect() as db:
        return list(verify_contents(db, house.vault, house.blobs, None, looked)), looked


def test_a_changed_access_log_is_told(scene: Scene) -> None:
    """Who looked at whose data is sealed as well."""
    with undone(scene.house, "access_log") as db:
        db.execute("UPDATE access_log SET account = 3 WHERE id = (SELECT min(id) FROM access_log)")
        assert [f.code for f in audited(scene.house)[0]] == ["access_changed"]


def test_a_changed_journal_is_named(scene: Scene) -> None:
    """Chain and words."""
    with undone(scene.house, "journal") as db:
        db.execute("UPDATE journal SET actor = '7' WHERE seq = 2")
        assert told(audited(scene.house)[0])[0] == ("event_changed", 0, 2)
