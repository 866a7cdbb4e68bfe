"""Standing in for a colleague: named for a time, ended by itself, recorded in every act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alur.wiring import House
from tests.api_kit import Api, applicant, key, officer, refused
from tests.drain_kit import by_hand, one, rows, whole
from tests.support import account_id, send
from tests.tasks_kit import code, name_deputy, task_id, verifying, waiting
from workflow.db import journal

SIGNER = "signer@palembang"


def me(house: House, who: Api) -> str:
    """Account id as events write it."""
    return str(account_id(house, who.name or ""))


def last(house: House, case: int) -> Any:
    """The newest event of a case."""
    sql = "SELECT type, actor, body FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1"
    return rows(house, sql, c=case)[0]


def test_a_deputy_has_the_role_and_every_event_says_in_whose_stead(quiet: House) -> None:
    """In the list, for the claim, in the engine; the page of tasks tells for whom."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@lamongan")
    case = waiting(quiet).case
    task = task_id(quiet, case)
    refused(budi.post(f"/tasks/{task}/claim"), 404, "unknown_case")
    assert name_deputy(quiet, signer, budi, "signer").status_code == 201
    claim = budi.post(f"/tasks/{task}/claim")
    assert (claim.status_code, claim.json["deputy_of"]) == (200, signer.name)
    event = last(quiet, case)
    assert (event.type, event.actor, event.body["deputy_of"]) == ("task_claimed", me(quiet, budi), me(quiet, signer))
    shown = budi.get(f"/tasks?role=signer&q={case}").json["tasks"][0]
    assert (shown["holder"], shown["deputy_of"]) == (budi.name, signer.name)
    assert code(budi.do(case, "sign", wait=30)) == "ok"
    moved = "SELECT actor, body FROM event WHERE case_id = :c AND type = 'moved' AND body->>'do' = 'sign'"
    event = rows(quiet, moved, c=case)[0]
    assert (event.actor, event.body["deputy_of"]) == (me(quiet, budi), me(quiet, signer))
    whole(quiet, case)


def test_what_a_colleague_is_given_for_another_says_so(quiet: House) -> None:
    """Assigned to a deputy: the event says in whose stead the person has the task."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    name_deputy(quiet, signer, budi, "signer")
    case = waiting(quiet).case
    leader = officer(quiet, "supervisor@palembang")
    assert leader.post(f"/tasks/{task_id(quiet, case)}/assign", {"to": budi.name}).status_code == 200
    assert last(quiet, case).body["deputy_of"] == me(quiet, signer)
    whole(quiet, case)


def test_a_deputy_is_still_the_same_person(quiet: House) -> None:
    """Four eyes compare persons: who verified does not sign, in nobody's stead either."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    name_deputy(quiet, signer, budi, "signer")
    case = waiting(quiet, operator=budi).case
    refused(budi.post(f"/tasks/{task_id(quiet, case)}/claim"), 403, "four_eyes")
    assert code(budi.do(case, "sign", wait=30)) == "four_eyes"
    assert budi.get(f"/tasks?role=signer&q={case}").json["tasks"] == []


def test_the_window_is_judged_by_the_clock_of_the_decision(quiet: House) -> None:
    """The engine's clock, set by hand: not a moment before, and not from the end on."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@lamongan")
    begins = datetime.now(UTC) + timedelta(days=10)
    answer = name_deputy(quiet, signer, budi, "signer", begins=begins, ends=begins + timedelta(days=1))
    assert answer.status_code == 201
    case = waiting(quiet).case
    told = {}
    with by_hand(quiet) as hand:
        for name, moment in (
            ("before", begins - timedelta(microseconds=1)),
            ("after", begins + timedelta(days=1)),
            ("within", begins),
        ):
            hand.now = moment
            command = send(quiet, case, "sign", budi.name or "")
            hand.drain()
            told[name] = one(quiet, "SELECT coalesce(outcome->>'code', status) FROM command WHERE id = :i", i=command)
    assert told == {"before": "wrong_role", "after": "wrong_role", "within": "done"}


def test_an_end_can_be_put_forward_and_everything_is_journaled(quiet: House) -> None:
    """Who is away, who stands in and supervisors may end it; nobody else finds it."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    case = waiting(quiet).case
    task = task_id(quiet, case)
    for who in (signer, budi, officer(quiet, "supervisor@palembang")):
        id_ = name_deputy(quiet, signer, budi, "signer").json["id"]
        shown = next(d for d in budi.get("/deputies").json["deputies"] if d["id"] == id_)
        assert (shown["absent"], shown["deputy"], shown["mine"], shown["now"]) == (signer.name, budi.name, True, True)
        assert code(budi.post(f"/tasks/{task}/claim")) == "ok"
        assert code(budi.post(f"/tasks/{task}/release")) == "ok"
        refused(officer(quiet, "operator@palembang").post(f"/deputies/{id_}/end"), 404, "unknown_deputy")
        refused(officer(quiet, "supervisor@lamongan").post(f"/deputies/{id_}/end"), 404, "unknown_deputy")
        assert who.post(f"/deputies/{id_}/end").status_code == 200
        refused(who.post(f"/deputies/{id_}/end"), 404, "unknown_deputy")
        refused(budi.post(f"/tasks/{task}/claim"), 403, "wrong_role")
    with quiet.engine.connect() as db:
        entries = journal.read(db, types=["deputy_named", "deputy_ended"], limit=2)
        assert journal.whole(db) is None
    assert [e.type for e in entries] == ["deputy_ended", "deputy_named"]
    assert entries[1].body["to"] == int(me(quiet, budi))


def test_a_deputyship_that_has_not_begun_is_called_off(quiet: House) -> None:
    """Its window becomes empty; nothing of it ever holds."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    begins = datetime.now(UTC) + timedelta(days=3)
    id_ = name_deputy(quiet, signer, budi, "signer", begins=begins, ends=begins + timedelta(days=1)).json["id"]
    assert [d["now"] for d in signer.get("/deputies").json["deputies"]] == [False]
    assert signer.post(f"/deputies/{id_}/end").status_code == 200
    assert signer.get("/deputies").json["deputies"] == []
    assert one(quiet, "SELECT until_at = from_at FROM deputy WHERE id = :i", i=id_) is True


def test_a_supervisor_names_a_deputy_for_an_officer(quiet: House) -> None:
    """Of its own office alone; an officer cannot lend another's role."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    window = {"from": "2020-01-01T00:00Z", "until": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    window["from"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    body = {"absent": signer.name, "deputy": budi.name, "role": "signer", "office": "palembang", **window}
    refused(budi.post("/deputies", body), 403, "forbidden")
    refused(officer(quiet, "supervisor@lamongan").post("/deputies", body), 403, "forbidden")
    leader, again = officer(quiet, "supervisor@palembang"), key()
    answers = [leader.post("/deputies", body, Idempotency_Key=again) for _ in "12"]
    assert answers[0].json == answers[1].json
    assert answers[0].json["id"] in [d["id"] for d in leader.get("/deputies").json["deputies"]]
    case = waiting(quiet).case
    assert code(budi.post(f"/tasks/{task_id(quiet, case)}/claim")) == "ok"


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"role": "head"}, 422, "not_their_role"),
        ({"office": "lamongan"}, 422, "not_their_role"),
        ({"office": "*"}, 422, "not_their_role"),
        ({"deputy": "nobody-of-that-name"}, 422, "unknown_account"),
        ({"until": "2020-01-01T00:00Z"}, 422, "bad_window"),
        ({"until": "2199-01-01T00:00Z"}, 422, "bad_window"),
        ({"from": "2199-01-01T00:00Z"}, 422, "bad_window"),
        ({"from": "tomorrow"}, 422, "invalid_request"),
        ({"from": "2020-01-01T00:00"}, 422, "invalid_request"),
    ],
)
def test_a_deputy_that_cannot_be_is_refused(quiet: House, change: dict[str, str], status: int, told: str) -> None:
    """A role that one does not have, somebody who is not there, a window that is none."""
    signer, budi = officer(quiet, SIGNER), officer(quiet, "operator@palembang")
    now = datetime.now(UTC)
    body = {"deputy": budi.name, "role": "signer", "office": "palembang"}
    body |= {"from": now.isoformat(), "until": (now + timedelta(days=1)).isoformat()} | change
    refused(signer.post("/deputies", body), status, told)


def test_only_an_own_role_is_lent_and_only_to_a_colleague(quiet: House) -> None:
    """Not to oneself, not to an applicant, and what is lent is not lent on; who lost the role has lent nothing."""
    signer, budi, third = officer(quiet, SIGNER), officer(quiet, "operator@palembang"), officer(quiet, "head@palembang")
    refused(name_deputy(quiet, signer, signer, "signer"), 422, "deputy_self")
    refused(name_deputy(quiet, signer, applicant(quiet), "signer"), 422, "deputy_not_staff")
    assert name_deputy(quiet, signer, budi, "signer").status_code == 201
    refused(name_deputy(quiet, budi, third, "signer"), 422, "not_their_role")
    task = task_id(quiet, waiting(quiet).case)
    with quiet.engine.begin() as db:
        db.exec_driver_sql(f"DELETE FROM membership WHERE account = {me(quiet, signer)}")
    refused(budi.post(f"/tasks/{task}/claim"), 403, "wrong_role")


def test_a_deputy_of_an_office_sees_its_cases_while_it_lasts(quiet: House) -> None:
    """Row-level security follows the window, too."""
    operator, far = officer(quiet, "operator@palembang"), officer(quiet, "operator@lamongan")
    case = verifying(quiet)
    refused(far.get(f"/cases/{case}"), 404, "unknown_case")
    id_ = name_deputy(quiet, operator, far, "operator").json["id"]
    assert far.get(f"/cases/{case}").status_code == 200
    assert case in [t["case"] for t in far.get("/tasks?office=palembang").json["tasks"]]
    operator.post(f"/deputies/{id_}/end")
    refused(far.get(f"/cases/{case}"), 404, "unknown_case")


def test_who_is_not_signed_in_names_nobody(quiet: House) -> None:
    """401, and an applicant finds nothing."""
    refused(Api(quiet).get("/deputies"), 401, "not_signed_in")
    assert applicant(quiet).get("/deputies").json["deputies"] == []
