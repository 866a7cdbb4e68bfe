"""Working together in a real browser: each page looked at on a phone and on a desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Eye, Site
from tests.pages_kit import PASSWORD, officer
from tests.tasks_kit import waiting

pytestmark = pytest.mark.browser


def staff(browser: Browser, site: Site, *memberships: str, title: str) -> tuple[str, Page]:
    """A new officer, signed in: name and page."""
    name, _ = officer(site.house, *memberships, title=title)
    page = browser.new_context(locale="id-ID").new_page()
    page.set_default_timeout(8_000)
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    return name, page


def test_officers_stand_in_and_hand_on(browser: Browser, site: Site, eye: Eye) -> None:
    """A deputy is named, sees for whom it acts, and hands the task on to a colleague."""
    case = waiting(site.house).case
    _, citra = staff(browser, site, "signer@palembang", title="Citra Lestari")
    name, budi = staff(browser, site, "operator@palembang", title="Budi Santoso")
    citra.goto(f"{site.url}/deputies")
    eye.look(citra, "40-deputies-empty")
    citra.get_by_role("button", name="Tetapkan").click()
    eye.look(citra, "41-deputies-errors")
    here = datetime.now(UTC) + timedelta(hours=7)
    citra.get_by_label("Peran yang dititipkan").select_option("signer@palembang")
    citra.get_by_label("Pengganti", exact=True).select_option(name)
    citra.get_by_label("Mulai").fill(f"{here - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    citra.get_by_label("Selesai").fill(f"{here + timedelta(days=2):%Y-%m-%dT%H:%M}")
    citra.get_by_role("button", name="Tetapkan").click()
    expect(citra.get_by_role("heading", name="Budi Santoso menggantikan Citra Lestari")).to_be_visible()
    eye.look(citra, "42-deputies")
    budi.goto(f"{site.url}/cases/{case}")
    budi.get_by_role("button", name="Ambil tugas ini").click()
    expect(budi.get_by_text("Anda menggantikan Citra Lestari")).to_be_visible()
    for words in ("Limpahkan ke rekan", "Nyatakan benturan kepentingan"):
        budi.get_by_text(words).click()
    eye.look(budi, "43-officer-hands-on")
    citra.goto(f"{site.url}/inbox?role=signer&q={case}")
    expect(citra.get_by_text("menggantikan Citra Lestari")).to_be_visible()
    eye.look(citra, "44-inbox-deputy")


def test_an_emergency_and_its_review(browser: Browser, site: Site, eye: Eye) -> None:
    """The form with its mistakes, the case that it opens, the review that is overdue and the one that is done."""
    case = waiting(site.house).case
    _, far = staff(browser, site, "operator@lamongan", title="Fajar Nugroho")
    _, leader = staff(browser, site, "supervisor@palembang", title="Eka Putri")
    far.goto(f"{site.url}/emergency?case={case}")
    far.get_by_role("button", name="Buka permohonan").click()
    eye.look(far, "45-emergency-errors")
    far.get_by_label("Peran yang diperlukan").select_option("signer")
    far.get_by_label("Alasan").fill("Penanda tangan sakit, kartu dipakai besok pagi.")
    far.get_by_role("button", name="Buka permohonan").click()
    expect(far.get_by_text("Akses darurat: Anda berperan Penanda tangan")).to_be_visible()
    eye.look(far, "46-officer-emergency")
    leader.goto(f"{site.url}/reviews")
    eye.look(leader, "47-reviews")
    leader.get_by_label("Catatan penilaian").first.fill("Mendesak, sudah dicek.")
    leader.get_by_role("button", name="Dapat dibenarkan", exact=True).first.click()
    eye.look(leader, "48-reviews-done")
    leader.goto(f"{site.url}/cases/{case}")
    for words in ("Tugaskan ke petugas", "Ubah prioritas"):
        leader.get_by_text(words).click()
    eye.look(leader, "49-supervisor-case")
