"""Guards: CEL expressions, type-checked against what a process knows; the one adapter for `cel-expr-python`.

An absent value has its type's empty value, so every guard is defined on every case: a STRING is "", an INT
0, a DOUBLE 0.0, a BOOL false, a LIST []. Dates are STRING (`2026-11-20`), which compare as they should;
`now` is always given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from cel_expr_python import cel  # type: ignore[import-untyped]

from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.guard_source import Words, words
from workflow.errors import AlurError

MAX_LENGTH = 2_000  # characters
MAX_NESTING = 16  # brackets

_TYPES: Mapping[str, cel.Type] = {
    "STRING": cel.Type.STRING,
    "INT": cel.Type.INT,
    "DOUBLE": cel.Type.DOUBLE,
    "BOOL": cel.Type.BOOL,
    "LIST": cel.Type.List(cel.Type.STRING),
    "TIMESTAMP": cel.Type.TIMESTAMP,
    "DYN": cel.Type.DYN,
}
#: What an absent value counts as. TIMESTAMP and DYN have none.
_ABSENT: Mapping[str, Any] = {"STRING": "", "INT": 0, "DOUBLE": 0.0, "BOOL": False, "LIST": []}

_CEL_ERROR = re.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<message>[^\n]*)")
_UNDECLARED = re.compile(r"undeclared reference to '(?P<name>[^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '(?P<function>[^']*)' applied to '\((?P<types>.*)\)'")


class GuardError(AlurError):
    """A guard cannot be told: a value is missing or of another type, or the budget of evaluation is spent."""

    code = "guard_undecided"


class GuardSyntaxError(AlurError):
    """An expression is not a guard. `offset` is the character (from 0) that is wrong."""

    code = "bad_guard"

    def __init__(self, code: str, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.problem = code
        self.offset = offset
        self.hint = hint


class CelGuard:
    """A compiled `workflow.definition.process.Guard`; equal to one of the same source and variables."""

    __slots__ = ("_absent", "_eval", "_floats", "source", "variables")

    def __init__(self, source: str, types: Mapping[str, str], evaluate: Callable[..., cel.Value]) -> None:
        self.source = source
        self.variables = frozenset(types)
        self._eval = evaluate
        self._absent = tuple((name, _ABSENT.get(kind)) for name, kind in types.items())
        self._floats = tuple(name for name, kind in types.items() if kind == "DOUBLE")

    def holds(self, values: Mapping[str, Any]) -> bool:
        """True when the condition holds over `values` (flat: variable name → value; None counts as absent).

        Values are as `workflow.canonical` admits them: the library reads a text up to its first NUL. Raises
        GuardError when it cannot be told.
        """
        data: dict[str, Any] = {}
        for name, absent in self._absent:
            value = values.get(name)
            data[name] = absent if value is None else value
        return self._decide(data)

    def _decide(self, data: dict[str, Any]) -> bool:
        if isinstance(now := data.get("now"), datetime) and now.tzinfo is None:
            raise GuardError(f"The guard `{self.source}` was given a time without a zone.")
        try:
            for name in self._floats:
                data[name] = float(data[name])
            verdict = self._eval(data=data).value()
        except (RuntimeError, TypeError, ValueError, OverflowError) as error:
            raise GuardError(f"The guard `{self.source}` cannot be told: {error}.") from error
        if verdict is True or verdict is False:
            return verdict
        raise GuardError(f"The guard `{self.source}` cannot be told: {verdict}.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CelGuard) and (self.source, self._absent) == (other.source, other._absent)

    def __hash__(self) -> int:
        return hash((self.source, self.variables))

    def __repr__(self) -> str:
        return f"CelGuard({self.source!r})"


def compile_guard(source: str, variables: Mapping[str, str]) -> CelGuard:
    """Compile `source` against `variables` (name → STRING, INT, DOUBLE, BOOL, LIST, TIMESTAMP or DYN).

    Raises GuardSyntaxError with the place inside `source`.
    """
    if len(source) > MAX_LENGTH:
        raise GuardSyntaxError("guard_too_long", f"A guard may have {MAX_LENGTH:,} characters.", MAX_LENGTH)
    found = words(source)
    if found.depth > MAX_NESTING:
        raise GuardSyntaxError(
            "guard_too_deep", f"Brackets may be nested {MAX_NESTING} deep; split the guard.", found.deepest
        )
    if found.has:
        raise GuardSyntaxError(
            "guard_has",
            "`has(…)` is not used: an absent field is empty. Compare, such as `data.phone != ''`.",
            found.has[0],
        )
    _compile(source, variables)
    named = _named(found, variables)
    return CelGuard(source, named, _compile(source, named).eval)


def _named(found: Words, variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that the names of a guard begin with."""
    out: dict[str, str] = {}
    for name, _ in found.names:
        parts = name.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        if known := next((prefix for prefix in prefixes if prefix in variables), None):
            out[known] = variables[known]
    return out


@lru_cache(maxsize=256)
def _environment(variables: frozenset[tuple[str, str]]) -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[kind] for name, kind in variables})


def _compile(source: str, variables: Mapping[str, str]) -> cel.Expression:
    try:
        program = _environment(frozenset(variables.items())).compile(source)
    except RuntimeError as error:
        raise _translate(source, variables, str(error)) from error
    if (kind := program.return_type()) != cel.Type.BOOL:
        raise GuardSyntaxError(
            "guard_not_bool",
            f"A guard is true or false; `{source}` gives {kind.name()}. Compare it with something.",
        )
    return program


def _translate(source: str, variables: Mapping[str, str], told: str) -> GuardSyntaxError:
    """The compiler's first complaint, in our words and at our place."""
    match = _CEL_ERROR.search(told)
    if match is None:
        return GuardSyntaxError("guard_too_deep", "The guard is nested too deep; split it into several guards.")
    lines = source.split("\n")
    offset = sum(len(line) + 1 for line in lines[: int(match["line"]) - 1]) + int(match["column"]) - 1
    if undeclared := _UNDECLARED.search(match["message"]):
        return _unknown_name(source, variables, undeclared["name"], offset)
    if overload := _OVERLOAD.search(match["message"]):
        sign = overload["function"].strip("_") or overload["function"]
        message = f"`{sign}` does not fit ({overload['types']}); compare values of one type."
        return GuardSyntaxError("guard_type", message, offset)
    message = match["message"].removeprefix("Syntax error: ").split(" expecting {")[0]
    return GuardSyntaxError("guard_syntax", f"This is not a CEL expression: {message}.", offset)


def _unknown_name(source: str, variables: Mapping[str, str], name: str, offset: int) -> GuardSyntaxError:
    """CEL points at the last dot of a name; a person looks for its beginning."""
    begin = offset - (len(name) - len(name.rpartition(".")[2]) - 1 if "." in name else 0)
    if source[begin : begin + len(name)] != name:
        begin = offset
    if source[offset : offset + 1] == "(":
        begin = max(offset - len(name), 0)
        return GuardSyntaxError("guard_unknown_function", f"There is no function `{name}` in CEL.", begin)
    known = sorted(variables)
    message = f"Unknown name `{name}`: {did_you_mean(name, known)}"
    return GuardSyntaxError("guard_unknown_name", message, begin, nearest(name, known))
