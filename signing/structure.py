"""How a signed file is built, as far as no signature tells: what its signatures leave out, and what it can hide."""

from __future__ import annotations

import re

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.modifications import CARD_POLICY

#: Type of the signature object of a document time stamp.
DOCUMENT_STAMP = "/DocTimeStamp"
#: How a file ends: the place of its last table, and the mark.
_END = re.compile(rb"startxref[\r\n ]+(\d+)[\r\n ]+%%EOF[\r\n]{0,2}\Z")
_LONGEST_END = 64  # bytes
_HEX = re.compile(rb"<(?:[0-9A-F]*|[0-9a-f]*)>\Z")


def is_stamp(signature: EmbeddedPdfSignature) -> bool:
    """Tell whether a signature is a document time stamp, which nobody signs."""
    return bool(signature.sig_object_type == DOCUMENT_STAMP)


def covers_file(pdf: bytes, reader: PdfFileReader) -> bool:
    """Tell whether the last signature covers the whole file, or the last document time stamp all but its own validation
    data: programs append those after it, since they are known only then."""
    last = reader.embedded_signatures[-1]
    last.compute_integrity_info(diff_policy=CARD_POLICY)
    if last.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    if not is_stamp(last) or last.coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    maintained = isinstance(last.diff_result, DiffResult) and (
        last.diff_result.modification_level is ModificationLevel.LTA_UPDATES
    )
    return maintained and _ends_there(pdf, reader)


def wraps(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the gap that a signature leaves holds anything but the signature."""
    ranges = [int(number) for number in signature.byte_range]
    if len(ranges) != 4 or min(ranges) < 0 or ranges[0] != 0:
        return True
    return _HEX.match(pdf[ranges[1] : ranges[2]]) is None


def has_layers(reader: PdfFileReader) -> bool:
    """Tell whether any revision has optional content: what it shows depends on who looks, and can be switched."""
    revisions = range(reader.xrefs.total_revisions)
    return any("/OCProperties" in reader.get_historical_root(revision) for revision in revisions)


def _ends_there(pdf: bytes, reader: PdfFileReader) -> bool:
    found = _END.search(pdf[-_LONGEST_END:])
    return found is not None and int(found[1]) == reader.last_startxref
