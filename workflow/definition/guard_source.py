"""The words of a guard: which names it reads, how deep it is nested, and whether it uses `has`.

Only the lexical part of CEL (the language definition's "Syntax"); whether an expression is well formed is for
the compiler to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<raw>[bB]?[rR][bB]?(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*'))
  | (?P<long>[bB]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}))
  | (?P<text>[bB]?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<number>[0-9.][0-9A-Za-z.]*)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

#: Names that CEL keeps for itself, which no field may have.
RESERVED = frozenset(
    {
        *("as", "break", "const", "continue", "else", "false", "for", "function", "has", "if", "import"),
        *("in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while"),
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in an expression."""

    #: Dotted names without blanks, such as `data.kind.matches`, with the position of their first character.
    names: tuple[tuple[str, int], ...]
    #: Deepest nesting of brackets, and where it is reached.
    depth: int
    deepest: int
    #: Positions of `has(`.
    has: tuple[int, ...]


def words(source: str) -> Words:
    """Read the words of `source`; never fails."""
    names: list[tuple[str, int]] = []
    depth = deepest = deepest_at = 0
    for token in _TOKEN.finditer(source):
        if token.lastgroup == "name":
            names.append(("".join(token.group().split()), token.start()))
        elif token.lastgroup == "open":
            depth += 1
            if depth > deepest:
                deepest, deepest_at = depth, token.start()
        elif token.lastgroup == "close":
            depth -= 1
    has = tuple(at for name, at in names if name == "has" and source[at + 3 :].lstrip().startswith("("))
    return Words(tuple(names), deepest, deepest_at, has)
