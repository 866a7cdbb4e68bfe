"""What is told of a card that was reported or that ended: to anybody, to officers, and to its holder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from alur import accounts
from alur.commands import cards as commands
from alur.wiring import House
from tests.api_kit import Api
from tests.counter_kit import handed_over, printed
from tests.drain_kit import one, rows, with_card
from tests.pages_kit import PASSWORD, Browser
from tests.pages_kit import officer as browsing
from workflow.db.sealed_files import card_file

#: In Palembang it is the 22nd by then.
ENDED = "2026-11-21T18:30:00Z"


def holding(house: House) -> tuple[int, str, Browser]:
    """A case with a valid card, its code, and its holder's browser."""
    case, siti = with_card(house)
    with house.engine.begin() as db:
        accounts.set_password(db, accounts.find(db, siti), PASSWORD)
    return case, str(one(house, "SELECT code FROM card WHERE case_id = :c", c=case)), Browser(house).sign_in(siti)


def end(house: House, case: int, state: str) -> None:
    """Let the card end, as its process would."""
    sql = "UPDATE card SET state = :s, changed_at = :at WHERE case_id = :c"
    with house.engine.begin() as db:
        db.execute(text(sql), {"s": state, "at": ENDED, "c": case})


def pages(browser: Browser, case: int) -> list[str]:
    """The list of cases and the page of one."""
    return [browser.get("/cases").text, browser.get(f"/cases/{case}").text]


def test_a_valid_card_is_told_as_before(house: House) -> None:
    """No day on which it ended, and nothing to do."""
    case, code, siti = holding(house)
    assert Api(house).get(f"/verify/{code}").json["changed_on"] is None
    assert "Berlaku sampai" in Browser(house).get(f"/verify/{code}").text
    for page in pages(siti, case):
        assert "Selesai. Kartu Anda berlaku." in page
    assert "Kartu Anda sudah terbit" in siti.get(f"/cases/{case}").text


@pytest.mark.parametrize(
    ("state", "words", "advice"),
    [
        ("revoked", "Dicabut", "Kartu Anda dicabut dan tidak berlaku sejak 22-11-2026."),
        ("replaced", "Sudah diganti", "kartu yang lebih baru menggantikannya"),
        ("returned", "Sudah dikembalikan", "Kartu ini sudah dikembalikan"),
    ],
)
def test_a_card_that_ended_tells_since_when_it_is_valid_no_more(
    house: House, state: str, words: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the verify page, in API and command, to officers and to its holder, who reads what to do; no page tells until
    when it would have been valid."""
    case, code, siti = holding(house)
    end(house, case, state)
    assert Api(house).get(f"/verify/{code}").json["changed_on"] == "2026-11-22"
    with house.engine.connect() as db:
        pdf = card_file(db, house.vault, house.blobs, case)
    (tmp_path / "kartu.pdf").write_bytes(pdf)
    monkeypatch.setenv("ALUR_DATA", str(house.settings.data))
    ran = CliRunner().invoke(commands.cards, ["verify", str(tmp_path / "kartu.pdf"), "--json"], catch_exceptions=False)
    assert json.loads(ran.stdout)["entry"]["changed_on"] == "2026-11-22"
    name, ani = browsing(house, "operator@palembang")
    assert Api(house, name).get(f"/cases/{case}").json["card"]["changed_on"] == "2026-11-22"
    for page in (Browser(house).get(f"/verify/{code}").text, ani.get(f"/cases/{case}").text):
        assert "Tidak berlaku sejak" in page
        assert "22-11-2026" in page
        assert "Berlaku sampai" not in page
    for page in pages(siti, case):
        assert words in page
        assert advice in page
        assert "Kartu Anda sudah terbit" not in page
        assert "Lihat dan unduh kartu" not in page
    card = siti.get(f"/cases/{case}/card").text
    assert "Tidak berlaku sejak" in card
    assert "berlaku di seluruh Indonesia" not in card


@pytest.mark.parametrize(
    ("kind", "confirmed", "told"),
    [
        ("lost", True, ("kantor penerbit membenarkannya", "ajukan permohonan kartu pengganti")),
        ("lost", False, ("kantor penerbit memeriksanya", "ajukan permohonan kartu pengganti")),
        ("suspected", True, ("kantor penerbit membenarkannya", "Hubungi kantor penerbit")),
    ],
)
def test_the_holder_of_a_reported_card_reads_what_to_do(
    house: House, kind: str, *, confirmed: bool, told: tuple[str, ...]
) -> None:
    """On the page and in the list, with the mark of the card."""
    case, code, siti = holding(house)
    Api(house).post(f"/verify/{code}/reports", {"kind": kind})
    if confirmed:
        name, _ = browsing(house, "head@palembang")
        head = Api(house, name)
        (report,) = [r for r in head.get("/card-reports").json["reports"] if r["case"] == case]
        assert head.post(f"/card-reports/{report['id']}", {"verdict": "confirmed"}).status_code == 200
    for page in pages(siti, case):
        assert "Berlaku, tetapi dilaporkan" in page
        assert [words for words in told if words not in page] == []
        assert "Selesai. Kartu Anda berlaku." not in page


def test_an_expired_card_ended_on_the_day_after_its_last(house: House) -> None:
    """Whenever that was noted; until when it was valid is told by the other day."""
    case, code, _siti = holding(house)
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET expires_on = '2026-02-28' WHERE case_id = :c"), {"c": case})
    told = Api(house).get(f"/verify/{code}").json
    assert (told["state"], told["expires_on"], told["changed_on"]) == ("expired", "2026-02-28", "2026-03-01")


def test_a_print_of_a_revoked_card_tells_the_cards_day(quiet: House) -> None:
    """A print's own row says when the print was made, which is another day."""
    case = printed(quiet)
    handed_over(quiet, case)
    end(quiet, case, "revoked")
    for (code,) in rows(quiet, "SELECT p.code FROM print p JOIN card k ON k.id = p.card WHERE k.case_id = :c", c=case):
        told = Api(quiet).get(f"/verify/{code}").json
        assert (told["state"], told["changed_on"]) == ("revoked", "2026-11-22")
