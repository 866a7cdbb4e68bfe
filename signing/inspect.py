"""Check an upload before it is kept: by its content, in a confined process."""

from __future__ import annotations

import hashlib
from typing import Any

from signing.sandbox import Limits, Stopped, confine
from signing.uploads import PDF, Inspection, UploadRules, fits, media_type, refused

_LIMITS = Limits(memory=768 * 1024 * 1024, cpu=10, wall=20)
_SMALL = 300  # pixels of width that a printed 3x4 photo needs


def inspect(data: bytes, rules: UploadRules) -> Inspection:
    """Return what was found about an upload that satisfies `rules`.

    The content alone decides, never a name. Raises UploadRefused with a code of `uploads.REFUSALS` and its
    sentences.
    """
    kind = _admitted(data, rules)
    facts, _ = _confined("pdf" if kind == PDF else "image", kind, data)
    pixels = (facts["width"], facts["height"]) if kind != PDF else None
    warnings = list(facts["warnings"])
    if pixels and rules.ratio:
        if not fits(pixels, rules.ratio):
            raise refused("image_ratio")
        if pixels[0] < _SMALL:
            warnings.append("photo_small")
    return Inspection(
        media_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        pages=facts.get("pages"),
        pixels=pixels,
        warnings=tuple(warnings),
    )


def rendition(data: bytes) -> bytes:
    """Return a picture as an upright RGB JPEG of at most 1200x1600 pixels, without metadata.

    Raises UploadRefused, as `inspect` does.
    """
    kind = media_type(data)
    if kind is None or kind == PDF:
        raise refused("file_type_not_accepted")
    return _confined("rendition", kind, data)[1]


def _admitted(data: bytes, rules: UploadRules) -> str:
    if not data:
        raise refused("file_empty")
    if len(data) > rules.max_size:
        raise refused("file_too_large")
    kind = media_type(data)
    if kind is None or kind not in rules.accept:
        raise refused("file_type_not_accepted")
    if len(data) < rules.min_size:
        raise refused("file_too_small")
    return kind


def _confined(task: str, kind: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        answer, blob = confine(task, {}, data, _LIMITS)
    except Stopped as stopped:
        codes = {
            "sandbox_time": "inspection_timeout",
            "sandbox_memory": "pdf_bomb" if kind == PDF else "image_bomb",
        }
        raise refused(codes.get(stopped.code, "file_unreadable")) from stopped
    if "refused" in answer:
        raise refused(answer["refused"])
    return answer, blob
