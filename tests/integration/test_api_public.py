"""What anybody may ask: verification, definitions, the description of the API, and whether it is alive."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from sqlalchemy import text

from alur.furnish import SHIPPED
from alur.wiring import House
from tests.api_kit import Api, app_of, applicant, approved, officer, refused, submitted
from tests.signing_kit import plain_pdf
from web.sentences import SENTENCES
from web.statuses import STATUSES


@pytest.fixture(scope="module")
def issued(house: House) -> int:
    """A case whose card is published."""
    case = approved(house)
    assert officer(house, "signer@palembang").do(case, "sign", wait=30).json["state"] == "issued"
    return case


@pytest.fixture(scope="module")
def pdf(house: House, issued: int) -> bytes:
    """Its card."""
    answer = officer(house, "operator@palembang").get(f"/cases/{issued}/card.pdf")
    assert answer.content_type == "application/pdf"
    return answer.data


def card_of(house: House, case: int) -> dict[str, str]:
    """The published card as staff sees it."""
    card: dict[str, str] = officer(house, "operator@palembang").get(f"/cases/{case}").json["card"]
    return card


def check(house: House, content: bytes, **form: str):  # type: ignore[no-untyped-def]
    """POST /verify as nobody."""
    return Api(house).send("POST", "/verify", data={"file": (BytesIO(content), "kartu.pdf"), **form})


def test_nothing_of_a_card_is_there_before_it_is_published(house: House) -> None:
    """No download, no number, no verdict while it waits for a signature or was signed but not published."""
    case = approved(house)
    siti = officer(house, "operator@palembang")
    refused(siti.get(f"/cases/{case}/card.pdf"), 404, "no_card")
    assert siti.get(f"/cases/{case}").json["card"] is None
    officer(house, "signer@palembang").do(case, "sign", wait=30)
    code = card_of(house, case)["code"]
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = 'signed' WHERE case_id = :c"), {"c": case})
    refused(siti.get(f"/cases/{case}/card.pdf"), 404, "no_card")
    assert siti.get(f"/cases/{case}").json["card"] is None
    assert Api(house).get(f"/verify/{code}").json["state"] == "unknown"


def test_the_party_downloads_the_very_file_that_the_register_knows(house: House, issued: int, pdf: bytes) -> None:
    """Its SHA-256 is the one in the register."""
    assert hashlib.sha256(pdf).hexdigest() == card_of(house, issued)["sha256"]


def test_a_card_is_verified_by_code_and_number_with_the_least_data(house: House, issued: int) -> None:
    """Valid, whose (masked), from where, until when; no NIK, no name, and nobody needs to sign in."""
    card = card_of(house, issued)
    answer = Api(house).get(f"/verify/{card['code']}")
    assert (answer.status_code, answer.json["state"]) == (200, "valid")
    assert answer.json["holder"] == "S··· R······"
    assert answer.json["expires_on"] == card["expires_on"]
    body = answer.get_data(as_text=True)
    assert "1671015708" not in body
    assert "Rahmawati" not in body
    for other in (card["number"], card["code"].lower(), f" {card['code']} "):
        assert Api(house).get(f"/verify/{other}").json["number"] == card["number"]


def test_an_unknown_code_is_an_answer(house: House) -> None:
    """200 with `unknown`, whatever is asked."""
    for code in ("NOTHING", "%20", "x" * 500, "'; DROP TABLE card; --"):
        assert Api(house).get(f"/verify/{code}").json["state"] == "unknown"


@pytest.mark.parametrize("state", ["replaced", "revoked", "expired", "returned", "void"])
def test_a_card_that_no_longer_stands_is_told_so(house: House, issued: int, state: str) -> None:
    """The register's word outranks whatever the paper shows."""
    card = card_of(house, issued)
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = :s WHERE case_id = :c"), {"s": state, "c": issued})
    try:
        assert Api(house).get(f"/verify/{card['code']}").json["state"] == state
        download = officer(house, "operator@palembang").get(f"/cases/{issued}/card.pdf")
        expected = {"replaced": 200, "expired": 200, "returned": 200, "revoked": 409, "void": 404}[state]
        assert download.status_code == expected
    finally:
        with house.engine.begin() as db:
            db.execute(text("UPDATE card SET state = 'valid' WHERE case_id = :c"), {"c": issued})


def test_a_card_past_its_day_is_expired_whatever_the_register_still_says(house: House, issued: int) -> None:
    """The timer may be late; the verdict is not."""
    card = card_of(house, issued)
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET expires_on = '2020-01-01' WHERE case_id = :c"), {"c": issued})
    try:
        assert Api(house).get(f"/verify/{card['code']}").json["state"] == "expired"
    finally:
        with house.engine.begin() as db:
            values = {"c": issued, "d": card["expires_on"]}
            db.execute(text("UPDATE card SET expires_on = :d WHERE case_id = :c"), values)


def test_the_genuine_file_is_genuine(house: House, pdf: bytes) -> None:
    """Register, bytes and signature each for themselves, and together."""
    found = check(house, pdf).json
    assert found["genuine"] is True
    assert (found["entry"]["state"], found["same_file"], found["verdict"]["ok"]) == ("valid", True, True)
    assert found["verdict"]["signatures"][0]["integrity"] is True


def test_a_tampered_file_is_told_beside_the_registers_word(house: House, issued: int, pdf: bytes) -> None:
    """The number stands in the register; this file is not the one that it stands for."""
    changed = bytearray(pdf)
    changed[len(changed) // 2] ^= 1
    found = check(house, bytes(changed), code=card_of(house, issued)["code"]).json
    assert found["genuine"] is False
    assert (found["entry"]["state"], found["same_file"], found["verdict"]["ok"]) == ("valid", False, False)
    assert found["verdict"]["problems"]


def test_a_file_of_somewhere_else_is_unknown(house: House) -> None:
    """A PDF that this house never made has no entry and no signature."""
    found = check(house, plain_pdf()).json
    assert (found["genuine"], found["entry"]["state"], found["same_file"]) == (False, "unknown", None)
    assert [p["code"] for p in found["verdict"]["problems"]] == ["signature_missing"]


def test_what_is_no_pdf_is_not_verified(house: House) -> None:
    """Empty, a picture, nothing at all."""
    refused(check(house, b""), 422, "file_empty")
    refused(check(house, b"\xff\xd8\xff\xe0"), 415, "file_not_pdf")
    refused(Api(house).send("POST", "/verify", data={"code": "x"}), 415, "unsupported_media_type")


def test_definitions_are_public(house: House) -> None:
    """Form, documents, promise and price, for anybody; nothing of guards."""
    nobody = Api(house)
    listed = nobody.get("/definitions").json["definitions"]
    assert [d["process"] for d in listed] == sorted(SHIPPED)
    offices = {d["process"]: {o["office"] for o in d["offices"]} for d in listed}
    assert offices["ak1-online"] == {"palembang", "lamongan", "banda-aceh"}
    assert offices["ak1-counter"] == {"lamongan", "banda-aceh"}
    process = nobody.get("/definitions/ak1-online").json
    assert process["form"]["properties"]["nik"]["pattern"] == "^[0-9]{16}$"
    assert [d["kind"] for d in process["documents"]] == ["photo", "ktp", "diploma", "old_card"]
    assert process["standard"]["fee"]["id"].startswith("GRATIS")
    refused(nobody.get("/definitions/nothing"), 404, "unknown_process")


def test_the_api_describes_itself(house: House) -> None:
    """OpenAPI 3.1 with every path of the contract."""
    spec = app_of(house).test_client().get("/api/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    contract = {
        "/api/v1/cases": {"get", "post"},
        "/api/v1/cases/{id_}": {"get"},
        "/api/v1/cases/{id_}/data": {"put"},
        "/api/v1/cases/{id_}/documents/{kind}": {"get", "post", "delete"},
        "/api/v1/cases/{id_}/transitions": {"post"},
        "/api/v1/cases/{id_}/history": {"get"},
        "/api/v1/cases/{id_}/clocks": {"get"},
        "/api/v1/cases/{id_}/actions": {"get"},
        "/api/v1/cases/{id_}/card.pdf": {"get"},
        "/api/v1/commands/{id_}": {"get"},
        "/api/v1/tasks": {"get"},
        "/api/v1/tasks/{id_}/claim": {"post"},
        "/api/v1/tasks/{id_}/release": {"post"},
        "/api/v1/tasks/bulk": {"post"},
        "/api/v1/definitions": {"get"},
        "/api/v1/definitions/{process}": {"get"},
        "/api/v1/verify/{code}": {"get"},
        "/api/v1/verify": {"post"},
        "/api/v1/notices": {"get"},
    }
    for path, methods in contract.items():
        assert methods <= spec["paths"][path].keys(), path


def test_every_response_carries_the_headers_that_keep_it_safe(house: House) -> None:
    """Strict policy, no sniffing, no framing; what is personal is never stored."""
    client = app_of(house).test_client()
    for path in ("/healthz", "/api/v1/definitions", "/api/v1/nothing"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert applicant(house).get("/cases").headers["Cache-Control"] == "no-store"


def test_health_and_metrics_tell_machines_how_it_is(house: House) -> None:
    """Alive, ready, and counted by route, so that no case number stands in the metrics."""
    client = app_of(house).test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "database": "ok", "redis": "ok"}
    submitted(house)
    body = client.get("/metrics").get_data(as_text=True)
    assert 'route="/api/v1/cases/<int:id_>/transitions"' in body
    assert "/api/v1/cases/1" not in body


def test_every_code_with_a_status_has_a_sentence_in_both_languages() -> None:
    """A code of the web's table is told in Indonesian and in English."""
    from signing.uploads import REFUSALS
    from workflow.refusals import SENTENCES as REFUSED

    assert STATUSES.keys() <= SENTENCES.keys() | REFUSED.keys() | REFUSALS.keys()
    assert all({"id", "en"} <= told.keys() for told in SENTENCES.values())
