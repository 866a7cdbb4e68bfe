"""A file of a definition: its data, and where each value stands in its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.errors import Path
from workflow.definition.scalars import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Plain data (mappings, lists, strings, integers, booleans, None) with the places of keys and values."""

    #: Name told in problems.
    file: str
    data: Any
    #: The text read; empty where the data came from the database.
    text: str = ""
    #: Where the value at a path stands.
    values: Mapping[Path, Span] = field(default_factory=dict)
    #: Where the key of the last element of a path stands.
    keys: Mapping[Path, Span] = field(default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at `path`, or of its key; of the nearest part above that is known."""
        if key and path in self.keys:
            return self.keys[path].line, self.keys[path].column
        for length in range(len(path), -1, -1):
            if span := self.values.get(path[:length]):
                return span.line, span.column
        return 0, 0

    def place_inside(self, path: Path, offset: int) -> tuple[int, int]:
        """Line and column of character `offset` of the string at `path`, whatever its quotes and folds."""
        span = self.values.get(path)
        if span is None:
            return self.place(path)
        return span.locate(self.text, offset)
