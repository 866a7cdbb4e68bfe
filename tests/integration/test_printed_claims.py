"""Claims read back from a printed card by another program: at 150 dpi, skewed, scaled, worn."""

from __future__ import annotations

import io
import random
import subprocess
from pathlib import Path

import pytest
import segno
import zxingcpp
from claim_kit import TODAY, claim, key, published
from PIL import Image, ImageFilter
from signing_kit import TEMPLATE, face, picture
from tools import need

from signing.card import draw
from signing.claim_check import check
from signing.errors import CardError
from signing.qr import MAX_VERSION, qr_svg, verify_link

DPI = 150
#: Width of the code on the card, millimetres, and what a reader needs of each module, dots.
WIDTH, LEAST = 26, 2
HOST = "https://kerja.palembang.go.id"


def scanned(link: str, folder: Path) -> Image.Image:
    """The card, printed and scanned at 150 dpi, grey."""
    path = folder / "card.pdf"
    path.write_bytes(draw(face(code=claim().code), picture(), link, TEMPLATE))
    png = subprocess.run([need("pdftoppm"), "-r", str(DPI), "-png", path], check=True, capture_output=True).stdout
    return Image.open(io.BytesIO(png)).convert("L")


@pytest.fixture(scope="module")
def link() -> str:
    """What the QR of an ordinary card says."""
    return verify_link(HOST, claim().code, key().sign(claim()))


@pytest.fixture(scope="module")
def page(link: str, tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """That card as a scan."""
    return scanned(link, tmp_path_factory.mktemp("card"))


def read(page: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page)]


def worn(page: Image.Image, share: float) -> Image.Image:
    """The page with grey noise, and that share of its dots black or white; the same at every run."""
    chance, out = random.Random(7), page.copy()
    dots = out.load()
    assert dots is not None
    for y in range(page.height):
        for x in range(page.width):
            grey = dots[x, y]
            assert isinstance(grey, int | float)
            noisy = int(grey + chance.gauss(0, 12))
            dots[x, y] = chance.choice((0, 255)) if chance.random() < share else min(255, max(0, noisy))
    return out


def test_the_claim_of_a_printed_card_is_read_and_holds(page: Image.Image, link: str) -> None:
    """At 150 dpi, with nothing but the published key."""
    (text,) = read(page)
    assert text == link
    assert check(text, [published()], TODAY).claim == claim()


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.rotate(3, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC),
        lambda p: p.rotate(-17, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC),
        lambda p: p.rotate(90, expand=True),
        lambda p: p.resize((p.width * 9 // 10, p.height * 9 // 10), Image.Resampling.LANCZOS),
        lambda p: p.resize((p.width * 13 // 10, p.height * 13 // 10), Image.Resampling.BICUBIC),
        lambda p: p.filter(ImageFilter.GaussianBlur(0.6)),
        lambda p: worn(p, 0.01),
        lambda p: p.point(lambda grey: 70 + grey * 110 // 255),
    ],
    ids=["3 degrees", "17 degrees", "on its side", "90 %", "130 %", "blurred", "noise", "faded"],
)
def test_a_worn_print_is_still_read(page: Image.Image, link: str, change: object) -> None:
    """As people hold, copy and scan cards."""
    assert callable(change)
    assert read(change(page)) == [link]


def test_an_ordinary_code_has_61_modules(link: str) -> None:
    """Version 11 on 26 mm: 2.3 modules a millimetre, 2.5 dots a module at 150 dpi."""
    code = segno.make_qr(link, error="m")
    assert (code.designator, code.symbol_size(border=0)) == ("11-M", (61, 61))
    assert round(61 / WIDTH, 2) == 2.35
    assert WIDTH / 25.4 * DPI / 61 > 2.5


def test_the_largest_code_that_is_drawn_is_read(tmp_path: Path) -> None:
    """A long address and a long number; each module keeps two dots and more."""
    link = verify_link(HOST, claim().code, "A" * (331 - len(HOST) - len("/verify/#") - 16))
    code = segno.make_qr(link, error="m")
    assert code.version == MAX_VERSION
    assert WIDTH / 25.4 * DPI / code.symbol_size(border=0)[0] > LEAST
    assert read(scanned(link, tmp_path)) == [link]
    with pytest.raises(CardError) as caught:
        qr_svg(link + "A")
    assert caught.value.code == "card_link"
