"""What somebody changes in a signed file."""

from __future__ import annotations

import io
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

GARBAGE = b"\n%garbage\n"


def flipped(pdf: bytes, at: int) -> bytes:
    """Return the file with one bit of one byte changed."""
    changed = bytearray(pdf)
    changed[at] ^= 1
    return bytes(changed)


def places(pdf: bytes, count: int) -> list[int]:
    """Return places spread evenly over a file, the first and the last byte among them."""
    return [round(i * (len(pdf) - 1) / (count - 1)) for i in range(count)]


def revisions(pdf: bytes) -> list[bytes]:
    """Return what the file was after each revision but the last."""
    ends = [i + len(b"%%EOF") for i in range(len(pdf)) if pdf.startswith(b"%%EOF", i)]
    return [pdf[:end] + b"\n" * pdf[end : end + 1].count(b"\n") for end in ends[:-1]]


def appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return the file with one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def swap_page(writer: IncrementalPdfFileWriter) -> None:
    """Let the page show something else."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 20 Tf 20 200 Td (PALSU) Tj ET"))
    writer.update_container(page)


def annotate(writer: IncrementalPdfFileWriter) -> None:
    """Put a note over the page."""
    page = writer.root["/Pages"]["/Kids"][0]
    note = {"/Type": generic.pdf_name("/Annot"), "/Subtype": generic.pdf_name("/FreeText")}
    note["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300)))
    note["/Contents"] = generic.pdf_string("PALSU")
    made = generic.DictionaryObject({generic.pdf_name(name): value for name, value in note.items()})
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(made)])
    writer.update_container(page)


def retitle(writer: IncrementalPdfFileWriter) -> None:
    """Let the window of a reader show another number."""
    writer.set_info(writer.trailer.raw_get("/Info"))
    info = writer.trailer["/Info"]
    info["/Title"] = generic.pdf_string("Kartu AK-1 PALSU")
    writer.update_container(info)


def add_field(writer: IncrementalPdfFileWriter) -> None:
    """Give an unsigned file a form field."""
    page = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject(
        {
            generic.pdf_name("/FT"): generic.pdf_name("/Tx"),
            generic.pdf_name("/T"): generic.pdf_string("Name"),
            generic.pdf_name("/V"): generic.pdf_string("Siti"),
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Widget"),
            generic.pdf_name("/F"): generic.NumberObject(4),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (10, 10, 100, 30))),
        }
    )
    made = writer.add_object(field)
    form = generic.DictionaryObject({generic.pdf_name("/Fields"): generic.ArrayObject([made])})
    writer.root["/AcroForm"] = writer.add_object(form)
    page["/Annots"] = generic.ArrayObject([made])
    writer.update_container(page)
    writer.update_root()


def fill_field(writer: IncrementalPdfFileWriter) -> None:
    """Write something else into that field."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.pdf_string("PALSU")
    writer.update_container(field)


def add_layer(writer: IncrementalPdfFileWriter) -> None:
    """Give the page content that a reader shows or hides."""
    layer = writer.add_object(
        generic.DictionaryObject(
            {generic.pdf_name("/Type"): generic.pdf_name("/OCG"), generic.pdf_name("/Name"): generic.pdf_string("L")}
        )
    )
    off = generic.DictionaryObject({generic.pdf_name("/OFF"): generic.ArrayObject([layer])})
    shown = generic.DictionaryObject(
        {generic.pdf_name("/OCGs"): generic.ArrayObject([layer]), generic.pdf_name("/D"): off}
    )
    writer.root["/OCProperties"] = writer.add_object(shown)
    writer.update_root()


def stretched(pdf: bytes) -> bytes:
    """Return the file with something put into the room that the signature leaves free: signature wrapping."""
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    end = pdf.index(b">", start)
    used = len(pdf[start:end].rstrip(b"0")) + 2
    inserted = b">/Evil(PALSU"
    room = end - start - used - len(inserted)
    return pdf[: start + used] + inserted + b" " * room + b")" + pdf[end + 1 :]


def moved(pdf: bytes) -> bytes:
    """Return the file with the end of what is signed moved behind an evil revision, and a range that says so."""
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    end = pdf.index(b">", start) + 1
    evil = appended(pdf, swap_page)[len(pdf) :]
    tail = pdf[end:]
    ranges = b"/ByteRange [0 %d %d %d]" % (start, len(pdf) + len(evil), len(tail))
    at = pdf.index(b"/ByteRange [", start - 400)
    close = pdf.index(b"]", at) + 1
    return pdf[:at] + ranges.ljust(close - at) + pdf[close:] + evil + tail


def unpinned(pdf: bytes) -> bytes:
    """Return the file with a signature over a range of nothing: universal signature forgery."""
    at = pdf.index(b"/ByteRange [")
    close = pdf.index(b"]", at) + 1
    return pdf[:at] + b"/ByteRange [0 0 0 0]".ljust(close - at) + pdf[close:]


def padded(pdf: bytes) -> bytes:
    """Return the file with a digit of the room changed that the signature leaves free."""
    start = pdf.index(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[: end - 9] + b"1" + pdf[end - 8 :]


def emptied(pdf: bytes) -> bytes:
    """Return the file with a signature of nothing but zeros."""
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    return pdf[:start] + b"0" * (end - start) + pdf[end:]
