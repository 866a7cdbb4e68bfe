"""The QR code of a card's verify link."""

from __future__ import annotations

import io

import segno


def qr_svg(url: str, border: int = 4) -> str:
    """Return `url` as the SVG text of a QR code, error correction M.

    `border` is the quiet zone, in modules; ISO/IEC 18004 asks for four, which a page may leave by itself. The SVG has a
    viewBox and no size, so the page decides how large it stands.
    """
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", border=border, xmldecl=False, omitsize=True, light="#fff")
    return out.getvalue().decode()
