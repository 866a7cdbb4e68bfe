"""The register of cards: numbers without a gap, none given twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from alur.wiring import House
from tests.drain_kit import by_hand, engine_write, in_verification, one, ready_to_sign, rows, whole, with_card
from tests.support import new_account, open_filled, send, settle, state
from workflow.db import register
from workflow.db.register import Card, NotPreparedError, SignatureKey

TEMPLATE = "{office}-{year}-{serial:06}"
TODAY = date(2026, 11, 20)


def reserve(house: House, case: int, office: str, today: date = TODAY) -> Card:
    """Reserve in a transaction of its own."""
    with house.engine.begin() as db:
        return register.reserve(db, case=case, office=office, template=TEMPLATE, today=today)


def officer(card: int) -> SignatureKey:
    """The one signature of an ordinary card."""
    return SignatureKey(card, "Officer", 1)


def serials(house: House, series: str) -> list[int]:
    """Serials of a series, in order."""
    return [r[0] for r in rows(house, "SELECT serial FROM card WHERE series = :s ORDER BY serial", s=series)]


def test_twenty_cases_at_once_get_numbers_without_a_gap(quiet: House) -> None:
    """Rule 16: serials follow each other, whoever asks first; each case has its own."""
    start = threading.Barrier(10)

    def ask(case: int) -> str:
        if case < 900_010:
            start.wait()
        return reserve(quiet, case, "gapless").number

    with ThreadPoolExecutor(10) as pool:
        numbers = list(pool.map(ask, range(900_000, 900_020)))
    assert sorted(numbers) == [f"gapless-2026-{n:06}" for n in range(1, 21)]
    assert serials(quiet, "gapless/2026") == list(range(1, 21))


def test_many_attempts_at_one_case_get_one_number(quiet: House) -> None:
    """Rule 16: a retry keeps the number, also when two attempts overlap; nothing is lost in between."""
    start = threading.Barrier(8)

    def ask(_: int) -> Card:
        start.wait()
        return reserve(quiet, 910_000, "once")

    with ThreadPoolExecutor(8) as pool:
        cards = list(pool.map(ask, range(8)))
    assert len({(c.id, c.number, c.code) for c in cards}) == 1
    assert reserve(quiet, 910_001, "once").number == "once-2026-000002"
    assert serials(quiet, "once/2026") == [1, 2]


def test_an_attempt_that_dies_before_its_commit_takes_no_number(quiet: House) -> None:
    """The serial and the card are one transaction."""
    with quiet.engine.connect() as db:
        assert register.reserve(db, case=920_000, office="died", template=TEMPLATE, today=TODAY).number
        db.rollback()
    assert reserve(quiet, 920_001, "died").number == "died-2026-000001"


def test_series_run_per_office_and_year(quiet: House) -> None:
    """Each office counts for itself, and begins anew each year."""
    numbers = [
        reserve(quiet, 930_000 + i, office, date(year, 1, 1)).number
        for i, (office, year) in enumerate([("north", 2026), ("south", 2026), ("north", 2027), ("north", 2026)])
    ]
    assert numbers == ["north-2026-000001", "south-2026-000001", "north-2027-000001", "north-2026-000002"]
    assert serials(quiet, "north/2026") == [1, 2]
    assert serials(quiet, "south/2026") == [1]
    assert serials(quiet, "north/2027") == [1]


def test_a_number_is_never_given_to_two_cards(quiet: House) -> None:
    """The database itself refuses it."""
    reserve(quiet, 940_000, "unique")
    with pytest.raises(IntegrityError):
        engine_write(
            quiet,
            "INSERT INTO card (case_id, office, series, serial, number, code, state) VALUES "
            "(940001, 'unique', 'unique/2026', 1, 'other', 'other', 'reserved')",
        )


def test_the_reserved_number_of_a_case_that_ends_is_void_with_its_reason(quiet: House) -> None:
    """Rule 16: every serial is issued or void with a reason."""
    case, siti = in_verification(quiet)
    card = reserve(quiet, case, "ended")
    send(quiet, case, "withdraw", siti)
    settle(quiet)
    found = rows(quiet, "SELECT state, reason, number FROM card WHERE id = :k", k=card.id)[0]
    assert tuple(found) == ("void", "withdrawn", card.number)
    with quiet.engine.begin() as db:
        register.change(db, card.id, register.SIGNED, sha256="00", blob="00")
    assert one(quiet, "SELECT state FROM card WHERE id = :k", k=card.id) == "void"
    whole(quiet, case)


def test_a_card_that_expires_says_so_and_stays_in_the_register(quiet: House) -> None:
    """A valid card whose case expires is expired, not void."""
    case, _ = with_card(quiet)
    with by_hand(quiet) as hand:
        hand.wait(days=731)
        engine_write(quiet, "UPDATE timer SET due_at = now() WHERE case_id = :c AND name = 'state/issued/1'", c=case)
        engine_write(
            quiet,
            "INSERT INTO command (case_id, \"do\", actor, payload, key) SELECT case_id, '@timer', 'timer', "
            "jsonb_build_object('timer', name), gen_random_uuid() FROM timer WHERE case_id = :c AND name LIKE '%/1'",
            c=case,
        )
        hand.drain()
    assert state(quiet, case) == "expired"
    assert one(quiet, "SELECT state FROM card WHERE case_id = :c", c=case) == "expired"


def test_a_signature_is_prepared_and_made_once(quiet: House) -> None:
    """Of two attempts the first stored phase and the first CMS stand, whatever the second brings."""
    card = reserve(quiet, 950_000, "phases")
    with quiet.engine.begin() as db:
        first = register.prepared(db, officer(card.id), {"n": 1, "digest": "one"}, "a" * 64)
        again = register.prepared(db, officer(card.id), {"n": 2, "digest": "two"}, "b" * 64)
        assert first == again
        assert register.signed(db, officer(card.id), b"one", "one") == b"one"
        assert register.signed(db, officer(card.id), b"two", "one") == b"one"
        register.finished(db, officer(card.id))
        found = register.signing(db, officer(card.id))
    assert found is not None
    assert (found.phase, found.cms, found.prepared) == ("finished", b"one", {"n": 1, "digest": "one"})


def test_what_nobody_signed_is_prepared_anew_for_another_officer(quiet: House) -> None:
    """Until it is signed; and a signature over the file before is not kept for the one that stands."""
    card = reserve(quiet, 950_001, "anew")
    with quiet.engine.begin() as db:
        first = register.prepared(db, officer(card.id), {"digest": "one"}, "a" * 64, 1)
        second = register.prepared(db, officer(card.id), {"digest": "two"}, "b" * 64, 2, instead_of=first)
        assert (second.account, second.blob) == (2, "b" * 64)
        late = register.prepared(db, officer(card.id), {"digest": "three"}, "c" * 64, 3, instead_of=first)
        assert late == second
        with pytest.raises(NotPreparedError):
            register.signed(db, officer(card.id), b"over the first", "one")
        assert register.signed(db, officer(card.id), b"over the second", "two") == b"over the second"
        after = register.prepared(db, officer(card.id), {"digest": "four"}, "d" * 64, 4, instead_of=second)
    assert (after.account, after.cms) == (2, b"over the second")


def test_a_signer_elsewhere_is_asked_once_by_a_step(quiet: House) -> None:
    """Another step may ask again, and what was not asked after all is free."""
    card = reserve(quiet, 950_002, "asked")
    key = officer(card.id)
    with quiet.engine.begin() as db:
        register.prepared(db, key, {"digest": "one"}, "a" * 64)
        assert register.asking(db, key, 7)
        assert not register.asking(db, key, 7)
        assert register.asking(db, key, 9)
        register.not_asked(db, key)
        assert register.asking(db, key, 9)
        register.signed(db, key, b"cms", "one", "sig_1")
        assert not register.asking(db, key, 11)
        register.finished(db, key)
        assert register.fields(db, card.id) == ["sig_1"]


def test_the_public_learns_of_a_card_only_once_it_was_published(quiet: House) -> None:
    """A reserved or signed number is nobody's business; a published one shows a masked holder."""
    reserved = reserve(quiet, 960_000, "public")
    case, _ = with_card(quiet)
    with quiet.engine.connect() as db:
        assert register.verify(db, reserved.code) is None
        assert register.verify(db, reserved.number) is None
        card = register.of_case(db, case)
        assert card is not None
        told = register.verify(db, card.code)
        assert told == register.verify(db, card.number)
    assert told is not None
    assert (told["state"], told["holder"]) == ("valid", "S··· R······")
    assert "nik" not in told


def test_signing_again_after_the_lease_ran_out_gives_the_same_card(quiet: House) -> None:
    """A step that was done but whose end was not told is done again without a second number or signature."""
    case, _ = ready_to_sign(quiet)
    send(quiet, case, "sign", "signer")
    settle(quiet)
    before = rows(quiet, "SELECT number, sha256, blob FROM card WHERE case_id = :c", c=case)
    engine_write(
        quiet,
        "UPDATE outbox SET status = 'due', attempts = 0, due_at = now() WHERE case_id = :c AND kind = 'sign_card'",
        c=case,
    )
    settle(quiet)
    assert rows(quiet, "SELECT number, sha256, blob FROM card WHERE case_id = :c", c=case) == before
    sql = "SELECT count(*) FROM signature s JOIN card k ON k.id = s.card WHERE k.case_id = :c"
    assert one(quiet, sql, c=case) == 1
    assert state(quiet, case) == "issued"
    whole(quiet, case)


def test_a_draft_that_is_never_submitted_takes_no_number(quiet: House) -> None:
    """Numbers belong to cards that are drawn."""
    case = open_filled(quiet, new_account(quiet))
    with quiet.engine.connect() as db:
        assert register.of_case(db, case) is None
