"""What a drawn card is: archivable, accessible, reproducible, and blind to markup in its data."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from signing_kit import LINK, TEMPLATE, face, picture

from signing.card import day_in_words, draw
from signing.errors import CardError


def _reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def _text(pdf: bytes) -> str:
    return " ".join(_reader(pdf).pages[0].extract_text().split())


def _fonts(pdf: bytes) -> dict[str, bool]:
    found = {}
    for reference in _reader(pdf).pages[0]["/Resources"]["/Font"].values():
        font = reference.get_object()["/DescendantFonts"][0].get_object()
        found[font["/BaseFont"]] = bool({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]))
    return found


def _tags(node: Any, found: list[Any]) -> list[Any]:
    node = node.get_object()
    if isinstance(node, list):
        for kid in node:
            _tags(kid, found)
    elif isinstance(node, dict):
        found.append(node)
        if "/K" in node:
            _tags(node["/K"], found)
    return found


@pytest.fixture(scope="module")
def card() -> bytes:
    """An ordinary card."""
    return draw(face(), picture(), LINK, TEMPLATE)


def test_card_declares_pdf_a_2a_and_pdf_ua_1(card: bytes) -> None:
    """The metadata claim both standards, which typst refuses to write over a page that breaks them."""
    metadata = _reader(card).trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2<" in metadata
    assert "<pdfaid:conformance>A<" in metadata
    assert "<pdfuaid:part>1<" in metadata


def test_card_embeds_every_font(card: bytes) -> None:
    """A card looks the same everywhere: no font is left to the viewer."""
    fonts = _fonts(card)
    assert fonts
    assert all(fonts.values())
    assert all("LiberationSans" in name for name in fonts)


def test_card_is_tagged_with_language_and_alternative_texts(card: bytes) -> None:
    """A screen reader finds structure, the language and texts for photo and QR code."""
    root = _reader(card).trailer["/Root"]
    nodes = _tags(root["/StructTreeRoot"], [])
    assert root["/Lang"] == "id-ID"
    assert root["/MarkInfo"]["/Marked"]
    assert {"/H1", "/Table", "/Figure"} <= {str(node.get("/S")) for node in nodes}
    alternatives = {str(node["/Alt"]) for node in nodes if "/Alt" in node}
    assert alternatives == {"Pas foto Siti Aminah", "Kode QR tautan pemeriksaan kartu"}


def test_card_is_one_page_that_shows_its_facts(card: bytes) -> None:
    """Everything that a person compares with the paper stands on the one page."""
    text = _text(card)
    assert len(_reader(card).pages) == 1
    for shown in (
        "Siti Aminah",
        "1671015203010001",
        "DTK-AK1-0001-1126",
        "21 November 2028",
        "Palembang, 12 Maret 2001",
        "SMA, IPA, 2019",
        "KARTU TANDA BUKTI PENDAFTARAN PENCARI KERJA (AK-1)",
        "GRATIS – tidak dipungut biaya",
        "Dra. Hj. Ratna Dewi, M.Si.",
        "DEV – TIDAK SAH",
    ):
        assert shown in text


def test_card_without_development_mark_does_not_print_it() -> None:
    """Only a development card says that it is not valid."""
    assert "TIDAK SAH" not in _text(draw(face(development=False), picture(), LINK, TEMPLATE))


@pytest.mark.parametrize(("rows", "last"), [(3, "Ketiga"), (4, "Keempat")])
def test_card_prints_the_report_rows_asked_for(rows: int, last: str) -> None:
    """An office prints three or four report rows."""
    text = _text(draw(face(report_rows=rows), picture(), LINK, TEMPLATE))
    assert last in text
    assert ("Keempat" in text) == (rows == 4)


def test_card_with_another_number_of_report_rows_is_refused() -> None:
    """No office prints five report rows."""
    with pytest.raises(CardError, match="3 or 4") as caught:
        face(report_rows=5)
    assert caught.value.code == "card_report_rows"


def test_equal_data_give_equal_bytes(card: bytes) -> None:
    """A repeated rendering step stores the same file."""
    assert draw(face(), picture(), LINK, TEMPLATE) == card


def test_other_link_gives_other_bytes(card: bytes) -> None:
    """The QR code carries the link that was passed."""
    assert draw(face(), picture(), LINK + "X", TEMPLATE) != card


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd")',
        "O'Brien",
        '"\\ $x^2$ *b* _i_ @r',
        "Núñez–D’Àlencar é",
        "<b>&amp;</b>",
        "${x} {{y}}",
    ],
)
def test_markup_in_a_name_is_text(name: str) -> None:
    """A name is printed letter by letter, whatever it looks like."""
    assert name.replace(" ", "") in _text(draw(face(name=name), picture(), LINK, TEMPLATE)).replace(" ", "")


def test_very_long_texts_stay_on_the_one_page_and_readable() -> None:
    """Long names, addresses and words without a space shrink or break; none is lost and no page is added."""
    long = face(
        name="Raden Ajeng Siti Nurhaliza Kusumawardhani Prameswari Widyaningrum Sastrowardoyo",
        address="Jalan " + "Panjang " * 40,
        number="X" * 60,
        experience="kasir " * 30,
        office_title="Dinas Penanaman Modal dan Tenaga Kerja Kabupaten Kepulauan Siau Tagulandang Biaro",
    )
    pdf = draw(long, picture(), LINK, TEMPLATE)
    text = _text(pdf)
    assert len(_reader(pdf).pages) == 1
    assert long.fields["name"] in text
    assert text.count("Panjang") == 40


def test_letter_that_no_font_has_is_an_error_not_a_box() -> None:
    """A name is never printed with a box in place of a letter."""
    with pytest.raises(CardError) as caught:
        draw(face(name="王小明"), picture(), LINK, TEMPLATE)
    assert caught.value.code == "card_text"


def test_photo_of_another_kind_is_refused() -> None:
    """Only JPEG and PNG pictures go on a card."""
    with pytest.raises(CardError) as caught:
        draw(face(), b"GIF89a", LINK, TEMPLATE)
    assert caught.value.code == "card_photo"


def test_damaged_photo_is_refused() -> None:
    """A photo that cannot be decoded gives an error, no card."""
    with pytest.raises(CardError):
        draw(face(), b"\xff\xd8\xff\xe0 not a picture", LINK, TEMPLATE)


@pytest.mark.parametrize("path", ["/../../setup.cfg", "../../workflow/steps.py", "/etc/hostname"])
def test_a_template_reads_nothing_outside_its_folder(path: str) -> None:
    """A template that somebody wrote never prints a file of the machine."""
    with pytest.raises(CardError) as caught:
        draw(face(), picture(), LINK, f'#read("{path}")')
    assert caught.value.code == "card_text"


def test_a_card_without_a_template_is_refused() -> None:
    """Nothing is made up where the definition has none."""
    with pytest.raises(CardError) as caught:
        draw(face(), picture(), LINK, "")
    assert caught.value.code == "card_template"


def test_dates_are_written_as_indonesian_documents_do() -> None:
    """Day, month in words, year."""
    assert day_in_words(date(2001, 3, 12)) == "12 Maret 2001"
