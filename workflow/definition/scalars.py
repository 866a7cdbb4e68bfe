"""Where the characters of a YAML string stand in the text of its file."""

from __future__ import annotations

from dataclasses import dataclass

#: Length of the escapes of a double-quoted string that are longer than two characters (YAML 1.2, 5.7).
_ESCAPE_LENGTH = {"x": 4, "u": 6, "U": 10}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file's text."""

    #: Counted from 1.
    line: int
    #: Counted from 1.
    column: int
    #: Positions in the text, from 0.
    start: int = 0
    end: int = 0
    #: How a scalar is written: `'`, `"`, `|`, `>` or empty for a plain one.
    style: str = ""
    #: The value of a scalar.
    value: str = ""

    def locate(self, text: str, offset: int) -> tuple[int, int]:
        """Line and column in `text` of the character `offset` of the value (its end when beyond)."""
        position = self._begin(text)
        for character in self.value[:offset]:
            position = self._after(text, position, character)
        position = self._skip_folds(text, position, self.value[offset : offset + 1])
        position = min(position, self.end)
        line_start = text.rfind("\n", 0, position) + 1
        return text.count("\n", 0, position) + 1, position - line_start + 1

    def _begin(self, text: str) -> int:
        if self.style in ("|", ">"):
            return text.find("\n", self.start, self.end) + 1 or self.start
        return self.start + (1 if self.style else 0)

    def _after(self, text: str, position: int, character: str) -> int:
        """The position after `character`, which the text has at `position` in its own way of writing."""
        position = self._skip_folds(text, position, character)
        if self.style == '"' and text[position : position + 1] == "\\":
            return position + _ESCAPE_LENGTH.get(text[position + 1 : position + 2], 2)
        if self.style == "'" and character == "'":
            return position + 2
        return position + 1

    def _skip_folds(self, text: str, position: int, character: str) -> int:
        """Pass line ends and indents that are not part of the value."""
        if character == "\n" or not character:
            return position
        while position < self.end and text[position] in " \n\r" and text[position] != character:
            position += 1
        if character == " " and text[position : position + 1] == " ":
            return self._last_of_fold(text, position)
        return position

    def _last_of_fold(self, text: str, position: int) -> int:
        """A fold stands in the value as one space: the last blank of its run stands for it."""
        run = position
        while run < self.end and text[run] in " \n\r":
            run += 1
        return run - 1 if "\n" in text[position:run] else position
