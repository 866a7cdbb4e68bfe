"""Work on tasks over HTTP: given, handed on, put forward, pulled, done in bulk by a filter."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import Api, applicant, key, officer, refused, together
from tests.drain_kit import engine_write, one, rows, whole
from tests.support import account_id, as_web
from tests.tasks_kit import code, task_id, verifying, waiting
from workflow.db import cases as stored_cases

SIGNER = "signer@palembang"
SUPERVISOR = "supervisor@palembang"


def last(house: House, case: int) -> Any:
    """The newest event of a case."""
    sql = "SELECT type, actor, body FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1"
    return rows(house, sql, c=case)[0]


def me(house: House, who: Api) -> str:
    """Account id as events write it."""
    return str(account_id(house, who.name or ""))


def set_task(house: House, case: int, **values: Any) -> None:
    """Put a task where a test wants it."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    engine_write(house, f"UPDATE task SET {changes} WHERE case_id = :c AND status = 'open'", c=case, **values)


@pytest.fixture
def alone(quiet: House) -> House:
    """A house in which no task waits."""
    engine_write(quiet, "UPDATE task SET status = 'done' WHERE status = 'open'")
    return quiet


def test_a_supervisor_gives_a_task_to_an_officer(quiet: House) -> None:
    """The lease starts anew, and the event says who gave it to whom; it holds nothing free."""
    case = waiting(quiet).case
    leader, budi, task = officer(quiet, SUPERVISOR), officer(quiet, SIGNER), task_id(quiet, case)
    answer = leader.post(f"/tasks/{task}/assign", {"to": budi.name})
    assert (answer.status_code, answer.json["holder"], answer.json["mine"]) == (200, budi.name, False)
    event = last(quiet, case)
    assert (event.type, event.actor, event.body["to"]) == ("task_assigned", me(quiet, leader), me(quiet, budi))
    assert set(event.body) == {"task", "to", "until"}
    assert one(quiet, "SELECT count(*) FROM timer WHERE case_id = :c AND name LIKE 'lease/%'", c=case) == 1
    assert code(budi.do(case, "sign", wait=30)) == "ok"
    whole(quiet, case)


def test_only_who_leads_the_office_gives_tasks_away(quiet: House) -> None:
    """Not the holder, not a supervisor of elsewhere, not to nobody; and a supervisor not its own case."""
    siti = applicant(quiet)
    case = waiting(quiet, owner=siti).case
    task, budi = task_id(quiet, case), officer(quiet, SIGNER)
    refused(budi.post(f"/tasks/{task}/assign", {"to": budi.name}), 403, "wrong_role")
    far = officer(quiet, "supervisor@lamongan", "operator@palembang")
    refused(far.post(f"/tasks/{task}/assign", {"to": budi.name}), 403, "wrong_office")
    leader = officer(quiet, SUPERVISOR)
    refused(leader.post(f"/tasks/{task}/assign", {"to": "nobody-of-that-name"}), 422, "unknown_account")
    refused(leader.post(f"/tasks/{case}-99/assign", {"to": budi.name}), 409, "wrong_state")
    refused(leader.post(f"/tasks/{task}/assign", {}), 422, "invalid_request")
    with quiet.engine.begin() as db:
        db.execute(text("INSERT INTO membership VALUES (:a, 'supervisor', 'palembang')"), {"a": me(quiet, siti)})
    refused(siti.post(f"/tasks/{task}/assign", {"to": budi.name}), 403, "own_case")


def test_a_refused_target_is_told_about_that_person(quiet: House) -> None:
    """The sentence names them; the supervisor is not told that it acted itself."""
    both = officer(quiet, "operator@palembang", SIGNER)
    case = waiting(quiet, operator=both).case
    answer = officer(quiet, SUPERVISOR).post(f"/tasks/{task_id(quiet, case)}/assign", {"to": both.name})
    problem = refused(answer, 403, "four_eyes")
    assert problem["details"]["who"] == both.name
    assert problem["detail"].startswith(f"{both.name} ")


def test_the_holder_hands_its_task_on_with_a_reason(quiet: House) -> None:
    """Who gets it may act, who gave it may not any more; the reason is kept beside the history, not in it."""
    case = waiting(quiet).case
    budi, citra, task = officer(quiet, SIGNER), officer(quiet, SIGNER), task_id(quiet, case)
    refused(budi.post(f"/tasks/{task}/delegate", {"to": citra.name}), 409, "not_held")
    budi.post(f"/tasks/{task}/claim")
    answer = budi.post(f"/tasks/{task}/delegate", {"to": citra.name, "reason": "Saya rapat sampai sore."})
    assert (answer.status_code, answer.json["holder"]) == (200, citra.name)
    event = last(quiet, case)
    assert (event.type, event.actor, event.body["to"]) == ("task_delegated", me(quiet, budi), me(quiet, citra))
    assert "rapat" not in str(event.body)
    assert len(event.body["input"]) == 64
    refused(budi.post(f"/tasks/{task}/claim"), 409, "not_holder")
    assert code(citra.do(case, "sign", wait=30)) == "ok"
    whole(quiet, case)


def test_a_lease_that_ran_out_hands_nothing_on(quiet: House) -> None:
    """The holder of before claims again first."""
    case = waiting(quiet).case
    budi, citra, task = officer(quiet, SIGNER), officer(quiet, SIGNER), task_id(quiet, case)
    budi.post(f"/tasks/{task}/claim")
    past = "jsonb_set(fold, '{task,4}', to_jsonb('2020-01-01T00:00:00.000000Z'::text))"
    engine_write(quiet, f"UPDATE case_ SET fold = {past} WHERE id = :c", c=case)
    refused(budi.post(f"/tasks/{task}/delegate", {"to": citra.name}), 409, "not_held")


def test_a_conflict_of_interest_needs_a_reason_and_a_role(quiet: House) -> None:
    """BA4: no gate without a recorded reason; who could not have had the task has nothing to declare."""
    case = waiting(quiet).case
    budi, task = officer(quiet, SIGNER), task_id(quiet, case)
    refused(budi.post(f"/tasks/{task}/recuse", {"reason": "  "}), 422, "reason_missing")
    refused(budi.post(f"/tasks/{task}/recuse", {"reason": "x" * 5001}), 422, "reason_too_long")
    stranger = officer(quiet, "operator@palembang")
    refused(stranger.post(f"/tasks/{task}/recuse", {"reason": "Kenal."}), 403, "wrong_role")
    assert budi.post(f"/tasks/{task}/recuse", {"reason": "Sepupu."}).status_code == 200
    refused(budi.post(f"/tasks/{task}/recuse", {"reason": "Sepupu."}), 403, "recused")
    assert last(quiet, case).type == "recused"
    whole(quiet, case)


def test_a_supervisor_puts_a_task_forward_and_says_why(alone: House) -> None:
    """PLM7: first come, first served within a priority; the event holds the digest of the reason."""
    first, second, third = (verifying(alone) for _ in "123")
    for case, moment in ((first, "2030-01-01"), (second, "2031-01-01"), (third, "2032-01-01")):
        set_task(alone, case, due_at=moment)
    leader, ani = officer(alone, SUPERVISOR), officer(alone, "operator@palembang")

    def order() -> list[int]:
        return [t["case"] for t in ani.get("/tasks").json["tasks"]]

    assert order() == [first, second, third]
    task = task_id(alone, third)
    answer = leader.post(f"/tasks/{task}/priority", {"priority": "urgent", "reason": "Wawancara besok."})
    assert (answer.status_code, answer.json["priority"]) == (200, "urgent")
    assert order() == [third, first, second]
    event = last(alone, third)
    assert (event.type, event.body["priority"], len(event.body["input"])) == ("task_prioritised", "urgent", 64)
    leader.post(f"/tasks/{task_id(alone, first)}/priority", {"priority": "low", "reason": "Diminta menunggu."})
    assert order() == [third, second, first]
    assert [t["priority"] for t in ani.get("/tasks").json["tasks"]] == ["urgent", "normal", "low"]
    refused(ani.post(f"/tasks/{task}/priority", {"priority": "low", "reason": "Tidak."}), 403, "wrong_role")
    refused(leader.post(f"/tasks/{task}/priority", {"priority": "high", "reason": "x"}), 422, "invalid_request")
    refused(leader.post(f"/tasks/{task}/priority", {"priority": "low", "reason": ""}), 422, "reason_missing")
    whole(alone, first, third)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_go_through_priorities_and_due_times_without_gap(alone: House, limit: int) -> None:
    """Also across equal due times, into tasks without one, and from one priority into the next."""
    moments = [
        (-1, "2031-01-01"), (-1, None), (0, "2030-01-01"), (0, "2030-01-01"), (0, None), (0, None), (1, "2029-01-01"),
    ]  # fmt: skip
    wanted = [verifying(alone) for _ in moments]
    for case, (priority, due) in zip(wanted, moments, strict=True):
        set_task(alone, case, priority=priority, due_at=due)
    ani, seen, after = officer(alone, "operator@palembang"), [], ""
    while after is not None:
        page = ani.get(f"/tasks?limit={limit}&after={after}").json
        seen += [t["case"] for t in page["tasks"]]
        after = page["next"]
    assert seen == wanted


def test_pulling_gives_the_next_free_task(alone: House) -> None:
    """Overdue first, then by due, then by arrival; what somebody holds is passed over."""
    late, soon, undated, other = (verifying(alone) for _ in "1234")
    set_task(alone, late, due_at="2020-01-01")
    set_task(alone, soon, due_at="2040-01-01")
    set_task(alone, undated, due_at=None)
    ani, budi = officer(alone, "operator@palembang"), officer(alone, "operator@palembang")
    set_task(alone, other, due_at=None)
    given = [ani.post("/tasks/next", {}).json["id"] for _ in "12"]
    assert given == [task_id(alone, late), task_id(alone, soon)]
    third = budi.post("/tasks/next", {"role": "operator", "office": "palembang", "state": "verifying"})
    assert (third.json["id"], third.json["mine"]) == (task_id(alone, undated), True)
    assert last(alone, undated).type == "task_claimed"
    refused(budi.post("/tasks/next", {"state": "approved"}), 404, "no_task")
    refused(officer(alone, SIGNER).post("/tasks/next", {}), 404, "no_task")
    refused(budi.post("/tasks/next", {"colour": "red"}), 422, "invalid_request")
    whole(alone, late, soon, undated)


def test_a_pull_that_is_sent_again_gives_the_same_task(alone: House) -> None:
    """A retry of the same request does not claim a second one."""
    verifying(alone)
    verifying(alone)
    ani, again = officer(alone, "operator@palembang"), key()
    answers = [ani.post("/tasks/next", {}, Idempotency_Key=again) for _ in "12"]
    assert answers[0].json == answers[1].json


def test_of_many_who_pull_at_once_each_gets_another(alone: House) -> None:
    """Two never get the same task."""
    cases = {verifying(alone) for _ in range(5)}
    people = [officer(alone, "operator@palembang") for _ in range(5)]
    answers = together(*[lambda p=p: p.post("/tasks/next", {}) for p in people])
    assert {int(a.json["id"].partition("-")[0]) for a in answers} == cases
    whole(alone, *cases)


def test_who_pulls_waits_for_nobody(alone: House) -> None:
    """While somebody is at work on the first case, the second is given at once."""
    first, second = verifying(alone), verifying(alone)
    set_task(alone, first, due_at="2020-01-01")
    ani = officer(alone, "operator@palembang")
    with as_web(alone, "operator", "palembang") as db:
        stored_cases.get(db, first, lock=True)
        assert ani.post("/tasks/next", {}).json["id"] == task_id(alone, second)
        db.rollback()


def test_bulk_takes_a_filter_in_place_of_names(alone: House) -> None:
    """The fields of `GET /tasks`; each case is refused on its own, and asking again shows how far they are."""
    both = officer(alone, "operator@palembang", SIGNER)
    good = [waiting(alone).case for _ in "12"]
    own = waiting(alone, operator=both).case
    held = waiting(alone).case
    officer(alone, SIGNER).post(f"/tasks/{task_id(alone, held)}/claim")
    body = {"do": "sign", "filter": {"role": "signer", "office": "palembang", "state": "approved"}}
    answer = both.post("/tasks/bulk", body, Prefer="wait=30")
    assert answer.status_code == 200
    found = {r["case"]: r for r in answer.json["results"]}
    # What four eyes forbid is not in the person's inbox, so no filter finds it.
    assert set(found) == {*good, held}
    assert own not in found
    assert [found[c]["status"] for c in good] == ["done", "done"]
    assert found[held]["problem"]["code"] == "not_holder"
    assert (answer.json["counts"], answer.json["more"]) == ({"done": 2, "refused": 1}, False)
    ids = ",".join(str(r["id"]) for r in answer.json["results"])
    again = both.get(f"/commands?ids={ids}").json
    assert again["counts"] == answer.json["counts"]
    assert {c["case"]: c["status"] for c in again["commands"]} == {c: r["status"] for c, r in found.items()}
    whole(alone, *good, held)


def test_bulk_says_when_more_match_than_it_takes(alone: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones of the inbox are done; sending again takes the next."""
    monkeypatch.setattr("web.api.bulk.MAX_BULK", 2)
    cases = [waiting(alone).case for _ in "123"]
    citra = officer(alone, SIGNER)
    answers = [citra.post("/tasks/bulk", {"do": "sign", "filter": {}}, Prefer="wait=30").json for _ in "12"]
    assert [(len(a["results"]), a["more"]) for a in answers] == [(2, True), (1, False)]
    assert sorted(r["case"] for a in answers for r in a["results"]) == cases


def test_bulk_takes_names_or_a_filter_and_not_both(quiet: House) -> None:
    """Neither, both, or an unknown field of the filter are refused."""
    citra = officer(quiet, SIGNER)
    refused(citra.post("/tasks/bulk", {"do": "sign"}), 422, "bulk_ids_or_filter")
    refused(citra.post("/tasks/bulk", {"do": "sign", "ids": ["1-1"], "filter": {}}), 422, "bulk_ids_or_filter")
    refused(citra.post("/tasks/bulk", {"do": "sign", "filter": {"colour": "red"}}), 422, "invalid_request")
    for bad in ("", "x", "1,", "0", ",".join(["1"] * 201)):
        refused(citra.get(f"/commands?ids={bad}"), 422, "invalid_request")
