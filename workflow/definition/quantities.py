"""Sizes, ratios and percentages as a definition writes them."""

from __future__ import annotations

import re

from workflow.errors import AlurError

KIB = 1024
#: KB and MB are counted as file managers show them: a file shown as 2 MB passes a limit of 2MB.
_UNITS = {"B": 1, "KB": KIB, "MB": KIB * KIB}
MAX_SIZE = 50 * KIB * KIB  # bytes
MAX_PERCENT = 1_000

_SIZE = re.compile(r"([1-9][0-9]{0,8}) ?(B|KB|MB)", re.ASCII)
_RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})", re.ASCII)
_PERCENT = re.compile(r"([1-9][0-9]{0,3})%", re.ASCII)


class QuantityError(AlurError):
    """A size, ratio or percentage cannot be read."""

    code = "bad_quantity"


def parse_size(text: str) -> int:
    """`2MB` or `200KB` in bytes (1 KB = 1,024 bytes); QuantityError with a sentence otherwise."""
    match = _SIZE.fullmatch(text)
    size = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 0 < size <= MAX_SIZE:
        raise QuantityError(f"`{text}` is not a size; write for example `200KB` or `2MB`, 50MB at most.")
    return size


def parse_ratio(text: str) -> tuple[int, int]:
    """`3:4` as (3, 4), width before height."""
    if not (match := _RATIO.fullmatch(text)):
        raise QuantityError(f'`{text}` is not a ratio of width to height; write for example `"3:4"`, in quotes.')
    return int(match[1]), int(match[2])


def parse_percent(text: str) -> int:
    """`75%` as 75."""
    match = _PERCENT.fullmatch(text)
    if not match or int(match[1]) > MAX_PERCENT:
        raise QuantityError(f"`{text}` is not a percentage of the target; write for example `75%`.")
    return int(match[1])
