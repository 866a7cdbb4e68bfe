"""Cases over HTTP: opened, saved and seen by whom they concern."""

from __future__ import annotations

from sqlalchemy import text

from alur.wiring import House
from tests.api_kit import Api, applicant, count, key, officer, refused, submitted, together
from tests.support import account_id, new_account, sample_data

DRAFT = {"process": "ak1-online", "office": "palembang"}


def test_a_case_is_opened_as_a_draft_of_the_person_who_asks(house: House) -> None:
    """POST /cases answers 201 with where the draft is, at which revision, and without the person's data."""
    siti = applicant(house)
    data = sample_data()
    answer = siti.post("/cases", {**DRAFT, "data": data})
    assert answer.status_code == 201
    case = answer.json["id"]
    assert answer.headers["Location"] == f"/api/v1/cases/{case}"
    assert data["nik"] not in answer.get_data(as_text=True)
    seen = siti.get(f"/cases/{case}")
    assert seen.headers["ETag"] == answer.headers["ETag"]
    assert seen.json["state"] == "draft"
    assert seen.json["data"] == data
    assert seen.json["owner"] is True
    assert seen.json["editable"] is True


def test_an_application_sent_three_times_makes_one_case(house: House) -> None:
    """The network lost two answers; the third attempt gets the same one and nothing was done twice."""
    siti, again = applicant(house), key()
    body = {**DRAFT, "data": sample_data()}
    answers = [siti.post("/cases", body, Idempotency_Key=again) for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert {a.json["id"] for a in answers} == {answers[0].json["id"]}
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None, "true", "true"]
    assert {a.headers["Location"] for a in answers} == {answers[0].headers["Location"]}
    me = account_id(house, siti.name or "")
    assert count(house, "SELECT count(*) FROM case_ WHERE owner = :me", me=me) == 1


def test_two_attempts_at_the_same_moment_make_one_case(house: House) -> None:
    """The second waits for the first and gets its answer."""
    siti, again = applicant(house), key()
    body = {**DRAFT, "data": sample_data()}
    answers = together(*[lambda: Api(house, siti.name).post("/cases", body, Idempotency_Key=again)] * 3)
    assert {a.status_code for a in answers} == {201}
    assert len({a.json["id"] for a in answers}) == 1
    me = account_id(house, siti.name or "")
    assert count(house, "SELECT count(*) FROM case_ WHERE owner = :me", me=me) == 1


def test_a_key_used_for_another_request_is_refused(house: House) -> None:
    """Same key, other body: 422, and no second case."""
    siti, again = applicant(house), key()
    siti.post("/cases", DRAFT, Idempotency_Key=again)
    refused(siti.post("/cases", {**DRAFT, "office": "lamongan"}, Idempotency_Key=again), 422, "idempotency_key_reused")
    refused(siti.post("/cases", DRAFT, Idempotency_Key="x" * 201), 400, "bad_key")
    me = account_id(house, siti.name or "")
    assert count(house, "SELECT count(*) FROM case_ WHERE owner = :me", me=me) == 1


def test_keys_of_two_persons_do_not_meet(house: House) -> None:
    """A key belongs to the account that sent it."""
    again = key()
    ids = {applicant(house).post("/cases", DRAFT, Idempotency_Key=again).json["id"] for _ in "12"}
    assert len(ids) == 2


def test_a_key_of_a_refused_request_may_be_tried_again(house: House) -> None:
    """What was refused left nothing behind, so the mended request is done under the same key."""
    siti, again = applicant(house), key()
    refused(siti.post("/cases", {**DRAFT, "data": {"nik": "1"}}, Idempotency_Key=again), 422, "data_invalid")
    assert siti.post("/cases", {**DRAFT, "data": {}}, Idempotency_Key=again).status_code == 201


def test_what_is_kept_for_repetition_holds_no_personal_data(house: House) -> None:
    """The stored answer names the case, not the person."""
    siti, data = applicant(house), sample_data()
    siti.post("/cases", {**DRAFT, "data": data}, Idempotency_Key=key())
    with house.engine.connect() as db:
        kept = db.execute(
            text("SELECT body::text FROM idempotency WHERE account = :a"), {"a": account_id(house, siti.name or "")}
        )
        body = kept.scalar_one()
    assert data["nik"] not in body
    assert data["name"] not in body


def test_unknown_process_and_office_are_refused(house: House) -> None:
    """Neither is guessed, and nothing is opened."""
    siti = applicant(house)
    refused(siti.post("/cases", {**DRAFT, "process": "ak9"}), 404, "unknown_process")
    refused(siti.post("/cases", {**DRAFT, "office": "mars"}), 422, "unknown_office")
    me = account_id(house, siti.name or "")
    assert count(house, "SELECT count(*) FROM case_ WHERE owner = :me", me=me) == 0


def test_an_officer_opens_a_case_for_a_person_without_an_account(house: House) -> None:
    """Staff of the office open assisted cases; others cannot ask for one."""
    ani = officer(house, "operator@palembang")
    case = ani.open()
    seen = ani.get(f"/cases/{case}").json
    assert (seen["owner"], seen["editable"]) == (False, True)
    assert count(house, "SELECT count(*) FROM case_ WHERE id = :c AND owner IS NULL", c=case) == 1
    refused(applicant(house).post("/cases", {**DRAFT, "assisted": True}), 403, "unknown_office_member")


def test_an_officer_may_apply_for_a_card_of_his_own(house: House) -> None:
    """`assisted: false` makes the officer the party."""
    ani = officer(house, "operator@palembang")
    case = ani.post("/cases", {**DRAFT, "assisted": False}).json["id"]
    assert ani.get(f"/cases/{case}").json["owner"] is True


def test_saving_moves_the_revision_and_a_stale_one_is_refused(house: House) -> None:
    """If-Match names what was seen: 412 once somebody saved in between, and nothing is lost or changed."""
    siti = applicant(house)
    case = siti.open(sample_data(name="Satu"))
    revision = siti.get(f"/cases/{case}").json["revision"]
    saved = siti.put_data(case, sample_data(name="Dua"), revision)
    assert (saved.status_code, saved.json["revision"]) == (200, revision + 1)
    assert saved.headers["ETag"] == f'"{revision + 1}"'
    refused(siti.put_data(case, sample_data(name="Tiga"), revision), 412, "stale_revision")
    assert siti.get(f"/cases/{case}").json["data"]["name"] == "Dua"


def test_saving_without_naming_a_revision_is_refused(house: House) -> None:
    """428: a lost update is never the default; a malformed one is 400; `*` says that no check is wanted."""
    siti = applicant(house)
    case = siti.open()
    refused(siti.put_data(case, {}, None), 428, "precondition_required")
    for bad in ("3", 'W/"3"', '"3", "4"', '"x"'):
        answer = siti.send("PUT", f"/cases/{case}/data", {"If-Match": bad}, json={})
        refused(answer, 400, "bad_precondition")
    assert siti.send("PUT", f"/cases/{case}/data", {"If-Match": "*"}, json={}).status_code == 200


def test_two_who_save_at_once_do_not_overwrite_each_other(house: House) -> None:
    """One is saved, the other is told that the case was changed."""
    siti = applicant(house)
    case = siti.open()
    revision = siti.get(f"/cases/{case}").json["revision"]
    names = ("Satu", "Dua")
    answers = together(
        *[lambda n=n: Api(house, siti.name).put_data(case, sample_data(name=n), revision) for n in names]
    )
    assert sorted(a.status_code for a in answers) == [200, 412]
    won = names[[a.status_code for a in answers].index(200)]
    assert siti.get(f"/cases/{case}").json["data"]["name"] == won


def test_a_malformed_nik_is_refused_with_the_forms_own_words(house: House) -> None:
    """Each wrong field is told by name and code, in the language asked for, and nothing is saved."""
    siti = applicant(house)
    case = siti.open()
    before = siti.get(f"/cases/{case}").json
    answer = siti.put_data(case, {**before["data"], "nik": "12345", "shoe_size": "43"}, before["revision"])
    problem = refused(answer, 422, "data_invalid")
    errors = {e["field"]: e for e in problem["errors"]}
    assert errors["nik"]["code"] == "bad_format"
    assert errors["nik"]["detail"] == "NIK harus tepat 16 angka, tanpa spasi."
    assert errors["shoe_size"]["code"] == "unknown_field"
    assert siti.get(f"/cases/{case}").json == before


def test_nobody_but_the_party_and_its_office_knows_of_a_case(house: House) -> None:
    """Another applicant, an officer of another office, and nobody at all: not found, or please sign in."""
    siti = applicant(house)
    case = siti.filled()
    for other in (applicant(house), officer(house, "operator@lamongan")):
        for path in ("", "/history", "/clocks", "/actions", "/card.pdf", "/documents/ktp"):
            refused(other.get(f"/cases/{case}{path}"), 404, "unknown_case")
        refused(other.put_data(case, {}, 1), 404, "unknown_case")
        refused(other.upload(case, "ktp", b"x"), 404, "unknown_case")
        refused(other.do(case, "submit"), 404, "unknown_case")
    refused(Api(house).get(f"/cases/{case}"), 401, "not_signed_in")
    refused(siti.get("/cases/99999999999999999999"), 404, "unknown_case")


def test_an_admin_sees_that_a_case_is_there_and_not_whose(house: House) -> None:
    """Administration is not a reason to read personal data."""
    case = submitted(house)
    admin = officer(house, "admin@*")
    seen = admin.get(f"/cases/{case}").json
    assert seen["state"] == "verifying"
    assert (seen["data"], seen["documents"], seen["note"]) == (None, [], None)
    refused(admin.get(f"/cases/{case}/documents/ktp"), 403, "forbidden")
    refused(admin.get(f"/cases/{case}/history"), 403, "forbidden")
    refused(admin.get(f"/cases/{case}/card.pdf"), 403, "forbidden")


def test_every_look_of_staff_at_personal_data_is_logged(house: House) -> None:
    """Data and each document leave a row with who and what; the party's own looks leave none."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    siti.get(f"/cases/{case}")
    assert count(house, "SELECT count(*) FROM access_log WHERE case_id = :c", c=case) == 0
    auditor = officer(house, "auditor@*")
    auditor.get(f"/cases/{case}")
    auditor.get(f"/cases/{case}/documents/ktp")
    assert auditor.get(f"/cases/{case}/documents/old_card").status_code == 404
    with house.engine.connect() as db:
        rows = db.execute(
            text("SELECT account, what FROM access_log WHERE case_id = :c ORDER BY id"), {"c": case}
        ).all()
    me = account_id(house, auditor.name or "")
    assert [tuple(r) for r in rows] == [(me, "data"), (me, "document/ktp")]


def test_a_submitted_case_shows_what_was_submitted_and_cannot_be_edited(house: House) -> None:
    """Saving is refused by state, with who moved it and when."""
    siti = applicant(house)
    data = sample_data()
    case = siti.filled(data)
    siti.do(case, "submit")
    seen = siti.get(f"/cases/{case}").json
    assert (seen["editable"], seen["data"]) == (False, data)
    assert [d["kind"] for d in seen["documents"] if d["id"]] == ["photo", "ktp", "diploma"]
    refused(siti.put_data(case, {}, seen["revision"]), 409, "wrong_state")
    refused(siti.send("DELETE", f"/cases/{case}/documents/ktp"), 409, "wrong_state")


def test_own_cases_are_listed_newest_first_in_pages(house: House) -> None:
    """Only one's own, without data, page by page."""
    siti = applicant(house)
    ids = [siti.open(office=o) for o in ("palembang", "lamongan", "palembang")]
    first = siti.get("/cases?mine&limit=2").json
    assert [c["id"] for c in first["cases"]] == ids[:0:-1]
    assert all(c["data"] is None for c in first["cases"])
    second = siti.get(f"/cases?mine&limit=2&before={first['next']}").json
    assert ([c["id"] for c in second["cases"]], second["next"]) == (ids[:1], None)


def test_a_token_that_is_unknown_expired_or_of_a_closed_account_opens_nothing(house: House) -> None:
    """Each is told as `bad_token`, with how to sign in."""
    siti = Api(house, new_account(house))
    assert siti.get("/cases").status_code == 200
    stranger = Api(house)
    stranger.headers["Authorization"] = "Bearer nonsense"
    answer = stranger.get("/cases")
    refused(answer, 401, "bad_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    stranger.headers["Authorization"] = "Basic c2l0aTpwdw=="
    refused(stranger.get("/cases"), 401, "bad_token")
    with house.engine.begin() as db:
        me = account_id(house, siti.name or "")
        db.execute(text("UPDATE token SET expires_at = now() WHERE account = :a"), {"a": me})
    refused(siti.get("/cases"), 401, "bad_token")
    budi = Api(house, new_account(house))
    with house.engine.begin() as db:
        db.execute(text("UPDATE account SET active = false WHERE name = :n"), {"n": budi.name})
    refused(budi.get("/cases"), 401, "bad_token")


def test_what_was_erased_is_gone_and_the_case_stays(house: House) -> None:
    """Without the person's key the case still tells its state; its data and documents are 410, not a failure."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    with house.engine.begin() as db:
        erase = "UPDATE person_key k SET wrapped = NULL FROM case_ c WHERE c.person = k.id AND c.id = :c"
        db.execute(text(erase), {"c": case})
    for who in (siti, officer(house, "operator@palembang")):
        seen = who.get(f"/cases/{case}")
        assert (seen.status_code, seen.json["state"], seen.json["data"]) == (200, "verifying", None)
        refused(who.get(f"/cases/{case}/documents/ktp"), 410, "data_erased")


def test_what_is_done_at_the_counter_is_not_opened_from_home(house: House) -> None:
    """LMG2: only an officer opens it; the applicant reads where to go, and nothing is opened."""
    siti = applicant(house)
    before = count(house, "SELECT count(*) FROM case_ WHERE process = 'ak1-counter'")
    body = {"process": "ak1-counter", "office": "lamongan"}
    refused(siti.post("/cases", body, **{"Idempotency-Key": key()}), 403, "at_the_counter")
    assert count(house, "SELECT count(*) FROM case_ WHERE process = 'ak1-counter'") == before
    opened = officer(house, "operator@lamongan").post("/cases", body, **{"Idempotency-Key": key()})
    assert opened.status_code == 201
