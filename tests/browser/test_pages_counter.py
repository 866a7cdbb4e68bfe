"""The counter in a real browser: printed, corrected, printed anew, signed by two, handed over."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.away_kit import file_of
from tests.browser.conftest import Eye, Site
from tests.browser.test_pages_path import sign_in, visitor
from tests.counter_kit import act, at_the_counter
from tests.drain_kit import rows

pytestmark = pytest.mark.browser

#: Pictures on a card that was signed on a screen.
PHOTO_AND_DRAWING = 2


def opened(page: Page, name: str) -> Locator:
    """An action of the case's page, opened."""
    card = page.locator("details.act-card").filter(has=page.locator("summary", has_text=name))
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    return card


def scribble(page: Page, canvas: Locator) -> None:
    """Sign with the mouse, as with a finger."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for x, y in ((80, 20), (120, 90), (180, 30), (240, 80)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()


def test_a_card_is_printed_corrected_signed_by_two_and_handed_over(browser: Browser, site: Site, eye: Eye) -> None:
    """The officer on duty does the counter's work on one page; the placement officer signs; the old print is void."""
    case = at_the_counter(site.house)
    here = f"{site.url}/cases/{case}"
    ani, citra = visitor(browser), visitor(browser)
    sign_in(ani, site, "operator")
    sign_in(citra, site, "signer")
    ani.goto(here)
    printing = opened(ani, "Setujui dan cetak")
    for box in printing.locator('input[type="checkbox"]').all():
        box.check()
    eye.look(ani, "70-counter-check")
    printing.get_by_role("button", name="Setujui dan cetak").click()
    with ani.expect_download() as got:
        ani.get_by_role("link", name="Unduh cetakan ke-1").click()
    assert got.value.path().read_bytes().startswith(b"%PDF-")
    eye.look(ani, "71-counter-printed")

    wrong = opened(ani, "Cetakan keliru, perbaiki")
    wrong.locator("textarea").first.fill("Nomor rumah keliru pada cetakan.")
    wrong.locator('input[value="address"]').check()
    wrong.get_by_role("button", name="Cetakan keliru, perbaiki").click()
    expect(ani.get_by_text("Diperbaiki setelah dicetak").first).to_be_visible()
    eye.look(ani, "72-counter-amending")
    act(site.house, case, "amend", submits=True)
    ani.goto(here)
    anew = opened(ani, "Cetak ulang")
    anew.locator('input[type="checkbox"]').check()
    anew.get_by_role("button", name="Cetak ulang").click()
    expect(ani.get_by_role("link", name="Unduh cetakan ke-2")).to_be_visible()

    seeker = opened(ani, "Pencari kerja menandatangani")
    seeker.locator('input[value="screen"]').check()
    scribble(ani, seeker.locator("canvas"))
    seeker.get_by_role("button", name="Hapus goresan").click()
    scribble(ani, seeker.locator("canvas"))
    eye.look(ani, "73-counter-seeker-signs")
    seeker.get_by_role("button", name="Pencari kerja menandatangani").click()
    citra.goto(here)
    opened(citra, "Tanda tangani").get_by_role("button", name="Tanda tangani").click()
    expect(citra.get_by_text("Menunggu penyerahan").first).to_be_visible()
    ani.goto(here)
    opened(ani, "Serahkan kartu").get_by_role("button", name="Serahkan kartu").click()
    expect(ani.get_by_text("Diserahkan").first).to_be_visible()
    assert len(PdfReader(BytesIO(file_of(site.house, case))).pages[0].images) == PHOTO_AND_DRAWING
    eye.look(ani, "74-counter-handed-over")

    anybody = visitor(browser)
    old, new = (r[0] for r in rows(site.house, "SELECT code FROM print WHERE case_id = :c ORDER BY n", c=case))
    anybody.goto(f"{site.url}/verify/{old}")
    expect(anybody.get_by_text("Cetakan batal").first).to_be_visible()
    eye.look(anybody, "75-verify-void-print")
    anybody.goto(f"{site.url}/verify/{new}")
    expect(anybody.get_by_text("Berlaku").first).to_be_visible()
    anybody.goto(f"{site.url}/services/ak1-counter")
    expect(anybody.get_by_text("Peraturan Bupati Lamongan", exact=False).first).to_be_attached()
    eye.look(anybody, "76-service")
    eye.assert_fit()
