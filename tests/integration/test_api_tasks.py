"""Tasks over HTTP: the inbox in its order, claiming, and many at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import CHECKLIST, Api, applicant, approved, key, officer, refused, submitted, together
from tests.support import sample_data

OPERATOR = "operator@lamongan"


def set_due(house: House, case: int, moment: str | None) -> None:
    """Put a task's due time where a test wants it."""
    with house.engine.begin() as db:
        values = {"c": case, "d": moment and datetime.fromisoformat(moment)}
        db.execute(text("UPDATE task SET due_at = :d WHERE case_id = :c AND status = 'open'"), values)


def task_of(case: int, who: Api) -> str:
    """Id of the open task of a case."""
    return str(who.get(f"/cases/{case}").json["task"]["id"])


@pytest.fixture(scope="module")
def lamongan(house: House) -> list[int]:
    """Five cases at an office of their own, due in this order."""
    cases = [submitted(house, "lamongan") for _ in range(5)]
    moments = ["2020-01-01T00:00Z", "2020-01-02T00:00Z", "2098-01-01T00:00Z", "2098-01-01T00:00Z", None]
    for case, moment in zip(cases, moments, strict=True):
        set_due(house, case, moment)
    return cases


def test_the_inbox_is_overdue_first_then_due_then_arrival(house: House, lamongan: list[int]) -> None:
    """Equal due times keep the order of arrival, tasks without one come last; counts say how many are overdue."""
    page = officer(house, OPERATOR).get("/tasks").json
    assert [t["case"] for t in page["tasks"]] == lamongan
    assert [t["overdue"] for t in page["tasks"]] == [True, True, False, False, False]
    assert (page["total"], page["overdue"], page["next"]) == (5, 2, None)


@pytest.mark.parametrize("sort", ["due", "arrival"])
def test_pages_follow_each_other_without_gap_or_repetition(house: House, lamongan: list[int], sort: str) -> None:
    """Two a page, to the end, also across equal moments and into tasks without one."""
    ani, seen, after = officer(house, OPERATOR), [], ""
    while True:
        page = ani.get(f"/tasks?limit=2&sort={sort}&after={after}").json
        seen += [t["case"] for t in page["tasks"]]
        after = page["next"]
        if after is None:
            break
    assert seen == lamongan


def test_the_inbox_is_narrowed_by_office_state_number_and_nik(house: House, lamongan: list[int]) -> None:
    """A NIK finds the case that holds it; what is not the person's own queue is not found by any filter."""
    data = sample_data()
    siti = applicant(house)
    case = siti.filled(data, "banda-aceh")
    siti.do(case, "submit")
    ani = officer(house, OPERATOR, "operator@banda-aceh")

    def found(query: str) -> list[int]:
        return [t["case"] for t in ani.get(f"/tasks?{query}").json["tasks"]]

    assert found("office=lamongan") == lamongan
    assert case in found("office=banda-aceh")
    assert found(f"q={data['nik']}") == [case]
    assert found(f"q={lamongan[2]}") == [lamongan[2]]
    assert found("q=1111111111111111") == []
    assert found("q=siti") == []
    assert found("state=approved") == []
    assert found("role=signer") == []
    assert found("office=palembang") == []
    auditor = officer(house, "auditor@lamongan")
    assert auditor.get("/tasks").json["tasks"] == []
    assert [t["case"] for t in auditor.get("/tasks?role=operator").json["tasks"]] == lamongan


def test_the_inbox_tells_nothing_personal(house: House, lamongan: list[int]) -> None:
    """Neither name nor NIK stands in a list; who opens the case is logged."""
    body = officer(house, OPERATOR).get("/tasks").get_data(as_text=True)
    assert "Siti Rahmawati" not in body
    assert "16710157" not in body


def test_a_task_that_four_eyes_forbid_is_not_listed(house: House) -> None:
    """Who approved does not find the case among those to sign; a colleague does, and neither finds its own."""
    both = officer(house, "operator@palembang", "signer@palembang")
    case = submitted(house)
    both.do(case, "approve", checklist=CHECKLIST)
    colleague = officer(house, "operator@palembang", "signer@palembang")
    assert both.get(f"/tasks?role=signer&q={case}").json == {"tasks": [], "next": None, "total": 0, "overdue": 0}
    assert [t["case"] for t in colleague.get(f"/tasks?role=signer&q={case}").json["tasks"]] == [case]


def test_markers_that_nobody_gave_out_are_refused(house: House) -> None:
    """A cursor is ours alone; sort and limit have their bounds."""
    ani = officer(house, OPERATOR)
    for bad in ("x", "AAAA", "WyJub3QiLCAxXQ", "W251bGwsICJhIl0"):
        refused(ani.get(f"/tasks?after={bad}"), 400, "bad_cursor")
    for query in ("limit=0", "limit=201", "sort=name", "colour=red", "limit=many"):
        refused(ani.get(f"/tasks?{query}"), 422, "invalid_request")


def test_counts_stop_where_nobody_counts_on(house: House, lamongan: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap a count says no more than "more", and costs no more."""
    monkeypatch.setattr("workflow.db.inbox.COUNT_CAP", 3)
    page = officer(house, OPERATOR).get("/tasks").json
    assert (page["total"], page["overdue"], len(page["tasks"])) == (3, 2, 5)


def test_a_claimed_task_is_told_with_its_holder_and_refused_to_others(house: House) -> None:
    """Who holds it and until when; the holder may renew and release it."""
    case = submitted(house)
    ani, budi = officer(house, "operator@palembang"), officer(house, "operator@palembang")
    task = task_of(case, ani)
    claimed = ani.post(f"/tasks/{task}/claim")
    assert (claimed.status_code, claimed.json["mine"], claimed.json["holder"]) == (200, True, ani.name)
    problem = refused(budi.post(f"/tasks/{task}/claim"), 409, "not_holder")
    assert problem["details"]["by"] == ani.name
    assert problem["detail"].endswith("WIB.")
    refused(budi.post(f"/tasks/{task}/release"), 409, "not_holder")
    refused(budi.do(case, "approve", checklist=CHECKLIST), 409, "not_holder")
    assert ani.post(f"/tasks/{task}/release").json["holder"] is None
    assert budi.post(f"/tasks/{task}/claim").json["holder"] == budi.name


def test_of_two_who_claim_at_once_one_holds_it(house: House) -> None:
    """The other is told by whom it is held."""
    case = submitted(house)
    officers = [officer(house, "operator@palembang") for _ in "12"]
    task = task_of(case, officers[0])
    answers = together(*[lambda o=o: o.post(f"/tasks/{task}/claim") for o in officers])
    assert sorted(a.status_code for a in answers) == [200, 409]


def test_claims_of_the_wrong_person_or_task_are_refused(house: House) -> None:
    """Another role is 403, a task that is over 409, one that never was 404; nothing is appended."""
    case = submitted(house)
    ani = officer(house, "operator@palembang")
    task = task_of(case, ani)
    refused(officer(house, "signer@palembang").post(f"/tasks/{task}/claim"), 403, "wrong_role")
    refused(ani.post(f"/tasks/{case}-99/claim"), 409, "wrong_state")
    for bad in ("abc", f"{case}", f"{case}-0", f"-{case}-1", f"{case}-1-1"):
        refused(ani.post(f"/tasks/{bad}/claim"), 404, "unknown_task")
    refused(ani.post("/tasks/9999999-1/claim"), 404, "unknown_case")


def test_a_claim_sent_again_is_made_once(house: House) -> None:
    """One event, however often the request arrives."""
    case, again = submitted(house), key()
    ani = officer(house, "operator@palembang")
    task = task_of(case, ani)
    answers = [ani.post(f"/tasks/{task}/claim", Idempotency_Key=again) for _ in "12"]
    assert answers[0].json == answers[1].json
    events = [e["type"] for e in ani.get(f"/cases/{case}/history").json["entries"]]
    assert events.count("task_claimed") == 1


def test_many_at_once_each_with_an_outcome_of_its_own(house: House) -> None:
    """Those that can be signed are, the one that four eyes forbid is not, and what is not for bulk is told so."""
    good = [approved(house) for _ in "12"]
    both = officer(house, "operator@palembang", "signer@palembang")
    own = submitted(house)
    both.do(own, "approve", checklist=CHECKLIST)
    waiting = submitted(house)
    ids = {case: task_of(case, both) for case in (*good, own, waiting)}
    answer = both.post("/tasks/bulk", {"do": "sign", "ids": [*ids.values(), "9999999-1"]}, Prefer="wait=30")
    assert answer.status_code == 200
    results = {r["task"]: r for r in answer.json["results"]}
    assert [results[ids[case]]["status"] for case in good] == ["done", "done"]
    assert results[ids[own]]["problem"]["code"] == "four_eyes"
    assert results[ids[waiting]]["problem"]["code"] == "not_bulk"
    assert results["9999999-1"]["problem"]["code"] == "unknown_case"
    assert [both.get(f"/cases/{case}").json["state"] for case in (*good, own, waiting)] == [
        "issued",
        "issued",
        "approved",
        "verifying",
    ]


def test_a_task_that_is_over_is_refused_in_bulk(house: House) -> None:
    """The person chose it while it was open; somebody else was faster."""
    case = approved(house)
    citra = officer(house, "signer@palembang")
    task = task_of(case, citra)
    citra.do(case, "sign", wait=30)
    answer = citra.post("/tasks/bulk", {"do": "sign", "ids": [task]}, Prefer="wait=5")
    assert answer.json["results"][0]["problem"]["code"] == "wrong_state"
    refused(citra.post("/tasks/bulk", {"do": "sign", "ids": []}), 422, "invalid_request")
    refused(citra.post("/tasks/bulk", {"do": "sign", "ids": ["x"]}), 404, "unknown_task")
    refused(citra.post("/tasks/bulk", {"do": "sign", "ids": ["1-1"] * 201}), 422, "invalid_request")


def test_nobody_signed_in_has_no_inbox(house: House) -> None:
    """401, and an applicant's inbox is empty."""
    refused(Api(house).get("/tasks"), 401, "not_signed_in")
    assert applicant(house).get("/tasks").json["tasks"] == []
