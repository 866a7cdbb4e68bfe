"""Erasing the personal data of a party, and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests import erase_kit
from tests.counter_kit import act, printed
from tests.drain_kit import in_verification, quiet_house, rows, with_card
from tests.support import new_account, open_filled, send, settle, state
from workers.eraser import Eraser
from workers.face import masked
from workers.retention import Sweep, past
from workflow.blobs import BlobError
from workflow.db import cases, past_time
from workflow.db.erasure import ErasureRefusedError
from workflow.db.history import read_events
from workflow.db.replaying import verify_case
from workflow.events import first_break

NOW = datetime(2027, 3, 1, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def own(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A quiet house with documents and a key safe of its own."""
    with quiet_house(house) as quiet:
        yield erase_kit.of_its_own(quiet, tmp_path_factory.mktemp("erase"))


@pytest.fixture(scope="module")
def erased(own: House) -> tuple[int, int, str]:
    """The person's two cases, a revoked card and a draft, after their erasure; with the account's name of before."""
    name = erase_kit.party(own)
    case = erase_kit.revoked(own, name)
    draft = open_filled(own, name, data=erase_kit.distinct_data())
    before = erase_kit.database(own)
    assert "Zubaidah" in before, "the account is there to be found"
    assert masked(erase_kit.DISTINCT["name"]) in before, "so is the holder's name as the verify page tells it"
    gone = own.eraser().by_right(case, "1", datetime.now(UTC), "Diminta sendiri di loket.")
    assert list(gone) == [case, draft]
    return case, draft, name


def withdrawn(house: House) -> int:
    """A case that ended without a card."""
    case, siti = in_verification(house)
    send(house, case, "withdraw", siti)
    settle(house)
    assert state(house, case) == "withdrawn"
    return case


def refusal(eraser: Eraser, case: int) -> str:
    """Code of the reason why a case is not erased."""
    with pytest.raises(ErasureRefusedError) as told:
        eraser.by_right(case, "1", NOW)
    return told.value.refusal.code


def test_nothing_of_the_person_is_left_anywhere(own: House, erased: tuple[int, int, str], tmp_path: Path) -> None:
    """The whole database, the stored files and Redis hold none of the values, in no spelling that was used."""
    dump, stored = erase_kit.database(own), erase_kit.files(own.blobs._folder)  # type: ignore[attr-defined]
    waiting = erase_kit.queue(own.redis)
    for needle in erase_kit.NEEDLES:
        assert needle not in dump, needle
        assert needle.encode() not in stored
        assert needle not in waiting
    assert not [p for p in own.blobs._folder.rglob("*") if p.is_file()]  # type: ignore[attr-defined]


def test_keys_salts_and_copies_are_destroyed(own: House, erased: tuple[int, int, str]) -> None:
    """What opened the data is gone with the data: nobody who finds an old file can open it."""
    for case in erased[:2]:
        with own.engine.connect() as db:
            found = cases.get(db, case)
        assert rows(own, "SELECT wrapped, erased_at IS NULL FROM person_key WHERE id = :p", p=found.person) == [
            (None, False)
        ]
        left = "SELECT count(*) FROM case_data WHERE case_id = :c AND (cipher IS NOT NULL OR salt IS NOT NULL)"
        assert rows(own, left, c=case) == [(0,)]
        assert rows(own, "SELECT count(*) FROM working_copy WHERE case_id = :c", c=case) == [(0,)]
        assert rows(own, "SELECT count(*) FROM case_key WHERE case_id = :c", c=case) == [(0,)]
        assert own.safe.find(found.person, datetime.now(UTC)) is None
    assert {e.case for e in own.safe.erased()} >= set(erased[:2])


def test_the_chain_stays_whole_and_the_replay_equals_the_case(own: House, erased: tuple[int, int, str]) -> None:
    """The history verifies, ends with `data_erased`, and says under what."""
    for case in erased[:2]:
        with own.engine.connect() as db:
            events = read_events(db, case)
            found, case_now = verify_case(db, own.library, case), cases.get(db, case).case
        assert first_break(events) is None
        assert events[-1].type == "data_erased"
        assert events[-1].body["under"] == "right"
        assert found is None
        assert case_now.erased is not None
        assert case_now.erased.under == "right"


def test_the_register_keeps_the_card_without_the_person(own: House, erased: tuple[int, int, str]) -> None:
    """Number, state, dates and digest stay; the file and the name are gone, and the register says that they are."""
    card = rows(own, "SELECT * FROM card WHERE case_id = :c", c=erased[0])[0]
    assert card.number
    assert card.state == "revoked"
    assert card.sha256
    assert card.issued_on
    assert (card.holder, card.blob) == (None, None)
    assert card.erased_at is not None
    assert rows(own, "SELECT erased_at FROM verify_card(:c)", c=card.code) == [(card.erased_at,)]


def test_facts_for_statistics_outlive_the_person(own: House, erased: tuple[int, int, str]) -> None:
    """What a case counts for is the same before and after."""
    facts = rows(own, "SELECT body->'facts' FROM event WHERE case_id = :c AND type = 'submitted'", c=erased[0])[0][0]
    assert facts["kecamatan"]
    assert "Zubaidah" not in str(facts)


def test_the_account_is_nobodys(own: House, erased: tuple[int, int, str]) -> None:
    """Name, title and address are gone, and nobody signs in with it."""
    row = rows(own, "SELECT * FROM account WHERE name LIKE 'erased-%'")[0]
    assert (row.title, row.email, row.password, row.active) == ("", None, None, False)
    assert rows(own, "SELECT count(*) FROM account WHERE name = :n", n=erased[2]) == [(0,)]


def test_an_erased_case_is_refused_whatever_is_asked(own: House, erased: tuple[int, int, str]) -> None:
    """A command that comes late is refused with the reason; nothing fails."""
    with own.engine.begin() as db:
        id_ = db.execute(
            text(
                'INSERT INTO command (case_id, "do", actor, payload, key) VALUES '
                "(:c, 'submit', '1', '{}', gen_random_uuid()) RETURNING id"
            ),
            {"c": erased[1]},
        ).scalar_one()
    settle(own)
    outcome = rows(own, "SELECT status, outcome->>'code' FROM command WHERE id = :i", i=id_)[0]
    assert tuple(outcome) == ("refused", "data_erased")


def test_a_case_that_lives_is_not_erased(own: House) -> None:
    """The person withdraws first; the refusal says so, and names the ways out."""
    case, _ = in_verification(own)
    assert refusal(own.eraser(), case) == "erase_live"
    assert rows(own, "SELECT count(*) FROM event WHERE case_id = :c AND type = 'data_erased'", c=case) == [(0,)]


def test_a_valid_card_is_given_back_first(own: House) -> None:
    """Whoever shows the card would be told that it is valid, of a person nobody knows."""
    case, _ = with_card(own)
    assert refusal(own.eraser(), case) == "erase_card_valid"


def test_one_live_case_keeps_all_of_the_party(own: House) -> None:
    """All of a party's cases go, or none."""
    case = withdrawn(own)
    with own.engine.connect() as db:
        owner = rows(own, "SELECT a.name FROM account a JOIN case_ c ON c.owner = a.id WHERE c.id = :c", c=case)[0][0]
    other = open_filled(own, owner)
    send(own, other, "submit", owner, submits=True)
    settle(own)
    assert refusal(own.eraser(), case) == "erase_live"
    with own.engine.connect() as db:
        assert cases.get(db, case).case.erased is None


def test_what_waits_is_done_first(own: House) -> None:
    """A command that waits is performed before its case is erased."""
    siti = new_account(own)
    draft = open_filled(own, siti)
    send(own, draft, "submit", siti, submits=True)
    assert refusal(own.eraser(), draft) == "erase_busy"
    settle(own)


def test_files_that_a_crash_left_are_removed_later(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the database and the files lies a row that remembers what is still to be removed."""
    case = withdrawn(own)
    monkeypatch.setattr(own.blobs, "delete", lambda _: (_ for _ in ()).throw(OSError("away")))
    with pytest.raises(OSError, match="away"):
        own.eraser().by_right(case, "1", NOW)
    left = rows(own, "SELECT blobs FROM erasure WHERE case_id = :c AND done_at IS NULL", c=case)
    assert left
    monkeypatch.undo()
    assert own.eraser().clear(NOW) == 1
    with pytest.raises(Exception, match="not in the store"):
        own.blobs.get(left[0][0][0])
    assert rows(own, "SELECT count(*) FROM erasure WHERE done_at IS NULL") == [(0,)]


def test_retention_erases_what_is_past_its_time_and_nothing_else(own: House) -> None:
    """By the definition that the case pins: a withdrawn application after a year, and not a day before."""
    case, lives = withdrawn(own), in_verification(own)[0]
    with own.engine.connect() as db:
        due = past_time.when_due(db, own.library, cases.get(db, case))
        definition = cases.get(db, case).case.definition
    assert due is not None
    assert due.basis == definition
    entered = rows(own, "SELECT (fold->>'entered_at')::timestamptz FROM case_ WHERE id = :c", c=case)[0][0]
    assert timedelta(days=364) < due.at - entered < timedelta(days=367)
    sweep = Sweep(own.eraser())
    assert sweep.step(due.at - timedelta(hours=1)) == 0
    assert Sweep(own.eraser()).step(due.at + timedelta(hours=1)) >= 1
    with own.engine.connect() as db:
        events = read_events(db, case)
        assert cases.get(db, lives).case.erased is None
    assert events[-1].type == "data_erased"
    assert events[-1].actor == "timer"
    assert (events[-1].body["under"], events[-1].body["basis"]) == ("retention", definition)


def test_a_draft_that_went_no_further_is_forgotten(own: House) -> None:
    """A draft is kept as long as its process says since its last save."""
    draft = open_filled(own, new_account(own))
    with own.engine.connect() as db:
        due = past_time.when_due(db, own.library, cases.get(db, draft))
    assert due is not None
    assert draft in {found.case.id for found, _ in past(own.eraser(), due.at)}
    Sweep(own.eraser()).step(due.at + timedelta(days=1))
    with own.engine.connect() as db:
        erased = cases.get(db, draft).case.erased
    assert erased is not None
    assert erased.under == "retention"


def test_what_was_printed_at_the_counter_goes_too(own: House) -> None:
    """A person without an account: prints, their files and the name on them; the register of prints stays."""
    case = printed(own, **erase_kit.DISTINCT)
    blobs = rows(own, "SELECT blob, sha256 FROM print WHERE case_id = :c", c=case)
    act(own, case, "withdraw")
    assert state(own, case) == "withdrawn"
    assert own.eraser().by_right(case, "1", NOW) == [case]
    assert rows(own, "SELECT blob, sha256 FROM print WHERE case_id = :c", c=case) == [(None, blobs[0].sha256)]
    assert rows(own, "SELECT holder FROM card WHERE case_id = :c", c=case) == [(None,)]
    with pytest.raises(BlobError):
        own.blobs.get(blobs[0].blob)
    assert "Zubaidah" not in erase_kit.database(own)
