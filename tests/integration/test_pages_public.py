"""What anybody may see: the service, the check of a card, problems in words; in two languages and light."""

from __future__ import annotations

import gzip
import io
import re

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from alur.furnish import SHIPPED
from alur.wiring import House
from tests.api_kit import app_of, approved, officer
from tests.pages_kit import Browser


def test_the_front_page_tells_everything_without_signing_in(house: House) -> None:
    """PLM6, PLM9, LMG8, LMG12: requirements, steps, promise, free of charge, legal basis and maklumat."""
    page = Browser(house).get("/").text
    for words in (
        "GRATIS",
        "Pasfoto berwarna 3×4",
        "1×24 jam",
        "Nomor 25 Tahun 2009",
        "Maklumat pelayanan",
        "Instagram",
    ):
        assert words in page, words


def test_every_service_publishes_its_standard(house: House) -> None:
    """LMG6, LMG8, LMG12: the counter's promise, legal basis, maklumat and code of ethics, without signing in."""
    assert '/services/ak1-counter"' in Browser(house).get("/").text
    page = Browser(house).get("/services/ak1-counter").text
    for words in (
        "GRATIS",
        "15 menit",
        "Peraturan Bupati Lamongan Nomor 76 Tahun 2021",
        "Maklumat pelayanan",
        "Kode etik",
        "(0322) 316147",
        "Ruang tunggu pelayanan berpendingin ruangan",
        "Dewan Kode Etik",
        "Kabupaten Lamongan",
    ):
        assert words in page, words
    assert Browser(house).get("/services/ak1-counters").status_code == 404


def test_every_service_of_the_offices_has_its_page(house: House) -> None:
    """No standard of a shipped process breaks the page."""
    for name in SHIPPED:
        assert Browser(house).get(f"/services/{name}").status_code == 200, name


def test_a_chosen_language_is_kept(house: House) -> None:
    """English once chosen stays, in the pages' words and in the definition's."""
    somebody = Browser(house)
    assert 'lang="id"' in somebody.get("/").text
    assert somebody.get("/language/en?back=/verify").location == "/verify"
    page = somebody.get("/").text
    assert 'lang="en"' in page
    assert "What you need" in page
    assert "Colour photo 3×4" in page


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil", "%2F%2Fevil.example"])
def test_the_choice_of_language_leads_to_no_other_site(house: House, back: str) -> None:
    """`back` counts only as a path of ours."""
    assert Browser(house).get(f"/language/en?back={back}").location == "/"


def test_an_unknown_language_is_not_there(house: House) -> None:
    """404, in words."""
    assert Browser(house).get("/language/xx").status_code == 404


STATES = {
    "valid": "Berlaku",
    "expired": "Habis masa berlaku",
    "replaced": "Sudah diganti",
    "revoked": "Dicabut",
    "returned": "Sudah dikembalikan",
    "void": "Batal",
}


@pytest.fixture(scope="module")
def card(house: House) -> tuple[str, str]:
    """Code and number of an issued card."""
    case = approved(house)
    assert officer(house, "signer@palembang").do(case, "sign").status_code == 200
    with house.engine.connect() as db:
        row = db.execute(text("SELECT code, number FROM card WHERE case_id = :c"), {"c": case}).one()
    return row.code, row.number


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_card_has_its_verdict(house: House, card: tuple[str, str], state: str) -> None:
    """PLM12: in one large word, by code and by number, with the time of the check."""
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = :s WHERE code = :c"), {"s": state, "c": card[0]})
    for wanted in card:
        page = Browser(house).get(f"/verify/{wanted}").text
        assert f'<h1 id="verdict">{STATES[state]}</h1>' in page
        assert "Diperiksa pada" in page
    with house.engine.begin() as db:
        db.execute(text("UPDATE card SET state = 'valid' WHERE code = :c"), {"c": card[0]})


def test_the_check_tells_no_more_than_the_paper(house: House, card: tuple[str, str]) -> None:
    """Number, masked name, office and dates; the development note; nothing else of the person."""
    page = Browser(house).get(f"/verify/{card[0]}").text
    assert card[1] in page
    assert "DEV – TIDAK SAH" in page
    assert "Rahmawati" not in page
    assert "1671" not in page.replace(card[1], "")


def test_the_number_entered_leads_to_the_address_of_the_card(house: House, card: tuple[str, str]) -> None:
    """One address a card, which may be kept and shared."""
    somebody = Browser(house)
    assert somebody.get(f"/verify?code={card[1]}").location == f"/verify/{card[1]}"
    assert somebody.get("/verify?code=").status_code == 422


def checked(house: House, content: bytes, name: str = "kartu.pdf") -> TestResponse:
    """The answer to a file that somebody sends to be checked."""
    somebody = Browser(house)
    sent = {**somebody.form("/verify").to_dict(), "file": (io.BytesIO(content), name)}
    return somebody.client.post("/verify", data=sent, content_type="multipart/form-data")


def test_a_pdf_that_is_no_signed_card_is_told_so(house: House) -> None:
    """Nobody entered a number, so nothing is said of its spelling."""
    scan = io.BytesIO()
    Image.new("L", (200, 280)).save(scan, "PDF")
    page = checked(house, scan.getvalue()).text
    assert "Berkas ini bukan kartu yang ditandatangani" in page
    assert "Periksa penulisannya" not in page


@pytest.mark.parametrize(
    ("content", "name", "status", "words"),
    [
        (b"ini kartu saya", "kartu.txt", 415, "Kirim berkas PDF"),
        (b"", "kartu.pdf", 422, "Berkas kosong"),
        (b"", "", 422, "Pilih berkas PDF kartu dahulu"),
    ],
    ids=["text", "empty", "nothing"],
)
def test_a_file_that_cannot_be_checked_is_told_why(
    house: House, content: bytes, name: str, status: int, words: str
) -> None:
    """Only a PDF can be a card, and an empty file is not the same as no file."""
    answer = checked(house, content, name)
    assert answer.status_code == status
    assert words in answer.text
    assert "JPEG" not in answer.text


def test_the_check_weighs_less_than_ten_kilobytes(house: House, card: tuple[str, str]) -> None:
    """The page, its sheet and its icon together, as they travel; it needs no script."""
    somebody = Browser(house)
    page = somebody.get(f"/verify/{card[0]}", Accept_Encoding="gzip")
    html = gzip.decompress(page.data).decode()
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    assert len(assets) == 2
    weights = [len(somebody.get(a, Accept_Encoding="gzip").data) for a in assets]
    assert len(page.data) + sum(weights) < 10_000, (len(page.data), weights)


def test_assets_may_be_kept_for_ever(house: House) -> None:
    """Their address changes with their content."""
    somebody = Browser(house)
    page = somebody.get("/").text
    sheet = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/static/app.css"))
    assert "immutable" in somebody.get(sheet).headers["Cache-Control"]
    assert "immutable" not in somebody.get("/static/app.css").headers.get("Cache-Control", "")


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/tidak-ada", 404, "Alamat ini tidak ada"),
        ("POST", "/cases/1/check", 403, "terlalu lama terbuka"),
        ("GET", "/sign-out", 405, "tidak menerima metode GET"),
        ("GET", "/cases/x", 404, "Alamat ini tidak ada"),
    ],
)
def test_a_problem_is_a_page_with_a_way_on(house: House, method: str, path: str, status: int, words: str) -> None:
    """The status, a sentence, a link; never a bare line or a traceback."""
    answer = Browser(house).client.open(path, method=method)
    assert answer.status_code == status
    assert words in answer.text
    assert 'class="btn"' in answer.text


def test_a_request_that_is_too_large_is_told_in_words(house: House) -> None:
    """413 with the limit, also for a form of the pages."""
    somebody = Browser(house)
    token = somebody.form("/verify")["csrf_token"]
    answer = somebody.client.post("/verify", data=b"x" * 7_000_000, headers={"X-CSRFToken": token})
    assert answer.status_code == 413
    assert "paling besar 6 MB" in answer.text


def test_a_failure_of_ours_is_told_without_its_details(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """500: the person reads that nothing changed; what broke stays in the log."""
    app: Flask = app_of(house)

    def broken() -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setitem(app.view_functions, "public.home", broken)
    answer = Browser(house).get("/")
    assert answer.status_code == 500
    assert "rahasia" not in answer.text
    assert "Terjadi kesalahan pada sistem" in answer.text


def test_every_page_forbids_foreign_scripts_and_frames(house: House) -> None:
    """No inline script or style is allowed, and none is there."""
    for path in ("/", "/sign-in", "/register", "/verify", "/verify/X"):
        answer = Browser(house).get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
        assert " onclick" not in answer.text
