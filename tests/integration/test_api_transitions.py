"""Transitions over HTTP: accepted, performed by the engine alone, and told as they became."""

from __future__ import annotations

import re

from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import (
    CHECKLIST,
    Api,
    app_of,
    applicant,
    approved,
    count,
    key,
    officer,
    ports_of,
    refused,
    submitted,
    together,
)
from tests.secret_kit import desk_of
from tests.support import drain, photo, sample_data, settle
from web.app import create_app


def test_an_accepted_transition_tells_where_to_ask(house: House) -> None:
    """Without Prefer: 202 and a Location; the command tells `done` once a worker has performed it."""
    siti = applicant(house)
    case = siti.filled()
    answer = siti.do(case, "submit", wait=None)
    assert (answer.status_code, answer.json["status"]) == (202, "pending")
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert siti.get(where).json == {"id": answer.json["id"], "case": case, "status": "done", "problem": None}


def test_waiting_gives_the_case_after_the_change(house: House) -> None:
    """`Prefer: wait` answers 200 with the state reached and the new revision, without personal data."""
    siti, data = applicant(house), sample_data()
    case = siti.filled(data)
    answer = siti.do(case, "submit")
    assert answer.status_code == 200
    assert answer.json["state"] == "verifying"
    assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'
    assert answer.json["data"] is None
    assert data["nik"] not in answer.get_data(as_text=True)


def test_waiting_for_a_step_ends_when_the_case_has_moved(house: House) -> None:
    """`sign` runs a step first: 200 comes with the card's state, not with the request for a signature."""
    case = approved(house)
    answer = officer(house, "signer@palembang").do(case, "sign", wait=30)
    assert (answer.status_code, answer.json["state"]) == (200, "issued")


def test_time_that_is_up_is_202(house: House) -> None:
    """Nobody performs it within the second asked for: accepted, and told where to ask; nothing is lost."""
    lonely = create_app(ports_of(house, ring=lambda: False))
    siti = applicant(house)
    case = siti.filled()
    siti.client = lonely.test_client()
    answer = siti.do(case, "submit", wait=1)
    assert (answer.status_code, answer.json["status"]) == (202, "pending")
    settle(house)
    assert siti.get(answer.headers["Location"].removeprefix("/api/v1")).json["status"] == "done"


def test_a_step_that_is_being_worked_on_is_told_as_working(house: House) -> None:
    """The command was performed, the case has not moved: neither pending nor done."""
    case = approved(house)
    lonely = Api(house, officer(house, "signer@palembang").name, create_app(ports_of(house, ring=lambda: False)))
    answer = lonely.do(case, "sign", wait=None)
    drain(house)
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert lonely.get(where).json["status"] == "working"
    assert lonely.get(f"/cases/{case}").json["step"]["run"] == "sign_card"
    settle(house)
    assert lonely.get(where).json["status"] == "done"


def test_two_who_approve_at_once_one_wins_the_other_is_told_who_and_when(house: House) -> None:
    """The loser's 409 names the winner and the local time in the sentence, and both in the details."""
    case = submitted(house)
    officers = [officer(house, "operator@palembang") for _ in "12"]
    answers = together(*[lambda o=o: o.do(case, "approve", checklist=CHECKLIST) for o in officers])
    assert sorted(a.status_code for a in answers) == [200, 409]
    lost = [a.status_code for a in answers].index(409)
    problem = refused(answers[lost], 409, "wrong_state")
    winner = officers[1 - lost].name
    assert problem["details"]["by"] == winner
    assert re.search(rf"oleh {winner} pada \d\d-\d\d-\d{{4}} \d\d\.\d\d WIB\.", problem["detail"])
    approvals = "SELECT count(*) FROM event WHERE case_id = :c AND body->>'do' = 'approve'"
    assert count(house, approvals, c=case) == 1


def test_the_party_is_told_of_an_officer_and_not_of_a_name(house: House) -> None:
    """Names of staff are for staff."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    ani = officer(house, "operator@palembang")
    ani.do(case, "reject", input={"reason": "Data palsu."})
    problem = refused(siti.do(case, "withdraw"), 409, "wrong_state")
    assert (ani.name or "") not in problem["detail"]
    assert "oleh petugas pada" in problem["detail"]


def test_refusals_are_told_in_the_language_asked_for(house: House) -> None:
    """English by Accept-Language, Indonesian otherwise; the code is the same."""
    siti = applicant(house)
    case = siti.open(sample_data())
    indonesian = refused(siti.do(case, "submit"), 409, "document_missing")
    english = refused(siti.do(case, "submit", headers={"Accept-Language": "en"}), 409, "document_missing")
    assert indonesian["detail"].startswith("Dokumen belum ada: Pasfoto berwarna 3×4, KTP")
    assert english["detail"].startswith("Documents are missing: Colour photo 3×4")
    assert [e["field"] for e in english["errors"]] == ["photo", "ktp", "diploma"]


def test_incomplete_data_are_told_field_by_field(house: House) -> None:
    """Everything that is missing at once, in the form's order and with its words."""
    siti = applicant(house)
    case = siti.open({"kind": "new", "nik": "1671015708010003"})
    problem = refused(siti.do(case, "submit"), 409, "data_incomplete")
    errors = {e["field"]: e for e in problem["errors"]}
    assert "nik" not in errors
    assert errors["name"] == {"field": "name", "code": "required", "detail": "Nama lengkap belum diisi."}


def test_a_revision_that_was_overtaken_is_refused(house: House) -> None:
    """If-Match on a transition becomes the refusal `stale_revision`, 409."""
    siti = applicant(house)
    case = siti.filled()
    refused(siti.do(case, "submit", headers={"If-Match": '"1"'}), 409, "stale_revision")
    revision = siti.get(f"/cases/{case}").headers["ETag"]
    assert siti.do(case, "submit", headers={"If-Match": revision}).status_code == 200


def test_wrong_role_office_and_own_case_are_refused_by_the_engine(house: House) -> None:
    """Everybody who may see the case is told why he may not move it; nothing changes."""
    case = submitted(house)
    refused(officer(house, "signer@palembang").do(case, "approve", checklist=CHECKLIST), 409, "wrong_role")
    elsewhere = officer(house, "operator@lamongan", "head@palembang")
    refused(elsewhere.do(case, "approve", checklist=CHECKLIST), 409, "wrong_office")
    ani = officer(house, "operator@palembang")
    own = ani.post("/cases", {"process": "ak1-online", "office": "palembang", "assisted": False}).json["id"]
    assert ani.put_data(own, sample_data(), 0).status_code == 200
    for kind in ("photo", "ktp", "diploma"):
        ani.upload(own, kind, photo())
    assert ani.do(own, "submit").status_code == 200
    refused(ani.do(own, "approve", checklist=CHECKLIST), 409, "own_case")
    assert ani.get(f"/cases/{case}").json["state"] == "verifying"


def test_four_eyes_hold(house: House) -> None:
    """Who approved may not sign."""
    case = submitted(house)
    both = officer(house, "operator@palembang", "signer@palembang")
    assert both.do(case, "approve", checklist=CHECKLIST).status_code == 200
    refused(both.do(case, "sign"), 409, "four_eyes")


def test_an_unfinished_checklist_is_refused_with_the_definitions_words(house: House) -> None:
    """The guard's own sentence reaches the person."""
    ani = officer(house, "operator@palembang")
    problem = refused(ani.do(submitted(house), "approve", checklist=["identity"]), 409, "guard")
    assert problem["detail"] == "Daftar periksa belum selesai"


def test_inputs_that_are_missing_or_unknown_are_told_by_field(house: House) -> None:
    """A return without a reason says which input is missing."""
    ani, case = officer(house, "operator@palembang"), submitted(house)
    problem = refused(ani.do(case, "return", input={"fields": ["nik"], "colour": "red"}), 409, "invalid_input")
    assert {(e["field"], e["code"]) for e in problem["errors"]} == {("reason", "missing"), ("colour", "unknown")}


def test_a_name_that_the_process_does_not_have_writes_no_command(house: House) -> None:
    """A wrong trigger is 422; Alur's own commands cannot be sent by anybody."""
    siti = applicant(house)
    case = siti.filled()
    for do in ("fly", "@timer", "@step", ""):
        code = "unknown_transition" if do else "invalid_request"
        refused(siti.do(case, do), 422, code)
    refused(siti.do(case, "begin"), 409, "wrong_state")
    assert count(house, "SELECT count(*) FROM command WHERE case_id = :c AND actor <> 'system'", c=case) == 1


def test_the_reason_of_a_return_reaches_the_party_and_no_event(house: House) -> None:
    """The officer's words stand in the case as the party sees it, sealed, and nowhere in the history."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    words = "Foto KTP buram sekali."
    answer = officer(house, "operator@palembang").do(case, "return", input={"reason": words, "fields": ["nik"]})
    assert answer.status_code == 200
    seen = siti.get(f"/cases/{case}").json
    assert seen["note"]["inputs"] == {"reason": words, "fields": ["nik"]}
    assert seen["note"]["do"] == "return"
    assert seen["editable"] is True
    with house.engine.connect() as db:
        told = db.execute(
            text(
                "SELECT string_agg(body::text, '') FROM event WHERE case_id = :c "
                "UNION ALL SELECT string_agg(payload::text, '') FROM command WHERE case_id = :c"
            ),
            {"c": case},
        ).scalars()
        assert not any(words in t for t in told)


def test_a_transition_sent_again_is_done_once_and_answered_alike(house: House) -> None:
    """The first answer was lost: the second is the same, with the state of then, and one command was written."""
    siti, again = applicant(house), key()
    case = siti.filled()
    first = siti.do(case, "submit", headers={"Idempotency-Key": again})
    second = siti.do(case, "submit", headers={"Idempotency-Key": again})
    assert (first.status_code, first.json) == (second.status_code, second.json) == (200, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["ETag"] == first.headers["ETag"]
    submits = """SELECT count(*) FROM command WHERE case_id = :c AND "do" = 'submit'"""
    assert count(house, submits, c=case) == 1


def test_a_refusal_sent_again_is_told_again(house: House) -> None:
    """A replayed refusal is the refusal, as problem+json."""
    siti, again = applicant(house), key()
    case = siti.open()
    answers = [siti.do(case, "submit", headers={"Idempotency-Key": again}) for _ in "12"]
    problems = [refused(a, 409, "document_missing") for a in answers]
    assert problems[0] == problems[1]


def test_a_key_whose_request_died_while_waiting_still_names_its_command(house: House) -> None:
    """The command was committed with the key, so the retry neither waits for nothing nor submits again."""
    siti, again = applicant(house), key()
    case = siti.filled()

    def die() -> bool:
        raise SystemError("the process was killed here")

    siti.client = create_app(ports_of(house, ring=die)).test_client()
    assert siti.do(case, "submit", headers={"Idempotency-Key": again}).status_code == 500
    siti.client = app_of(house).test_client()
    retry = siti.do(case, "submit", headers={"Idempotency-Key": again})
    assert (retry.status_code, retry.headers["Idempotency-Replayed"]) == (202, "true")
    submits = """SELECT count(*) FROM command WHERE case_id = :c AND "do" = 'submit'"""
    assert count(house, submits, c=case) == 1
    settle(house)
    assert siti.get(retry.headers["Location"].removeprefix("/api/v1")).json["status"] == "done"


def test_a_step_that_fails_for_good_is_told_as_an_incident(house: House) -> None:
    """Without its photo no card can be drawn: 409 `step_failed`, and the case shows the incident."""
    case = approved(house)
    with house.engine.begin() as db:
        db.execute(text("UPDATE document SET blob = repeat('0', 64), rendition = NULL WHERE case_id = :c"), {"c": case})
    citra = officer(house, "signer@palembang")
    lonely = Api(house, citra.name, create_app(ports_of(house, ring=lambda: False)))
    answer = lonely.do(case, "sign", wait=None)
    drain(house)
    with house.engine.begin() as db:
        row = db.execute(text("SELECT seq FROM outbox WHERE case_id = :c AND kind = 'sign_card'"), {"c": case}).one()
        db.execute(
            text(
                "INSERT INTO command (case_id, \"do\", actor, payload, key) VALUES (:c, '@step', 'system', "
                "jsonb_build_object('step', :s, 'run', 'sign_card', 'ok', false, 'code', 'blob', 'attempts', 1), "
                "gen_random_uuid())"
            ),
            {"c": case, "s": row.seq},
        )
        db.execute(text("DELETE FROM outbox WHERE case_id = :c AND kind = 'sign_card'"), {"c": case})
    drain(house)
    command = citra.get(answer.headers["Location"].removeprefix("/api/v1")).json
    assert (command["status"], command["problem"]["code"]) == ("failed", "step_failed")
    assert citra.get(f"/cases/{case}").json["incident"] == "blob"


def test_a_secret_that_no_key_asks_for_is_not_passed_over(house: House) -> None:
    """A PIN that nobody will use must not be taken, let alone kept."""
    case = approved(house)
    desk_of(house).look()
    refused(officer(house, "signer@palembang").do(case, "sign", secret="123456"), 422, "secret_not_taken")


def test_a_wait_that_is_not_a_number_is_refused(house: House) -> None:
    """Prefer: wait=soon is 400; other preferences are passed over."""
    siti = applicant(house)
    case = siti.filled()
    refused(siti.do(case, "submit", wait=None, headers={"Prefer": "wait=soon"}), 400, "bad_preference")
    answer = siti.do(case, "submit", wait=None, headers={"Prefer": 'respond-async, wait="5"; x=1'})
    assert answer.status_code == 200


def test_commands_of_others_cases_are_not_found(house: House) -> None:
    """Nobody learns of a case by its commands."""
    siti = applicant(house)
    case = siti.filled()
    where = siti.do(case, "submit").headers["Location"].removeprefix("/api/v1")
    assert siti.get(where).status_code == 200
    refused(applicant(house).get(where), 404, "unknown_command")
    refused(Api(house).get(where), 401, "not_signed_in")


def test_actions_tell_what_may_be_done_and_why_the_rest_is_refused(house: House) -> None:
    """The same rule as the engine's, asked beforehand, each refusal with code and sentence."""
    siti = applicant(house)
    case = siti.open()
    actions = {a["do"]: a for a in siti.get(f"/cases/{case}/actions").json}
    assert actions["save"]["allowed"] is True
    assert (actions["submit"]["allowed"], actions["submit"]["problem"]["code"]) == (False, "document_missing")
    assert actions["approve"]["problem"]["code"] == "wrong_state"
    case = submitted(house)
    actions = {a["do"]: a for a in officer(house, "operator@palembang").get(f"/cases/{case}/actions").json}
    assert {do for do, a in actions.items() if a["allowed"]} == {"return", "approve", "reject", "withdraw"}
    assert actions["approve"]["checklist"] is True
    assert [i["name"] for i in actions["return"]["inputs"]] == ["reason", "fields", "cause"]
    assert actions["withdraw"]["assisted"] is True
