"""Levels of cards: kept at the level asked for, pending while something is away, lifted later, renewed in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text

from alur.wiring import House
from signing.levels import Level
from signing.trust import Trust
from signing.verify import verify
from tests.api_kit import Api
from tests.audit_kit import audited
from tests.away_kit import away, card_row, decide, file_of, look, publish_level, signature_rows, workshop_of
from tests.counter_kit import two_to_sign
from tests.drain_kit import as_owner, engine_write, one, pass_time, quiet_house, ready_to_sign, rows, whole, with_card
from tests.support import send, settle, state
from workflow.db import card_files, cases, wiping
from workflow.db.card_files import File


@pytest.fixture(scope="module", params=["B-B", "B-T", "B-LT", "B-LTA"])
def levelled(request: pytest.FixtureRequest, house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A house whose cards are of that level."""
    with quiet_house(house) as own:
        if request.param != "B-LT":
            publish_level(own, tmp_path_factory.mktemp("level"), request.param)
        yield own, Level(request.param)


@pytest.fixture(scope="module")
def archiving(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose cards bear two signatures and are archived."""
    with quiet_house(house) as own:
        publish_level(own, tmp_path_factory.mktemp("archive"), "B-LTA", two=True)
        yield own


def sign(house: House, case: int) -> None:
    """The officer signs."""
    send(house, case, "sign", "signer")
    settle(house)


def signed_while(house: House, *what: str) -> int:
    """A case whose card was signed while that was away."""
    case, _ = ready_to_sign(house)
    with away(house, *what):
        sign(house, case)
    return case


def test_a_card_is_published_at_the_level_that_its_process_asks_for(levelled: tuple[House, Level]) -> None:
    """The register says the level that the file has; nothing is pending."""
    house, level = levelled
    case, _ = with_card(house)
    row = card_row(house, case)
    assert (state(house, case), row.level, row.aim, row.pending) == ("issued", level.value, level.value, None)
    assert (row.stamps_until is None) is (level is Level.B_B)
    verdict = verify(file_of(house, case), house.ports().trust())
    assert verdict.ok, verdict.codes
    assert [s.level for s in verdict.signatures] == [level]
    whole(house, case)


def test_while_the_time_stamper_is_away_a_card_waits_and_is_lifted(quiet: House) -> None:
    """One signature, made once; unpublished as long as its stamp is lacking; then one revision at B-LT."""
    case = signed_while(quiet, "tsa")
    row = card_row(quiet, case)
    assert (state(quiet, case), row.state) == ("signed", "signed")
    assert (row.level, row.aim, row.pending) == ("B-B", "B-LT", "tsa_unavailable")
    assert signature_rows(quiet, case) == [("Officer", "unstamped")]
    with away(quiet, "tsa"):
        assert look(quiet) == 0
        pass_time(quiet)
        settle(quiet)
    assert state(quiet, case) == "signed"
    before = file_of(quiet, case)
    assert look(quiet) == 1
    row = card_row(quiet, case)
    assert (state(quiet, case), row.state, row.level, row.pending) == ("issued", "valid", "B-LT", None)
    pdf = file_of(quiet, case)
    verdict = verify(pdf, Trust(roots=quiet.ports().trust().roots))
    assert verdict.ok, verdict.codes
    assert [(s.level, s.coverage) for s in verdict.signatures] == [(Level.B_LT, "ENTIRE_FILE")]
    assert len(pdf) == len(before)
    assert signature_rows(quiet, case) == [("Officer", "finished")]
    whole(quiet, case)
    assert audited(quiet, case)[0] == []


def test_a_file_that_no_event_tells_of_is_found(quiet: House) -> None:
    """Whoever writes into the register what the card is said to have been before is found by the audit."""
    case = signed_while(quiet, "tsa")
    assert look(quiet) == 1
    engine_write(
        quiet,
        "INSERT INTO earlier_file (case_id, card, n, sha256, blob, level, published, replaced_at) "
        "SELECT case_id, id, 9, repeat('a', 64), blob, level, true, now() FROM card WHERE case_id = :c",
        c=case,
    )
    assert [f.code for f in audited(quiet, case)[0]] == ["earlier_file_changed"]
    as_owner(quiet, "DELETE FROM earlier_file WHERE n = 9")


def test_while_the_lists_are_out_of_date_a_card_waits_and_is_lifted(quiet: House) -> None:
    """What was lacking is appended under a time stamp of its own: at least the level that was asked for."""
    case = signed_while(quiet, "lists")
    row = card_row(quiet, case)
    assert (state(quiet, case), row.level, row.pending) == ("signed", "B-T", "crl_outdated")
    before = file_of(quiet, case)
    assert look(quiet) == 1
    row = card_row(quiet, case)
    assert (state(quiet, case), row.level, row.aim, row.pending) == ("issued", "B-LTA", "B-LT", None)
    assert file_of(quiet, case).startswith(before)
    assert verify(file_of(quiet, case), Trust(roots=quiet.ports().trust().roots)).ok
    whole(quiet, case)


def test_with_both_away_each_that_comes_back_brings_the_card_on(quiet: House) -> None:
    """First the stamp, then the lists; nothing is skipped and nothing is claimed before its time."""
    case = signed_while(quiet, "tsa", "lists")
    assert card_row(quiet, case).level == "B-B"
    with away(quiet, "lists"):
        assert look(quiet) == 1
        assert (card_row(quiet, case).level, card_row(quiet, case).pending) == ("B-T", "crl_outdated")
        assert look(quiet) == 0
    assert look(quiet) == 1
    assert (state(quiet, case), card_row(quiet, case).pending) == ("issued", None)


def test_waiting_is_never_given_up(quiet: House) -> None:
    """However long it takes, there is no incident, and no attempt is used up."""
    case = signed_while(quiet, "tsa")
    with away(quiet, "tsa"):
        for _ in range(12):
            pass_time(quiet)
            settle(quiet)
    step = rows(quiet, "SELECT * FROM outbox WHERE case_id = :c AND kind = 'publish_card'", c=case)[0]
    assert (step.status, step.waits > 10, step.attempts - step.waits <= 1) == ("due", True, True)
    assert rows(quiet, "SELECT 1 FROM incident WHERE case_id = :c", c=case) == []
    assert look(quiet) == 1
    assert state(quiet, case) == "issued"


def test_cards_that_wait_leave_room_for_other_steps(quiet: House) -> None:
    """Nobody is at work on a step that rests, so it is not in flight."""
    case = signed_while(quiet, "tsa")
    sql = "SELECT resting, due_at > now() FROM outbox WHERE case_id = :c AND status = 'due'"
    assert rows(quiet, sql, c=case) == [(True, True)]
    look(quiet)


def test_the_archive_stamp_waits_for_both_signatures(archiving: House) -> None:
    """One document time stamp, after the second signature; both are B-LTA by it."""
    case = two_to_sign(archiving)
    row = card_row(archiving, case)
    assert (row.level, row.aim, row.pending) == ("B-LT", "B-LTA", None)
    assert file_of(archiving, case).count(b"/DocTimeStamp") == 0
    assert look(archiving) == 0
    send(archiving, case, "countersign", "head")
    settle(archiving)
    assert (state(archiving, case), card_row(archiving, case).level) == ("issued", "B-LTA")
    verdict = verify(file_of(archiving, case), archiving.ports().trust(), 2)
    assert verdict.ok, verdict.codes
    assert [s.level for s in verdict.signatures] == [Level.B_LTA, Level.B_LTA]
    whole(archiving, case)


def test_a_second_signature_waits_for_the_stamp_of_the_first(archiving: House) -> None:
    """It would cover the place of the first, where no stamp could be put any more."""
    with away(archiving, "tsa"):
        case = two_to_sign(archiving)
        send(archiving, case, "countersign", "head")
        settle(archiving)
    assert signature_rows(archiving, case) == [("Officer", "unstamped")]
    assert look(archiving) == 1
    assert state(archiving, case) == "issued"
    assert signature_rows(archiving, case) == [("Officer", "finished"), ("Second", "finished")]
    verdict = verify(file_of(archiving, case), Trust(roots=archiving.ports().trust().roots), 2)
    assert verdict.ok, verdict.codes
    assert [s.level for s in verdict.signatures] == [Level.B_LTA, Level.B_LTA]


def test_lists_that_were_away_for_the_first_of_two_are_brought_after_the_second(archiving: House) -> None:
    """Nothing is appended between the signatures."""
    with away(archiving, "lists"):
        case = two_to_sign(archiving)
        assert look(archiving) == 0
    assert look(archiving) == 0
    send(archiving, case, "countersign", "head")
    settle(archiving)
    assert (state(archiving, case), card_row(archiving, case).level) == ("issued", "B-LTA")
    assert verify(file_of(archiving, case), Trust(roots=archiving.ports().trust().roots), 2).ok


def test_an_archive_is_renewed_before_its_last_stamp_ends(archiving: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The earlier file is known as such, the history tells of the new one, and the audit finds nothing wrong."""
    case = two_to_sign(archiving)
    send(archiving, case, "countersign", "head")
    settle(archiving)
    first, row = file_of(archiving, case), card_row(archiving, case)
    assert look(archiving) == 0
    monkeypatch.setattr("workers.lifting.RENEW_BEFORE", timedelta(days=365 * 20))
    later = "workers.lifting.stamps_until"
    monkeypatch.setattr(later, lambda pdf: row.stamps_until + timedelta(days=pdf.count(b"/DocTimeStamp")))
    assert look(archiving) >= 1
    renewed, now = file_of(archiving, case), card_row(archiving, case)
    assert renewed.startswith(first)
    assert renewed.count(b"/DocTimeStamp") == first.count(b"/DocTimeStamp") + 1
    assert (now.level, now.state, now.number) == ("B-LTA", "valid", row.number)
    last = rows(archiving, "SELECT * FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1", c=case)[0]
    assert (last.type, last.actor) == ("card_renewed", "system")
    assert last.body == {"before": row.sha256, "result": {"card": now.id, "sha256": now.sha256, "level": "B-LTA"}}
    whole(archiving, case)
    assert audited(archiving, case)[0] == []
    told = Api(archiving).send("POST", "/verify", data={"file": (BytesIO(first), "card.pdf")}).json
    assert (told["entry"]["number"], told["same_file"], told["earlier_file"]) == (row.number, False, True)
    now_told = Api(archiving).send("POST", "/verify", data={"file": (BytesIO(renewed), "card.pdf")}).json
    assert (now_told["genuine"], now_told["same_file"], now_told["earlier_file"]) == (True, True, False)


def test_a_stamper_that_ends_no_later_renews_nothing(archiving: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new stamp of the same certificate would protect nothing, so the file stays as it is."""
    case = two_to_sign(archiving)
    send(archiving, case, "countersign", "head")
    settle(archiving)
    before = card_row(archiving, case).sha256
    monkeypatch.setattr("workers.lifting.RENEW_BEFORE", timedelta(days=365 * 20))
    assert look(archiving) == 0
    assert card_row(archiving, case).sha256 == before


def test_a_lift_that_lost_the_race_changes_nothing(quiet: House) -> None:
    """Two workers may look at once: the register takes the file of one."""
    case = signed_while(quiet, "tsa")
    assert look(quiet) == 1
    row = card_row(quiet, case)
    file = File(sha256="f" * 64, blob="e" * 64, level="B-LT", pending=None, stamps_until=None)
    with quiet.engine.begin() as db:
        assert not card_files.replace(db, quiet.library, case, "0" * 64, file, workshop_of(quiet).clock())
    assert card_row(quiet, case).sha256 == row.sha256


def test_an_erasure_takes_the_files_of_before_too(quiet: House) -> None:
    """Where the card's file goes, so do those that it had; their SHA-256 stays, so that an old copy is still known."""
    case = signed_while(quiet, "tsa")
    assert look(quiet) == 1
    (kept,) = rows(quiet, "SELECT * FROM earlier_file WHERE case_id = :c", c=case)
    with quiet.engine.connect() as db:
        found = cases.get(db, case, lock=True)
        assert kept.blob in wiping.look(db, case).blobs
        wiping.wipe(db, case, found.person, workshop_of(quiet).clock())
        left = db.execute(text("SELECT sha256, blob FROM earlier_file WHERE case_id = :c"), {"c": case}).one()
        db.rollback()
    assert tuple(left) == (kept.sha256, None)


def test_a_void_card_is_not_lifted(quiet: House) -> None:
    """Nothing is stamped any more for a number that does not count."""
    case = signed_while(quiet, "tsa")
    engine_write(quiet, "UPDATE card SET state = 'void' WHERE case_id = :c", c=case)
    assert look(quiet) == 0
    assert card_row(quiet, case).level == "B-B"


def refused(house: House) -> int:
    """A case whose card did not reach its level once the lists were back, and was not published."""
    case = signed_while(house, "lists")
    with patch("workers.levels._stands_alone", return_value=False):
        assert look(house) == 1
    assert (state(house, case), card_row(house, case).pending) == ("signed", "level_refused")
    assert one(house, "SELECT code FROM incident WHERE case_id = :c", c=case) == "level_refused"
    return case


def test_a_card_that_was_refused_its_level_is_lifted_when_somebody_tries_again(quiet: House) -> None:
    """What was wrong with trust or lists was mended meanwhile: the signature stays, and the card is published."""
    case = refused(quiet)
    before = signature_rows(quiet, case)
    decide(quiet, case, "retry")
    row = card_row(quiet, case)
    assert (state(quiet, case), row.state, row.pending) == ("issued", "valid", None)
    assert signature_rows(quiet, case) == before
    whole(quiet, case)


def test_a_card_that_was_refused_its_level_is_signed_anew_after_it_was_diverted(quiet: House) -> None:
    """Under the same number and code; the first signature stays in the register, and counts no more."""
    case = refused(quiet)
    first = card_row(quiet, case)
    decide(quiet, case, "divert", to="approved", reason="Tanda tangan tidak mencapai tingkatnya.")
    assert state(quiet, case) == "approved"
    sign(quiet, case)
    row = card_row(quiet, case)
    assert (state(quiet, case), row.state, row.level, row.pending) == ("issued", "valid", "B-LT", None)
    assert (row.number, row.code) == (first.number, first.code)
    assert row.sha256 != first.sha256
    rows_ = signature_rows(quiet, case)
    assert [phase for _, phase in rows_] == ["finished", "set_aside"]
    assert verify(file_of(quiet, case), quiet.ports().trust()).ok
    whole(quiet, case)
    assert audited(quiet, case)[0] == []
