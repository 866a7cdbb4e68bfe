"""Bind a dossier; runs in a confined process."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from PIL import Image, JpegImagePlugin, PdfImagePlugin
from pypdf import PasswordType, PdfReader, PdfWriter, apply_configuration

from signing.pdf_check import LIMITS
from signing.uploads import PDF

# Pillow imports what reads and writes at the first picture, which a confined process can no longer do.
Image.preinit()
_WRITERS = (JpegImagePlugin, PdfImagePlugin)
_DPI = 150
#: What makes a page act; what was uploaded was refused for it, and is watched here once more.
_DROPPED = ("/AA", "/Annots")


class _Member(NamedTuple):
    listed: Mapping[str, Any]
    content: bytes
    original: bytes


def bind(request: Mapping[str, Any], data: bytes) -> bytes:
    """Return base pages, members and attachments as one PDF.

    The base ends with two pages for each member: the first is taken where the member can be shown and follows it, the
    second where it cannot.
    """
    logging.disable(logging.CRITICAL)
    members = list(_members(request, data))
    base = PdfReader(io.BytesIO(data[: request["base"]]))
    writer = PdfWriter()
    first = len(base.pages) - 2 * len(members)
    writer.append(base, pages=(0, first), import_outline=False)
    for n, member in enumerate(members):
        shown = _shown(member)
        at = first + 2 * n + (shown is None)
        page = len(writer.pages)
        writer.append(base, pages=(at, at + 1), import_outline=False)
        writer.add_outline_item(title=member.listed["title"], page_number=page)
        if shown is not None:
            writer.append(PdfReader(io.BytesIO(shown)), import_outline=False)
    for member in members:
        if member.listed["attached"]:
            writer.add_attachment(member.listed["attached"], member.original)
    writer.add_metadata({"/Title": request["title"]})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _members(request: Mapping[str, Any], data: bytes) -> Iterator[_Member]:
    at = request["base"]
    for listed in request["members"]:
        middle, end = at + listed["size"], at + listed["size"] + listed["original"]
        yield _Member(listed, data[at:middle], data[middle:end])
        at = end


def _shown(member: _Member) -> bytes | None:
    """The pages of a member as a PDF of their own, so that what is wrong with it spoils nothing else; None where it
    cannot be shown."""
    try:
        with apply_configuration(LIMITS):
            made = _pages(member.content) if member.listed["media_type"] == PDF else _picture(member.content)
            return made if PdfReader(io.BytesIO(made)).pages else None
    except MemoryError:
        raise
    except Exception:
        # A corrupt file makes the parsers raise anything at all.
        return None


def _pages(content: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise ValueError("locked")
    writer = PdfWriter()
    for page in reader.pages:
        kept = writer.add_page(page)
        for name in _DROPPED:
            with suppress(KeyError):
                del kept[name]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _picture(content: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        picture.convert("RGB").save(out, "PDF", resolution=_DPI)
    return out.getvalue()
