"""Read the QR of a card from a picture."""

from __future__ import annotations

import zxingcpp

from signing.errors import SigningError
from signing.image_check import grey

_MARK = "/verify/"
_FORMATS = zxingcpp.barcode_formats_from_str("QRCode")


class QrError(SigningError):
    """No card's QR was found in a picture."""


def read_qr(picture: bytes) -> str:
    """Return what the QR of a card in a PNG or JPEG reads as.

    Of several codes it is the only one with the link of a verify page. Raises QrError `qr_missing` when there is
    none, `qr_several` when there is more than one, UploadRefused for a file that is no picture.
    """
    found = [c.text for c in zxingcpp.read_barcodes(grey(picture), formats=_FORMATS) if c.valid]
    if not found:
        raise QrError("qr_missing", "There is no QR in the picture that can be read.")
    links = [text for text in found if _MARK in text] or found
    if len(links) > 1:
        raise QrError("qr_several", f"There are {len(links)} QR codes in the picture; show one card only.")
    return links[0]
