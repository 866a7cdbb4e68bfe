"""Doubts are derived from what stands, each time anew."""

from __future__ import annotations

from datetime import date

from tests.kernel_kit import ak1, good_data
from workflow.doubts import doubts

TODAY = date(2026, 11, 21)


def of(**changes: object) -> list[str]:
    return doubts(ak1().process, "1671", good_data(**changes), ["photo_small"], TODAY)


def test_a_corrected_nik_leaves_no_doubt_behind() -> None:
    """What was wrong before the correction is not told after it."""
    assert "nik_province_unknown" in of(nik="9901015708010003")
    assert of() == ["photo_small"]


def test_data_in_the_making_raises_no_error() -> None:
    """Missing or malformed entries are the form's business."""
    assert doubts(ak1().process, None, {"nik": 5, "birth_date": "?"}, [], TODAY) == []
