"""The QR code of a card's verify link."""

from __future__ import annotations

import io

import segno


def qr_svg(url: str) -> str:
    """Return `url` as the SVG text of a QR code, error correction M, with the quiet zone of four modules of
    ISO/IEC 18004.

    The SVG has a viewBox and no size, so the page decides how large it stands.
    """
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", border=4, xmldecl=False, omitsize=True, light="#fff")
    return out.getvalue().decode()
