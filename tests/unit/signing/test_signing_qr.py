"""The QR code of a card."""

from __future__ import annotations

import io

import typst
import zxingcpp
from PIL import Image
from signing_kit import LINK

from signing.qr import qr_svg


def test_qr_code_reads_as_the_link() -> None:
    """What a phone reads is the link, letter by letter."""
    page = b"#set page(width: 60mm, height: 60mm, margin: 5mm)\n#image(bytes(sys.inputs.qr), width: 50mm)"
    png = typst.compile(page, format="png", ppi=200, sys_inputs={"qr": qr_svg(LINK + "#Ab_9-~é")})
    assert isinstance(png, bytes)
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    assert [code.text for code in found] == [LINK + "#Ab_9-~é"]
