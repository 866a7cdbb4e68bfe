"""Definitions over HTTP: what everybody may read, and what supervisors write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from alur.wiring import House
from tests.api_kit import Api, key, officer, refused, together
from tests.api_kit import submitted as a_case
from tests.drain_kit import quiet_house
from tests.lifecycle_kit import base_of, retitled, texts
from tests.pages_kit import Browser
from tests.pages_kit import officer as at_desk
from tests.support import account_id, new_account, open_filled, send, settle
from workflow.db import deputies

HERE = "/definitions/ak1-online"


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house of its own for each test: versions cannot be taken back."""
    with quiet_house(house) as opened:
        yield opened


def drafted(who: Api, files: dict[str, str] | None = None) -> dict[str, Any]:
    """A new draft."""
    answer = who.post(f"{HERE}/drafts", {"files": files} if files else {})
    assert answer.status_code == 201, answer.json
    assert answer.headers["ETag"] == '"1"'
    return dict(answer.json)


def put(who: Api, draft: int, files: dict[str, str], seen: int | None = 1, **more: str) -> TestResponse:
    """Save over a revision."""
    headers = {} if seen is None else {"If-Match": f'"{seen}"'}
    return who.send("PUT", f"{HERE}/drafts/{draft}", headers, json={"files": files, **more})


def submitted(who: Api, files: dict[str, str]) -> int:
    """A draft in review."""
    draft = int(drafted(who, files)["draft"])
    answer = who.post(f"{HERE}/drafts/{draft}/submit", If_Match='"1"')
    assert (answer.status_code, answer.json["status"]) == (200, "in_review"), answer.json
    return draft


def test_a_draft_begins_with_the_current_texts_and_is_published_by_another(own: House) -> None:
    """Open, save, check, submit, publish; comments of the author included."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    made = drafted(eka)
    assert made["files"] == texts()
    assert (made["sound"], made["base"]) == (True, base_of(own))
    saved = put(eka, made["draft"], retitled("Kartu AK-1"))
    assert (saved.status_code, saved.headers["ETag"], saved.json["sound"]) == (200, '"2"', True)
    path = f"{HERE}/drafts/{made['draft']}"
    assert eka.post(f"{path}/check").json == {"sound": True, "problems": []}
    refused(eka.post(f"{path}/publish"), 409, "draft_not_in_review")
    assert eka.post(f"{path}/submit", If_Match='"2"').json["status"] == "in_review"
    refused(eka.post(f"{path}/publish"), 403, "definition_four_eyes")
    done = fajar.post(f"{path}/publish")
    assert (done.status_code, done.json["version"]["version"], done.json["known"]) == (200, 2, False)
    refused(put(eka, made["draft"], texts(), 2), 409, "draft_published")
    assert Api(own).get(HERE).json["title"]["id"] == "Kartu AK-1"
    assert [v["version"] for v in Api(own).get(HERE).json["versions"]] == [1, 2]


def test_a_save_that_is_stale_is_told_who_saved_when(own: House) -> None:
    """412, and the draft is as the other left it; a save must say what it saw."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    draft = drafted(eka, retitled("Satu"))["draft"]
    refused(put(eka, draft, texts(), None), 428, "precondition_required")
    assert put(fajar, draft, retitled("Dua")).status_code == 200
    problem = refused(put(eka, draft, retitled("Tiga")), 412, "stale_draft")
    assert (problem["details"]["by"], problem["details"]["revision"]) == ("supervisor2", 2)
    assert "supervisor2" in problem["detail"]
    refused(eka.post(f"{HERE}/drafts/{draft}/submit", If_Match='"1"'), 412, "stale_draft")
    found = eka.get(f"{HERE}/drafts/{draft}")
    assert (found.headers["ETag"], found.json["files"]) == ('"2"', retitled("Dua"))
    assert [a["name"] for a in found.json["authors"]] == ["Eka Putri", "Fajar Nugroho"]


def test_two_saves_at_once_keep_one(own: House) -> None:
    """The same revision is not saved over twice."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    draft = drafted(eka, retitled("Satu"))["draft"]
    answers = together(lambda: put(eka, draft, retitled("Dua")), lambda: put(fajar, draft, retitled("Tiga")))
    assert sorted(a.status_code for a in answers) == [200, 412]


def test_an_unsound_draft_is_saved_and_told_and_not_submitted(own: House) -> None:
    """Every problem with file, line, column, code and path."""
    eka = Api(own, "supervisor")
    made = drafted(eka, texts(("to: rejected\n    by: operator", "to: verifying\n    by: operator")))
    [problem] = made["problems"]
    assert (problem["file"], problem["code"], made["sound"]) == ("process.yaml", "unreachable_state", False)
    assert problem["line"] > 0
    answer = eka.post(f"{HERE}/drafts/{made['draft']}/submit", If_Match='"1"')
    body = refused(answer, 422, "definition_invalid")
    assert body["details"]["problems"] == [problem]
    assert body["errors"][0]["field"] == f"process.yaml:{problem['line']}:{problem['column']}"
    assert put(eka, made["draft"], {}).json["problems"][0]["code"] == "missing_file"
    assert put(eka, made["draft"], {"process.yaml": "a: [", "scenarios.yaml": "- {"}, 2).status_code == 200


def test_what_cannot_be_kept_is_refused(own: House) -> None:
    """Names that are paths, and texts with a NUL character."""
    eka = Api(own, "supervisor")
    refused(eka.post(f"{HERE}/drafts", {"files": {"../x.yaml": ""}}), 422, "bad_files")
    refused(eka.post(f"{HERE}/drafts", {"files": {"x.yaml": "\0"}}), 422, "value_not_admitted")
    refused(eka.post(f"{HERE}/drafts", {"files": {f"f{n}.yaml": "" for n in range(13)}}), 422, "bad_files")
    refused(eka.post("/definitions/Not a name/drafts", {}), 404, "unknown_process")


def test_a_draft_of_another_process_says_so(own: House) -> None:
    """A process keeps its name; the line of the name is told."""
    eka = Api(own, "supervisor")
    made = eka.post("/definitions/complaint/drafts", {"files": texts()}).json
    assert [(p["code"], p["line"]) for p in made["problems"]] == [("other_process", 1)]
    refused(eka.get(f"{HERE}/drafts/{made['draft']}"), 404, "unknown_draft")
    refused(eka.get(f"{HERE}/drafts/{10**18}"), 404, "unknown_draft")


def test_a_reviewer_sends_back_with_a_reason(own: House) -> None:
    """The authors read it; without one nothing is sent back."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    draft = submitted(eka, retitled("Satu"))
    refused(fajar.post(f"{HERE}/drafts/{draft}/return", {"reason": "  "}), 422, "reason_missing")
    refused(put(eka, draft, texts()), 409, "draft_in_review")
    assert fajar.post(f"{HERE}/drafts/{draft}/return", {"reason": "Judul kurang jelas"}).json["status"] == "draft"
    assert eka.get(f"{HERE}/drafts/{draft}").json["returned"] == "Judul kurang jelas"
    assert [d["draft"] for d in eka.get(f"{HERE}/drafts").json["drafts"]] == [draft]


def test_what_was_published_meanwhile_must_be_taken_into_account(own: House) -> None:
    """Outdated until it is saved on top of the version that came."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    early = submitted(eka, retitled("Satu"))
    late = submitted(eka, retitled("Dua"))
    fajar.post(f"{HERE}/drafts/{late}/publish")
    problem = refused(fajar.post(f"{HERE}/drafts/{early}/publish"), 409, "draft_outdated")
    fajar.post(f"{HERE}/drafts/{early}/return", {"reason": "Ada versi baru"})
    refused(put(eka, early, retitled("Satu"), base="0" * 64), 404, "unknown_process")
    assert put(eka, early, retitled("Satu"), base=problem["details"]["hash"]).status_code == 200
    assert eka.post(f"{HERE}/drafts/{early}/submit", If_Match='"2"').status_code == 200
    assert fajar.post(f"{HERE}/drafts/{early}/publish").json["version"]["version"] == 3


def test_a_request_that_is_sent_again_publishes_once(own: House) -> None:
    """The key remembers the answer."""
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    draft, again = submitted(eka, retitled("Satu")), key()
    first = fajar.post(f"{HERE}/drafts/{draft}/publish", Idempotency_Key=again)
    second = fajar.post(f"{HERE}/drafts/{draft}/publish", Idempotency_Key=again)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"


def test_only_supervisors_write_and_auditors_read(own: House) -> None:
    """Of every office that runs the process."""
    draft = drafted(Api(own, "supervisor"), retitled("Satu"))["draft"]
    operator, auditor, nobody = Api(own, "operator"), Api(own, "auditor"), Api(own)
    one_office = officer(own, "supervisor@palembang")
    refused(nobody.post(f"{HERE}/drafts", {}), 401, "not_signed_in")
    refused(nobody.get(f"{HERE}/drafts"), 401, "not_signed_in")
    refused(operator.get(f"{HERE}/drafts/{draft}"), 403, "forbidden")
    assert auditor.get(f"{HERE}/drafts/{draft}").status_code == 200
    for who in (operator, auditor, one_office):
        refused(who.post(f"{HERE}/drafts", {}), 403, "forbidden")
        refused(put(who, draft, texts()), 403, "forbidden")
        refused(who.post(f"{HERE}/drafts/{draft}/submit", If_Match='"1"'), 403, "forbidden")
        refused(who.post(f"{HERE}/drafts/{draft}/publish"), 403, "forbidden")
        refused(who.post(f"{HERE}/retire", {}), 403, "forbidden")


def test_a_deputy_of_a_supervisor_does_not_decide_about_definitions(own: House) -> None:
    """The role may be lent for tasks; what a process says is decided in one's own right."""
    now = datetime.now(UTC)
    with own.engine.begin() as db:
        deputies.name(
            db,
            absent=account_id(own, "supervisor"),
            stands_in=account_id(own, "operator"),
            role="supervisor",
            office="*",
            begins=now - timedelta(hours=1),
            ends=now + timedelta(days=1),
            by=account_id(own, "supervisor"),
            now=now,
        )
    ani = Api(own, "operator")
    assert ani.get(f"{HERE}/drafts").status_code == 200
    refused(ani.post(f"{HERE}/drafts", {}), 403, "forbidden")
    refused(ani.post(f"{HERE}/retire", {}), 403, "forbidden")


def test_publishing_where_an_office_lacks_somebody_tells_whom(own: House) -> None:
    """Office, role and path."""
    changed = texts(("task: {role: signer, bulk: true}", "task: {role: supervisor, bulk: true}"))
    changed["process.yaml"] = changed["process.yaml"].replace("by: signer\n    run", "by: supervisor\n    run")
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    draft = submitted(eka, changed)
    with own.engine.begin() as db:
        db.exec_driver_sql("UPDATE account SET active = false WHERE name IN ('operator', 'operator2')")
    problem = refused(fajar.post(f"{HERE}/drafts/{draft}/publish"), 409, "staff_unmet")
    details = problem["details"]
    assert (details["office"], details["role"], details["path"]) == ("palembang", "operator", ["submit", "begin"])
    assert {p["office"] for p in details["problems"]} == {"palembang", "lamongan", "banda-aceh"}


def test_versions_bodies_and_standards_are_public(own: House) -> None:
    """By number, with what differs between two; what is not there is said."""
    eka, fajar, nobody = Api(own, "supervisor"), Api(own, "supervisor2"), Api(own)
    changed = texts(('fee: {id: "GRATIS', 'fee: {id: "BEBAS'), name="standard.yaml")
    fajar.post(f"{HERE}/drafts/{submitted(eka, changed)}/publish")
    assert nobody.get(f"{HERE}/standard").json["standard"]["fee"]["id"].startswith("BEBAS")
    old = nobody.get(f"{HERE}/standard?version=1").json
    assert (old["version"], old["standard"]["fee"]["id"][:6]) == (1, "GRATIS")
    body = nobody.get(f"{HERE}/versions/1").json
    assert (body["body"]["process"]["process"], body["status"]) == ("ak1-online", "published")
    told = nobody.get(f"{HERE}/diff?from=1&to=2").json
    assert [(c["part"], c["field"]) for c in told["changes"]] == [("standard", "fee")]
    assert told["sentences"][0]["id"].startswith("Standar pelayanan: fee berubah dari “GRATIS")
    assert nobody.get(f"{HERE}/diff?from={body['hash']}&to=2").json == told
    refused(nobody.get(f"{HERE}/standard?version=9"), 404, "unknown_version")
    refused(nobody.get(f"{HERE}/diff?to=9"), 404, "unknown_version")
    refused(nobody.get(f"{HERE}/diff?to=draft:1"), 401, "not_signed_in")
    refused(nobody.get("/definitions/nothing/standard"), 404, "unknown_process")
    refused(nobody.get("/definitions/a%00b"), 404, "unknown_process")
    assert eka.get(f"{HERE}/diff?to=draft:1").json["changes"] == []


def test_a_drawing_is_public_and_may_run_nothing(own: House) -> None:
    """SVG in either language, whose only right is its own style."""
    answer = Api(own).get(f"{HERE}/drawing.svg?lang=en")
    assert answer.content_type.startswith("image/svg+xml")
    assert "AK-1 card, online" in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_offices_tell_which_processes_they_run(own: House) -> None:
    """Those that open cases: a retired one is not among them."""
    nobody = Api(own)
    offices = {o["office"]: [p["process"] for p in o["processes"]] for o in nobody.get("/offices").json["offices"]}
    assert offices["palembang"] == ["ak1-online", "complaint", "course", "satisfaction"]
    Api(own, "supervisor").post("/definitions/course/retire", {"reason": "Kuota habis"})
    [palembang, *_] = nobody.get("/offices").json["offices"]
    assert [p["process"] for p in palembang["processes"]] == ["ak1-online", "complaint", "satisfaction"]


def test_staff_see_how_many_cases_each_version_has(own: House) -> None:
    """Drafts, running and finished, of the cases that they may see; the public sees no numbers."""
    siti = new_account(own)
    open_filled(own, siti)
    case = open_filled(own, siti)
    send(own, case, "submit", siti, submits=True)
    settle(own)
    [version] = Api(own, "supervisor").get(HERE).json["versions"]
    assert version["cases"] == {"drafts": 1, "running": 1, "finished": 0}
    [version] = officer(own, "operator@lamongan").get(HERE).json["versions"]
    assert version["cases"] == {"drafts": 0, "running": 0, "finished": 0}
    assert "cases" not in Api(own).get(HERE).json["versions"][0]


def test_a_retired_process_opens_nothing_and_its_cases_go_on(own: House) -> None:
    """Over HTTP: the party reads, the officer claims; twice is told, and what is not there is refused."""
    siti = new_account(own)
    case = open_filled(own, siti)
    send(own, case, "submit", siti, submits=True)
    settle(own)
    eka = Api(own, "supervisor")
    assert eka.post(f"{HERE}/retire", {}).json == {"retired": [1], "current": None}
    assert eka.post(f"{HERE}/retire", {}).json == {"retired": [], "current": None}
    refused(eka.post(f"{HERE}/retire", {"version": 7}), 404, "unknown_version")
    asked = {"process": "ak1-online", "office": "palembang", "data": {}}
    refused(Api(own, siti).post("/cases", asked), 404, "unknown_process")
    assert Api(own, siti).get(f"/cases/{case}").json["state"] == "verifying"
    assert Api(own).get(HERE).json["status"] == "retired"
    assert "ak1-online" not in {d["process"] for d in Api(own).get("/definitions").json["definitions"]}
    operator = Api(own, "operator")
    [task] = operator.get("/tasks?role=operator").json["tasks"]
    assert task["case"] == case
    assert operator.post(f"/tasks/{task['id']}/claim").status_code == 200


def test_pages_show_cases_by_the_version_that_they_pin(own: House) -> None:
    """A state that the newest version has no more, and a process that was retired, are shown as before."""
    siti = Browser(own).register()
    case = siti.submitted()
    settle(own)
    files = texts()
    files["process.yaml"] = re.sub(r"\bverifying\b", "examining", files["process.yaml"])
    eka, fajar = Api(own, "supervisor"), Api(own, "supervisor2")
    fajar.post(f"{HERE}/drafts/{submitted(eka, files)}/publish")
    _, desk = at_desk(own, "operator@palembang")
    for _ in range(2):
        assert "Sedang diperiksa" in siti.get("/cases").text
        assert siti.get(f"/cases/{case}").status_code == 200
        inbox = desk.get("/inbox?role=operator")
        assert (inbox.status_code, "Sedang diperiksa" in inbox.text) == (200, True)
        assert desk.get(f"/cases/{case}").status_code == 200
        eka.post(f"{HERE}/retire", {})


def test_a_fresh_key_is_needed_for_each_request(own: House) -> None:
    """One key names one request."""
    eka, again = Api(own, "supervisor"), key()
    assert eka.post(f"{HERE}/drafts", {}, Idempotency_Key=again).status_code == 201
    refused(eka.post(f"{HERE}/retire", {}, Idempotency_Key=again), 422, "idempotency_key_reused")


def test_heat_is_told_to_supervisors_and_auditors(house: House) -> None:
    """Visits of the cases of their offices; nobody else reads them, and days are days."""
    a_case(house)
    told = officer(house, "supervisor@palembang").get("/definitions/ak1-online/heat?since=2026-01-01").json
    states = {s["state"]: s for s in told["states"]}
    assert states["verifying"]["entered"] >= 1
    assert states["submitted"]["median"] >= 0
    assert officer(house, "auditor@lamongan").get("/definitions/ak1-online/heat").json["states"] == []
    refused(officer(house, "operator@palembang").get("/definitions/ak1-online/heat"), 403, "forbidden")
    refused(officer(house, "auditor@*").get("/definitions/nothing/heat"), 404, "unknown_process")
    refused(officer(house, "auditor@*").get("/definitions/ak1-online/heat?since=yesterday"), 422, "invalid_request")
