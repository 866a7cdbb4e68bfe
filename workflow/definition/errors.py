"""What is wrong with a definition, told with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from workflow.errors import AlurError

#: A place in the data of a file: mapping keys and list positions.
Path = tuple[str | int, ...]


#: Names listed in a message that has no nearest one.
MAX_TOLD = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to mend."""

    #: File as it was named to the reader.
    file: str
    #: Counted from 1; 0 where the definition came from the database and has no lines.
    line: int
    #: Counted from 1, in characters; 0 like `line`.
    column: int
    #: Stable name of the rule that is broken.
    code: str
    #: A sentence: what was found, and how to mend it.
    message: str
    #: The nearest known name, where a name is wrong.
    hint: str = ""
    #: Sequence of transitions that breaks a proof.
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.code}: {self.message}"


class DefinitionError(AlurError):
    """A definition cannot be used; `problems` tells everything that is wrong with it, in file order."""

    code = "definition_invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, or an empty string when none is near."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The tail of a message about a wrong name: a suggestion, or all that is known."""
    if near := nearest(name, known):
        return f"did you mean `{near}`?"
    if not known:
        return "none is known here."
    told = ", ".join(f"`{name}`" for name in sorted(known)[:MAX_TOLD])
    return f"known here: {told}{' and more' if len(known) > MAX_TOLD else ''}."
