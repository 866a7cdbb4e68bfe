"""How a signed file is built, as far as no signature tells: what its signatures leave out, and what it can hide."""

from __future__ import annotations

import re

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

#: What a signature leaves room for: digits of one kind.
_HEX = re.compile(rb"<(?:[0-9A-F]*|[0-9a-f]*)>\Z")


def covers_file(reader: PdfFileReader) -> bool:
    """Tell whether the last signature, or the last document time stamp, covers the whole file."""
    last = reader.embedded_signatures[-1]
    last.compute_integrity_info(skip_diff=True)
    return last.coverage is SignatureCoverageLevel.ENTIRE_FILE


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
