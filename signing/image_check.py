"""Check and re-encode pictures; runs in a confined process."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError

from signing.errors import UploadRefused
from signing.uploads import refused

# Pillow imports its readers at the first picture, which a confined process can no longer do: EXIF is read by
# the TIFF reader, and phones write JPEG files of several pictures (MPO).
Image.preinit()
_READERS = (MpoImagePlugin, TiffImagePlugin)
_FORMATS = ("JPEG", "PNG")
_MAX_PIXELS = 40_000_000
_LARGEST = (1200, 1600)  # pixels of a rendition
_QUALITY = 88
_ORIENTATION = 0x0112  # EXIF tag; 5 to 8 lie on their side
_SIDEWAYS = range(5, 9)


def check_image(data: bytes) -> dict[str, Any]:
    """Return width and height (pixels, upright). Raises UploadRefused `file_unreadable` or `image_bomb`."""
    with _strict():
        with _open(data) as picture:
            picture.verify()
        with _open(data) as picture:
            sideways = picture.getexif().get(_ORIENTATION) in _SIDEWAYS
            width, height = picture.size
            picture.load()
    return {"width": height if sideways else width, "height": width if sideways else height, "warnings": []}


def reencode(data: bytes) -> bytes:
    """Return the picture as an upright RGB JPEG of at most 1200x1600 pixels, without metadata.

    Raises UploadRefused `file_unreadable` or `image_bomb`.
    """
    with _strict(), _open(data) as picture:
        picture.draft("RGB", _LARGEST)
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail(_LARGEST)
        out, bare = io.BytesIO(), _opaque(upright)
        # Pillow writes a comment and XMP of the original again unless it forgets them.
        bare.info.clear()
        bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
        return out.getvalue()


def grey(data: bytes) -> Image.Image:
    """Return the picture in grey tones, upright. Raises UploadRefused `file_unreadable` or `image_bomb`."""
    with _strict(), _open(data) as picture:
        return _opaque(ImageOps.exif_transpose(picture)).convert("L")


def _open(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    if picture.width * picture.height > _MAX_PIXELS:
        raise refused("image_bomb")
    return picture


def _opaque(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    page = Image.new("RGB", picture.size, "white")
    layer = picture.convert("RGBA")
    page.paste(layer, mask=layer)
    return page


@contextmanager
def _strict() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise refused("image_bomb") from error
        except (UploadRefused, MemoryError):
            raise
        except UnidentifiedImageError as error:
            raise refused("file_unreadable") from error
        except Exception as error:
            # A hostile picture makes the decoders raise anything at all.
            raise refused("file_unreadable") from error
