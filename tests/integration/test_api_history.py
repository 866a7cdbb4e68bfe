"""History, clocks and notices over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta

from alur.wiring import House
from tests.api_kit import CHECKLIST, Api, applicant, key, officer, refused, submitted


def issued_to(siti: Api) -> int:
    """A case of `siti` whose card is published."""
    house = siti.house
    case = siti.filled()
    assert siti.do(case, "submit").status_code == 200
    assert officer(house, "operator@palembang").do(case, "approve", checklist=CHECKLIST).status_code == 200
    assert officer(house, "signer@palembang").do(case, "sign", wait=30).json["state"] == "issued"
    return case


def test_staff_reads_the_whole_history_with_names_and_chain(house: House) -> None:
    """Every event, gapless, who did it, and the hash that chains it."""
    case = submitted(house)
    ani = officer(house, "operator@palembang")
    ani.do(case, "approve", checklist=CHECKLIST)
    told = ani.get(f"/cases/{case}/history").json
    assert [e["seq"] for e in told["entries"]] == list(range(1, len(told["entries"]) + 1))
    last = told["entries"][-1]
    assert (last["do"], last["who"], last["role"], last["to_title"]) == (
        "approve",
        ani.name,
        "Petugas verifikasi",
        "Disetujui",
    )
    assert (last["hash"], told["state"]) == (told["head"], "approved")
    assert last["body"]["checklist"] == CHECKLIST


def test_the_party_reads_roles_instead_of_names(house: House) -> None:
    """What happened and when, which role did it; neither names nor what only staff needs."""
    siti = applicant(house)
    case = siti.filled()
    siti.do(case, "submit")
    ani = officer(house, "operator@palembang")
    ani.do(case, "approve", checklist=CHECKLIST)
    answer = siti.get(f"/cases/{case}/history")
    entries = answer.json["entries"]
    assert [e["who"] for e in entries if e["do"] in ("submit", "approve")] == ["Anda", "Petugas verifikasi"]
    assert {e["body"] for e in entries} == {None}
    assert (ani.name or "") not in answer.get_data(as_text=True)


def test_a_case_is_told_as_it_was_at_a_moment(house: House) -> None:
    """?at= gives the events up to then and the state that they lead to."""
    case = submitted(house)
    ani = officer(house, "operator@palembang")
    ani.do(case, "approve", checklist=CHECKLIST)
    entries = ani.get(f"/cases/{case}/history").json["entries"]
    before = datetime.fromisoformat(entries[-1]["at"]) - timedelta(microseconds=1)
    told = ani.send("GET", f"/cases/{case}/history", query_string={"at": before.isoformat()})
    assert (told.json["state"], len(told.json["entries"])) == ("verifying", len(entries) - 1)
    assert ani.get(f"/cases/{case}/history?at={before.isoformat()}").json == told.json
    for bad in ("yesterday", "2026-11-21T09:00"):
        refused(ani.get(f"/cases/{case}/history?at={bad}"), 400, "bad_moment")


def test_clocks_tell_when_the_promise_is_due(house: House) -> None:
    """24 hours from submission; it stands still while the party mends and goes on afterwards."""
    siti = applicant(house)
    case = siti.filled()
    assert siti.get(f"/cases/{case}/clocks").json == []
    siti.do(case, "submit")
    clock = siti.get(f"/cases/{case}/clocks").json[0]
    started, due = (datetime.fromisoformat(clock[name]) for name in ("started", "due"))
    assert due - started == timedelta(hours=24)
    assert (clock["title"], clock["breached"]) == ("Janji layanan 1×24 jam", False)
    officer(house, "operator@palembang").do(case, "return", input={"reason": "Buram.", "fields": ["ktp"]})
    paused = siti.get(f"/cases/{case}/clocks").json[0]
    assert paused["due"] is None
    assert paused["paused_at"] is not None
    deadline = datetime.fromisoformat(siti.get(f"/cases/{case}").json["deadline"])
    assert deadline - datetime.fromisoformat(paused["paused_at"]) == timedelta(days=14)


def test_a_notice_is_told_with_its_places_filled_and_marked_as_read(house: House) -> None:
    """Number and link stand in it; reading it is noted once; nobody reads another's."""
    siti = applicant(house)
    case = issued_to(siti)
    told = siti.get("/notices").json
    notice = told["notices"][0]
    number = siti.get(f"/cases/{case}").json["card"]["number"]
    assert told["unread"] == 1
    assert (notice["case"], notice["name"], notice["read_at"]) == (case, "card_ready", None)
    assert number in notice["body"]
    assert f"/cases/{case}" in notice["body"]
    assert "{" not in notice["body"]
    refused(applicant(house).post(f"/notices/{notice['id']}/read"), 404, "unknown_notice")
    for _ in "12":
        assert siti.post(f"/notices/{notice['id']}/read", Idempotency_Key=key()).status_code == 200
    assert siti.get("/notices").json["unread"] == 0
    assert applicant(house).get("/notices").json == {"notices": [], "unread": 0, "next": None}


def test_the_party_downloads_its_card(house: House) -> None:
    """With a name that tells the number, and linked from the case."""
    siti = applicant(house)
    case = issued_to(siti)
    seen = siti.get(f"/cases/{case}").json
    answer = siti.get(seen["links"]["card"].removeprefix("/api/v1"))
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={seen['card']['number']}.pdf"
