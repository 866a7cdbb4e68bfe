"""Which PDF uploads are admitted: scans and printouts yes, anything that acts or explodes no."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NullObject,
    NumberObject,
    TextStringObject,
)
from signing_kit import card_pdf, page_bomb, plain_pdf, raw_pdf, stream_pdf, writer, written

from signing.errors import UploadRefused
from signing.pdf_check import check_pdf


def _code(data: bytes) -> str:
    with pytest.raises(UploadRefused) as caught:
        check_pdf(data)
    return caught.value.code


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject("/" + name): value for name, value in entries.items()})


def _catalogue(**entries: Any) -> bytes:
    made = writer()
    made._root_object.update(_dictionary(**entries))
    return written(made)


def _script() -> DictionaryObject:
    return _dictionary(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert(1)"))


def _attachment() -> bytes:
    made = writer()
    made.add_attachment("a.exe", b"MZ")
    return written(made)


def _field_script() -> bytes:
    made = writer()
    note = _dictionary(Type=NameObject("/Annot"), Subtype=NameObject("/Widget"), A=_script())
    made.pages[0][NameObject("/Annots")] = ArrayObject([made._add_object(note)])
    return written(made)


def _encrypted(user: str) -> bytes:
    made = writer()
    made.encrypt(user, "owner", algorithm="AES-256")
    return written(made)


def test_pages_are_counted() -> None:
    """A scan of three pages has three pages and nothing to remark."""
    assert check_pdf(plain_pdf(3)) == {"pages": 3, "warnings": []}


def test_drawn_card_is_admitted() -> None:
    """Fonts, tags, metadata and a picture are no fault."""
    assert check_pdf(card_pdf())["pages"] == 1


def test_opening_at_a_page_is_harmless() -> None:
    """Word processors write a destination or a /GoTo as the opening action."""
    made = writer()
    first = made.pages[0].indirect_reference
    target = ArrayObject([first, NameObject("/XYZ"), NullObject(), NullObject(), NumberObject(0)])
    made._root_object[NameObject("/OpenAction")] = target
    assert check_pdf(written(made))["pages"] == 1
    made._root_object[NameObject("/OpenAction")] = _dictionary(S=NameObject("/GoTo"), D=target)
    assert check_pdf(written(made))["pages"] == 1


def test_font_with_the_name_of_an_action_is_harmless() -> None:
    """The names of resources are chosen at will."""
    made = writer()
    font = _dictionary(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica"))
    made.pages[0][NameObject("/Resources")] = _dictionary(Font=_dictionary(JS=font, AA=font))
    assert check_pdf(written(made))["pages"] == 1


@pytest.mark.parametrize(
    "data",
    [
        _catalogue(OpenAction=_script()),
        _catalogue(AA=_dictionary(WC=_script())),
        _catalogue(Names=_dictionary(JavaScript=_dictionary(Names=ArrayObject()))),
        _catalogue(OpenAction=_dictionary(S=NameObject("/Launch"), F=TextStringObject("cmd.exe"))),
        _catalogue(AcroForm=_dictionary(XFA=ArrayObject())),
        _catalogue(OpenAction=_dictionary(S=NameObject("/Named"), N=NameObject("/Print"))),
        _attachment(),
        _field_script(),
    ],
    ids=["script", "additional", "named-script", "launch", "xfa", "print", "attachment", "field-script"],
)
def test_pdf_that_acts_is_refused(data: bytes) -> None:
    """Scripts, launching, forms of another language and embedded files have no place in a scan."""
    assert _code(data) == "pdf_active_content"


def test_name_written_in_hexadecimal_does_not_hide_a_script() -> None:
    """/J#61vaScript is /JavaScript."""
    data = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/J#61vaScript/J#53(app.alert)>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    )
    assert _code(data) == "pdf_active_content"


def test_script_behind_an_indirect_object_is_found() -> None:
    """References do not hide an action, even one first reached under a freely chosen name."""
    data = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<</Font 4 0 R>>>>",
        b"<</S 5 0 R/JS(app.alert)>>",
        b"/JavaScript",
    )
    assert _code(data) == "pdf_active_content"


def test_pdf_locked_for_opening_is_refused() -> None:
    """What an officer cannot open is no document."""
    assert _code(_encrypted("secret")) == "pdf_password"


def test_pdf_locked_against_changes_only_is_admitted_with_a_warning() -> None:
    """Banks and offices lock their files against changes; everybody can still read them."""
    assert check_pdf(_encrypted("")) == {"pages": 1, "warnings": ["pdf_owner_password"]}


def test_stream_packed_twice_over_is_refused() -> None:
    """A few kilobytes that unpack to hundreds of megabytes."""
    packed = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    assert len(packed) < 10_000
    assert _code(stream_pdf(b"/FlateDecode/FlateDecode", packed)) == "pdf_bomb"


def test_bomb_with_a_broken_end_is_refused() -> None:
    """Viewers show what comes before the fault, so it counts."""
    packed = zlib.compress(bytes(100_000_000), 9)[:-40] + bytes(40)
    assert _code(stream_pdf(b"/FlateDecode", packed)) == "pdf_bomb"


def test_many_streams_that_are_large_together_are_refused() -> None:
    """Each of them stays below the limit of one stream."""
    packed = zlib.compress(bytes(60_000_000), 9)
    body = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
    contents = b" ".join(b"%d 0 R" % number for number in range(4, 10))
    data = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents[%b]>>" % contents,
        *([body] * 6),
    )
    assert _code(data) == "pdf_bomb"


def test_ordinary_packed_stream_is_admitted() -> None:
    """A page of uncompressed scan, 25 MB, is no bomb."""
    assert check_pdf(stream_pdf(b"/FlateDecode", zlib.compress(bytes(25_000_000))))["pages"] == 1


def test_tree_of_shared_pages_is_refused() -> None:
    """A page tree that refers to itself in fans claims millions of pages."""
    assert _code(page_bomb(depth=6, fan=10)) == "pdf_bomb"


def test_page_tree_in_a_circle_is_refused() -> None:
    """A tree that leads back to its root ends."""
    data = raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    assert _code(data) in ("pdf_bomb", "file_unreadable")


def test_many_pages_are_remarked() -> None:
    """A long document is admitted, and an officer told."""
    assert check_pdf(plain_pdf(21)) == {"pages": 21, "warnings": ["pdf_many_pages"]}


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"%PDF-" + bytes(range(256)) * 400, raw_pdf(b"<</Type/Catalog>>")],
    ids=["header", "no-objects", "noise", "no-pages"],
)
def test_file_without_pages_is_unreadable(data: bytes) -> None:
    """What begins like a PDF and is none."""
    assert _code(data) == "file_unreadable"


def test_half_a_file_is_unreadable() -> None:
    """An upload that broke off before its objects."""
    assert _code(card_pdf()[:200]) == "file_unreadable"


def test_pages_cut_out_of_a_writer_keep_their_count() -> None:
    """A file merged by another program is a file like any other."""
    made = PdfWriter()
    for _ in range(2):
        made.add_blank_page(100, 100)
    assert check_pdf(written(made))["pages"] == 2
