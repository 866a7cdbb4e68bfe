"""The dossier: one PDF of a case, with its signed card and original PDFs attached byte for byte."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from alur.wiring import House
from signing.verify import verify
from tests.api_kit import CHECKLIST, Api, applicant, officer, refused
from tests.signing_kit import plain_pdf
from tests.support import as_web, photo
from workflow.db import cases
from workflow.db.sealed_files import card_file

BROKEN = b"%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 9 0 R>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def attached(house: House, name: str | None, case: int, papers: Mapping[str, tuple[bytes, str]]) -> None:
    """Put documents into a working copy, whatever they are."""
    with as_web(house, name, "palembang") as db:
        for kind, (content, media_type) in papers.items():
            found = cases.get(db, case, lock=True)
            key = cases.person_key_of(db, house.vault, found)
            blob = house.blobs.put(key.close(content, f"document/{case}/{kind}"))
            facts = {"media_type": media_type, "size": len(content)}
            cases.attach(db, house.vault, found, kind, content, blob, facts)


@pytest.fixture(scope="module")
def issued(house: House) -> tuple[int, Api, bytes]:
    """An issued case with a photo, a PDF of two pages and a PDF that is broken; its owner, and the PDF."""
    siti, scan = applicant(house), plain_pdf(2)
    case = siti.open()
    papers = {
        "photo": (photo(), "image/jpeg"),
        "ktp": (scan, "application/pdf"),
        "diploma": (BROKEN, "application/pdf"),
    }
    attached(house, siti.name, case, papers)
    assert siti.do(case, "submit").status_code == 200
    assert officer(house, "operator@palembang").do(case, "approve", checklist=CHECKLIST).status_code == 200
    assert officer(house, "signer@palembang").do(case, "sign", wait=30).json["state"] == "issued"
    return case, siti, scan


def read(api: Api, case: int) -> PdfReader:
    """The dossier as a reader of PDFs reads it."""
    answer = api.get(f"/cases/{case}/dossier.pdf")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == "application/pdf"
    return PdfReader(io.BytesIO(answer.data))


def test_the_dossier_holds_cover_data_papers_and_originals(house: House, issued: tuple[int, Api, bytes]) -> None:
    """In the order of the process, the card first; what is attached is byte for byte the original."""
    case, _siti, scan = issued
    found = read(officer(house, "operator@palembang"), case)
    words = [page.extract_text() for page in found.pages]
    assert f"Berkas permohonan {case}" in words[0]
    assert "Siti Rahmawati" in "".join(words)
    titles = [str(item.title) for item in found.outline if not isinstance(item, list)]
    assert titles == ["Kartu", "Pasfoto berwarna 3×4", "KTP", "Ijazah terakhir"]
    at = [found.get_destination_page_number(item) for item in found.outline if not isinstance(item, list)]
    assert at[2] + 3 == at[3], "the two pages of the KTP follow its page"
    with house.engine.connect() as db:
        card = card_file(db, house.vault, house.blobs, case)
    files = {name: content[0] for name, content in found.attachments.items()}
    assert sorted(files.values()) == sorted([card, scan, BROKEN])
    assert verify(next(f for f in files.values() if f == card), house.ports().trust()).ok


def test_a_pictures_page_tells_the_file_that_was_sent(house: House, issued: tuple[int, Api, bytes]) -> None:
    """Its size and SHA-256, although a safe copy of it is shown and it is not attached."""
    case, _siti, _scan = issued
    found = read(officer(house, "operator@palembang"), case)
    (page,) = [p.extract_text() for p in found.pages if "Pasfoto berwarna" in p.extract_text()]
    words = "".join(page.split())
    assert hashlib.sha256(photo()).hexdigest() in words
    assert f"({len(photo())}bita)" in words
    assert "Salinanamandarigambarini" in words


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        ("id", ("Riwayat", "Diajukan", "Setujui → Disetujui Petugas verifikasi", "Status kartu")),
        ("en", ("History", "Submitted", "Approve → Approved Operator", "State of the card")),
    ],
)
def test_the_dossier_tells_the_history_by_role(
    house: House, issued: tuple[int, Api, bytes], lang: str, wanted: tuple[str, ...]
) -> None:
    """Each step with its time, as the case's page tells it, the first first; in the language that is asked for."""
    case, _siti, _scan = issued
    auditor = officer(house, "auditor@palembang")
    answer = auditor.send("GET", f"/cases/{case}/dossier.pdf", headers={"Accept-Language": lang})
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]
    words = " ".join(" ".join(pages).split())
    assert [w for w in wanted if w not in words] == []
    (told,) = [page for page in pages if wanted[0] in page]
    assert re.search(r"\d\d-\d\d-2\d{3} \d\d[.:]\d\d WIB", told)
    assert told.index(wanted[1]) < told.index(" → ")


def test_a_corrupt_member_is_told_on_its_page_and_attached(house: House, issued: tuple[int, Api, bytes]) -> None:
    """The rest stands."""
    case, _siti, _scan = issued
    found = read(officer(house, "operator@palembang"), case)
    last = found.pages[-1].extract_text()
    assert "rusak dan tidak dapat ditampilkan" in " ".join(last.split())
    assert [content[0] for name, content in found.attachments.items() if "diploma" in name] == [BROKEN]


def test_the_dossier_is_for_officers_and_auditors_and_its_making_is_logged(
    house: House, issued: tuple[int, Api, bytes]
) -> None:
    """Not for the party, nor for officers elsewhere; each look stands in the access log."""
    case, siti, _scan = issued
    refused(siti.get(f"/cases/{case}/dossier.pdf"), 403, "forbidden")
    refused(officer(house, "operator@lamongan").get(f"/cases/{case}/dossier.pdf"), 404, "unknown_case")
    auditor = officer(house, "auditor@palembang")
    read(auditor, case)
    query = text(
        "SELECT a.name FROM access_log l JOIN account a ON a.id = l.account "
        "WHERE l.case_id = :c AND l.what = 'dossier' ORDER BY l.id DESC LIMIT 1"
    )
    with house.engine.connect() as db:
        assert db.execute(query, {"c": case}).scalar_one() == auditor.name


def test_a_lost_file_is_told_on_its_page(house: House, issued: tuple[int, Api, bytes]) -> None:
    """A blob that vanished takes nothing else with it."""
    case, _siti, _scan = issued
    with house.engine.begin() as db:
        blob = db.execute(
            text("SELECT blob FROM document WHERE case_id = :c AND kind = 'photo'"), {"c": case}
        ).scalar_one()
        db.execute(
            text("UPDATE document SET blob = repeat('0', 64) WHERE case_id = :c AND kind = 'photo'"), {"c": case}
        )
    try:
        found = read(officer(house, "operator@palembang"), case)
    finally:
        with house.engine.begin() as db:
            values = {"c": case, "b": blob}
            db.execute(text("UPDATE document SET blob = :b WHERE case_id = :c AND kind = 'photo'"), values)
    words = " ".join(" ".join(page.extract_text() for page in found.pages).split())
    assert "rusak atau hilang" in words
    assert "rusak dan tidak dapat ditampilkan. Aslinya terlampir" in words
