"""Reports of cards: by anybody, without an account; settled by those who lead the card's office, once."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alur import accounts
from alur.commands import cards as commands
from alur.wiring import House
from tests.api_kit import Api, applicant, officer, refused
from tests.bundle_kit import bundle, members
from tests.dossier_kit import dossier
from tests.drain_kit import one, rows, with_card
from tests.pages_kit import PASSWORD, Browser
from tests.pages_kit import officer as browsing
from tests.support import as_web
from workflow.db.sealed_files import card_file


@dataclass
class Card:
    case: int
    code: str
    number: str
    #: Name of its holder.
    owner: str


@pytest.fixture
def card(house: House) -> Card:
    """A card of its own, which is valid."""
    case, siti = with_card(house)
    (row,) = rows(house, "SELECT code, number FROM card WHERE case_id = :c", c=case)
    return Card(case, row.code, row.number, siti)


def anybody(house: House) -> Api:
    """Somebody without an account, at an address of their own."""
    api = Api(house)
    api.client.environ_base["REMOTE_ADDR"] = "127.{}.{}.{}".format(*uuid.uuid4().bytes)
    return api


def waiting(api: Api, case: int) -> list[dict[str, object]]:
    """Reports of a case that wait."""
    return [r for r in api.get("/card-reports").json["reports"] if r["case"] == case]


def counted(browser: Browser) -> int:
    """How many reports wait, as the menu tells it."""
    found = re.search(r"Kartu dilaporkan \((\d+)\)", browser.get("/tasks").text)
    return int(found[1]) if found else 0


def test_anybody_reports_a_valid_card_and_it_is_counted_while_it_waits(house: House, card: Card) -> None:
    """By code, number or in small letters; once in the list, with how often."""
    for wanted in (card.code, card.number, card.code.lower()):
        assert anybody(house).post(f"/verify/{wanted}/reports", {"kind": "lost"}).status_code == 202
    assert anybody(house).post(f"/verify/{card.code}/reports", {"kind": "suspected"}).status_code == 202
    found = waiting(officer(house, "head@palembang"), card.case)
    assert [(r["kind"], r["times"], r["number"]) for r in found] == [
        ("lost", 3, card.number),
        ("suspected", 1, card.number),
    ]


def test_a_reported_card_stays_valid_and_is_marked_for_whoever_checks_it(house: House, card: Card) -> None:
    """Page and API say so at once; a card that was not reported is not marked."""
    assert anybody(house).get(f"/verify/{card.code}").json["reported_at"] is None
    anybody(house).post(f"/verify/{card.code}/reports", {"kind": "suspected"})
    told = anybody(house).get(f"/verify/{card.code}").json
    assert told["state"] == "valid"
    assert told["reported_at"]
    assert '<h1 id="verdict">Berlaku, tetapi dilaporkan</h1>' in Browser(house).get(f"/verify/{card.code}").text


def test_page_api_and_command_tell_what_a_card_is_reported_as_and_since_when(
    house: House, card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its code, by its file and to its holder alike; the card stays valid, and the command ends with 0."""
    days = {"lost": "2026-11-20T18:00:00Z", "suspected": "2026-11-22T01:00:00Z"}
    for kind, at in days.items():
        anybody(house).post(f"/verify/{card.code}/reports", {"kind": kind})
        with house.engine.begin() as db:
            db.execute(
                text("UPDATE card_report SET at = :at WHERE kind = :k AND case_id = :c"),
                {"at": at, "k": kind, "c": card.case},
            )
    head = officer(house, "head@palembang")
    (lost, _suspected) = waiting(head, card.case)
    head.post(f"/card-reports/{lost['id']}", {"verdict": "confirmed"})
    marks = [("lost", "2026-11-21", True), ("suspected", "2026-11-22", False)]
    said = "hilang atau dicuri, sejak 21-11-2026, dibenarkan oleh kantor penerbit"
    more = "diduga palsu atau dipakai orang lain, sejak 22-11-2026, sedang diperiksa kantor penerbit"

    with house.engine.connect() as db:
        pdf = card_file(db, house.vault, house.blobs, card.case)
    by_code = anybody(house).get(f"/verify/{card.code}").json
    by_file = anybody(house).send("POST", "/verify", data={"file": (BytesIO(pdf), "kartu.pdf")}).json
    of_case = Api(house, card.owner).get(f"/cases/{card.case}").json["card"]
    path = tmp_path / "kartu.pdf"
    path.write_bytes(pdf)
    monkeypatch.setenv("ALUR_DATA", str(house.settings.data))
    ran = CliRunner().invoke(commands.cards, ["verify", str(path), "--json"], catch_exceptions=False)
    by_command = json.loads(ran.stdout)
    for entry in (by_code, by_file["entry"], of_case, by_command["entry"]):
        assert entry["state"] == "valid"
        assert [(m["kind"], m["since"], m["confirmed"]) for m in entry["marks"]] == marks
    for told in (by_file, by_command):
        status = told["aspects"][-1]
        assert (status["name"], status["holds"], status["code"]) == ("status", True, "reported")
    assert by_command["aspects"][-1]["text"]["id"] == f"Kartu berlaku, tetapi dilaporkan: {said}; {more}."
    assert (ran.exit_code, by_command["ok"], by_file["genuine"]) == (0, True, True)
    words = CliRunner().invoke(commands.cards, ["verify", str(path)], catch_exceptions=False)
    assert "lost or stolen, since 21-11-2026, confirmed by the issuing office" in words.output
    assert words.output.endswith("\nVALID, BUT REPORTED\n")
    with house.engine.begin() as db:
        accounts.set_password(db, accounts.find(db, card.owner), PASSWORD)
    evidence = members(bundle(house, card.case))["card-report.json"]["marks"]
    assert [(m["kind"], m["since"][:10], m["confirmed"]) for m in evidence] == [
        ("lost", "2026-11-20", True),
        ("suspected", "2026-11-22", False),
    ]
    holder = Browser(house).sign_in(card.owner)
    for page in (Browser(house).get(f"/verify/{card.code}"), holder.get(f"/cases/{card.case}/card")):
        assert "Berlaku, tetapi dilaporkan" in page.text
        assert said in page.text
        assert more in page.text
    assert said in holder.get(f"/cases/{card.case}").text


def test_what_is_no_valid_card_cannot_be_reported(house: House, card: Card) -> None:
    """Unknown ones and cards that stand no more; nor anything else of one."""
    refused(anybody(house).post("/verify/NOSUCHCARD/reports", {"kind": "lost"}), 404, "no_valid_card")
    refused(anybody(house).post(f"/verify/{card.code}/reports", {"kind": "ugly"}), 422, "invalid_request")
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = 'revoked' WHERE case_id = :c"), {"c": card.case})
    refused(anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"}), 404, "no_valid_card")
    assert one(house, "SELECT count(*) FROM card_report WHERE case_id = :c", c=card.case) == 0


def test_an_unfounded_report_takes_the_mark_away_and_a_confirmed_one_keeps_it(house: House, card: Card) -> None:
    """Until the card itself is revoked, replaced or returned."""
    head = officer(house, "head@palembang")
    for verdict, marked in (("unfounded", False), ("confirmed", True)):
        anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"})
        (report,) = waiting(head, card.case)
        answer = head.post(f"/card-reports/{report['id']}", {"verdict": verdict})
        assert answer.json == {"id": report["id"], "verdict": verdict}
        assert waiting(head, card.case) == []
        assert (anybody(house).get(f"/verify/{card.code}").json["reported_at"] is not None) == marked
        refused(head.post(f"/card-reports/{report['id']}", {"verdict": verdict}), 409, "card_report_settled")
    settled = head.get("/card-reports?settled=true").json["reports"]
    assert [r["verdict"] for r in settled if r["case"] == card.case] == ["confirmed", "unfounded"]
    assert head.do(card.case, "revoke", input={"reason": "Hilang."}).status_code == 200
    assert anybody(house).get(f"/verify/{card.code}").json["reported_at"] is None


def test_only_those_who_lead_the_office_read_and_settle(house: House, card: Card) -> None:
    """Neither operators, nor heads elsewhere, nor anybody without a role; nobody their own card."""
    anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"})
    (report,) = waiting(officer(house, "supervisor@palembang"), card.case)
    at = f"/card-reports/{report['id']}"
    for name in ("operator@palembang", "signer@palembang"):
        refused(officer(house, name).get("/card-reports"), 403, "forbidden")
        refused(officer(house, name).post(at, {"verdict": "unfounded"}), 403, "forbidden")
    refused(applicant(house).get("/card-reports"), 403, "forbidden")
    elsewhere = officer(house, "head@lamongan")
    assert waiting(elsewhere, card.case) == []
    refused(elsewhere.post(at, {"verdict": "unfounded"}), 404, "unknown_card_report")
    refused(anybody(house).get("/card-reports"), 401, "not_signed_in")


def test_the_database_itself_lets_nobody_else_settle(house: House, card: Card) -> None:
    """Row-level security: not by an officer who leads nothing, not in another's name, not twice; no report by hand."""
    anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"})
    settle = text(
        "UPDATE card_report SET verdict = 'unfounded', settled_by = :by, settled_at = now() WHERE case_id = :c"
    )
    operator = officer(house, "operator@palembang")
    with as_web(house, operator.name, "palembang") as db:
        assert db.execute(settle, {"c": card.case, "by": 1}).rowcount == 0
    head = officer(house, "head@palembang")
    with pytest.raises(DBAPIError), as_web(house, head.name, "palembang") as db:
        db.execute(settle, {"c": card.case, "by": 1})
    with pytest.raises(DBAPIError), as_web(house, head.name, "palembang") as db:
        db.execute(text("INSERT INTO card_report (case_id, card, kind) VALUES (:c, 1, 'lost')"), {"c": card.case})


def test_pages_take_a_report_and_settle_it(house: House, card: Card) -> None:
    """From the verify page to the head's list, without scripts; the number of what waits stands in the menu."""
    somebody = Browser(house)
    page = f"/verify/{card.code}/report"
    assert f'href="{page}"' in somebody.get(f"/verify/{card.code}").text
    assert "Pilih apa yang dilaporkan." in somebody.send(page, {}).text
    sent = somebody.send(page, {"kind": "lost"})
    assert (sent.status_code, sent.location) == (303, f"/verify/{card.code}")
    assert "Kantor penerbit akan memeriksa laporan ini" in somebody.get(sent.location).text
    _name, head = browsing(house, "head@palembang")
    listed = head.get("/card-reports").text
    assert card.number in listed
    assert "Kartu dilaporkan (" in listed
    id_ = one(house, "SELECT id FROM card_report WHERE case_id = :c", c=card.case)
    done = head.send(
        f"/card-reports/{id_}", {"verdict": "confirmed"}, page="/card-reports", action=f"/card-reports/{id_}"
    )
    assert done.location == f"/cases/{card.case}"
    assert card.number in head.get("/card-reports?settled=1").text
    _name, operator = browsing(house, "operator@palembang")
    assert "Kartu dilaporkan" not in operator.get("/tasks").text


def test_after_confirming_the_case_page_shows_card_and_mark(house: House, card: Card) -> None:
    """It is where the card is then revoked or replaced."""
    anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"})
    _name, head = browsing(house, "head@palembang")
    id_ = one(house, "SELECT id FROM card_report WHERE case_id = :c", c=card.case)
    at = f"/card-reports/{id_}"
    page = head.get(head.send(at, {"verdict": "confirmed"}, page="/card-reports", action=at).location).text
    assert f'<h2 id="card">Kartu {card.number}</h2>' in page
    assert "Berlaku, tetapi dilaporkan" in page
    assert "Dilaporkan: hilang atau dicuri, sejak " in page
    assert "dibenarkan oleh kantor penerbit" in page
    assert 'name="revision"' in page


@pytest.mark.parametrize(
    ("state", "words"), [("replaced", "Selesai karena kartunya sudah diganti"), ("revoked", "kartunya sudah dicabut")]
)
def test_a_report_is_settled_by_the_end_of_its_card(house: House, card: Card, state: str, words: str) -> None:
    """It leaves what waits, is not counted and cannot be settled any more; the record tells by what it was settled."""
    anybody(house).post(f"/verify/{card.code}/reports", {"kind": "lost"})
    _name, page = browsing(house, "head@palembang")
    head = officer(house, "head@palembang")
    (report,) = waiting(head, card.case)
    before = counted(page)
    if state == "revoked":
        assert head.do(card.case, "revoke", input={"reason": "Hilang."}).status_code == 200
    else:
        with house.engine.begin() as db:
            values = {"s": state, "c": card.case}
            db.execute(text("UPDATE card SET state = :s, changed_at = now() WHERE case_id = :c"), values)
    assert waiting(head, card.case) == []
    refused(head.post(f"/card-reports/{report['id']}", {"verdict": "confirmed"}), 409, "card_report_settled")
    (told,) = [r for r in head.get("/card-reports?settled=true").json["reports"] if r["case"] == card.case]
    assert (told["ended"], told["verdict"], told["settled_by"]) == (state, None, None)
    assert told["settled_at"] >= told["at"]
    assert one(house, "SELECT count(*) FROM card_report WHERE case_id = :c AND verdict IS NULL", c=card.case) == 1
    assert card.number not in page.get("/card-reports").text
    settled = page.get("/card-reports?settled=1").text
    assert card.number in settled
    assert words in settled
    assert counted(page) == before - 1


def test_reports_of_one_card_are_shown_together(house: House, card: Card) -> None:
    """Lost and suspected: one box, and each tells of the other; settling one says that the other waits."""
    for kind in ("lost", "suspected"):
        anybody(house).post(f"/verify/{card.code}/reports", {"kind": kind})
    api = officer(house, "head@palembang")
    lost, suspected = waiting(api, card.case)
    assert (lost["others"], suspected["others"]) == ([suspected["id"]], [lost["id"]])
    _name, head = browsing(house, "head@palembang")
    page = head.get("/card-reports").text
    assert page.count(f">{card.number}</a>") == 1
    assert "Kartu ini dilaporkan dengan lebih dari satu cara" in page
    assert "Berlaku, tetapi dilaporkan" in page
    at = f"/card-reports/{lost['id']}"
    after = head.send(at, {"verdict": "unfounded"}, page="/card-reports", action=at).location
    assert "Laporan lain tentang kartu yang sama masih menunggu" in head.get(after).text
    assert [r["others"] for r in waiting(api, card.case)] == [[]]


def test_a_card_that_stands_no_more_offers_no_report(house: House, card: Card) -> None:
    """Its page says why."""
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = 'returned' WHERE case_id = :c"), {"c": card.case})
    assert "/report" not in Browser(house).get(f"/verify/{card.code}").text
    assert "Hanya kartu yang berlaku dapat dilaporkan" in Browser(house).get(f"/verify/{card.code}/report").text


def test_the_dossier_tells_reports_and_their_worth_also_of_a_card_that_ended(house: House, card: Card) -> None:
    """With the kind, the times and the verdict; those that nobody settled are told as settled by the card's end."""
    for kind in ("lost", "lost", "suspected"):
        anybody(house).post(f"/verify/{card.code}/reports", {"kind": kind})
    head = officer(house, "head@palembang")
    lost = next(r for r in waiting(head, card.case) if r["kind"] == "lost")
    head.post(f"/card-reports/{lost['id']}", {"verdict": "confirmed"})
    assert "Menunggu pemeriksaan" in dossier(head, card.case)
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = 'revoked' WHERE case_id = :c"), {"c": card.case})
    told = dossier(head, card.case).partition("Laporan atas kartu")[2]
    assert "Kartu ini hilang atau dicuri. 2 kali, terakhir" in told
    assert "Dibenarkan" in told
    assert "diduga palsu, atau dipakai orang lain Selesai karena kartunya sudah dicabut" in told
    assert "Laporan atas kartu" not in dossier(head, with_card(house)[0])
