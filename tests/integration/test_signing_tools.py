"""Cards seen by other programs: poppler, qpdf and a QR reader."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from signing_kit import LINK, TEMPLATE, face, picture, signed, signed_by_two
from tools import need

from signing.card import draw
from signing.development import DevelopmentPki, ensure_development_pki
from signing.levels import Level

DPI = 200
MM = DPI / 25.4


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A PKI made once."""
    return ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys")


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("level", [Level.B_B, Level.B_T, Level.B_LT])
def test_poppler_finds_a_valid_signature_over_the_whole_file(pki: DevelopmentPki, tmp_path: Path, level: Level) -> None:
    """An independent implementation agrees."""
    path = tmp_path / "card.pdf"
    path.write_bytes(signed(pki, level))
    said = _run(need("pdfsig"), "-nocert", path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_poppler_finds_a_changed_file_invalid(pki: DevelopmentPki, tmp_path: Path) -> None:
    """The same program sees the change, so its approval means something."""
    path = tmp_path / "card.pdf"
    card = bytearray(signed(pki))
    card[card.index(b"stream") + 40] ^= 1
    path.write_bytes(bytes(card))
    assert "Signature is Valid" not in _run(need("pdfsig"), "-nocert", path)


def test_qpdf_finds_no_fault(pki: DevelopmentPki, tmp_path: Path) -> None:
    """The structure of the signed file is sound."""
    path = tmp_path / "card.pdf"
    path.write_bytes(signed(pki))
    assert "No syntax or stream encoding errors" in _run(need("qpdf"), "--check", path)


def test_poppler_and_qpdf_find_both_signatures_of_a_card_valid(pki: DevelopmentPki, tmp_path: Path) -> None:
    """Two independent programs agree on the card with two signatures: the second covers everything."""
    path = tmp_path / "card.pdf"
    path.write_bytes(signed_by_two(pki))
    said = _run(need("pdfsig"), "-nocert", path)
    assert said.count("Signature is Valid") == 2
    assert said.count("Total document signed") == 1
    assert "Not total document signed" in said
    assert "No syntax or stream encoding errors" in _run(need("qpdf"), "--check", path)


def test_every_font_is_embedded_for_poppler(tmp_path: Path) -> None:
    """No font is left to the printer."""
    path = tmp_path / "card.pdf"
    path.write_bytes(draw(face(), picture(), LINK, TEMPLATE))
    lines = _run(need("pdffonts"), path).splitlines()[2:]
    assert lines
    assert all(" yes yes yes " in line for line in lines)


@pytest.mark.parametrize("link", ["https://a.id/v/1", LINK + "#" + "A" * 200])
def test_printed_qr_code_reads_as_the_link_and_is_large_enough(tmp_path: Path, link: str) -> None:
    """At 200 dpi a reader finds the link in a code of at least 24 mm, at the bottom right."""
    path = tmp_path / "card.pdf"
    path.write_bytes(draw(face(), picture(), link, TEMPLATE))
    png = subprocess.run([need("pdftoppm"), "-r", str(DPI), "-png", path], check=True, capture_output=True).stdout
    page = Image.open(io.BytesIO(png))
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == link
    corner, opposite = code.position.top_left, code.position.bottom_right
    assert (opposite.x - corner.x) / MM >= 24
    assert corner.x > page.width / 2
    assert corner.y > page.height / 2
