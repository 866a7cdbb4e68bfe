"""A case as a person sees it: what API and pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from signing.marks import Mark
from workflow.definition.process import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentView:
    kind: str
    title: Text
    #: It must be there for the data as they are.
    required: bool
    #: Media types that are taken.
    accept: tuple[str, ...]
    #: Largest size, in bytes.
    max_size: int
    #: Width and height of a picture, such as (3, 4).
    ratio: tuple[int, int] | None = None
    #: Id of the stored document; None when it is not there.
    id: int | None = None
    media_type: str | None = None
    #: Bytes.
    size: int | None = None
    #: A picture that any browser shows safely can be had beside the original.
    has_rendition: bool = False
    #: Codes of things worth a look.
    warnings: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    #: `<case>-<seq>`.
    id: str
    seq: int
    role: str
    role_title: Text
    office: str
    #: Name of who claimed it; to the party only the role.
    holder: Text | None
    #: For whom the holder stands in, where it is a deputy; staff only.
    deputy_of: Text | None
    #: The person who looks holds it.
    mine: bool
    #: `urgent`, `normal` or `low`.
    priority: str
    #: When the claim runs out.
    until: datetime | None
    #: Items to tick off, with what each confirms.
    checklist: Mapping[str, Text]
    bulk: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseView:
    start: datetime
    #: None while it lasts.
    end: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelView:
    #: Percent of the target.
    at: int
    told: bool
    #: When it is reached; None while the clock stands still or once it stopped.
    due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockView:
    name: str
    title: Text
    #: The target as the definition writes it, such as `PT24H`.
    target: str
    #: Office time counts, instead of clock time.
    working: bool
    started: datetime
    #: When the promise is used up; None while it stands still or once it stopped.
    due: datetime | None
    paused_at: datetime | None
    stopped: datetime | None
    #: The promise was or is being broken.
    breached: bool
    #: Percent of the target that is used up, rounded down.
    used: int
    pauses: tuple[PauseView, ...]
    levels: tuple[LevelView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepView:
    seq: int
    run: str
    title: Text
    #: Code of the cause when it failed for good: an incident.
    failed: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CardView:
    number: str
    code: str
    #: `valid`, `replaced`, `revoked`, `expired` or `returned`.
    state: str
    level: str | None
    sha256: str | None
    issued_on: str | None
    expires_on: str | None
    #: First day on which one that is valid no more was so; None for a valid one.
    changed_on: date | None
    #: The file may be had now.
    downloadable: bool
    #: What a valid one is reported as; it stays valid.
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintView:
    """The print of a card that is not published yet."""

    #: Counts the prints of the card from 1; those before it are void.
    n: int
    #: What its QR leads to.
    code: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteView:
    """What the mover entered with the move into the present state, such as the reason of a return."""

    do: str
    title: Text
    at: datetime
    #: Inputs by name.
    inputs: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedView:
    """That the personal data of the case are gone."""

    at: datetime
    #: `retention` or `right`.
    under: str
    #: The same in words.
    title: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseView:
    id: int
    process: str
    process_title: Text
    office: str
    office_title: Text
    state: str
    state_title: Text
    #: Nothing moves any more.
    final: bool
    #: What `ETag` and `If-Match` speak of.
    revision: int
    #: The person who looks is the party.
    owner: bool
    #: The person who looks may change data and documents now.
    editable: bool
    #: The working copy when editable, else the version that stands; None for those who may not read it.
    data: Mapping[str, Any] | None
    documents: tuple[DocumentView, ...]
    task: TaskView | None
    clocks: tuple[ClockView, ...]
    #: Place in the waiting line by hold: 1 is the next, 0 is called already; empty when it waits for none.
    line: Mapping[str, int]
    #: When the case must be done by, or leaves its state by itself.
    deadline: datetime | None
    #: The step that is being worked on, or the incident where it failed.
    step: StepView | None
    card: CardView | None
    #: What was printed to be signed by hand; staff only.
    printed: PrintView | None
    note: NoteView | None
    #: Codes of doubts that the intake checks found; staff only.
    doubts: tuple[str, ...]
    created_at: datetime
    submitted_at: datetime | None
    #: When the present state was entered.
    entered_at: datetime | None
    #: When the working copy was last saved.
    saved_at: datetime | None
    #: None while the personal data are there.
    erased: ErasedView | None
