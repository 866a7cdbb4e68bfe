"""The main path of AK-1, from draft to issued card, over the engine's own functions."""

from __future__ import annotations

from sqlalchemy import text

from alur.wiring import House
from tests.support import new_account, open_filled, outcome, sample_data, send, settle, state
from workflow.db import register
from workflow.db.replaying import verify_case
from workflow.db.sealed_files import card_file

CHECKLIST = ("identity", "photo", "diploma")


def issue(house: House) -> int:
    """An issued card of a new applicant."""
    siti = new_account(house)
    case = open_filled(house, siti)
    send(house, case, "submit", siti, submits=True)
    settle(house)
    send(house, case, "approve", "operator", checklist=CHECKLIST)
    settle(house)
    send(house, case, "sign", "signer")
    settle(house)
    return case


def test_an_application_becomes_a_signed_card(house: House) -> None:
    """Draft, verification, approval, signature, issue: one card, published, and the fold equals what is stored."""
    case = issue(house)
    assert state(house, case) == "issued"
    with house.engine.connect() as db:
        card = register.of_case(db, case)
        found = verify_case(db, house.library, case)
    assert card is not None
    assert card.state == "valid"
    with house.engine.connect() as db:
        assert card_file(db, house.vault, house.blobs, case).startswith(b"%PDF")
    assert b"%PDF" not in house.blobs.get(card.blob or ""), "it lies closed with the person's key"
    assert found is None


def test_the_operator_who_verified_may_not_sign(house: House) -> None:
    """Four eyes: who approved is refused at signing, and nothing changes."""
    siti, both = new_account(house), new_account(house, "operator@palembang", "signer@palembang")
    case = open_filled(house, siti)
    send(house, case, "submit", siti, submits=True)
    settle(house)
    send(house, case, "approve", both, checklist=CHECKLIST)
    command = send(house, case, "sign", both)
    settle(house)
    assert outcome(house, command)[1]["code"] == "four_eyes"
    assert state(house, case) == "approved"


def test_one_nik_has_one_case_in_progress(house: House) -> None:
    """A second application with the same NIK is refused while the first is in progress, also in one batch."""

    data = sample_data()
    first, second = new_account(house), new_account(house)
    a, b = open_filled(house, first, data=data), open_filled(house, second, data=data)
    one = send(house, a, "submit", first, submits=True)
    two = send(house, b, "submit", second, submits=True)
    settle(house)
    assert outcome(house, one)[0] == "done"
    assert outcome(house, two)[1]["code"] == "hold_full"


def test_a_renewal_replaces_the_card_that_it_renews(house: House) -> None:
    """The older card stays until the new one is issued, then it is replaced: one active card per NIK."""

    data = sample_data()
    cases = []
    for _ in range(2):
        siti = new_account(house)
        case = open_filled(house, siti, data=data)
        send(house, case, "submit", siti, submits=True)
        settle(house)
        send(house, case, "approve", "operator", checklist=CHECKLIST)
        send(house, case, "sign", "signer")
        settle(house)
        cases.append(case)
    assert [state(house, c) for c in cases] == ["replaced", "issued"]
    with house.engine.connect() as db:
        states = db.execute(
            text("SELECT state FROM card WHERE case_id = ANY(:c) ORDER BY case_id"), {"c": cases}
        ).scalars()
        assert list(states) == ["replaced", "valid"]
