"""Errors of the engine: one base, each with a stable code that API, pages and docs share."""

from __future__ import annotations

from typing import ClassVar


class AlurError(Exception):
    """Something Alur refuses or cannot do; the message is a sentence for a person."""

    code: ClassVar[str] = "error"


class CorruptHistoryError(AlurError):
    """The stored history does not follow the definition that the case pins."""

    code = "corrupt_history"


class UnknownDefinitionError(AlurError):
    """No published definition has this hash or name."""

    code = "unknown_definition"
