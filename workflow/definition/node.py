"""A cursor over a file's data: knows its place, tells problems there, survives values of a wrong shape.

A reader may so go on after the first problem: what is missing or misshapen reads as empty, and has been
told by the format's schema already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.errors import DefinitionError, Path, Problem, did_you_mean, nearest
from workflow.definition.source import Source


@dataclass(slots=True)
class Report:
    """Problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Keep `problem`, unless the same was told of the same place."""
        told = ((p.file, p.line, p.column, p.code, p.message) for p in self.problems)
        if (problem.file, problem.line, problem.column, problem.code, problem.message) not in told:
            self.problems.append(problem)

    def raise_if_any(self) -> None:
        """Raise DefinitionError with all problems in the order of their places."""
        if self.problems:
            raise DefinitionError(sorted(self.problems, key=lambda p: (p.file, p.line, p.column)))


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a file, or the lack of it (`value` is None)."""

    source: Source
    report: Report
    path: Path
    value: Any

    @property
    def name(self) -> str:
        """The last key of the path."""
        return str(self.path[-1]) if self.path else ""

    @property
    def present(self) -> bool:
        return self.value is not None

    def get(self, key: str) -> Node:
        """The value under `key`; an absent one where there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.source, self.report, (*self.path, key), value)

    def items(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping, in the order written; nothing for any other value."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self.get(key)

    def elements(self) -> Iterator[Node]:
        """Elements of a list; a single value counts as a list of one."""
        if isinstance(self.value, list):
            for position, value in enumerate(self.value):
                yield Node(self.source, self.report, (*self.path, position), value)
        elif self.value is not None:
            yield self

    def names(self) -> tuple[str, ...]:
        """The strings of a list, or the one string."""
        return tuple(n.value for n in self.elements() if isinstance(n.value, str))

    def text(self, default: str = "") -> str:
        return self.value if isinstance(self.value, str) else default

    def optional_text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    def integer(self, default: int = 0) -> int:
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else default

    def flag(self) -> bool:
        return self.value is True

    def problem(self, code: str, message: str, *, hint: str = "", key: bool = False, offset: int | None = None) -> None:
        """Tell a problem of this value; of its key; or of the character `offset` (from 0) of its text."""
        if offset is None:
            line, column = self.source.place(self.path, key=key)
        else:
            line, column = self.source.place_inside(self.path, offset)
        self.report.add(Problem(file=self.source.file, line=line, column=column, code=code, message=message, hint=hint))

    def unknown(self, kind: str, known: Sequence[str]) -> None:
        """Tell that this text names no known `kind` of thing, such as a state."""
        name = self.text()
        self.problem(
            f"unknown_{kind}",
            f"There is no {kind.replace('_', ' ')} `{name}`: {did_you_mean(name, known)}",
            hint=nearest(name, known),
        )
