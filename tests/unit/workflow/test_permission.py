"""Who may do what: roles, offices, assistance, four eyes, holders."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.kernel_kit import (
    ANI,
    BUDI,
    CHECKLIST,
    CITRA,
    EKA,
    FAR,
    SITI,
    Actor,
    Desk,
    ak1,
    approved,
    corrected,
    issued,
    variant,
    verifying,
)
from workflow.commands import SUBMIT
from workflow.permission import acting_roles, refuse_editing, refuse_transition


def test_an_officer_acts_for_the_party_only_where_assisted_stands() -> None:
    """Rule 14: `submit`, `resubmit`, `report` and `withdraw` are assisted; both persons are recorded."""
    desk = Desk(owner=None)
    submitted = desk.give(actor=ANI).events[0]
    assert (submitted.actor, submitted.body["owner"], submitted.body["acting"]) == (ANI.id, None, ["operator"])
    assert desk.case.performed == {"applicant": (ANI.id,), "operator": (ANI.id,)}
    desk = Desk()
    own = desk.give().events[0]
    assert "acting" not in own.body


def test_without_assisted_an_officer_cannot_act_for_the_party(tmp_path: Path) -> None:
    """Rule 14: where the definition does not say `assisted`, only the party itself acts."""
    book = variant(tmp_path, ("submit: {assisted: true}", "submit: {assisted: false}"))
    desk = Desk(book, owner="1")
    refused = desk.give(actor=ANI).refusal
    assert refused is not None
    assert refused.code == "wrong_role"
    assert desk.give(actor=SITI).refusal is None


def test_an_officer_of_another_office_may_not_assist() -> None:
    """Rule 14 and offices: assistance is for the staff of the case's office."""
    refused = Desk().give(actor=FAR).refusal
    assert refused is not None
    assert refused.code == "wrong_office"


def test_a_stranger_is_not_the_party() -> None:
    """Another person's case is nobody else's to submit, resubmit or withdraw."""
    stranger = Actor("99")
    refused = Desk().give(actor=stranger).refusal
    assert refused is not None
    assert refused.code == "wrong_role"
    assert corrected().refusal("resubmit", stranger) == "wrong_role"
    assert verifying().refusal("withdraw", stranger) == "wrong_role"


def test_who_verified_may_not_sign() -> None:
    """Rule 15: `distinct_from` compares persons; the same person in two roles is refused, another is not."""
    desk = approved(by=EKA)
    assert desk.refusal("sign", EKA) == "four_eyes"
    desk.do("sign", CITRA)


def test_who_assisted_the_submission_may_not_sign() -> None:
    """Rule 15: an officer who entered the application for a person has acted as officer, too."""
    desk = verifying(owner=None, by=EKA)
    desk.do("approve", ANI, checklist=CHECKLIST)
    assert desk.refusal("sign", EKA) == "four_eyes"
    desk.do("sign", CITRA)


def test_four_eyes_count_from_the_last_submission() -> None:
    """Rule 15: who returned the case before the resubmission may sign after it; who assisted it may not."""
    desk = corrected(by=EKA)
    desk.give("resubmit")
    desk.do("approve", ANI, checklist=CHECKLIST)
    desk.do("sign", EKA)
    desk = corrected(by=ANI)
    desk.give("resubmit", actor=EKA)
    desk.do("approve", ANI, checklist=CHECKLIST)
    assert desk.refusal("sign", EKA) == "four_eyes"


def test_distinct_from_holds_both_ways() -> None:
    """Rule 15: the pair is apart whichever of the two acted first."""
    assert ak1().apart["operator"] == {"signer"}
    assert ak1().apart["signer"] == {"operator"}
    desk = verifying()
    desk.case = desk.case._replace(performed={"signer": (EKA.id,)})
    assert desk.refusal("approve", EKA, checklist=CHECKLIST) == "four_eyes"


def test_nobody_handles_the_own_case() -> None:
    """An officer who is the applicant is refused in every staff role, and may still withdraw."""
    officer = ANI._replace(id="1")
    desk = verifying()
    assert desk.refusal("approve", officer, checklist=CHECKLIST) == "own_case"
    desk.do("withdraw", officer)


def test_a_task_that_another_holds_is_refused_until_the_lease_runs_out() -> None:
    """The holder may act, nobody else of the role; from the moment the lease ends everybody may."""
    desk = verifying()
    assert desk.case.task is not None
    until = desk.now + timedelta(minutes=30)
    desk.case = desk.case._replace(task=desk.case.task._replace(holder=ANI.id, until=until))
    book, transition = desk.book, desk.book.transitions["approve"]
    told = refuse_transition(book, desk.case, transition, BUDI, until - timedelta(microseconds=1))
    assert told is not None
    assert told.code == "not_holder"
    assert told.details["by"] == ANI.id
    assert refuse_transition(book, desk.case, transition, ANI, desk.now) is None
    assert refuse_transition(book, desk.case, transition, BUDI, until) is None


def test_a_claim_binds_the_role_of_the_task_only() -> None:
    """The applicant may withdraw while an officer holds the task of verifying."""
    desk = verifying()
    assert desk.case.task is not None
    desk.case = desk.case._replace(task=desk.case.task._replace(holder=ANI.id, until=desk.now + timedelta(hours=1)))
    desk.do("withdraw", SITI)


@pytest.mark.parametrize(
    ("make", "actor", "told"),
    [
        (Desk, SITI, None),
        (Desk, ANI, None),
        (Desk, Actor("99"), "wrong_role"),
        (Desk, FAR, "wrong_office"),
        (corrected, SITI, None),
        (verifying, SITI, "wrong_state"),
        (issued, SITI, "wrong_state"),
    ],
)
def test_data_is_edited_in_a_draft_and_while_the_party_has_the_task(
    make: type[Desk], actor: Actor, told: str | None
) -> None:
    """Rule 1: the draft is mutable; later the working copy is, while a correction is waited for."""
    desk = make()
    refused = refuse_editing(desk.book, desk.case, actor)
    assert (refused.code if refused else None) == told


def test_a_case_that_moved_is_told_with_since_when_and_by_whom() -> None:
    """A refused person learns what happened meanwhile."""
    desk = approved()
    refused = desk.ask("approve", BUDI, checklist=CHECKLIST).refusal
    assert refused is not None
    assert refused.details == {"do": "approve", "state": "approved", "by": ANI.id, "at": "2026-11-20T03:00:00.000000Z"}
    second = desk.give(SUBMIT).refusal
    assert second is not None
    assert second.code == "wrong_state"


def test_the_party_itself_acts_in_no_staff_role() -> None:
    """`acting` names the staff roles of who acts for the party, for no other role."""
    assert acting_roles(ak1(), "applicant", EKA) == ("operator", "signer")
    assert acting_roles(ak1(), "applicant", SITI) == ()
    assert acting_roles(ak1(), "signer", CITRA) == ()


def test_a_party_does_not_submit_what_is_done_at_the_counter(tmp_path: Path) -> None:
    """`party: false`: even the owner of a draft leaves it to an officer."""
    book = variant(tmp_path, ("submit: {assisted: true}", "submit: {assisted: true, party: false}"))
    assert Desk(book).give(actor=SITI).refusal is not None
    assert Desk(book).give(actor=ANI).refusal is None
