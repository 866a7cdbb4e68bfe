"""All histories stream past the check: what was tampered with is named, by one process or by several alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

import workflow.db.verifiers
import workflow.db.verifying
from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, quiet_house, superuser
from workflow.db.verifiers import verify_all
from workflow.db.verifying import verify_cases
from workflow.finding import Finding


@pytest.fixture(scope="module")
def lived_in(house: House) -> Iterator[tuple[House, list[int]]]:
    """A house with six cases in verification, and a draft."""
    with quiet_house(house) as own, by_hand(own):
        yield own, [in_verification(own)[0] for _ in range(6)]


def found(house: House) -> list[Finding]:
    """The findings of one process, which those of two must equal."""
    counted: list[int] = []
    with house.engine.connect() as db:
        alone = list(verify_cases(db, house.library, ids=None, seen=counted.append))
        together = list(verify_all(db, house.library, house.urls.database, jobs=2, seen=lambda _: None))
    assert alone == together
    assert sum(counted) <= one(house, "SELECT count(*) FROM event")
    return alone


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few cases are many pages."""
    monkeypatch.setattr(workflow.db.verifying, "CASES_A_PAGE", 2)
    monkeypatch.setattr(workflow.db.verifiers, "CASES_A_TURN", 2)


def test_an_untouched_house_has_no_finding(lived_in: tuple[House, list[int]]) -> None:
    """Every event is read once."""
    house, _ = lived_in
    counted: list[int] = []
    with house.engine.connect() as db:
        assert list(verify_cases(db, house.library, ids=None, seen=counted.append)) == []
    assert sum(counted) == one(house, "SELECT count(*) FROM event")
    assert found(house) == []


CHANGES = {
    "actor": ("event SET actor = '9' || actor {at}", "event SET actor = substr(actor, 2) {at}", "event_changed"),
    "time": (
        "event SET at = at + interval '1 microsecond' {at}",
        "event SET at = at - interval '1 microsecond' {at}",
        "event_changed",
    ),
    "number": ("event SET seq = 900 {at}", "event SET seq = 1 WHERE case_id = {case} AND seq = 900", "event_missing"),
    "revision": ("case_ SET revision = revision + 1 {id}", "case_ SET revision = revision - 1 {id}", "stored_differs"),
    "end": ("case_ SET seq = seq + 1 {id}", "case_ SET seq = seq - 1 {id}", "event_missing"),
    "case": ("case_ SET id = -id {id}", "case_ SET id = -id WHERE id = -{case}", "case_missing"),
}
#: Changes of the first event show there; the others at the end of the history.
AT_FIRST = {"actor", "time", "number", "case"}


@pytest.mark.parametrize("what", CHANGES)
def test_the_case_and_event_that_do_not_fit_are_named(lived_in: tuple[House, list[int]], what: str) -> None:
    """In whichever page the case is; the others are found sound."""
    house, cases = lived_in
    change, undo, code = CHANGES[what]
    for case in (cases[0], cases[3], cases[-1]):
        where = {"at": f"WHERE case_id = {case} AND seq = 1", "id": f"WHERE id = {case}", "case": case}
        with superuser(house) as server:
            server.execute("SET session_replication_role = replica")
            server.execute(f"UPDATE {change.format(**where)}".encode())
        try:
            findings = found(house)
        finally:
            with superuser(house) as server:
                server.execute("SET session_replication_role = replica")
                server.execute(f"UPDATE {undo.format(**where)}".encode())
        assert [(f.code, f.case) for f in findings] == [(code, case)]
        assert (findings[0].seq == 1) == (what in AT_FIRST)
        assert findings[0].sentence("id")
    assert found(house) == []


def test_a_definition_that_is_gone_is_named(lived_in: tuple[House, list[int]]) -> None:
    """The event that names it cannot be judged."""
    house, cases = lived_in
    with house.engine.connect() as db:
        pinned = db.execute(text("SELECT definition FROM case_ WHERE id = :c"), {"c": cases[0]}).scalar_one()
    with superuser(house) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("UPDATE definition SET hash = 'gone' WHERE hash = %s", [pinned])
    house.__dict__.pop("library", None)
    try:
        findings = found(house)
    finally:
        with superuser(house) as server:
            server.execute("SET session_replication_role = replica")
            server.execute("UPDATE definition SET hash = %s WHERE hash = 'gone'", [pinned])
    assert {f.code for f in findings} == {"definition_missing"}
    assert len(findings) == len(cases)
