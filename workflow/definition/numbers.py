"""Card numbers: a closed formatter, never `str.format`.

A template is text with `{office}`, `{year}`, `{month}` and `{serial}`; `{serial:06}` pads with zeros to six
digits.
"""

from __future__ import annotations

import re
from functools import lru_cache

from workflow.definition.errors import did_you_mean, nearest
from workflow.errors import AlurError

PLACEHOLDERS = ("office", "year", "month", "serial")
MAX_WIDTH = 12
MAX_TEMPLATE = 120

_PIECE = re.compile(r"\{(?P<name>[^{}:]*)(?::(?P<width>[^{}]*))?\}|(?P<literal>[^{}]+)|(?P<stray>[{}])")
_WIDTH = re.compile(r"0(?:[1-9]|1[0-2])")
#: Written out in each number; anything else would break file names, links or scanners.
_LITERAL = re.compile(r"[A-Za-z0-9 ./_-]+", re.ASCII)


class NumberTemplateError(AlurError):
    """A template of card numbers cannot be used. `offset` is the character (from 0) that is wrong."""

    code = "bad_number_template"

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


#: Letters that are read for digits, what stands for any signs, and how each placeholder but the office is written.
_MISREAD = str.maketrans("ILO", "110")
_SIGN = "-"
_DIGITS = {"year": "[0-9]{4}", "month": "[0-9]{1,2}", "serial": "[0-9]{1,18}"}

#: A literal text with width None, or a placeholder's name with its width (0: as it is).
_Piece = tuple[str, int | None]


def check_template(text: str) -> None:
    """Raise NumberTemplateError unless `text` gives every serial its own number."""
    _pieces(text)


def format_number(template: str, *, office: str, year: int, month: int, serial: int) -> str:
    """The number of a card, such as `palembang-AK1-2026-000017`.

    A serial that outgrows its width is written in full. Raises NumberTemplateError for a bad template.
    """
    values: dict[str, str | int] = {"office": office, "year": year, "month": month, "serial": serial}
    return "".join(text if width is None else str(values[text]).rjust(width, "0") for text, width in _pieces(template))


def typed_number(template: str, *, office: str, text: str) -> str | None:
    """The number of this template that a person wrote as `text`, None where it is none: in capitals or not, with other
    signs or none, I or L for 1 and O for 0, without the zeros of its serial.

    Raises NumberTemplateError for a bad template.
    """
    words = (likened(word) for word in re.split(r"[^A-Za-z0-9]+", text, flags=re.ASCII))
    found = re.fullmatch(_typed(template, office), _SIGN.join(filter(None, words)))
    if found is None:
        return None
    given = {name: int(found.groupdict().get(name) or 0) for name in _DIGITS}
    return format_number(template, office=office, **given)


def likened(text: str) -> str:
    """`text` in capitals without signs, the letters that are misread for digits as those: Crockford's base 32."""
    kept = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    return kept.translate(_MISREAD)


@lru_cache(maxsize=256)
def _typed(template: str, office: str) -> str:
    """A pattern of the numbers of a template as people type them."""
    out: list[str] = []
    for text, width in _pieces(template):
        if width is None or text == "office":
            out.extend(likened(text if width is None else office))
        elif any(part.startswith(f"(?P<{text}>") for part in out):
            out.append(f"(?P={text})")
        else:
            digits = "[0-9]{2}" if text == "month" and width else _DIGITS[text]
            out.append(f"(?P<{text}>{digits})")
    return f"{_SIGN}?".join(out)


@lru_cache(maxsize=256)
def _pieces(text: str) -> tuple[_Piece, ...]:
    if len(text) > MAX_TEMPLATE:
        raise NumberTemplateError(f"A number template may have {MAX_TEMPLATE} characters.")
    matches = list(_PIECE.finditer(text))
    pieces = tuple(_piece(match) for match in matches)
    if sum(name == "serial" and width is not None for name, width in pieces) != 1:
        raise NumberTemplateError("A number template needs `{serial}` exactly once, or numbers would repeat.")
    for position in range(1, len(pieces)):
        _check_neighbours(pieces[position - 1], pieces[position], matches[position].start())
    return pieces


def _piece(match: re.Match[str]) -> _Piece:
    if match["stray"]:
        raise NumberTemplateError(
            f"A lone `{match['stray']}` stands here; placeholders look like `{{serial:06}}`.", match.start()
        )
    if (literal := match["literal"]) is not None:
        if not _LITERAL.fullmatch(literal):
            raise NumberTemplateError(
                f"`{literal}` has a character that card numbers do not use; "
                "use letters A to Z, digits, space and . / - _.",
                match.start(),
            )
        return literal, None
    return match["name"], _width(match)


def _width(match: re.Match[str]) -> int:
    name, written = match["name"], match["width"]
    if name not in PLACEHOLDERS:
        raise NumberTemplateError(
            f"Unknown placeholder `{{{name}}}`: {did_you_mean(name, PLACEHOLDERS)}",
            match.start(),
            nearest(name, PLACEHOLDERS),
        )
    if written is None:
        return 0
    if name == "office" or not _WIDTH.fullmatch(written):
        raise NumberTemplateError(
            f"`:{written}` is not a width; write `:01` to `:{MAX_WIDTH:02}`; an office has none.",
            match.start(),
        )
    return int(written)


def _check_neighbours(left: _Piece, right: _Piece, offset: int) -> None:
    """Two placeholders side by side must have a fixed width, or two serials could give one number."""
    if left[1] is None or right[1] is None:
        return
    for name, width in (left, right):
        if name == "office" or (not width and name != "year"):
            raise NumberTemplateError(
                f"`{{{name}}}` touches another placeholder, so two cards could get one number; "
                "put a sign between them or pad it, such as `{month:02}`.",
                offset,
            )
