"""Breaking the glass: a case in an emergency for an hour, seen by who leads the office, reviewed by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alur.wiring import House
from tests.api_kit import Api, applicant, key, officer, refused
from tests.drain_kit import engine_write, one, rows, whole
from tests.support import account_id, settle
from tests.tasks_kit import code, name_deputy, task_id, verifying, waiting

REASON = {"reason": "Pemohon berangkat malam ini, penanda tangan sakit.", "role": "signer"}


def age(house: House, id_: int, hours: int) -> None:
    """Let time pass for a broken glass: in its row and in the fold of its case."""
    moved = f"- interval '{hours} hours'"
    engine_write(
        house,
        f"UPDATE glass SET until_at = until_at {moved}, review_by = review_by {moved}, at = at {moved} WHERE id = :i",
        i=id_,
    )
    until = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    sql = "UPDATE case_ SET fold = jsonb_set(fold, '{glass,0,3}', to_jsonb(CAST(:u AS text))) WHERE id = \
        (SELECT case_id FROM glass WHERE id = :i)"
    engine_write(house, sql, u=until, i=id_)


def test_a_case_is_open_at_once_and_everything_is_on_record(quiet: House) -> None:
    """Another office's officer reads, claims and signs; the events say through which glass, and not why."""
    far = officer(quiet, "operator@lamongan")
    case = waiting(quiet).case
    refused(far.get(f"/cases/{case}"), 404, "unknown_case")
    answer = far.post(f"/cases/{case}/break-glass", REASON)
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/cases/{case}")
    glass = answer.json["id"]
    assert far.get(f"/cases/{case}").json["data"]["name"]
    event = rows(quiet, "SELECT * FROM event WHERE case_id = :c AND type = 'glass_broken'", c=case)[0]
    assert (event.body["glass"], event.body["role"], event.actor) == (glass, "signer", str(account_id(quiet, far.name)))
    assert "berangkat" not in str(event.body)
    assert code(far.post(f"/tasks/{task_id(quiet, case)}/claim")) == "ok"
    claimed = rows(quiet, "SELECT * FROM event WHERE case_id = :c AND type = 'task_claimed'", c=case)[0]
    assert claimed.body["glass"] == glass
    assert code(far.do(case, "sign", wait=30)) == "ok"
    moved = rows(quiet, "SELECT body FROM event WHERE case_id = :c AND type = 'moved' ORDER BY seq", c=case)
    assert [e.body.get("glass") for e in moved if e.body["do"] == "sign"] == [glass]
    looked = "SELECT count(*) FROM access_log WHERE case_id = :c AND account = :a"
    assert one(quiet, looked, c=case, a=account_id(quiet, far.name)) > 0
    whole(quiet, case)


def test_who_leads_the_office_is_told(quiet: House) -> None:
    """Head and supervisor of the case's office and who stands in for them, nobody of another."""
    head, leader = officer(quiet, "head@palembang"), officer(quiet, "supervisor@palembang")
    elsewhere, stands_in = officer(quiet, "head@lamongan"), officer(quiet, "operator@palembang")
    assert name_deputy(quiet, head, stands_in, "head").status_code == 201
    case = waiting(quiet).case
    assert officer(quiet, "operator@lamongan").post(f"/cases/{case}/break-glass", REASON).status_code == 201
    settle(quiet)
    for who in (head, leader, stands_in):
        told = who.get("/notices").json["notices"][0]
        assert (told["case"], told["name"]) == (case, "glass_broken")
        assert str(case) in told["subject"]
    assert elsewhere.get("/notices").json["notices"] == []


def test_it_opens_this_case_and_no_other(quiet: House) -> None:
    """One case, one role, one person."""
    far, third = officer(quiet, "operator@lamongan"), officer(quiet, "operator@lamongan")
    case, other, fresh = waiting(quiet).case, waiting(quiet).case, verifying(quiet)
    far.post(f"/cases/{case}/break-glass", REASON)
    refused(far.get(f"/cases/{other}"), 404, "unknown_case")
    refused(third.get(f"/cases/{case}"), 404, "unknown_case")
    far.post(f"/cases/{fresh}/break-glass", REASON)
    assert code(far.post(f"/tasks/{task_id(quiet, fresh)}/claim")) == "wrong_office"


def test_after_an_hour_it_is_closed(quiet: House) -> None:
    """By itself: neither seen nor done any more."""
    far = officer(quiet, "operator@lamongan")
    here = officer(quiet, "operator@palembang")
    case = waiting(quiet).case
    glasses = [who.post(f"/cases/{case}/break-glass", REASON).json["id"] for who in (far, here)]
    assert code(here.post(f"/tasks/{task_id(quiet, case)}/claim")) == "ok"
    assert code(here.post(f"/tasks/{task_id(quiet, case)}/release")) == "ok"
    for glass in glasses:
        age(quiet, glass, 2)
    engine_write(quiet, "UPDATE case_ SET fold = fold #- '{glass,1}' WHERE id = :c", c=case)
    refused(far.get(f"/cases/{case}"), 404, "unknown_case")
    assert code(here.post(f"/tasks/{task_id(quiet, case)}/claim")) == "wrong_role"
    assert code(here.do(case, "sign", wait=30)) == "wrong_role"


def test_four_eyes_and_ones_own_outrank_it(quiet: House) -> None:
    """It lends a role, never another person's eyes; on the own and a relative's case it does not even break."""
    operator = officer(quiet, "operator@palembang")
    case = waiting(quiet, operator=operator).case
    assert operator.post(f"/cases/{case}/break-glass", REASON).status_code == 201
    assert code(operator.post(f"/tasks/{task_id(quiet, case)}/claim")) == "four_eyes"
    assert code(operator.do(case, "sign", wait=30)) == "four_eyes"
    whole(quiet, case)
    siti = applicant(quiet)
    own = waiting(quiet, owner=siti)
    with quiet.engine.begin() as db:
        db.exec_driver_sql(f"INSERT INTO membership VALUES ({account_id(quiet, siti.name)}, 'head', 'palembang')")
    refused(siti.post(f"/cases/{own.case}/break-glass", REASON), 403, "own_case")
    kin = officer(quiet, "operator@lamongan")
    kin.post("/relatives", {"nik": own.nik, "relation": "relative"})
    refused(kin.post(f"/cases/{own.case}/break-glass", REASON), 403, "relative_case")
    assert one(quiet, "SELECT count(*) FROM glass WHERE case_id = :c", c=own.case) == 0
    refused(kin.get(f"/cases/{own.case}"), 404, "unknown_case")


def test_what_cannot_be_broken_is_refused(quiet: House) -> None:
    """No staff, no reason, no such case, a role that is had, one that watches, the party's, or a draft."""
    far, signer = officer(quiet, "operator@lamongan"), officer(quiet, "signer@palembang")
    case = waiting(quiet).case
    path = f"/cases/{case}/break-glass"
    refused(applicant(quiet).post(path, REASON), 403, "forbidden")
    refused(Api(quiet).post(path, REASON), 401, "not_signed_in")
    refused(far.post(path, REASON | {"reason": " "}), 422, "reason_missing")
    refused(far.post("/cases/99999999/break-glass", REASON), 404, "unknown_case")
    refused(signer.post(path, REASON), 409, "glass_not_needed")
    for role in ("supervisor", "auditor", "admin", "applicant", "nothing"):
        refused(far.post(path, REASON | {"role": role}), 403, "glass_role")
    draft = applicant(quiet).open()
    refused(far.post(f"/cases/{draft}/break-glass", REASON), 409, "wrong_state")
    assert one(quiet, "SELECT count(*) FROM glass WHERE case_id IN (:c, :d)", c=case, d=draft) == 0


def test_a_retry_breaks_it_once(quiet: House) -> None:
    """The same key gives the same number."""
    far, again = officer(quiet, "operator@lamongan"), key()
    case = waiting(quiet).case
    answers = [far.post(f"/cases/{case}/break-glass", REASON, Idempotency_Key=again) for _ in "12"]
    assert answers[0].json == answers[1].json
    assert one(quiet, "SELECT count(*) FROM glass WHERE case_id = :c", c=case) == 1


def test_every_break_waits_for_a_review_by_somebody_else(quiet: House) -> None:
    """Supervisors and auditors of the case's office see it with its reason; overdue ones stand out and come first."""
    far = officer(quiet, "operator@lamongan", "supervisor@lamongan")
    leader, auditor = officer(quiet, "supervisor@palembang"), officer(quiet, "auditor@palembang")
    case, second = waiting(quiet).case, waiting(quiet).case
    first = far.post(f"/cases/{case}/break-glass", REASON).json["id"]
    late = far.post(f"/cases/{second}/break-glass", REASON).json["id"]
    engine_write(quiet, "UPDATE glass SET review_by = now() - interval '1 day' WHERE id = :i", i=late)
    shown = leader.get("/reviews").json["reviews"]
    assert shown[0]["id"] == late
    mine = {r["id"]: r for r in shown}
    assert (mine[late]["overdue"], mine[first]["overdue"]) == (True, False)
    assert (mine[first]["reason"], mine[first]["by"], mine[first]["role"]) == (REASON["reason"], far.name, "signer")
    assert first not in [r["id"] for r in far.get("/reviews").json["reviews"]]
    refused(officer(quiet, "operator@palembang").get("/reviews"), 403, "forbidden")
    assert auditor.post(f"/reviews/{first}", {"verdict": "justified", "remark": "Mendesak."}).status_code == 200
    event = rows(quiet, "SELECT * FROM event WHERE case_id = :c ORDER BY seq DESC LIMIT 1", c=case)[0]
    assert (event.type, event.body["verdict"], len(event.body["input"])) == ("glass_reviewed", "justified", 64)
    assert first not in [r["id"] for r in leader.get("/reviews").json["reviews"]]
    done = next(r for r in leader.get("/reviews?done=true").json["reviews"] if r["id"] == first)
    assert (done["verdict"], done["reviewer"]) == ("justified", auditor.name)
    body = {"verdict": "justified", "remark": "Lagi."}
    refused(leader.post(f"/reviews/{first}", body), 409, "already_reviewed")
    whole(quiet, case, second)


def test_nobody_reviews_what_they_broke(quiet: House) -> None:
    """Not even a supervisor; nor somebody without the role, nor of another office; and not without a remark."""
    both = officer(quiet, "supervisor@palembang")
    case = waiting(quiet).case
    glass = both.post(f"/cases/{case}/break-glass", REASON).json["id"]
    body = {"verdict": "justified", "remark": "Perlu."}
    refused(both.post(f"/reviews/{glass}", body), 403, "own_glass")
    refused(officer(quiet, "operator@palembang").post(f"/reviews/{glass}", body), 403, "wrong_role")
    refused(officer(quiet, "supervisor@lamongan").post(f"/reviews/{glass}", body), 404, "unknown_review")
    leader = officer(quiet, "supervisor@palembang")
    refused(leader.post(f"/reviews/{glass}", body | {"remark": ""}), 422, "reason_missing")
    refused(leader.post(f"/reviews/{glass}", body | {"verdict": "fine"}), 422, "invalid_request")
    refused(leader.post("/reviews/99999999", body), 404, "unknown_review")


def test_what_was_not_justified_ends_at_once(quiet: House) -> None:
    """The review closes the case to them in the same moment."""
    far, here = officer(quiet, "operator@lamongan"), officer(quiet, "operator@palembang")
    case = waiting(quiet).case
    leader = officer(quiet, "supervisor@palembang")
    for who in (far, here):
        glass = who.post(f"/cases/{case}/break-glass", REASON).json["id"]
        answer = leader.post(f"/reviews/{glass}", {"verdict": "not_justified", "remark": "Tidak mendesak."})
        assert answer.status_code == 200
    refused(far.get(f"/cases/{case}"), 404, "unknown_case")
    assert code(here.post(f"/tasks/{task_id(quiet, case)}/claim")) == "wrong_role"
    whole(quiet, case)
