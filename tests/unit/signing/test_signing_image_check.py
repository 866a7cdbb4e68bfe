"""Which pictures are admitted, and what a rendition is."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from signing_kit import picture, png_bomb

from signing.errors import UploadRefused
from signing.image_check import check_image, reencode

ORIENTATION, CAMERA = 0x0112, 0x0110


def _code(data: bytes) -> str:
    with pytest.raises(UploadRefused) as caught:
        check_image(data)
    return caught.value.code


def _turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[CAMERA] = "Secret Phone"
    return picture(400, 300, exif=exif)


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_size_is_told_in_pixels(kind: str) -> None:
    """Width and height come from the picture."""
    assert check_image(picture(300, 400, kind)) == {"width": 300, "height": 400, "warnings": []}


@pytest.mark.parametrize(("orientation", "size"), [(1, (400, 300)), (3, (400, 300)), (6, (300, 400)), (8, (300, 400))])
def test_size_is_that_of_the_upright_picture(orientation: int, size: tuple[int, int]) -> None:
    """A phone stores a portrait on its side and says so."""
    found = check_image(_turned(orientation))
    assert (found["width"], found["height"]) == size


def test_too_many_pixels_are_refused_before_they_are_unpacked() -> None:
    """A small PNG of 900 megapixels."""
    data = png_bomb(30_000, 30_000)
    assert len(data) < 100_000
    assert _code(data) == "image_bomb"


@pytest.mark.parametrize("data", [picture()[:-2000], picture()[:40], picture(kind="PNG")[:-300]])
def test_half_a_picture_is_unreadable(data: bytes) -> None:
    """An upload that broke off."""
    assert _code(data) == "file_unreadable"


def test_other_kinds_are_unreadable_however_they_are_called() -> None:
    """Only JPEG and PNG are decoded, so no decoder of another kind is ever reached."""
    assert _code(picture(kind="GIF")) == "file_unreadable"
    assert _code(picture(kind="TIFF")) == "file_unreadable"


def test_rendition_is_upright_and_without_metadata() -> None:
    """Place, time and camera of a photo are nobody's business."""
    found = _opened(reencode(_turned(6)))
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (300, 400))
    assert not found.getexif()
    assert b"Secret Phone" not in reencode(_turned(6))


@pytest.mark.parametrize(
    ("width", "height", "size"), [(3000, 4000, (1200, 1600)), (4000, 1000, (1200, 300)), (30, 40, (30, 40))]
)
def test_rendition_is_at_most_1200_by_1600(width: int, height: int, size: tuple[int, int]) -> None:
    """Large photos shrink in proportion, small ones stay."""
    assert _opened(reencode(picture(width, height))).size == size


def test_transparent_picture_is_laid_on_white() -> None:
    """A PNG without background does not turn black."""
    out = io.BytesIO()
    Image.new("RGBA", (300, 400), (255, 0, 0, 0)).save(out, "PNG")
    pixel = _opened(reencode(out.getvalue())).getpixel((150, 200))
    assert pixel == (255, 255, 255)


def test_colours_for_print_become_colours_for_screens() -> None:
    """A CMYK photo becomes RGB, which the card's PDF/A asks for."""
    out = io.BytesIO()
    Image.new("CMYK", (300, 400), (0, 255, 255, 0)).save(out, "JPEG")
    assert _opened(reencode(out.getvalue())).mode == "RGB"
