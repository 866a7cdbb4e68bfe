"""YAML 1.2 as definitions use it: the plain part of the language, with the place of every key and value.

Aliases, anchors, tags, merge keys, directives, duplicate keys and floats are refused while reading, before
any value is built. Dates stay strings; `on`, `yes` and `no` are strings, as YAML 1.2 says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from workflow.definition.errors import DefinitionError, Path, Problem
from workflow.definition.scalars import Span
from workflow.definition.source import Source

MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 24
#: Digits that every reader of JSON keeps exactly (see `workflow.canonical`).
MAX_DIGITS = 15

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
#: What canonical JSON cannot hold (see `workflow.canonical`): in texts, and in keys.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def load(text: str, file: str) -> Source:
    """Read one YAML document; raises DefinitionError at the first thing that is not plain YAML 1.2."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise _refusal(
            file, 1, 1, "too_large", f"A file may have {MAX_CHARACTERS:,} characters, this has {len(text):,}."
        )
    try:
        return _Builder(file, text).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _refusal(file, line, column, "yaml_syntax", f"This is not YAML: {error.problem}.") from error
    except ReaderError as error:
        line, column = _line_column(text, error.position)
        message = f"The character U+{ord(text[error.position]):04X} may not stand in a definition; remove it."
        raise _refusal(file, line, column, "yaml_character", message) from error
    except YAMLError as error:
        raise _refusal(file, 1, 1, "yaml_syntax", f"This is not YAML: {error}.") from error


def _refusal(file: str, line: int, column: int, code: str, message: str) -> DefinitionError:
    return DefinitionError([Problem(file=file, line=line, column=column, code=code, message=message)])


def _line_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


class _Builder:
    """Builds plain data from the parser's events, refusing what definitions do not use."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self._values: dict[Path, Span] = {}
        self._keys: dict[Path, Span] = {}

    def document(self) -> Source:
        next(self._events)
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            raise _refusal(self._file, 1, 1, "empty_file", "The file is empty; a mapping is expected.")
        if isinstance(start, DocumentStartEvent) and (start.version or start.tags):
            raise self._refuse(
                start, "yaml_directive", "Directives (`%YAML`, `%TAG`) are not allowed; remove the line."
            )
        data = self._node(next(self._events), ())
        next(self._events)
        if not isinstance(second := next(self._events), StreamEndEvent):
            raise self._refuse(second, "yaml_documents", "A file holds one document; remove what follows `---`.")
        return Source(file=self._file, data=data, text=self._text, values=self._values, keys=self._keys)

    def _node(self, event: Event, path: Path) -> Any:
        self._check(event, path)
        self._values[path] = _span(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, ScalarEvent)
        return event.value if event.style else self._plain(event)

    def _check(self, event: Event, path: Path) -> None:
        if isinstance(event, AliasEvent):
            raise self._refuse(
                event, "yaml_alias", f"Aliases are not allowed; write the value of `*{event.anchor}` out."
            )
        if isinstance(event, NodeEvent) and event.anchor:
            raise self._refuse(event, "yaml_anchor", f"Anchors are not allowed; remove `&{event.anchor}`.")
        if getattr(event, "ctag", None):
            raise self._refuse(event, "yaml_tag", "Tags (`!…`) are not allowed; remove the tag.")
        if isinstance(event, ScalarEvent) and _UNSTORABLE.search(event.value):
            message = "The text has a character that cannot be stored (NUL or half of a pair); remove it."
            raise self._refuse(event, "yaml_character", message)
        if len(path) > MAX_DEPTH:
            raise self._refuse(event, "too_deep", f"Values may be nested {MAX_DEPTH} deep, not deeper.")

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            name = self._key(event, path)
            if name in found:
                first = self._keys[(*path, name)].line
                raise self._refuse(
                    event, "duplicate_key", f"The key `{name}` stands already in line {first}; remove one."
                )
            self._keys[(*path, name)] = _span(event)
            found[name] = self._node(next(self._events), (*path, name))
        return found

    def _key(self, event: Event, path: Path) -> str:
        self._check(event, path)
        if not isinstance(event, ScalarEvent):
            raise self._refuse(event, "yaml_key", "A key must be a name, not a list or a mapping.")
        if event.value == "<<" and not event.style:
            raise self._refuse(event, "yaml_merge", "Merge keys (`<<`) are not allowed; write the entries out.")
        if _ASTRAL.search(event.value):
            raise self._refuse(event, "yaml_key", "A key is made of letters and signs, not of pictures.")
        return str(event.value)

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self._node(event, (*path, len(found))))
        return found

    def _plain(self, event: ScalarEvent) -> Any:
        written: str = event.value
        if written in _CONSTANTS:
            return _CONSTANTS[written]
        if _INTEGER.fullmatch(written):
            return self._integer(event, written)
        if _FLOAT.fullmatch(written) or _BASED.fullmatch(written):
            raise self._refuse(
                event, "yaml_number", f"Only whole decimal numbers are used; quote `{written}` if it is text."
            )
        return written

    def _integer(self, event: ScalarEvent, written: str) -> int:
        digits = written.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0":
            message = f"`{written}` would lose its leading zero; quote it if it is text."
            raise self._refuse(event, "leading_zero", message)
        if len(digits) > MAX_DIGITS:
            raise self._refuse(event, "yaml_number", f"`{written}` is too large a number; quote it if it is text.")
        return int(written)

    def _refuse(self, event: Event, code: str, message: str) -> DefinitionError:
        span = _span(event)
        return _refusal(self._file, span.line, span.column, code, message)


def _span(event: Event) -> Span:
    start, end = event.start_mark, event.end_mark
    style, value = (event.style or "", event.value) if isinstance(event, ScalarEvent) else ("", "")
    return Span(start.line + 1, start.column + 1, start.index, end.index, style, value)
