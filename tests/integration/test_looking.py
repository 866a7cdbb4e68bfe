"""Looks at personal data are logged wherever they happen; an erased case can be looked at everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from alur.wiring import House
from tests import erase_kit
from tests.api_kit import Api, app_of, applicant, officer, refused
from tests.drain_kit import in_verification, quiet_house, rows
from tests.pages_kit import Browser
from tests.pages_kit import officer as at_desk
from tests.support import account_id, open_filled, send, settle
from workers.retention import erase_past
from workflow.db import cases, past_time

ROLES = ("operator@palembang", "signer@palembang", "head@palembang", "supervisor@palembang", "auditor@*", "admin@*")


@pytest.fixture(scope="module")
def own(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A quiet house with documents and a key safe of its own."""
    with quiet_house(house) as quiet:
        yield erase_kit.of_its_own(quiet, tmp_path_factory.mktemp("look"))


def addresses(house: House, case: int, kind: str = "ktp") -> Sequence[str]:
    """Every address of pages and API that is asked with GET and leads to this case, or lists cases."""
    known = {"case": case, "id_": case, "kind": kind, "name": "identity", "do": "withdraw", "command": 1}
    out = []
    for rule in app_of(house).url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or rule.rule.startswith("/static")
            or not set(rule.arguments) <= set(known)
        ):
            continue
        out.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(known[m[1]]), rule.rule))
    assert len(out) > 30
    return sorted({*out, *(f"{path}?q={case}" for path in out if path.endswith(("/tasks", "/inbox")))})


def logged(house: House, case: int, account: str) -> int:
    """How many looks of an account at a case were logged."""
    query = "SELECT count(*) FROM access_log WHERE case_id = :c AND account = :a"
    return int(rows(house, query, c=case, a=account_id(house, account))[0][0])


def shows(answer: TestResponse) -> bool:
    """The answer holds a value of the person, or a file about it."""
    body = answer.get_data()
    if answer.content_type in ("application/pdf", "image/jpeg"):
        return answer.status_code == 200
    said = [*erase_kit.DISTINCT.values(), erase_kit.SAID]
    return any(value.encode() in body for value in said)


def of_distinct(house: House) -> tuple[int, str]:
    """A case in verification of the person whose values are found; with its owner's name."""
    return in_verification(house, **erase_kit.DISTINCT)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_and_no_answer_shows_a_person_unlogged(own: House, role: str) -> None:
    """Each address is opened by each kind of staff: what shows a value of the person leaves a row."""
    case, _ = of_distinct(own)
    name, browser = at_desk(own, role)
    api = Api(own, name)
    shown = 0
    for address in addresses(own, case):
        before = logged(own, case, name)
        path = address.removeprefix("/api/v1")
        answer = api.get(path) if address != path else browser.get(address)
        assert answer.status_code < 500, address
        if shows(answer):
            shown += 1
            assert logged(own, case, name) > before, address
    assert shown >= (0 if role.startswith("admin") else 3), "there was something to be seen"


def test_a_draft_that_an_officer_fills_in_is_logged(own: House) -> None:
    """What is entered for a person at the counter is the person's."""
    _, browser = at_desk(own, "operator@palembang")
    name = rows(own, "SELECT name FROM account ORDER BY id DESC LIMIT 1")[0][0]
    draft = open_filled(own, None, by=name, data=erase_kit.distinct_data())
    seen = [a for a in addresses(own, draft) if not a.startswith("/api") and shows(browser.get(a))]
    assert seen
    for address in seen:
        before = logged(own, draft, name)
        browser.get(address)
        assert logged(own, draft, name) > before, address


def test_a_refusal_that_shows_the_data_is_a_look_too(own: House) -> None:
    """The page comes back with the reason and the data beside it; what was refused leaves nothing else."""
    case, _ = of_distinct(own)
    name, browser = at_desk(own, "operator@palembang")
    assert logged(own, case, name) == 0
    page = f"/cases/{case}"
    answer = browser.send(f"{page}/act/return", {}, page=page, action=f"{page}/act/return")
    assert answer.status_code >= 400
    assert shows(answer)
    assert logged(own, case, name) == 2, "the page that was asked for, and the one that came back"


def test_an_error_without_data_is_no_look(own: House) -> None:
    """Who is told that there is no such document has seen nothing."""
    case, _ = of_distinct(own)
    operator = officer(own, "operator@palembang")
    refused(operator.get(f"/cases/{case}/documents/old_card"), 404, "unknown_document")
    assert logged(own, case, operator.name or "") == 0


def test_a_search_by_nik_is_logged_with_each_case_that_it_found(own: House) -> None:
    """Who types a NIK learns whose cases there are."""
    nik = "1671015708777001"
    case, _ = in_verification(own, nik=nik)
    operator = officer(own, "operator@palembang")
    assert [t["case"] for t in operator.get(f"/tasks?q={nik}").json["tasks"]] == [case]
    what = rows(own, "SELECT what FROM access_log WHERE account = :a", a=account_id(own, operator.name or ""))
    assert what == [("search",)]
    operator.get("/tasks")
    assert logged(own, case, operator.name or "") == 1, "a list without a search shows no person"


def test_looks_are_listed_for_auditors_and_the_party(own: House) -> None:
    """Who looked at what, and when; nobody else reads that, and paging loses none."""
    case, siti = of_distinct(own)
    operator, auditor = officer(own, "operator@palembang"), officer(own, "auditor@palembang")
    operator.get(f"/cases/{case}")
    operator.get(f"/cases/{case}/documents/ktp")
    for who in (Api(own, siti), auditor):
        told = who.get(f"/cases/{case}/accesses").json["accesses"]
        assert [(t["what"], t["who"]) for t in told] == [("document/ktp", operator.name), ("data", operator.name)]
        assert all(t["at"] for t in told)
    page = auditor.get(f"/cases/{case}/accesses?limit=1").json
    rest = auditor.get(f"/cases/{case}/accesses?limit=1&before={page['next']}").json
    assert [t["what"] for p in (page, rest) for t in p["accesses"]] == ["document/ktp", "data"]
    refused(operator.get(f"/cases/{case}/accesses"), 403, "forbidden")
    refused(applicant(own).get(f"/cases/{case}/accesses"), 404, "unknown_case")


@pytest.fixture(scope="module")
def gone(own: House) -> tuple[int, int, str]:
    """Two erased cases of one person, a revoked card and a draft; with the account's number."""
    name = erase_kit.party(own)
    account = account_id(own, name)
    case = erase_kit.revoked(own, name)
    draft = open_filled(own, name, data=erase_kit.distinct_data())
    supervisor = officer(own, "supervisor@palembang")
    answer = supervisor.post(f"/cases/{case}/erasure", {"reason": "Diminta sendiri di loket."})
    assert answer.status_code == 202, answer.json
    assert answer.json["status"] == "waiting"

    assert own.eraser().orders(datetime.now(UTC)) == 1
    told = supervisor.get(f"/erasures/{answer.json['id']}").json
    assert (told["status"], told["problem"]) == ("done", None)
    return case, draft, str(account)


@pytest.mark.parametrize("role", ROLES)
def test_an_erased_case_opens_everywhere(own: House, gone: tuple[int, int, str], role: str) -> None:
    """No address fails for it, and none shows a value of the person."""
    name, browser = at_desk(own, role)
    api = Api(own, name)
    for case in gone[:2]:
        for address in addresses(own, case):
            path = address.removeprefix("/api/v1")
            answer = api.get(path) if address != path else browser.get(address)
            assert answer.status_code < 500, (address, answer.get_data(as_text=True)[:300])
            assert not shows(answer) or "/cases/" not in address, address


def test_the_page_and_the_api_say_that_the_data_are_gone(own: House, gone: tuple[int, int, str]) -> None:
    """When and under what, in both languages; documents and card answer 410."""
    name, browser = at_desk(own, "head@palembang")
    api = Api(own, name)
    page = browser.get(f"/cases/{gone[0]}").text
    assert "Data pribadi sudah dihapus" in page
    assert "hak subjek data untuk dihapus" in page
    assert "Data pribadi dihapus" in page, "in the history"
    english = api.get(f"/cases/{gone[0]}", Accept_Language="en").json["erased"]["title"]
    assert english == "the person's right to erasure"
    told = api.get(f"/cases/{gone[0]}").json
    assert told["data"] is None
    assert told["erased"]["under"] == "right"
    refused(api.get(f"/cases/{gone[0]}/documents/ktp"), 410, "data_erased")
    refused(api.get(f"/cases/{gone[0]}/card.pdf"), 410, "data_erased")
    types = [e["type"] for e in api.get(f"/cases/{gone[0]}/history").json["entries"]]
    assert types[-1] == "data_erased"


def test_who_scans_the_card_reads_that_the_name_was_erased(own: House, gone: tuple[int, int, str]) -> None:
    """The number and what it is worth stay; that the name is missing is explained."""
    code = rows(own, "SELECT code FROM card WHERE case_id = :c", c=gone[0])[0][0]
    page = Browser(own).get(f"/verify/{code}").text
    assert "sudah dihapus menurut hukum" in page
    entry = Api(own).get(f"/verify/{code}").json
    assert (entry["state"], entry["holder"]) == ("revoked", None)
    assert entry["erased_at"]


def test_only_who_leads_the_office_orders_an_erasure(own: House) -> None:
    """Operators and other offices do not; a case that lives is refused with what to do, at once or when it is tried."""
    case, siti = of_distinct(own)
    for role in ("operator@palembang", "auditor@*", "supervisor@lamongan"):
        answer = officer(own, role).post(f"/cases/{case}/erasure", {"reason": "x"})
        assert answer.status_code in (403, 404), role
    head = officer(own, "head@palembang")
    assert "menarik" in refused(head.post(f"/cases/{case}/erasure", {"reason": "x"}), 409, "erase_live")["detail"]
    refused(head.post(f"/cases/{case}/erasure", {"reason": " "}), 422, "reason_missing")
    send(own, case, "withdraw", siti)
    settle(own)
    made = head.post(f"/cases/{case}/erasure", {"reason": "Diminta."}).json
    other = open_filled(own, siti)
    send(own, other, "submit", siti, submits=True)
    settle(own)

    own.eraser().orders(datetime.now(UTC))
    told = head.get(f"/erasures/{made['id']}").json
    assert (told["status"], told["problem"]["code"]) == ("refused", "erase_live")
    with own.engine.connect() as db:
        assert db.execute(text("SELECT fold ? 'erased' FROM case_ WHERE id = :c"), {"c": case}).scalar() is False


def test_after_retention_the_party_still_sees_the_history(own: House) -> None:
    """The account stays; the page says since when and why the data are gone, and what was owed stays readable."""
    case, siti = in_verification(own)
    send(own, case, "withdraw", siti)
    settle(own)
    with own.engine.connect() as db:
        found = cases.get(db, case)
        due = past_time.when_due(db, own.library, found)
    assert due is not None
    assert erase_past(own.eraser(), found, due, due.at + timedelta(days=1))
    party = Api(own, siti)
    told = party.get(f"/cases/{case}").json
    assert (told["data"], told["erased"]["under"]) == (None, "retention")
    for address in addresses(own, case):
        if address.startswith("/api/v1"):
            assert party.get(address.removeprefix("/api/v1")).status_code < 500, address


def test_the_owner_of_a_forgotten_draft_reads_what_became_of_it(own: House) -> None:
    """Every page and address opens; the draft cannot be filled in or submitted any more."""
    siti = Browser(own).register()
    case = siti.open_case()
    name = rows(own, "SELECT a.name FROM account a JOIN case_ c ON c.owner = a.id WHERE c.id = :c", c=case)[0][0]
    party = Api(own, name)
    revision = int(party.get(f"/cases/{case}").headers["ETag"].strip('"'))
    with own.engine.connect() as db:
        found = cases.get(db, case)
        due = past_time.when_due(db, own.library, found)
    assert due is not None
    assert erase_past(own.eraser(), found, due, due.at + timedelta(days=1))
    for address in addresses(own, case):
        path = address.removeprefix("/api/v1")
        answer = party.get(path) if address != path else siti.get(address)
        assert answer.status_code < 500, address
    assert "berakhirnya masa simpan" in siti.get(f"/cases/{case}").text
    refused(party.put_data(case, {"name": "Siti"}, revision), 410, "data_erased")
    refused(party.do(case, "submit"), 410, "data_erased")
    listed = party.get("/cases").json["cases"]
    assert [c["erased"]["under"] for c in listed if c["id"] == case] == ["retention"]
