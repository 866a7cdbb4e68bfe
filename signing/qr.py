"""The QR code of a card's verify link."""

from __future__ import annotations

import io

import segno

from signing.errors import CardError

#: The largest version on a card: 69 modules. On 26 mm each is 0.38 mm wide, more than two dots at 150 dpi.
MAX_VERSION = 13


def verify_link(public_url: str, code: str, claim: str) -> str:
    """Where a card's QR leads. The claim is the fragment, which no browser sends to a server."""
    return f"{public_url}/verify/{code}#{claim}"


def qr_svg(url: str, border: int = 4) -> str:
    """Return `url` as the SVG text of a QR code, error correction M.

    `border` is the quiet zone, in modules; ISO/IEC 18004 asks for four, which a page may leave by itself. The SVG has a
    viewBox and no size, so the page decides how large it stands. Raises CardError `card_link` for a text that needs a
    larger version than MAX_VERSION, whose print nobody could read.
    """
    code = segno.make_qr(url, error="m")
    if int(code.version) > MAX_VERSION:
        raise CardError(
            "card_link", f"The card's link has {len(url)} letters, too many for a QR that is read in print."
        )
    out = io.BytesIO()
    code.save(out, kind="svg", border=border, xmldecl=False, omitsize=True, light="#fff")
    return out.getvalue().decode()
