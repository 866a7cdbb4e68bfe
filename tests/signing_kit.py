"""Cards, pictures and files that the tests of `signing` share."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from signing.card import CardFace, draw
from signing.development import DevelopmentPki
from signing.keyholder import Pkcs12KeyHolder
from signing.levels import Level
from signing.phases import SigningProfile, finish, prepare, sign
from signing.prepared import Prepared
from signing.timestamps import local_timestamper

LINK = "https://kerja.contoh.go.id/verify/7Q2M-91KX-4B0T"


#: The template of AK-1 cards.
TEMPLATE = (Path(__file__).parents[1] / "definitions" / "cards" / "ak1.typ").read_text()


def face(**changes: Any) -> CardFace:
    """Return the face of an ordinary card; changes are of what it is given or of what it shows of the holder."""
    shown: dict[str, str] = {
        "nik": "1671015203010001",
        "name": "Siti Aminah",
        "birth_place": "Palembang",
        "birth_date": "12 Maret 2001",
        "sex": "Perempuan",
        "marital_status": "Belum kawin",
        "religion": "Islam",
        "address": "Jalan Jenderal Sudirman No. 12, Kota Palembang",
        "education": "SMA, IPA, 2019",
        "skills": "",
        "experience": "",
    }
    given: dict[str, Any] = {
        "number": "DTK-AK1-0001-1126",
        "issued": date(2026, 11, 21),
        "expires": date(2028, 11, 21),
        "office_title": "Dinas Tenaga Kerja Kota Palembang",
        "place": "Palembang",
        "officer_name": "Dra. Hj. Ratna Dewi, M.Si.",
        "officer_title": "Kepala Bidang Penempatan Tenaga Kerja",
        "development": True,
    }
    for name, value in changes.items():
        (shown if name in shown else given)[name] = value
    return CardFace(**given, fields=shown)


def picture(width: int = 300, height: int = 400, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a picture of a colour gradient."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **options)
    return out.getvalue()


@cache
def card_pdf() -> bytes:
    """Return an unsigned card."""
    return draw(face(), picture(), LINK, TEMPLATE)


def profile(pki: DevelopmentPki, level: Level = Level.B_LT, **changes: Any) -> SigningProfile:
    """Return the profile of the development seal."""
    holder = Pkcs12KeyHolder(pki.pkcs12)
    fields: dict[str, Any] = {
        "certificate": holder.certificate,
        "chain": holder.chain,
        "level": level,
        "trust": pki.trust,
        "timestamper": local_timestamper(pki) if level.stamped else None,
        "signing_time": datetime.now(UTC).replace(microsecond=0),
        "reason": "Uji coba",
    }
    return SigningProfile(**(fields | changes))


def prepared(pki: DevelopmentPki, level: Level = Level.B_LT, **changes: Any) -> Prepared:
    """Return a card made ready for signing."""
    return asyncio.run(prepare(card_pdf(), profile(pki, level, **changes)))


def signed(pki: DevelopmentPki, level: Level = Level.B_LT) -> bytes:
    """Return a signed card."""
    ready = prepared(pki, level)
    cms = asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), local_timestamper(pki)))
    return finish(ready, cms)


def plain_pdf(pages: int = 1) -> bytes:
    """Return an empty PDF of some pages."""
    return written(writer(pages))


def writer(pages: int = 1) -> PdfWriter:
    """Return a writer that holds some empty pages."""
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(200, 200)
    return made


def written(made: PdfWriter) -> bytes:
    """Return what a writer writes."""
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """Return a PDF of these object bodies, numbered from 1, the first being the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def stream_pdf(filters: bytes, content: bytes) -> bytes:
    """Return a PDF of one page whose content stream is packed as told."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter[%b]>>stream\n%b\nendstream" % (len(content), filters, content),
    )


def page_bomb(depth: int, fan: int) -> bytes:
    """Return a small PDF whose page tree refers to fan**depth pages."""
    levels = [
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (fan ** (depth - step), b" ".join([b"%d 0 R" % (step + 3)] * fan))
        for step in range(depth)
    ]
    return raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", *levels, b"<</Type/Page/MediaBox[0 0 100 100]>>")


def png_bomb(width: int, height: int) -> bytes:
    """Return a small PNG that claims to be huge."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(bytes((width + 1) * min(height, 2000)), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def signed_by_two(pki: DevelopmentPki) -> bytes:
    """Return a card with both its signatures."""
    return countersigned(pki, first_of_two(pki))


def first_of_two(pki: DevelopmentPki) -> bytes:
    """Return a card with its first signature and an empty field for the second."""
    return _finished(pki, prepared(pki, further=("Second",)))


def countersigned(pki: DevelopmentPki, pdf: bytes) -> bytes:
    """Return a card with the second signature added."""
    approving = profile(pki, field="Second", certify=False, name="Drs. Bambang Irawan")
    return _finished(pki, asyncio.run(prepare(pdf, approving)))


def _finished(pki: DevelopmentPki, ready: Prepared) -> bytes:
    return finish(ready, asyncio.run(sign(ready, Pkcs12KeyHolder(pki.pkcs12), local_timestamper(pki))))
