"""Check PDF uploads; runs in a confined process."""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from pypdf import Configuration, PasswordType, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.filters import ASCII85Decode, ASCIIHexDecode, LZWDecode, RunLengthDecode
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from signing.errors import UploadRefused
from signing.uploads import refused

_MAX_PAGES = 500
_MANY_PAGES = 20
_MAX_OBJECTS = 100_000
_MAX_STREAM = 64 * 1024 * 1024  # bytes of one stream, unpacked
_PIECE = 1024 * 1024  # bytes unpacked at a time
_MAX_UNPACKED = 256 * 1024 * 1024  # bytes of all streams together, unpacked
#: Objects within each other, none of them a reference; writers of PDFs stay below twenty.
_MAX_DEPTH = 100
#: How far pypdf goes into a file of somebody else.
LIMITS = Configuration(
    maximum_declared_stream_length=32_000_000,
    zlib_maximum_output_length=32_000_000,
    lzw_maximum_output_length=32_000_000,
    run_length_maximum_output_length=32_000_000,
    stream_filters_maximum_length=4,
    page_tree_maximum_entries=_MAX_PAGES,
    page_tree_maximum_depth=20,
    page_tree_maximum_page_entries=50 * _MAX_PAGES,
    disable_legacy_handling=True,
)

#: What makes a PDF act: as a key of a dictionary, or as the kind of an action, annotation or object.
_ACTIVE = frozenset({
    "/JavaScript", "/JS", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/FileAttachment", "/XFA",
    "/RichMedia", "/RichMediaContent", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound",
    "/Rendition", "/3D", "/Screen", "/EF", "/AF", "/Collection", "/PS", "/SetOCGState", "/RichMediaExecute",
    "/GoTo3DView", "/ResetForm", "/Hide",
})  # fmt: skip
_KINDS = ("/S", "/Type", "/Subtype")
#: Dictionaries whose keys are names chosen at will: a font called /JS is not a script.
_FREELY_NAMED = frozenset({
    "/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties",
    "/ClassMap", "/RoleMap",
})  # fmt: skip
_FLATE = ("/FlateDecode", "/Fl")
_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "/ASCIIHexDecode": ASCIIHexDecode.decode, "/AHx": ASCIIHexDecode.decode,
    "/ASCII85Decode": ASCII85Decode.decode, "/A85": ASCII85Decode.decode,
    "/LZWDecode": LZWDecode.decode, "/LZW": LZWDecode.decode,
    "/RunLengthDecode": RunLengthDecode.decode, "/RL": RunLengthDecode.decode,
}  # fmt: skip


def check_pdf(data: bytes) -> dict[str, Any]:
    """Return the number of pages and warnings.

    Raises UploadRefused `pdf_password`, `pdf_active_content`, `pdf_bomb` (pages, objects or streams beyond
    any scan) or `file_unreadable`.
    """
    logging.disable(logging.CRITICAL)
    try:
        with apply_configuration(LIMITS):
            return _check(data)
    except (UploadRefused, MemoryError):
        raise
    except (LimitReachedError, RecursionError) as error:
        raise refused("pdf_bomb") from error
    except Exception as error:
        # A hostile file makes the parser raise anything at all.
        raise refused("file_unreadable") from error


def _check(data: bytes) -> dict[str, Any]:
    reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=1000, xref_stream_maximum_entries=_MAX_OBJECTS)
    warnings = []
    if reader.is_encrypted:
        if reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise refused("pdf_password")
        warnings.append("pdf_owner_password")
    pages = len(reader.pages)
    if pages == 0:
        raise refused("file_unreadable")
    if pages > _MANY_PAGES:
        warnings.append("pdf_many_pages")
    room = _MAX_UNPACKED
    for item, freely_named in _walk(reader.trailer):
        if isinstance(item, DictionaryObject) and _acts(item, freely_named):
            raise refused("pdf_active_content")
        if isinstance(item, StreamObject):
            room -= _unpacked(item)
            if room < 0:
                raise refused("pdf_bomb")
    return {"pages": pages, "warnings": warnings}


def _walk(trailer: PdfObject) -> Iterator[tuple[PdfObject, bool]]:
    """Yield every reachable object once, with whether its keys are freely chosen names.

    Where objects lie too deep within each other the reader may end early and say nothing, so depth alone is refused.
    """
    waiting: list[tuple[PdfObject | None, bool, int]] = [(trailer, False, 0)]
    seen: set[tuple[int, int, bool]] = set()
    for count in range(_MAX_OBJECTS + 1):
        if not waiting:
            return
        if count == _MAX_OBJECTS:
            raise refused("pdf_bomb")
        item, freely_named, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise refused("pdf_bomb")
        if isinstance(item, IndirectObject):
            reference = (item.idnum, item.generation, freely_named)
            if reference in seen:
                continue
            seen.add(reference)
            item, depth = item.get_object(), 0
        if isinstance(item, DictionaryObject):
            yield item, freely_named
            held = ((key, item.raw_get(key)) for key in item)
            waiting += [(value, key in _FREELY_NAMED, depth + 1) for key, value in held if _nests(value)]
        elif isinstance(item, ArrayObject):
            waiting += [(member, False, depth + 1) for member in list.__iter__(item) if _nests(member)]


def _nests(item: object) -> bool:
    return isinstance(item, IndirectObject | DictionaryObject | ArrayObject)


def _acts(item: DictionaryObject, freely_named: bool) -> bool:
    if not freely_named and not _ACTIVE.isdisjoint(item):
        return True
    kinds = [_value(item, key) for key in _KINDS]
    if any(isinstance(kind, str) and kind in _ACTIVE for kind in kinds):
        return True
    opening = _value(item, "/OpenAction")
    # Word processors open a file at its first page by a destination or a /GoTo, which is harmless.
    return isinstance(opening, DictionaryObject) and _value(opening, "/S") != "/GoTo"


def _value(item: DictionaryObject, key: str) -> object:
    return item[key].get_object() if key in item else None


def _unpacked(stream: StreamObject) -> int:
    """Return the size of a stream once unpacked, in bytes, as far as packing can make a bomb of it."""
    data, filters = stream._data, _value(stream, "/Filter")
    for name in map(str, filters if isinstance(filters, ArrayObject) else [filters]):
        if name in _FLATE:
            data = _inflate(data)
        elif name in _UNPACKERS:
            data = _UNPACKERS[name](data)
        else:
            break
    return len(data)


def _inflate(packed: bytes) -> bytes:
    unpacker, pieces, size = zlib.decompressobj(), [], 0
    # Scanners write streams with a wrong end; viewers show what came before it, so that is what counts.
    with suppress(zlib.error):
        while packed and not unpacker.eof:
            pieces.append(unpacker.decompress(packed, _PIECE))
            packed, size = unpacker.unconsumed_tail, size + len(pieces[-1])
            if size > _MAX_STREAM:
                raise refused("pdf_bomb")
    return b"".join(pieces)
