"""In what a person stands before a case: own roles, lent ones with their windows, bars."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.kernel_kit import START, approved, issued, verifying
from workflow.case import Case, Grant, Task
from workflow.permission import held_through, refuse_task
from workflow.standing import actor_on, held

CASE = Case(id=17, process="p", definition="h", office="palembang", task=Task(3, "signer", "palembang"))
ROUTED = CASE._replace(task=Task(3, "signer", "lamongan"))


def lent(absent: int, place: str, begins: datetime = START, **length: float) -> str:
    """A deputyship as the database tells it."""
    ends = begins + timedelta(**(length or {"days": 1}))
    return f">{absent}|{begins.isoformat()}|{ends.isoformat()}|{place}"


def test_roles_are_told_by_office() -> None:
    """Here, or elsewhere, to tell the wrong office from the wrong role; `*` is everywhere."""
    actor = actor_on(CASE, "7", ["operator@palembang", "signer@lamongan", "auditor@*"], START)
    assert (actor.roles, actor.elsewhere) == ({"operator", "auditor"}, {"signer"})
    assert (actor.desk, dict(actor.through), actor.barred) == (None, {}, None)


def test_who_works_nowhere_has_no_role() -> None:
    """An applicant, and a worker of Alur."""
    for nothing in (None, []):
        actor = actor_on(CASE, "7", nothing, START)
        assert (actor.id, actor.roles, actor.barred) == ("7", frozenset(), None)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (START - timedelta(microseconds=1), False),
        (START, True),
        (START + timedelta(days=1) - timedelta(microseconds=1), True),
        (START + timedelta(days=1), False),
    ],
)
def test_a_deputyship_holds_from_its_beginning_until_just_before_its_end(moment: datetime, holds: bool) -> None:
    """The decision's clock judges, to the microsecond."""
    actor = actor_on(CASE, "7", [lent(5, "signer@palembang")], moment)
    assert ("signer" in actor.roles) is holds
    assert dict(actor.through) == ({"signer": {"deputy_of": "5"}} if holds else {})


def test_an_own_role_outranks_a_lent_one() -> None:
    """What a person may do anyway is not done in somebody's stead."""
    actor = actor_on(CASE, "7", ["signer@palembang", lent(5, "signer@palembang")], START)
    assert actor.roles == {"signer"}
    assert not actor.through
    assert [h.deputy_of for h in held(["signer@palembang", lent(5, "signer@palembang")], START)] == [None, "5"]


def test_a_task_at_another_office_is_judged_there() -> None:
    """Its own role counts at the desk where it lies, every other one at the case's office."""
    entries = ["operator@palembang", "signer@lamongan", lent(5, "head@lamongan")]
    actor = actor_on(ROUTED, "7", entries, START)
    assert (actor.roles, actor.desk) == ({"operator"}, {"signer", "head"})
    assert not actor.through
    deputy = actor_on(ROUTED, "7", [lent(5, "signer@lamongan")], START)
    assert (deputy.desk, dict(deputy.through)) == ({"signer"}, {"signer": {"deputy_of": "5"}})


def test_the_own_case_is_told_before_a_relatives() -> None:
    """Both are declared: the nearer one is the reason."""
    assert actor_on(CASE, "7", ["!relative_case", "signer@palembang", "!own_case"], START).barred == "own_case"


def test_a_broken_glass_lends_its_role_until_it_ends() -> None:
    """To who broke it, on this case, at whatever office the task lies."""
    until = START + timedelta(hours=1)
    case = ROUTED._replace(glass=(Grant(4, "7", "signer", until),))
    actor = actor_on(case, "7", ["operator@banda-aceh"], START)
    assert (actor.roles, actor.desk, dict(actor.through)) == ({"signer"}, {"signer"}, {"signer": {"glass": 4}})
    assert actor_on(case, "7", ["operator@banda-aceh"], until).roles == frozenset()
    assert actor_on(case, "8", ["operator@banda-aceh"], START).roles == frozenset()


def test_an_event_says_how_a_role_is_had_only_where_it_is_not_an_own_one() -> None:
    """Of several roles in which somebody acts, one of its own is enough."""
    actor = actor_on(CASE, "7", ["operator@palembang", lent(5, "signer@palembang")], START)
    assert held_through(actor, ["signer"]) == {"deputy_of": "5"}
    assert held_through(actor, ["operator", "signer"]) == {}
    assert held_through(actor, ["head"]) == {}


def test_a_deputy_never_gets_around_four_eyes() -> None:
    """Persons are compared: who verified does not sign, in nobody's stead either."""
    desk = verifying()
    budi = actor_on(desk.case, "12", ["operator@palembang", lent(13, "signer@palembang")], desk.now)
    desk.do("approve", budi, checklist=("identity", "photo", "diploma"))
    again = actor_on(desk.case, "12", ["operator@palembang", lent(13, "signer@palembang")], desk.now)
    assert desk.refusal("sign", again) == "four_eyes"


def test_what_a_deputy_does_says_in_whose_stead() -> None:
    """The move, and the step that was asked for before it."""
    desk = approved()
    deputy = actor_on(desk.case, "12", [lent(13, "signer@palembang")], desk.now)
    asked = desk.do("sign", deputy).events[-1]
    assert asked.body["carry"]["deputy_of"] == "13"
    moved = next(e for e in desk.finish().events if e.type == "moved")
    assert (moved.actor, moved.body["deputy_of"]) == ("12", "13")
    assert desk.case.performed["signer"] == ("12",)


def test_nothing_lent_outranks_a_bar() -> None:
    """Own case, relative's case and a declared conflict are refused in every role, however it is had."""
    desk = approved()
    assert desk.case.task is not None
    until = desk.now + timedelta(hours=1)
    desk.case = desk.case._replace(glass=(Grant(4, "12", "signer", until),))
    for bar in ("own_case", "relative_case"):
        barred = actor_on(desk.case, "12", [f"!{bar}", "signer@palembang"], desk.now)
        told = refuse_task(desk.book, desk.case, barred, "claim")
        assert told is not None
        assert told.code == bar
        assert desk.refusal("sign", barred) == bar
    desk.case = desk.case._replace(recused=("12",))
    assert desk.refusal("sign", actor_on(desk.case, "12", ["operator@lamongan"], desk.now)) == "recused"


def test_a_barred_officer_does_not_act_for_the_party_either() -> None:
    """Reporting for a relative is acting on a relative's case; the party itself always may."""
    desk = issued()
    barred = actor_on(desk.case, "12", ["!relative_case", "operator@palembang"], desk.now)
    assert desk.refusal("report", barred) == "relative_case"
    desk.do("report", actor_on(desk.case, "1", ["!own_case", "operator@palembang"], desk.now))
