"""A published process: the typed, immutable form of a definition.

Everything that decides about a case reads these objects; nothing here does I/O. They are made by
`workflow.definition.reader.read_process` and never changed afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol

from workflow.definition.card import Card
from workflow.definition.counted import Reports
from workflow.definition.retention import Retention
from workflow.definition.values import Period as Period
from workflow.definition.values import Text as Text

#: Movers that are not roles.
BUILT_IN_MOVERS = frozenset({"system", "timer", "hold"})


class Guard(Protocol):
    """A compiled condition. Pure, bounded, and safe to call from several threads."""

    #: The expression as the supervisor wrote it.
    source: str
    #: Names of the variables it reads, such as `data.kind` or `documents.complete`.
    variables: frozenset[str]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """True when the condition holds over `values` (flat: variable name → value).

        Raises `workflow.definition.guards.GuardError` when it cannot be told.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    name: str
    #: The person the case is about, with or without an account; everybody else is staff.
    party: bool = False
    #: Roles whose performers on the same case may not act in this one (rule 15).
    distinct_from: tuple[str, ...] = ()
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentKind:
    name: str
    title: Text
    #: Media types, such as `image/jpeg`.
    accept: tuple[str, ...]
    #: Bytes.
    max_size: int
    #: Width and height of a picture, such as (3, 4).
    ratio: tuple[int, int] | None = None
    optional: bool = False
    required_when: Guard | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A rule across cases: at most `limit` cases hold one key of a scope."""

    name: str
    scope: str
    #: Form field whose value is the key, such as `data.nik`.
    key: str
    limit: int
    #: States that give the place back.
    until: frozenset[str]
    #: Transition that fires on the older case when this one reaches a state of `replaces_in`.
    replaces: str | None = None
    #: State in which a case starts when the hold is full, instead of a refusal.
    full: str | None = None
    #: Transition that fires for the first in line when a place comes free.
    freed: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notify:
    """A message to roles, named by its notice."""

    roles: tuple[str, ...]
    notice: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockStep:
    #: Percent of the target.
    at: int
    then: Notify | None = None
    #: Transition to fire instead of, or beside, the message.
    fire: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    name: str
    title: Text
    target: Period
    start: frozenset[str]
    pause: frozenset[str]
    stop: frozenset[str]
    steps: tuple[ClockStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StateTimer:
    """A timer armed on entering a state. Exactly one of `after` and `every` is given."""

    #: Position in the state's list; part of the timer's identity.
    index: int
    after: Period | None = None
    every: Period | None = None
    fire: str | None = None
    notify: Notify | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskSpec:
    role: str
    #: How long a claim holds without being renewed.
    lease: timedelta = timedelta(minutes=30)
    checklist: tuple[str, ...] = ()
    #: May be done for many cases at once.
    bulk: bool = False
    #: Another office than the case's.
    office: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    name: str
    title: Text
    initial: bool = False
    final: bool = False
    #: What a final state means to the person; None lets the moves that lead to it tell.
    outcome: Literal["reached", "refused", "over"] | None = None
    task: TaskSpec | None = None
    timers: tuple[StateTimer, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A guard of a transition with the sentence that a refused person reads."""

    guard: Guard
    otherwise: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    times: int = 6
    #: First wait; doubled at each further attempt.
    backoff: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    name: str
    title: Text
    kind: Literal["text", "list", "date", "choice", "schema", "drawing"]
    choices: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    optional: bool = False
    #: Choice → what people read.
    words: Mapping[str, Text] = field(default_factory=dict)
    #: The choice stands in the event by its code, so that reports can count it; every other input is a digest there.
    counted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    name: str
    title: Text
    sources: tuple[str, ...]
    to: str
    #: A role, or `system`, `timer`, `hold`.
    by: str
    when: tuple[Condition, ...] = ()
    input: tuple[Input, ...] = ()
    #: Step performed before the move commits.
    run: str | None = None
    run_with: Mapping[str, Any] = field(default_factory=dict)
    retry: Retry = Retry()
    then: Notify | None = None
    #: An officer may act for the party.
    assisted: bool = False
    #: May be performed while a step is pending, which it cancels.
    cancels: bool = False
    #: A self-transition that leaves the timers running.
    internal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The application form: a JSON Schema and what its marks say."""

    schema: Mapping[str, Any]
    #: Fields in the order in which a person meets them.
    fields: tuple[str, ...]
    titles: Mapping[str, Text]
    personal: frozenset[str]
    search: frozenset[str]
    #: Field → name of the bracket that turns its value into a fact (`year_of_birth`, `age_group`, `as_is`).
    statistic: Mapping[str, str]
    #: Field whose yes agrees to notices by mail.
    consent: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    name: str
    subject: Text
    body: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """What must be true of every path: `step` succeeds before the state `before` is entered."""

    step: str
    before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    name: str
    title: Text
    #: SHA-256 of the canonical content of all its files, hex: what a case pins.
    hash: str
    calendar: str
    #: Template of card numbers; an office's own outranks it.
    number: str | None
    #: An officer may submit for a person.
    submit_assisted: bool
    roles: Mapping[str, Role]
    form: Form
    documents: Mapping[str, DocumentKind]
    holds: Mapping[str, Hold]
    clocks: Mapping[str, Clock]
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    notices: Mapping[str, Notice]
    #: The service standard as written, public.
    standard: Mapping[str, Any]
    #: All files as canonical data: what is stored and hashed.
    body: Mapping[str, Any]
    #: The party itself may open and submit; else only an officer does, at the counter.
    submit_party: bool = True
    #: Checklist item → what the officer confirms by ticking it.
    checks: Mapping[str, Text] = field(default_factory=dict)
    requires: tuple[Requirement, ...] = ()
    #: None where the process issues no card.
    card: Card | None = None
    #: None where the process does not say how long data are kept.
    retention: Retention | None = None
    #: How reports count its cases.
    reports: Reports = field(default_factory=Reports)

    @property
    def initial(self) -> State:
        """The state that `submit` enters."""
        return next(s for s in self.states.values() if s.initial)

    def party_role(self) -> Role | None:
        """The role of the person the case is about."""
        return next((r for r in self.roles.values() if r.party), None)

    def moves_from(self, state: str) -> tuple[Transition, ...]:
        """Transitions that leave `state`, in the order written."""
        return tuple(t for t in self.transitions.values() if state in t.sources)
