"""One NIK, one case in progress: holds on the real database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, rows, submitted, whole, with_card
from tests.support import new_account, open_filled, outcome, sample_data, send, settle, state
from workflow.db import cases


def held(house: House, *cases_: int) -> list[int]:
    """Which of the cases hold a key."""
    found = rows(house, "SELECT case_id FROM hold WHERE case_id = ANY(:c) ORDER BY case_id", c=list(cases_))
    return [r[0] for r in found]


def save(house: House, case: int, nik: str) -> None:
    """Write another NIK into the working copy."""
    with house.engine.begin() as db:
        cases.save_data(db, house.vault, cases.get(db, case, lock=True), sample_data(nik=nik), None)


def sent_back(house: House, **changes: object) -> tuple[int, str]:
    """A case that waits for a correction."""
    case, siti = in_verification(house, **changes)
    send(house, case, "return", "operator", given={"reason": "NIK", "fields": ["nik"]})
    settle(house)
    return case, siti


def test_a_withdrawn_case_gives_its_key_back(quiet: House) -> None:
    """After it another application with the same NIK is taken."""
    nik = sample_data()["nik"]
    first, siti = in_verification(quiet, nik=nik)
    second, ani = submitted(quiet, nik=nik)
    settle(quiet)
    assert (state(quiet, second), held(quiet, first, second)) == ("draft", [first])
    send(quiet, first, "withdraw", siti)
    send(quiet, second, "submit", ani, submits=True)
    settle(quiet)
    assert (state(quiet, second), held(quiet, first, second)) == ("verifying", [second])
    whole(quiet, first, second)


def test_withdrawing_and_submitting_in_one_batch_hands_the_key_over(quiet: House) -> None:
    """The rest of a batch sees what its earlier commands gave back."""
    nik = sample_data()["nik"]
    first, siti = in_verification(quiet, nik=nik)
    send(quiet, first, "withdraw", siti)
    second, _ = submitted(quiet, nik=nik)
    with by_hand(quiet) as hand:
        assert hand.drainer.drain(200).commands == 2
    settle(quiet)
    assert held(quiet, first, second) == [second]


def test_a_nik_corrected_at_the_resubmission_frees_the_old_one(quiet: House) -> None:
    """The new NIK is held, the old one is free for its owner."""
    wrong, right = sample_data()["nik"], sample_data()["nik"]
    case, siti = sent_back(quiet, nik=wrong)
    save(quiet, case, right)
    send(quiet, case, "resubmit", siti, submits=True)
    settle(quiet)
    assert state(quiet, case) == "verifying"
    owner = submitted(quiet, nik=wrong)[0]
    other = submitted(quiet, nik=right)[0]
    settle(quiet)
    assert [state(quiet, c) for c in (owner, other)] == ["verifying", "draft"]
    assert one(quiet, "SELECT count(*) FROM hold WHERE case_id = :c", c=case) == 1
    whole(quiet, case)


def test_a_nik_cannot_be_corrected_to_one_that_another_case_holds(quiet: House) -> None:
    """The resubmission is refused, without naming the stranger's case, and the case keeps its key."""
    nik, taken = sample_data()["nik"], sample_data()["nik"]
    in_verification(quiet, nik=taken)
    case, siti = sent_back(quiet, nik=nik)
    before = rows(quiet, "SELECT key FROM hold WHERE case_id = :c", c=case)
    save(quiet, case, taken)
    command = send(quiet, case, "resubmit", siti, submits=True)
    settle(quiet)
    assert outcome(quiet, command)[1] == {"code": "hold_full", "details": {"hold": "nik", "others": []}}
    assert rows(quiet, "SELECT key FROM hold WHERE case_id = :c", c=case) == before


def test_the_database_never_learns_the_key(quiet: House) -> None:
    """Rule 12: a hold stores an HMAC, from which no NIK can be read or tried without the house's key."""
    case, _ = in_verification(quiet)
    key = one(quiet, "SELECT key FROM hold WHERE case_id = :c", c=case)
    assert len(key) == 64
    assert not key.isdigit()


def test_a_revoked_card_frees_its_holder(quiet: House) -> None:
    """A person whose card was revoked may apply anew."""
    case, _ = with_card(quiet)
    send(quiet, case, "revoke", "head", given={"reason": "data palsu"})
    settle(quiet)
    assert held(quiet, case) == []
    found = rows(quiet, "SELECT state, reason FROM card WHERE case_id = :c", c=case)
    assert tuple(found[0]) == ("revoked", "revoked")


@pytest.mark.parametrize("size", [1, 3])
def test_two_drainers_never_let_one_nik_be_held_twice(quiet: House, size: int) -> None:
    """The key's row is locked before it is counted: of many submissions at once exactly one is taken."""
    for _ in range(3):
        nik = sample_data()["nik"]
        rivals = [submitted(quiet, nik=nik)[0] for _ in range(6)]
        start = threading.Barrier(2)

        def work(_: int, start: threading.Barrier = start) -> None:
            with by_hand(quiet) as hand:
                start.wait()
                hand.drain(size)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(2)))
        settle(quiet)
        assert len(held(quiet, *rivals)) == 1
        assert sorted(state(quiet, c) for c in rivals) == ["draft"] * 5 + ["verifying"]


MOVES = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.sampled_from(["submit", "withdraw", "return", "resubmit", "save", "drain"])),
    min_size=4,
    max_size=14,
)


def interleave(house: House, moves: list[tuple[int, str]]) -> None:
    """Two cases, their moves in any order, drained whenever it comes: never both hold."""
    niks = [sample_data()["nik"] for _ in range(2)]
    people = [new_account(house) for _ in range(2)]
    pair = [open_filled(house, p, data=sample_data(nik=niks[0]), kinds=("photo", "ktp", "diploma")) for p in people]
    for who, do in moves:
        if do == "drain":
            settle(house)
        elif do == "save":
            save(house, pair[who], niks[1])
        elif do == "return":
            send(house, pair[who], do, "operator", given={"reason": "x", "fields": ["nik"]})
        else:
            send(house, pair[who], do, people[who], submits=do in ("submit", "resubmit"))
        doubled = rows(
            house,
            "SELECT key FROM hold WHERE case_id = ANY(:c) GROUP BY scope, key HAVING count(*) > 1",
            c=pair,
        )
        assert doubled == []
    settle(house)
    for case in pair:
        with house.engine.connect() as db:
            holds = cases.get(db, case).case.holds
        assert sorted(holds.values()) == [r[0] for r in rows(house, "SELECT key FROM hold WHERE case_id = :c", c=case)]
    whole(house, *pair)


_QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@given(MOVES)
@settings(max_examples=6, **_QUICK)
def test_any_interleaving_of_two_cases_with_one_nik_holds_it_once(quiet: House, moves: list[tuple[int, str]]) -> None:
    """Submitting, withdrawing, correcting and changing the NIK in any order never lets both hold one key."""
    interleave(quiet, moves)


@pytest.mark.long
@given(MOVES)
@settings(max_examples=150, **_QUICK)
def test_many_interleavings_of_two_cases_with_one_nik_hold_it_once(quiet: House, moves: list[tuple[int, str]]) -> None:
    """The same over many more orders."""
    interleave(quiet, moves)
