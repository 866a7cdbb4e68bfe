"""The whole way of an application in a real browser, each page looked at on a phone and on a desk."""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Eye, Site
from tests.support import photo, sample_data

pytestmark = pytest.mark.browser

PASSWORD = "kuda lumping naik sepeda"


def files(folder: Path) -> dict[str, Path]:
    """Files as people send them: a photo too large and not 3×4, a picture of a KTP, a scanned diploma."""
    out = {"photo": folder / "foto.jpg", "ktp": folder / "ktp.png", "diploma": folder / "ijazah.pdf"}
    out["photo"].write_bytes(photo(2400, 2600))
    Image.effect_noise((900, 560), 60).convert("RGB").save(out["ktp"], "PNG")
    scan = io.BytesIO()
    Image.effect_noise((800, 1100), 50).convert("L").save(scan, "PDF")
    out["diploma"].write_bytes(scan.getvalue())
    return out


def fill(page: Page, values: dict[str, Any]) -> None:
    """Enter the values of one section, as a person does."""
    for name, value in values.items():
        if name == "birth_date":
            for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
                page.locator(f'[name="{name}.{part}"]').fill(text)
            continue
        field = page.locator(f'[name="{name}"]')
        kind = field.first.evaluate("e => e.type")
        if kind == "radio":
            wanted = {True: "yes", False: "no"}.get(value, value)
            page.locator(f'[name="{name}"][value="{wanted}"]').check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill("\n".join(value) if isinstance(value, list) else str(value))


SECTIONS = (
    ("kind",),
    ("nik", "name", "birth_place", "birth_date", "sex", "marital_status", "religion"),
    ("address", "kecamatan", "phone", "email"),
    ("education", "school", "major", "graduation_year"),
    ("skills", "experience", "employed"),
    ("notices",),
)


def sign_in(page: Page, site: Site, name: str) -> None:
    """Sign in as a demo account."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(site.password)
    page.get_by_role("button", name="Masuk").click()


def visitor(browser: Browser) -> Page:
    """A person's own browser."""
    page = browser.new_context(locale="id-ID").new_page()
    page.set_default_timeout(8_000)
    return page


def case_of(page: Page) -> str:
    """The number of the case whose page this is."""
    found = re.search(r"/cases/(\d+)", page.url)
    assert found, page.url
    return found[1]


def test_an_application_goes_from_registration_to_a_verified_card(
    browser: Browser, site: Site, eye: Eye, tmp_path: Path
) -> None:
    """Register, fill, send, mend what is returned, be approved and signed, download, and let anybody check it."""
    sent = files(tmp_path)
    siti = visitor(browser)
    siti.goto(site.url)
    eye.look(siti, "01-home")
    siti.get_by_role("link", name="Ajukan sekarang").click()
    eye.look(siti, "02-sign-in")
    siti.get_by_role("link", name="Daftar, gratis").click()
    siti.get_by_role("button", name="Daftar dan lanjutkan").click()
    expect(siti.get_by_role("alert")).to_be_focused()
    eye.look(siti, "03-register-errors")
    siti.get_by_label("Nama lengkap").fill("Siti Rahmawati")
    siti.get_by_label("Nama pengguna").fill(f"siti{uuid.uuid4().hex[:8]}")
    siti.get_by_label("Kata sandi").fill(PASSWORD)
    siti.get_by_role("button", name="Daftar dan lanjutkan").click()
    eye.look(siti, "04-start")
    siti.get_by_label("Dinas Ketenagakerjaan Kota Palembang").check()
    siti.get_by_role("button", name="Mulai mengisi").click()
    case = case_of(siti)
    eye.look(siti, "05-overview-empty")

    data = sample_data(nik="123")
    siti.get_by_role("link", name="Permohonan", exact=True).click()
    for names in SECTIONS:
        fill(siti, {n: data[n] for n in names})
        if "nik" in names:
            siti.get_by_role("button", name="Simpan dan lanjutkan").click()
            expect(siti.get_by_role("alert")).to_be_focused()
            expect(siti.get_by_label("Nama lengkap")).to_have_value(data["name"])
            eye.look(siti, "06-section-error")
            siti.get_by_label("NIK").fill(sample_data()["nik"])
        if "kind" in names:
            expect(siti.locator("[data-saved]")).to_contain_text("tersimpan")
            eye.look(siti, "07-section")
        siti.get_by_role("button", name="Simpan dan lanjutkan").click()
    eye.look(siti, "08-documents-empty")
    for kind, file in sent.items():
        box = siti.locator("section", has=siti.locator(f"#f-{kind}"))
        box.locator("input[type=file]").set_input_files(file)
        if kind == "photo":
            expect(box.locator("[data-note]")).to_contain_text("dipotong")
        # The page before tells of the file before: without waiting for the next one, a choice made there is lost.
        with siti.expect_navigation():
            box.get_by_role("button", name="Unggah").click()
        expect(siti.get_by_role("status").first).to_contain_text("sudah diunggah")
    eye.look(siti, "09-documents")
    siti.get_by_role("link", name="Lanjutkan").click()
    eye.look(siti, "10-overview-ready")
    siti.get_by_role("link", name="Periksa dan ajukan").click()
    eye.look(siti, "11-check")
    siti.get_by_role("button", name="Ajukan permohonan").dblclick()
    expect(siti.get_by_role("heading", name="Permohonan diajukan")).to_be_visible()
    eye.look(siti, "12-sent")
    siti.get_by_role("link", name="Lihat status").click()
    expect(siti.get_by_text("Sedang diperiksa").first).to_be_visible()
    eye.look(siti, "13-status")

    operator = visitor(browser)
    sign_in(operator, site, "operator")
    expect(operator.get_by_role("heading", name="Kotak tugas")).to_be_visible()
    eye.look(operator, "14-inbox")
    operator.get_by_label("Nomor permohonan atau NIK").fill(case)
    operator.get_by_role("button", name="Cari").click()
    operator.get_by_role("link", name=f"Permohonan {case}").click()
    operator.get_by_role("button", name="Ambil tugas ini").click()
    eye.look(operator, "15-officer-case")
    operator.locator("summary", has_text="Kembalikan untuk diperbaiki").click()
    operator.get_by_label("Pasfoto tidak terbaca atau wajah tidak jelas.").check()
    operator.get_by_role("textbox", name="Alasan").fill("Kirim foto yang terang, dan tulis nama sekolah lengkap.")
    operator.get_by_label("Nama sekolah atau perguruan tinggi").check()
    operator.get_by_label("Pasfoto berwarna 3×4").check()
    eye.look(operator, "16-officer-return")
    operator.get_by_role("button", name="Kembalikan untuk diperbaiki").click()
    expect(operator.get_by_text("Menunggu perbaikan").first).to_be_visible()
    eye.look(operator, "17-officer-returned")

    siti.goto(f"{site.url}/cases/{case}")
    expect(siti.get_by_text("Kirim foto yang terang")).to_be_visible()
    eye.look(siti, "18-correction")
    siti.get_by_role("link", name="Nama sekolah atau perguruan tinggi").click()
    expect(siti.get_by_label("Jurusan")).to_have_count(0)
    siti.get_by_label("Nama sekolah atau perguruan tinggi").fill("Universitas Sriwijaya, Palembang")
    eye.look(siti, "19-mend-section")
    siti.get_by_role("button", name="Simpan dan lanjutkan").click()
    siti.get_by_role("link", name="Pasfoto berwarna 3×4").click()
    box = siti.locator("section", has=siti.locator("#f-photo"))
    (tmp_path / "baru.jpg").write_bytes(photo(600, 800))
    box.locator("input[type=file]").set_input_files(tmp_path / "baru.jpg")
    box.get_by_role("button", name="Unggah").click()
    siti.get_by_role("link", name="Lanjutkan").click()
    eye.look(siti, "20-correction-done")
    siti.get_by_role("link", name="Periksa dan ajukan").click()
    siti.get_by_role("button", name="Ajukan lagi").click()
    expect(siti.get_by_role("heading", name="Permohonan diajukan")).to_be_visible()

    operator.goto(f"{site.url}/cases/{case}")
    operator.get_by_role("link", name="Bagaimana batas waktu ini dihitung").click()
    expect(operator.get_by_role("cell", name="Janji berhenti: Menunggu perbaikan")).to_be_visible()
    eye.look(operator, "20-deadline")
    operator.get_by_role("link", name=f"Permohonan {case}").click()
    operator.get_by_role("button", name="Setujui").click()
    expect(operator.get_by_role("alert")).to_contain_text("Daftar periksa belum selesai")
    eye.look(operator, "21-officer-refused")
    for item in operator.get_by_role("group", name="Daftar periksa").get_by_role("checkbox").all():
        item.check()
    operator.get_by_role("button", name="Setujui").click()
    expect(operator.get_by_text("Selesai: Setujui.")).to_be_visible()
    eye.look(operator, "22-officer-approved")

    signer = visitor(browser)
    sign_in(signer, site, "signer")
    signer.get_by_role("link", name="Penanda tangan").click()
    signer.get_by_label("Nomor permohonan atau NIK").fill(case)
    signer.get_by_role("button", name="Cari").click()
    signer.get_by_label(f"Pilih permohonan {case}").check()
    eye.look(signer, "23-signer")
    signer.get_by_role("button", name="Tanda tangani").click()
    expect(signer.get_by_role("cell", name="Selesai")).to_be_visible(timeout=30_000)
    eye.look(signer, "24-progress")

    siti.goto(f"{site.url}/cases/{case}")
    siti.get_by_role("link", name="Lihat dan unduh kartu").click(timeout=30_000)
    eye.look(siti, "25-card")
    with siti.expect_download() as download:
        siti.get_by_role("link", name="Unduh kartu (PDF)").click()
    card = tmp_path / "kartu.pdf"
    download.value.save_as(card)
    assert card.read_bytes().startswith(b"%PDF")
    siti.goto(f"{site.url}/cases")
    eye.look(siti, "26-mine")

    code = siti.goto(f"{site.url}/cases/{case}/card") and siti.locator("dd.code").inner_text()
    anybody = visitor(browser)
    anybody.goto(f"{site.url}/verify/{code}")
    expect(anybody.get_by_role("heading", name="Berlaku")).to_be_visible()
    expect(anybody.get_by_text("DEV – TIDAK SAH")).to_be_visible()
    eye.look(anybody, "27-verify-valid")
    anybody.goto(f"{site.url}/verify")
    eye.look(anybody, "28-verify-ask")
    anybody.get_by_label("Berkas kartu").set_input_files(card)
    anybody.get_by_role("button", name="Periksa berkas").click()
    expect(anybody.get_by_role("heading", name="Berlaku")).to_be_visible()
    eye.look(anybody, "29-verify-file")
    anybody.goto(f"{site.url}/verify/TIDAK-ADA")
    expect(anybody.get_by_role("heading", name="Tidak dikenal")).to_be_visible()
    eye.look(anybody, "30-verify-unknown")
