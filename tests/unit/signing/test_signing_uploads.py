"""The rules of uploads that need no process."""

from __future__ import annotations

import pytest
from signing_kit import picture, plain_pdf

from signing.errors import UploadRefused
from signing.inspect import inspect, rendition
from signing.uploads import REFUSALS, UploadRules, fits, media_type, refused

PHOTO = UploadRules(accept=("image/jpeg", "image/png"), max_size=1_000_000, ratio=(3, 4))


def _code(data: bytes, rules: UploadRules = PHOTO) -> str:
    with pytest.raises(UploadRefused) as caught:
        inspect(data, rules)
    return caught.value.code


def test_media_type_comes_from_the_content() -> None:
    """The first bytes decide."""
    assert media_type(plain_pdf()) == "application/pdf"
    assert media_type(picture()) == "image/jpeg"
    assert media_type(picture(kind="PNG")) == "image/png"
    assert media_type(b" %PDF-1.7") is None


def test_empty_file_is_refused() -> None:
    """Nothing was sent."""
    assert _code(b"") == "file_empty"


def test_file_above_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    """The limit itself is admitted, so the next check refuses the type."""
    rules = UploadRules(accept=(), max_size=10)
    assert _code(b"x" * 11, rules) == "file_too_large"
    assert _code(b"x" * 10, rules) == "file_type_not_accepted"


def test_file_below_the_smallest_size_is_refused() -> None:
    """A scan of three kilobytes cannot be read."""
    assert _code(picture(), UploadRules(accept=("image/jpeg",), max_size=10**6, min_size=20_000)) == "file_too_small"


@pytest.mark.parametrize(
    "data",
    [picture(kind="GIF"), b"MZ\x90\x00", b"<html>", b"PK\x03\x04", b"<svg/>", b"\x00\x00\x00\x18ftypheic"],
)
def test_disguised_file_is_refused_by_its_content(data: bytes) -> None:
    """A GIF, program, page, archive, drawing or HEIC photo stays one under any name."""
    assert _code(data, UploadRules(accept=("application/pdf", "image/jpeg", "image/png"), max_size=10**6)) == (
        "file_type_not_accepted"
    )


def test_type_that_is_not_asked_for_is_refused() -> None:
    """A PDF is not a photo."""
    assert _code(plain_pdf()) == "file_type_not_accepted"
    with pytest.raises(UploadRefused, match="not accepted"):
        rendition(plain_pdf())


@pytest.mark.parametrize(
    ("pixels", "right"),
    [
        ((300, 400), True),
        ((330, 400), True),
        ((331, 400), False),
        ((270, 400), True),
        ((269, 400), False),
        ((400, 300), False),
    ],
)
def test_ratio_is_kept_within_a_tenth(pixels: tuple[int, int], right: bool) -> None:
    """3:4 within ten per cent either way; a landscape is none."""
    assert fits(pixels, (3, 4)) is right


def test_every_refusal_tells_what_to_do_in_both_languages() -> None:
    """No code is without its Indonesian and English sentences."""
    for code in REFUSALS:
        text = refused(code).text
        assert text["id"] != text["en"]
        assert text["en"].endswith(".")
        assert text["id"].endswith(".")
