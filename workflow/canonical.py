"""The one encoding under every hash: RFC 8785 (JCS) over the subset of JSON that Alur admits.

Floats are refused at entry: 1e16, 1e22 and -0.0 change on the way through PostgreSQL's jsonb. So are NUL
characters, which jsonb cannot hold, and integers that JSON readers round.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from workflow.errors import AlurError

MAX_INTEGER = 2**53 - 1
#: Levels of lists and objects within each other; encoders give up at some depth, each at its own.
MAX_DEPTH = 100

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
#: Moments in UTC, with `Z`.
_WITH_MOMENT = _OPTIONS & ~orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_UTC_Z

#: Key order by code point equals JCS's order by UTF-16 unit as long as no key leaves the BMP.
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class NotCanonicalError(AlurError):
    """The value cannot be stored: Alur admits strings, whole numbers, true, false, null, lists and objects."""

    code = "value_not_admitted"


def canonical(value: Any) -> str:
    """The canonical text of an admitted value (see `admit`)."""
    return canonical_bytes(value).decode()


def canonical_bytes(value: Any) -> bytes:
    """The UTF-8 bytes of the canonical text: what is hashed."""
    return orjson.dumps(value, option=_OPTIONS)


def canonical_event(event: Mapping[str, Any]) -> bytes:
    """The same of an event's hashed parts, whose moment may be one still: UTC, with a fraction of a second.

    One within the body would pass too: it is refused where the body is written.
    """
    return orjson.dumps(event, option=_WITH_MOMENT)


def admit(value: Any, path: str = "$", depth: int = 0) -> None:
    """Raise `NotCanonicalError` naming the place of the first thing that cannot be stored."""
    if value is None or isinstance(value, bool):
        return
    if depth > MAX_DEPTH:
        raise NotCanonicalError(f"The value is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _admit_text(value, path)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonicalError(f"{path}: the number {value} is too large to be stored exactly.")
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            admit(item, f"{path}[{i}]", depth + 1)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _admit_key(key, path)
            admit(item, f"{path}.{key}", depth + 1)
    else:
        raise NotCanonicalError(f"{path}: {type(value).__name__} is not admitted; write it as text.")


def _admit_key(key: Any, path: str) -> None:
    if not isinstance(key, str) or _ASTRAL.search(key):
        raise NotCanonicalError(f"{path}: the key {key!r} is not admitted.")
    _admit_text(key, path)


def _admit_text(value: str, path: str) -> None:
    if "\0" in value:
        raise NotCanonicalError(f"{path}: the text holds a NUL character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonicalError(f"{path}: the text is not valid Unicode.") from None


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, hex."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
