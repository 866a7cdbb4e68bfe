"""Errors of the web: one class, a stable code, and a sentence in both languages that the person can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web.sentences import SENTENCES
from workflow.definition.process import Text
from workflow.errors import AlurError


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """One entry that cannot be accepted."""

    #: Name of the field; of a list of things, such as document kinds, the thing.
    field: str
    #: Stable name of what is wrong.
    code: str
    #: What to do, by language.
    text: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What a person is told when something is not done."""

    #: Stable code, shared by API, pages and docs.
    code: str
    #: The sentence by language; `id` is always there.
    text: Text
    #: Facts for programs, without personal values.
    details: Mapping[str, Any] = field(default_factory=dict)
    #: Entries to mend.
    fields: Sequence[FieldError] = ()
    #: HTTP status where it is not that of the code's table.
    status: int | None = None

    def sentence(self, language: str) -> str:
        """The sentence in `language`, falling back to Indonesian."""
        return self.text.get(language) or self.text["id"]


class WebError(AlurError):
    """Something that the web refuses; `problem` tells what and why."""

    code = "web"

    def __init__(
        self, code: str, details: Mapping[str, Any] | None = None, *, fields: Sequence[FieldError] = ()
    ) -> None:
        self.problem = made(code, details, fields=fields)
        super().__init__(self.problem.sentence("en"))


class ProblemError(WebError):
    """A problem that was made elsewhere, such as the words of a refusal."""

    def __init__(self, problem: Problem) -> None:
        AlurError.__init__(self, problem.sentence("en"))
        self.problem = problem


def made(
    code: str,
    details: Mapping[str, Any] | None = None,
    *,
    fields: Sequence[FieldError] = (),
    status: int | None = None,
) -> Problem:
    """The problem of a code of `SENTENCES`; `{name}` places are filled from `details`."""
    facts = dict(details or {})
    return Problem(code=code, text=filled(SENTENCES[code], facts), details=facts, fields=tuple(fields), status=status)


def filled(text: Text, values: Mapping[str, Any]) -> Text:
    """`text` in each language with its `{name}` places filled; each place once, a value is never read as a place."""
    return {language: _fill(words, values) for language, words in text.items()}


def stopped(value: Any, rest: str) -> Any:
    """`value` without its full stop where `rest`, which follows it, begins with one: a degree ends a sentence."""
    whole = isinstance(value, str) and value.endswith(".") and not value.endswith("..")
    return value[:-1] if whole and rest.startswith(".") and not rest.startswith("..") else value


def _fill(words: str, values: Mapping[str, Any]) -> str:
    pieces = words.split("{")
    out = [pieces[0]]
    for piece in pieces[1:]:
        name, closed, rest = piece.partition("}")
        out.append(f"{stopped(values[name], rest)}{rest}" if closed and name in values else "{" + piece)
    return "".join(out)
