"""The log: what a seal takes up, that it goes on where it stopped, and who may seal, read and change it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alur.signers import trust_of
from alur.wiring import House
from signing.development import ensure_development_pki
from signing.errors import Unavailable
from signing.stamps import StampError, stamped, stamped_at
from signing.timestamps import local_timestamper
from tests.audit_kit import audited, seal, told
from tests.drain_kit import engine_write, in_verification, one, quiet_house, rows
from tests.support import as_web, send, settle
from workers.sealing import STAMP_AGAIN, Sealer
from workflow.db import log, sealing
from workflow.db.connect import engine_for
from workflow.log.leaf import Leaf, read_leaf
from workflow.log.tree import consistent, includes, leaf_hash

START = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house of its own with a case in verification."""
    with quiet_house(house) as quiet:
        in_verification(quiet)
        yield quiet


def leaves(own: House) -> list[Leaf]:
    """Every leaf, in order."""
    return [read_leaf(r.text) for r in rows(own, "SELECT text FROM log_leaf ORDER BY place")]


def look(own: House, case: int, what: str) -> None:
    """Somebody looks at a case."""
    engine_write(own, "INSERT INTO access_log (account, case_id, what) VALUES (2, :c, :w)", c=case, w=what)


def head(own: House, case: int) -> tuple[int, bytes]:
    """Number and hash of the last event of a case."""
    row = rows(own, "SELECT seq, head FROM case_ WHERE id = :c", c=case)[0]
    return row.seq, bytes(row.head)


def test_a_seal_takes_up_what_moved_and_nothing_twice(own: House) -> None:
    """Cases by number of events, the journal's head, new rows of the access log; drafts have nothing to seal."""
    look(own, 1, "data")
    first = seal(own)
    assert [(leaf.kind, leaf.case) for leaf in leaves(own)] == [("case", 1), ("journal", None), ("access", None)]
    assert (leaves(own)[0].seq, leaves(own)[0].hash) == head(own, 1)
    assert seal(own) == first
    other, _ = in_verification(own)
    send(own, 1, "return", "operator", given={"reason": "foto buram", "fields": ["photo"]})
    settle(own)
    look(own, other, "card")
    look(own, other, "data")
    second = seal(own)
    assert [(leaf.kind, leaf.case, leaf.rows) for leaf in leaves(own)[3:]] == [
        ("case", 1, 0),
        ("case", other, 0),
        ("access", None, 2),
    ]
    assert second.size == 6
    with own.engine.connect() as db:
        proof = log.prove_growth(db, first.size, second.size)
    assert consistent(first.size, first.root, second.size, second.root, proof)
    assert told(audited(own, kept=first)[0]) == []


def test_an_event_after_the_seal_is_told_as_not_sealed(own: House) -> None:
    """An auditor reads how much could still be rewritten."""
    assert audited(own)[1].sealed is None
    before = audited(own)[1].unsealed
    assert before == head(own, 1)[0]
    seal(own)
    assert audited(own)[1].unsealed == 0
    send(own, 1, "return", "operator", given={"reason": "foto buram", "fields": ["photo"]})
    settle(own)
    assert audited(own)[1].unsealed == head(own, 1)[0] - before > 0


def test_a_leaf_is_proven_under_each_later_checkpoint(own: House) -> None:
    """With as many hashes as the logarithm of the size."""
    many = [in_verification(own)[0] for _ in range(4)]
    first = seal(own)
    in_verification(own)
    second = seal(own)
    with own.engine.connect() as db:
        for sealed in (first, second):
            for case in many:
                proven = log.prove(db, case, sealed)
                assert proven is not None
                leaf = leaf_hash(proven.text.encode())
                assert includes(leaf, proven.index, sealed.size, proven.proof, sealed.root)
                assert len(proven.proof) <= 3
        assert log.prove(db, many[-1] + 1, first) is None


def test_seals_at_once_take_turns(own: House) -> None:
    """One seals, the others find nothing left."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: sealing.seal(own.engine, own.note_signer(), lambda: START), range(4)))
    assert {f and f.size for f in found} == {2}
    assert one(own, "SELECT count(*) FROM checkpoint") == 1
    assert told(audited(own)[0]) == []


def test_a_row_of_the_access_log_that_commits_late_is_not_left_behind(own: House) -> None:
    """Its number is lower than that of a row which is there already; the seal waits for it."""
    done = threading.Event()
    with own.engine.connect() as slow:
        slow.execute(text("INSERT INTO access_log (account, case_id, what) VALUES (2, 1, 'slow')"))
        look(own, 1, "fast")
        sealer = threading.Thread(target=lambda: (seal(own), done.set()))
        sealer.start()
        assert not done.wait(0.5)
        slow.commit()
    sealer.join(20)
    assert [leaf.rows for leaf in leaves(own) if leaf.kind == "access"] == [2]
    assert told(audited(own)[0]) == []


def test_hundreds_of_cases_are_sealed_in_pages(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree does not depend on how many leaves are written at once."""
    monkeypatch.setattr(sealing, "ROWS_AT_ONCE", 7)
    engine_write(
        own,
        """INSERT INTO case_ (process, definition, office, person, state, seq, head, fold)
        SELECT process, definition, office, person, 'draft', 0, '', '{}' FROM case_, generate_series(1, 40)""",
    )
    engine_write(own, "UPDATE case_ SET seq = 1, head = sha256(id::text::bytea) WHERE id > 1")
    sealed = seal(own)
    assert sealed.size == 42
    assert {f.code for f in audited(own, contents=False)[0]} == {"event_missing", "sealed_case_missing"}


class Office:
    """A clock process whose time and time-stamping authority are set by hand."""

    def __init__(self, own: House) -> None:
        self.own, self.now, self.answers = own, START, True
        self.sealer = Sealer(own.engine, own.note_signer(), self._stamp, lambda: self.now)

    def _stamp(self, content: bytes) -> bytes:
        if not self.answers:
            raise Unavailable("tsa_unavailable", "The authority is away.")
        return self.own.stamp(content)

    def sizes(self) -> list[tuple[int, bool]]:
        """Checkpoints by size, and whether each is stamped."""
        with self.own.engine.connect() as db:
            return [(s.size, s.token is not None) for s in reversed(log.checkpoints(db))]


def test_the_clock_seals_each_hour_where_something_moved(own: House) -> None:
    """However often it looks, and however many of them look."""
    office, other = Office(own), Office(own)
    for clock in (office, other):
        clock.sealer.look()
        clock.sealer.look()
    assert office.sizes() == [(2, True)]
    in_verification(own)
    office.now = other.now = START + timedelta(minutes=59)
    office.sealer.look()
    assert office.sizes() == [(2, True)]
    office.now = other.now = START + sealing.INTERVAL
    for clock in (other, office):
        clock.sealer.look()
    assert office.sizes() == [(2, True), (3, True)]
    office.now += sealing.INTERVAL
    office.sealer.look()
    assert office.sizes() == [(2, True), (3, True)]


def test_a_clock_that_ran_ahead_does_not_keep_the_house_unsealed(own: House) -> None:
    """Its checkpoint of next year stands; what moves meanwhile is sealed all the same, and nothing is left out."""
    ahead, office = Office(own), Office(own)
    ahead.now += timedelta(days=365)
    ahead.sealer.look()
    in_verification(own)
    office.sealer.look()
    assert office.sizes() == [(2, True), (3, True)]
    assert told(audited(own)[0]) == []


def test_a_checkpoint_that_is_asked_for_is_made_at_the_next_look(own: House) -> None:
    """Within the hour, and the request is answered."""
    office = Office(own)
    office.sealer.look()
    in_verification(own)
    office.now += timedelta(minutes=5)
    office.sealer.look()
    assert office.sizes() == [(2, True)]
    engine_sql = "INSERT INTO seal_request (account, asked_at) VALUES (current_account(), now())"
    with as_web(own, "auditor", "palembang") as db:
        db.execute(text(engine_sql))
    office.sealer.look()
    assert office.sizes() == [(2, True), (3, True)]
    assert tuple(rows(own, "SELECT size, done_at FROM seal_request")[0]) == (3, office.now)


def test_without_an_authority_the_checkpoint_is_signed_and_its_time_stamp_follows(own: House) -> None:
    """It is told as pending, and asked for again."""
    office = Office(own)
    office.answers = False
    office.sealer.look()
    assert office.sizes() == [(2, False)]
    findings, tells = audited(own)
    assert told(findings) == []
    assert tells.stamped_at is None
    office.answers = True
    office.sealer.look()
    assert office.sizes() == [(2, False)]
    office.now += STAMP_AGAIN
    office.sealer.look()
    assert office.sizes() == [(2, True)]
    assert audited(own)[1].stamped_at is not None


def test_a_time_stamp_is_over_this_note_and_by_a_trusted_authority(own: House, tmp_path: Path) -> None:
    """Another content or a changed token is invalid; another's stamp may be whole, and says nothing here."""
    trust = trust_of(own.settings)()
    token = own.stamp(b"a note")
    assert abs(stamped_at(token, b"a note", trust) - datetime.now(UTC)) < timedelta(minutes=5)
    stranger = ensure_development_pki(tmp_path / "keys")
    foreign = stamped(b"a note", local_timestamper(stranger))
    unknown, invalid = "stamp_authority_unknown", "stamp_invalid"
    for wrong, content, code in (
        (token, b"another", invalid),
        (token[:300], b"a note", invalid),
        (b"", b"a note", invalid),
        (foreign, b"a note", unknown),
        (foreign, b"another", invalid),
    ):
        with pytest.raises(StampError, match="time stamp") as told:
            stamped_at(wrong, content, trust)
        assert told.value.code == code


@pytest.mark.parametrize("table", ["log_leaf", "log_node", "checkpoint", "checkpoint_stamp"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_log_is_append_only(own: House, table: str, sql: str) -> None:
    """For the engine, and for the owner of the schema as well."""
    seal(own)
    column = "place" if table.startswith("log") else "size"
    statement = sql.format(table, column, column)
    before = one(own, f"SELECT count(*) FROM {table}")
    for role in ("alur_engine", "alur_owner"):
        engine = engine_for(own.urls.database, role, pool_size=1)
        with engine.connect() as db, pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            db.execute(text(statement))
        engine.dispose()
    assert one(own, f"SELECT count(*) FROM {table}") == before > 0


def test_the_web_seals_nothing_and_asks_in_its_own_name_only(own: House) -> None:
    """Neither leaf nor checkpoint, nor somebody else's request."""
    seal(own)
    for statement in (
        "INSERT INTO log_leaf VALUES (9, 'case', 1, 1, '', '')",
        "INSERT INTO checkpoint VALUES (9, '', now(), '')",
        "SELECT access_log_bound()",
        "INSERT INTO seal_request (account, asked_at) VALUES (1, now())",
        "UPDATE seal_request SET done_at = now()",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|row-level security"), as_web(own, "auditor") as db:
            db.execute(text(statement))
