"""A scenario as it was read: who is there, and what happens in which order. Immutable, every moment worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: Name of the case that a scenario begins with.
FIRST = "first"

#: A document: a file beside the scenarios, `SAMPLE` for a generated one, None to take it out.
Papers = Mapping[str, str | None]
SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """A draft that is opened and filled in."""

    #: Name of the case within the scenario.
    case: str
    office: str
    #: Who it is about.
    applicant: str
    #: The officer who enters it for a person without account; None when the applicant does it.
    officer: str | None
    data: Mapping[str, Any]
    documents: Papers
    #: How many of them; with more than one they are named `case-1`, `case-2` and so on.
    times: int = 1
    #: Form field whose digits are counted on, so that the cases differ.
    unique: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """One thing that must be so."""

    #: Key of `expect`, such as `due`.
    name: str
    #: What of it: a clock, a person, a part of the card; empty where there is one thing only.
    of: str = ""
    #: The value that must be found; its type follows from the name.
    wanted: Any
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something that happens at a moment."""

    #: UTC.
    at: datetime
    #: In the file, counted from 1.
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pass(Step):
    """Time passes, and nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Open(Step):
    opening: Opening


@dataclass(frozen=True, kw_only=True, slots=True)
class Act(Step):
    """A person saves data or documents, does something, or both."""

    #: Name of the person.
    who: str
    case: str
    #: Transition, `submit`, or a name of `BUILT_IN`; None only saves.
    do: str | None
    given: Mapping[str, Any] = field(default_factory=dict)
    checklist: tuple[str, ...] = ()
    #: Fields with their new values, None removes one.
    data: Mapping[str, Any] = field(default_factory=dict)
    documents: Papers = field(default_factory=dict)
    #: How often the same request is sent.
    sent: int = 1
    #: Code of the refusal that must be told; None when it must be performed.
    refused: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expect(Step):
    case: str
    wanted: tuple[Expectation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fail(Step):
    """From now on attempts at a step fail."""

    run: str
    code: str
    #: This many attempts, which are tried again; None fails for good until it is mended.
    times: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slow(Step):
    """From now on a step is begun and does not end before it is mended."""

    run: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Mend(Step):
    """A step works again; what was slow ends now."""

    run: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockProcess(Step):
    """The clock process is stopped, or started again."""

    runs: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    name: str
    #: File as it was named to the reader.
    file: str
    #: Of its name.
    line: int
    process: str
    opening: Opening
    #: Person → pairs of role and office, `*` being every office.
    staff: Mapping[str, tuple[tuple[str, str], ...]]
    #: When it begins, UTC.
    at: datetime
    steps: tuple[Step, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """Everybody who signs in: staff, and applicants who enter their own cases."""
        openings = [self.opening, *(s.opening for s in self.steps if isinstance(s, Open))]
        applicants = [o.applicant for o in openings if o.officer is None]
        acting = [s.who for s in self.steps if isinstance(s, Act)]
        return tuple(dict.fromkeys([*self.staff, *applicants, *acting]))


#: What a person may do beside the transitions of the process.
CLAIM, RELEASE = "claim", "release"
