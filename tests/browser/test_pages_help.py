"""What the script adds where there is one: autosave, drafts on the device, keys, news that move nothing."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Eye, Site
from tests.pages_kit import Browser as Plain
from tests.pages_kit import officer
from tests.support import photo

pytestmark = pytest.mark.browser

PASSWORD = "kuda lumping naik sepeda"


def visitor(browser: Browser, locale: str = "id-ID") -> Page:
    """A person's own browser."""
    page = browser.new_context(locale=locale).new_page()
    page.set_default_timeout(8_000)
    return page


def registered(browser: Browser, site: Site) -> Page:
    """A new applicant with a draft, before its first section."""
    page = visitor(browser)
    page.goto(f"{site.url}/register?next=/cases/new?office%3Dpalembang%26process%3Dak1-online")
    page.get_by_label("Nama lengkap").fill("Siti Rahmawati")
    page.get_by_label("Nama pengguna").fill(f"s{uuid.uuid4().hex[:10]}")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Daftar dan lanjutkan").click()
    page.get_by_role("button", name="Mulai mengisi").click()
    return page


def staff(browser: Browser, site: Site, *memberships: str) -> Page:
    """A new officer at the inbox."""
    name, _ = officer(site.house, *memberships)
    page = visitor(browser)
    page.goto(f"{site.url}/sign-in?next=/inbox")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill("kuda-lumping-naik-sepeda")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", name="Kotak tugas")).to_be_visible()
    return page


def test_what_is_typed_is_saved_by_itself(browser: Browser, site: Site) -> None:
    """Without any button the entry is there in another tab, and the page says when it was saved."""
    page = registered(browser, site)
    page.get_by_role("link", name="Alamat dan kontak").click()
    page.get_by_label("Alamat", exact=True).fill("Jl. Merdeka No. 12")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"tersimpan \d\d\.\d\d"))
    page.reload()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Merdeka No. 12")


def test_entries_stay_on_the_device_while_the_server_is_away_and_are_sent_once_it_is_back(
    browser: Browser, site: Site, eye: Eye
) -> None:
    """PLM4: the page says so, keeps the entries over a reload, and sends them by itself."""
    page = registered(browser, site)
    page.get_by_role("link", name="Alamat dan kontak").click()
    page.route("**/sections/*", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_label("Alamat", exact=True).fill("Jl. Merdeka No. 12")
    expect(page.locator("#away")).to_be_visible()
    eye.look(page, "40-server-away")
    page.unroute("**/sections/*")
    page.reload()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Merdeka No. 12")
    expect(page.locator("[data-saved]")).to_contain_text("tersimpan")
    page.reload()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Merdeka No. 12")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_signing_out_leaves_nothing_on_the_device(browser: Browser, site: Site) -> None:
    """On a shared computer the next person finds no draft."""
    page = registered(browser, site)
    page.get_by_role("link", name="Identitas").click()
    page.get_by_label("NIK").fill("12")
    expect(page.locator("[data-saved]")).to_contain_text("tersimpan")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_stale_tab_says_so_while_typing(browser: Browser, site: Site, eye: Eye) -> None:
    """Two tabs of one section: the later one is told, and its entries survive its button."""
    page = registered(browser, site)
    page.get_by_role("link", name="Alamat dan kontak").click()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Kecamatan").fill("Bukit Kecil")
    expect(other.locator("[data-saved]")).to_contain_text("tersimpan")
    page.get_by_label("Alamat", exact=True).fill("Jl. Merdeka No. 12")
    expect(page.locator("[data-saved]")).to_contain_text("berubah di tempat lain")
    page.get_by_role("button", name="Simpan, lanjutkan nanti").click()
    expect(page.get_by_role("heading", name="Permohonan ini berubah di tempat lain")).to_be_visible()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Merdeka No. 12")
    eye.look(page, "41-stale-tab")


def elsewhere(page: Page) -> Page:
    """The same person at the same page on another device."""
    browser = page.context.browser
    assert browser
    other = browser.new_context(locale="id-ID")
    other.add_cookies([{"name": c["name"], "value": c["value"], "url": page.url} for c in page.context.cookies()])
    tab = other.new_page()
    tab.set_default_timeout(8_000)
    tab.goto(page.url)
    return tab


def saved_as(page: Page, label: str) -> str:
    """What the server holds for an entry, as another device sees it."""
    tab = elsewhere(page)
    value = tab.get_by_label(label, exact=True).input_value()
    tab.context.close()
    return value


def test_the_page_of_a_conflict_saves_nothing_until_the_person_confirms(browser: Browser, site: Site) -> None:
    """The newer entry stands while the page is read and typed in; the button alone replaces it."""
    page = registered(browser, site)
    page.get_by_role("link", name="Alamat dan kontak").click()
    other = elsewhere(page)
    other.get_by_label("Alamat", exact=True).fill("Jl. Baru 2")
    expect(other.locator("[data-saved]")).to_contain_text("tersimpan")
    page.get_by_label("Alamat", exact=True).fill("Jl. Lama 1")
    expect(page.locator("[data-saved]")).to_contain_text("berubah di tempat lain")
    page.get_by_role("button", name="Simpan, lanjutkan nanti").click()
    expect(page.get_by_role("heading", name="Permohonan ini berubah di tempat lain")).to_be_visible()
    page.get_by_label("Kecamatan").fill("Sukarami")
    page.wait_for_timeout(2_500)
    assert saved_as(page, "Alamat") == "Jl. Baru 2"
    page.get_by_role("button", name="Simpan, lanjutkan nanti").click()
    expect(page.get_by_text("bagian selesai")).to_be_visible()
    page.goto(other.url)
    assert saved_as(page, "Alamat") == "Jl. Lama 1"


def left_behind(browser: Browser, site: Site) -> Page:
    """A section with an unsent copy on this device, that was saved with other words on another one since."""
    page = registered(browser, site)
    page.get_by_role("link", name="Alamat dan kontak").click()
    page.route("**/sections/*", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_label("Alamat", exact=True).fill("Jl. Lama 1")
    expect(page.locator("#away")).to_be_visible()
    other = elsewhere(page)
    other.get_by_label("Alamat", exact=True).fill("Jl. Baru 2")
    expect(other.locator("[data-saved]")).to_contain_text("tersimpan")
    page.unroute("**/sections/*")
    page.reload()
    return page


def test_an_older_copy_of_this_device_is_offered_and_never_sent_by_itself(
    browser: Browser, site: Site, eye: Eye
) -> None:
    """The server's newer entry is shown and kept; the copy is used when the person says so, and only then."""
    page = left_behind(browser, site)
    expect(page.get_by_role("button", name="Pakai salinan saya")).to_be_visible()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Baru 2")
    eye.look(page, "43-older-copy")
    page.wait_for_timeout(1_500)
    assert saved_as(page, "Alamat") == "Jl. Baru 2"
    # The words of an earlier saving may still stand there: what is waited for is the answer to this one.
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.get_by_role("button", name="Pakai salinan saya").click()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Lama 1")
    expect(page.locator("[data-saved]")).to_contain_text("tersimpan")
    assert saved_as(page, "Alamat") == "Jl. Lama 1"


def test_an_older_copy_that_is_thrown_away_is_gone(browser: Browser, site: Site) -> None:
    """The server's entries stay, and the question is not asked again."""
    page = left_behind(browser, site)
    page.get_by_role("button", name="Buang").click()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Baru 2")
    page.reload()
    expect(page.get_by_label("Alamat", exact=True)).to_have_value("Jl. Baru 2")
    expect(page.get_by_role("button", name="Buang")).to_be_hidden()
    assert saved_as(page, "Alamat") == "Jl. Baru 2"


def test_a_copy_that_was_partly_taken_is_no_older_copy(browser: Browser, site: Site) -> None:
    """A wrong entry stays on the device at the revision of the last save, and comes back without a question."""
    page = registered(browser, site)
    page.get_by_role("link", name="Identitas").click()
    page.get_by_label("Nama lengkap").fill("Siti R")
    page.get_by_label("NIK").fill("12")
    expect(page.locator("[data-saved]")).to_contain_text("tersimpan")
    page.reload()
    expect(page.get_by_label("NIK")).to_have_value("12")
    expect(page.get_by_role("button", name="Buang")).to_be_hidden()


def test_the_inbox_is_worked_by_keys(browser: Browser, site: Site, eye: Eye) -> None:
    """j and k move, ? helps, / searches, Enter opens."""
    for _ in range(2):
        Plain(site.house).register().submitted()
    page = staff(browser, site, "operator@palembang")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("tbody tr").first
    expect(first).to_have_class(re.compile("cur"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    eye.look(page, "42-keys")
    page.get_by_role("button", name="Tutup").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Nomor permohonan atau NIK")).to_be_focused()
    first.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tindakan")).to_be_visible()


def test_a_new_task_is_announced_and_moves_nothing(browser: Browser, site: Site) -> None:
    """The row in use stays in its place; the news wait for a click."""
    Plain(site.house).register().submitted(office="lamongan")
    page = staff(browser, site, "operator@lamongan")
    page.clock.install()
    page.reload()
    page.keyboard.press("j")
    before = page.locator("tbody tr").all_inner_texts()
    case = Plain(site.house).register().submitted(office="lamongan")
    page.clock.run_for(16_000)
    expect(page.get_by_role("link", name="1 baru – tampilkan")).to_be_visible()
    assert len(page.locator("tbody tr").all_inner_texts()) == len(before)
    expect(page.locator("tbody tr").first.get_by_role("link")).to_be_focused()
    page.get_by_role("link", name="1 baru – tampilkan").click()
    expect(page.get_by_role("link", name=f"Permohonan {case}", exact=True)).to_be_visible()


def test_the_pages_are_fit_in_english_too(browser: Browser, site: Site, eye: Eye) -> None:
    """The same pages for who reads English, looked at in the same way."""
    page = visitor(browser, "en-GB")
    for name, path in (("home", "/"), ("sign-in", "/sign-in"), ("register", "/register"), ("verify", "/verify")):
        page.goto(site.url + path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        eye.look(page, f"50-english-{name}")


def test_problems_and_empty_states_are_fit_to_look_at(browser: Browser, site: Site, eye: Eye) -> None:
    """What is not there, what is not allowed, what is not yet: each in words, with a way on."""
    page = registered(browser, site)
    page.goto(f"{site.url}/tidak-ada")
    eye.look(page, "60-not-found")
    page.goto(f"{site.url}/inbox")
    eye.look(page, "61-forbidden")
    page.context.clear_cookies()
    page.goto(f"{site.url}/register")
    page.get_by_label("Nama lengkap").fill("Baru")
    page.get_by_label("Nama pengguna").fill(f"s{uuid.uuid4().hex[:10]}")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Daftar dan lanjutkan").click()
    eye.look(page, "62-mine-empty")
    idle = staff(browser, site, "operator@banda-aceh")
    eye.look(idle, "63-inbox-empty")
    idle.get_by_role("link", name="Isikan untuk pemohon").click()
    eye.look(idle, "64-assisted")


def test_a_photo_of_a_phone_is_made_small_before_it_travels(browser: Browser, site: Site) -> None:
    """What arrives is a fraction of what was chosen, in the ratio asked for."""
    page = registered(browser, site)
    page.get_by_role("link", name="Dokumen").click()
    box = page.locator("section", has=page.locator("#f-photo"))
    big = photo(3000, 3300)
    box.locator("input[type=file]").set_input_files({"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": big})
    box.get_by_role("button", name="Unggah").click()
    expect(page.get_by_text("sudah diunggah")).to_be_visible()
    arrived = page.request.get(f"{page.url}/photo?original=1").body()
    assert len(arrived) < min(len(big), 2 * 1024 * 1024)
