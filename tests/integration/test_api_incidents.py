"""Incidents: found, told with their cause, decided one by one and by kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alur.wiring import House
from tests.api_kit import Api, app_of, applicant, key, officer, refused
from tests.drain_kit import by_hand, pass_time, rows, submitted, whole
from tests.support import send, settle, state
from workflow.db import outbox

TEN = timedelta(seconds=10)


def failed(house: House, code: str = "tsa_unavailable", times: int = 1) -> int:
    """A case whose intake checks failed for good."""
    case, _ = submitted(house)
    with by_hand(house) as hand:
        hand.drain()
        with house.engine.begin() as db:
            work = next(w for w in outbox.dispatchable(db) if w.id.case == case)
            outbox.fail(db, work, code, "no answer", final=True, asked=True, base=TEN, times=times)
        hand.drain()
    return case


def listed(api: Api, **query: str) -> dict[int, dict[str, object]]:
    """Incidents by case."""
    asked = "&".join(f"{k}={v}" for k, v in query.items())
    answer = api.get(f"/incidents?limit=200&{asked}")
    assert answer.status_code == 200, answer.json
    return {i["case"]: i for i in answer.json["incidents"]}


@pytest.fixture(scope="module")
def ani(quiet: House) -> Api:
    """An operator at Palembang."""
    return officer(quiet, "operator@palembang")


def test_an_incident_is_listed_with_its_cause_in_words(quiet: House, ani: Api) -> None:
    """Who can decide finds it, with the step, since when, and what to do about it."""
    case = failed(quiet)
    found = listed(ani)[case]
    assert (found["run"], found["code"]) == ("intake_checks", "tsa_unavailable")
    assert "stempel waktu" in str(found["cause"])
    assert case not in listed(officer(quiet, "operator@lamongan"))
    refused(applicant(quiet).get("/incidents"), 403, "forbidden")


def test_a_retry_asks_for_the_step_again_and_the_incident_is_gone(quiet: House, ani: Api) -> None:
    """The step is done, the case goes on, and nothing is left in the list."""
    case = failed(quiet)
    id_ = listed(ani)[case]["id"]
    answer = ani.post(f"/incidents/{id_}/retry", {}, **{"Idempotency-Key": key()})
    assert answer.status_code == 202
    settle(quiet)
    assert state(quiet, case) == "verifying"
    assert case not in listed(ani)
    assert ani.get(answer.headers["Location"].removeprefix("/api/v1")).json["status"] == "done"
    whole(quiet, case)
    refused(ani.post(f"/incidents/{id_}/retry", {}, **{"Idempotency-Key": key()}), 409, "no_incident")


def test_a_step_that_fails_again_is_a_new_incident(quiet: House, ani: Api) -> None:
    """Its id is that of the new request, so a decision about the old one decides nothing."""
    case = failed(quiet)
    old = listed(ani)[case]["id"]
    send(quiet, case, "incident.retry", "operator")
    with by_hand(quiet) as hand:
        assert hand.drain() == 1
        pass_time(quiet)
        with quiet.engine.begin() as db:
            work = next(w for w in outbox.dispatchable(db) if w.id.case == case)
            outbox.fail(db, work, "step_error", "again", final=True, asked=True, base=TEN, times=1)
        hand.drain()
    found = listed(ani)[case]
    assert (found["code"], found["id"] != old) == ("step_error", True)
    assert len(rows(quiet, "SELECT 1 FROM incident WHERE case_id = :c", c=case)) == 1


def test_skipping_and_diverting_need_a_reason(quiet: House, ani: Api) -> None:
    """Without one nothing is done; with one the reason stands as a digest and the case goes on."""
    skipped, diverted = failed(quiet), failed(quiet)
    ids = {case: found["id"] for case, found in listed(ani).items()}
    for what in ("skip", "divert"):
        answer = ani.post(f"/incidents/{ids[skipped]}/{what}", {}, **{"Idempotency-Key": key()})
        settle(quiet)
        told = ani.get(answer.headers["Location"].removeprefix("/api/v1")).json
        assert (told["status"], told["problem"]["code"]) == ("refused", "invalid_input")
    ani.post(f"/incidents/{ids[skipped]}/skip", {"reason": "layanan mati"}, **{"Idempotency-Key": key()})
    body = {"reason": "diperiksa sendiri", "to": "verifying"}
    ani.post(f"/incidents/{ids[diverted]}/divert", body, **{"Idempotency-Key": key()})
    settle(quiet)
    assert [state(quiet, c) for c in (skipped, diverted)] == ["verifying", "verifying"]
    bodies = [b for (b,) in rows(quiet, "SELECT body::text FROM event WHERE case_id = ANY(:c)", c=[skipped, diverted])]
    assert not any("layanan mati" in b or "diperiksa sendiri" in b for b in bodies)
    whole(quiet, skipped, diverted)


def test_a_kind_is_retried_at_once(quiet: House, ani: Api) -> None:
    """All incidents of a step and cause are tried again, those of another kind stay."""
    alike, other = [failed(quiet, "card_photo") for _ in range(3)], failed(quiet, "key_file")
    kinds = {k["code"]: k for k in ani.get("/incidents").json["kinds"]}
    assert kinds["card_photo"]["count"] == 3
    body = {"do": "retry", "filter": {"process": "ak1-online", "run": "intake_checks", "code": "card_photo"}}
    answer = ani.post("/incidents/bulk", body, **{"Idempotency-Key": key()})
    assert sorted(r["case"] for r in answer.json["results"]) == sorted(alike)
    settle(quiet)
    assert [state(quiet, c) for c in alike] == ["verifying"] * 3
    assert set(listed(ani, code="key_file")) == {other}
    refused(ani.post("/incidents/bulk", {"do": "retry"}, **{"Idempotency-Key": key()}), 422, "invalid_request")


def test_nobody_decides_about_the_own_case(quiet: House) -> None:
    """An officer does not see the incident of its own application, and cannot retry it."""
    case = failed(quiet)
    with quiet.engine.begin() as db:
        from sqlalchemy import text

        name = db.execute(
            text("SELECT name FROM account a JOIN case_ c ON c.owner = a.id WHERE c.id = :c"), {"c": case}
        )
        owner = str(name.scalar_one())
        db.execute(
            text(
                "INSERT INTO membership (account, role, office) SELECT id, 'operator', 'palembang' FROM account "
                "WHERE name = :n"
            ),
            {"n": owner},
        )
    api = Api(quiet, owner, app_of(quiet))
    assert case not in listed(api)


def test_pages_of_a_long_list_follow_each_other(quiet: House, ani: Api) -> None:
    """Every incident is on exactly one page, the oldest first."""
    cases = [failed(quiet, "cms_mismatch") for _ in range(3)]
    seen, after = [], ""
    while True:
        page = ani.get(f"/incidents?code=cms_mismatch&limit=1{after}").json
        seen += [i["case"] for i in page["incidents"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == cases
    refused(ani.get("/incidents?after=xx"), 400, "bad_cursor")
