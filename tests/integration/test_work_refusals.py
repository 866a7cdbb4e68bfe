"""Who must not get at a task does not, by whatever way: listed, claimed, assigned, delegated, done, in bulk, pulled."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import Api, applicant, officer
from tests.drain_kit import engine_write, whole
from tests.support import account_id
from tests.tasks_kit import claimed, done, every_way, everywhere, listed, name_deputy, pulled, task_id, waiting

SIGNER = "signer@palembang"


def join(house: House, who: Api, role: str, office: str) -> None:
    """Give somebody a role."""
    with house.engine.begin() as db:
        values = {"a": account_id(house, who.name or ""), "r": role, "o": office}
        db.execute(text("INSERT INTO membership VALUES (:a, :r, :o)"), values)


def test_four_eyes_hold_on_every_way(quiet: House) -> None:
    """Rule 15: who verified does not sign, is not given it, and does not find it."""
    both = officer(quiet, "operator@palembang", SIGNER)
    case = waiting(quiet, operator=both).case
    assert every_way(quiet, case, both) == everywhere("four_eyes")
    whole(quiet, case)


def test_nobody_gets_at_the_own_case(quiet: House) -> None:
    """An officer who is the applicant, by account."""
    siti = applicant(quiet)
    case = waiting(quiet, owner=siti).case
    join(quiet, siti, "signer", "palembang")
    assert every_way(quiet, case, siti) == everywhere("own_case")


@pytest.mark.parametrize(("relation", "told"), [("self", "own_case"), ("relative", "relative_case")])
def test_nobody_gets_at_the_case_of_a_declared_nik(quiet: House, relation: str, told: str) -> None:
    """The applicant's NIK is the officer's own or a relative's: refused everywhere, and still everybody else's work."""
    budi = officer(quiet, SIGNER)
    found = waiting(quiet)
    assert budi.post("/relatives", {"nik": found.nik, "relation": relation}).status_code == 201
    assert every_way(quiet, found.case, budi) == everywhere(told)
    assert done(quiet, found.case, officer(quiet, SIGNER)) == "ok"
    whole(quiet, found.case)


def test_who_declared_a_conflict_of_interest_is_out_for_good(quiet: House) -> None:
    """The held task is released in the same moment, and a colleague takes it."""
    budi = officer(quiet, SIGNER)
    case = waiting(quiet).case
    task = task_id(quiet, case)
    assert budi.post(f"/tasks/{task}/claim").status_code == 200
    answer = budi.post(f"/tasks/{task}/recuse", {"reason": "Tetangga saya."})
    assert (answer.status_code, answer.json["holder"]) == (200, None)
    assert every_way(quiet, case, budi) == everywhere("recused")
    assert done(quiet, case, officer(quiet, SIGNER)) == "ok"
    whole(quiet, case)


def test_a_role_at_another_office_is_none_here(quiet: House) -> None:
    """Who signs at Lamongan and verifies at Palembang sees the case and may not sign it."""
    far = officer(quiet, "signer@lamongan", "operator@palembang")
    case = waiting(quiet).case
    assert every_way(quiet, case, far) == everywhere("wrong_office")


def test_another_role_is_not_enough(quiet: House) -> None:
    """An operator of the office is refused with the role that it takes."""
    case = waiting(quiet).case
    assert every_way(quiet, case, officer(quiet, "operator@palembang")) == everywhere("wrong_role")


def test_a_deputyship_that_is_over_lends_nothing(quiet: House) -> None:
    """It ends by itself, for the list, the claim and the engine alike."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    assert name_deputy(quiet, signer, budi, "signer").status_code == 201
    case = waiting(quiet).case
    assert (listed(quiet, case, budi), claimed(quiet, case, budi)) == ("ok", "ok")
    assert budi.post(f"/tasks/{task_id(quiet, case)}/release").status_code == 200
    engine_write(quiet, "UPDATE deputy SET until_at = now() WHERE deputy = :d", d=account_id(quiet, budi.name or ""))
    assert every_way(quiet, case, budi) == everywhere("wrong_role")


def test_a_lease_that_was_lost_gives_no_right(quiet: House) -> None:
    """Somebody else claimed after it ran out: the first holder can neither act nor hand it on."""
    first, second = officer(quiet, SIGNER), officer(quiet, SIGNER)
    case = waiting(quiet).case
    task = task_id(quiet, case)
    assert first.post(f"/tasks/{task}/claim").status_code == 200
    supervisor = officer(quiet, "supervisor@palembang")
    assert supervisor.post(f"/tasks/{task}/assign", {"to": second.name}).status_code == 200
    third = officer(quiet, SIGNER)
    assert first.post(f"/tasks/{task}/claim").json["code"] == "not_holder"
    assert first.post(f"/tasks/{task}/release").json["code"] == "not_holder"
    assert first.post(f"/tasks/{task}/delegate", {"to": third.name}).json["code"] == "not_holder"
    assert first.do(case, "sign", wait=30).json["code"] == "not_holder"
    assert pulled(quiet, case, first) == "not pulled"
    assert listed(quiet, case, first) == "ok"
    assert second.do(case, "sign", wait=30).status_code == 200
    whole(quiet, case)
