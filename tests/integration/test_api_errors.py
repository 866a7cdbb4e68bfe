"""Every error under /api is problem+json with a stable code, a sentence, and nothing changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from alur.wiring import House
from tests.api_kit import Api, applicant, count, ports_of, refused
from tests.support import account_id, sample_data
from web import problems
from web.app import create_app

DRAFT = {"process": "ak1-online", "office": "palembang"}


def raw(siti: Api, body: bytes, kind: str = "application/json"):  # type: ignore[no-untyped-def]
    """POST /cases with these bytes."""
    return siti.send("POST", "/cases", data=body, content_type=kind)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b'{"process": NaN}', 400, "malformed_json"),
        (b'{"process": "a", "process": "b"}', 400, "malformed_json"),
        (b"[" * 100_000, 400, "malformed_json"),
        (b'{"process": ' + b"9" * 5000 + b"}", 400, "malformed_json"),
        ('{"process": "ä"}'.encode("latin-1"), 400, "not_utf8"),
        (b'{"data": {"a": 1.5}}', 422, "value_not_admitted"),
        (b'{"data": {"a": "\\u0000"}}', 422, "value_not_admitted"),
        (b'{"data": {"a": "\\ud800"}}', 422, "value_not_admitted"),
        (b'{"data": {"\\ud83d\\ude00": 1}}', 422, "value_not_admitted"),
        (b'{"data": {"a": 9007199254740993}}', 422, "value_not_admitted"),
        (b"[]", 422, "invalid_request"),
        (b"null", 422, "invalid_request"),
        (b"", 422, "invalid_request"),
        (b'{"process": "ak1-online", "office": "palembang", "data": []}', 422, "invalid_request"),
        (b'{"process": "ak1-online", "office": "palembang", "assisted": "yes"}', 422, "invalid_request"),
    ],
)
def test_bodies_that_cannot_be_kept_as_sent_are_refused(house: House, body: bytes, status: int, code: str) -> None:
    """Malformed, ambiguous, lossy or of another shape: told, and nothing is opened."""
    siti = applicant(house)
    refused(raw(siti, body), status, code)
    me = account_id(house, siti.name or "")
    assert count(house, "SELECT count(*) FROM case_ WHERE owner = :me", me=me) == 0


def test_characters_beyond_the_bmp_are_kept_as_sent(house: House) -> None:
    """An astral character in a value is text like any other."""
    siti, data = applicant(house), sample_data(name="Siti 😀 𠀋")
    case = siti.open(data)
    assert siti.get(f"/cases/{case}").json["data"]["name"] == data["name"]


def test_unknown_and_missing_fields_are_named(house: House) -> None:
    """Both languages, by field."""
    siti = applicant(house)
    problem = refused(siti.post("/cases", {"process": "ak1-online", "colour": "red"}), 422, "invalid_request")
    assert {(e["field"], e["code"]) for e in problem["errors"]} == {
        ("office", "required_field"),
        ("colour", "unknown_field"),
    }
    english = siti.post("/cases", {"colour": "red"}, Accept_Language="en-GB,en;q=0.9,id;q=0.5")
    assert english.headers["Content-Language"] == "en"
    assert english.json["detail"] == "The request is not right; see the list of fields."


def test_other_content_is_415(house: House) -> None:
    """A form or text where JSON belongs."""
    siti = applicant(house)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        problem = refused(raw(siti, b"process=ak1-online", kind), 415, "unsupported_media_type")
        assert "application/json" in problem["detail"]


def test_paths_and_methods_that_are_not_there(house: House) -> None:
    """404 and 405 are problems, too, and 405 tells what is allowed."""
    siti = applicant(house)
    for path in ("/nothing", "/cases/abc", "/cases/-1", "/cases/1/nothing"):
        refused(siti.get(path), 404, "not_found")
    answer = siti.send("PATCH", "/cases/1")
    refused(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/definitions/%00", "/verify/%00", "/tasks?role=%00", "/tasks?q=%00&state=%ff"])
def test_nul_and_bytes_that_are_no_text_do_no_harm(house: House, path: str) -> None:
    """What the database cannot hold is refused or simply not found, never a failure."""
    assert applicant(house).get(path).status_code in (200, 404, 422)


def test_a_request_that_is_too_large_is_413(house: House) -> None:
    """Told before it is read."""
    refused(raw(applicant(house), b'{"a": "' + b"x" * 7_000_000), 413, "request_too_large")


def test_a_failure_is_told_without_its_inside(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 says that nothing was changed, and names no class, path or value."""

    def fail(*_: object) -> None:
        raise RuntimeError("secret 1671015708010003 at /srv/alur")

    monkeypatch.setattr("web.services.definitions.processes", fail)
    answer = Api(house).get("/definitions")
    refused(answer, 500, "internal")
    assert "secret" not in answer.get_data(as_text=True)
    assert "RuntimeError" not in answer.get_data(as_text=True)


def test_a_database_that_is_away_is_503_and_worth_another_try(house: House, tmp_path: Path) -> None:
    """`database_away` with Retry-After; the sentence tells that the entries stay on the device."""
    gone = f"postgresql+psycopg://nobody@/alur?host={tmp_path}"
    app = create_app(replace(ports_of(house), database_url=gone))
    for answer in (Api(house, app=app).get("/definitions"), app.test_client().get("/api/v1/verify/x")):
        refused(answer, 503, "database_away")
        assert int(answer.headers["Retry-After"]) > 0
        assert "perangkat ini" in answer.json["detail"]
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["database"]) == (503, "away")
    assert app.test_client().get("/healthz").status_code == 200


def test_a_statement_that_the_database_cuts_short_is_503_busy() -> None:
    """A lock or a statement that took too long is not a database that is away."""

    class Cut(Exception):
        sqlstate = "55P03"

    told = problems.problem_of(OperationalError("SELECT 1", {}, Cut()))
    assert (told.code, problems.status_of(told.code)) == ("busy", 503)


def test_what_a_failed_statement_was_given_is_not_logged() -> None:
    """The log tells the statement and never its values, which may be somebody's."""

    class Failed(Exception):
        sqlstate = "42703"

    error = ProgrammingError("INSERT INTO x VALUES (:nik)", {"nik": "1671015708010003"}, Failed())
    with Flask(__name__).test_request_context("/"):
        assert problems.problem_of(error).code == "internal"
    assert "1671015708010003" not in str(error)


def test_without_redis_requests_are_served_and_counted_here(house: House, tmp_path: Path) -> None:
    """Limits are counted in memory meanwhile; a submission is accepted and waits."""
    app = create_app(ports_of(house, redis_url=f"unix://{tmp_path}/none.sock", ring=lambda: False))
    nobody = Api(house, app=app)
    assert nobody.get("/verify/NOTHING").json["state"] == "unknown"
    statuses = [nobody.get("/verify/NOTHING").status_code for _ in range(125)]
    assert statuses.count(200) > 100
    problem = refused(nobody.get("/verify/NOTHING"), 429, "too_many_requests")
    assert problem["details"]["seconds"] > 0
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, ready.json["redis"]) == (200, "away")
    siti = applicant(house)
    case = siti.filled()
    siti.client = app.test_client()
    assert siti.do(case, "submit", wait=None).status_code == 202
