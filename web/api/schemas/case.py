"""A case as it goes out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from web.api.schemas.card import MarkSchema
from web.api.schemas.values import Moment, Words


class DocumentSchema(ma.Schema):
    """A document, or the place where one is wanted."""

    kind = fields.String()
    title = Words()
    required = fields.Boolean()
    accept = fields.List(fields.String())
    max_size = fields.Integer(metadata={"description": "Bytes."})
    ratio = fields.List(fields.Integer(), allow_none=True)
    id = fields.Integer(allow_none=True)
    media_type = fields.String(allow_none=True)
    size = fields.Integer(allow_none=True)
    has_rendition = fields.Boolean()
    warnings = fields.List(fields.String())
    at = Moment(allow_none=True)


class TaskSchema(ma.Schema):
    """The open task of a case."""

    id = fields.String()
    role = fields.String()
    role_title = Words()
    office = fields.String()
    holder = Words(allow_none=True)
    deputy_of = Words(allow_none=True)
    priority = fields.String()
    mine = fields.Boolean()
    until = Moment(allow_none=True)
    checklist = fields.Dict(keys=fields.String(), values=Words())
    bulk = fields.Boolean()


class PauseSchema(ma.Schema):
    """A time in which a clock stood still."""

    start = Moment()
    end = Moment(allow_none=True)


class LevelSchema(ma.Schema):
    """A level of a clock, which is told once."""

    at = fields.Integer(metadata={"description": "Percent of the target."})
    told = fields.Boolean()
    due = Moment(allow_none=True)


class ClockSchema(ma.Schema):
    """A promise of the office, as its clock stands."""

    name = fields.String()
    title = Words()
    target = fields.String()
    working = fields.Boolean(metadata={"description": "Office time counts, instead of clock time."})
    started = Moment()
    due = Moment(allow_none=True)
    paused_at = Moment(allow_none=True)
    stopped = Moment(allow_none=True)
    breached = fields.Boolean()
    used = fields.Integer(metadata={"description": "Percent of the target that is used up, rounded down."})
    pauses = fields.List(fields.Nested(PauseSchema))
    levels = fields.List(fields.Nested(LevelSchema))


class StepSchema(ma.Schema):
    """A step that is being worked on, or that failed."""

    seq = fields.Integer()
    run = fields.String()
    title = Words()
    failed = fields.String(allow_none=True)


class CardSchema(ma.Schema):
    """The published card."""

    number = fields.String()
    code = fields.String()
    state = fields.String()
    level = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    issued_on = fields.String(allow_none=True)
    expires_on = fields.String(allow_none=True)
    changed_on = fields.Date(
        allow_none=True,
        metadata={"description": "First day on which one that is valid no more was so, where its office is."},
    )
    downloadable = fields.Boolean()
    marks = fields.List(
        fields.Nested(MarkSchema), metadata={"description": "What a valid one is reported as; it stays valid."}
    )


class PrintSchema(ma.Schema):
    """The print of a card that is not published yet."""

    n = fields.Integer(metadata={"description": "Counts the prints of the card from 1; those before it are void."})
    code = fields.String()
    sha256 = fields.String()


class NoteSchema(ma.Schema):
    """What was entered with the last move."""

    do = fields.String()
    title = Words()
    at = Moment()
    inputs = fields.Dict()


class ErasedSchema(ma.Schema):
    """That the personal data are gone."""

    at = Moment()
    under = fields.String(metadata={"description": "`retention` or `right`."})
    title = Words()


class CaseSchema(ma.Schema):
    """A case as the person sees it."""

    id = fields.Integer()
    process = fields.String()
    process_title = Words()
    office = fields.String()
    office_title = Words()
    state = fields.String()
    state_title = Words()
    final = fields.Boolean()
    revision = fields.Integer()
    owner = fields.Boolean(metadata={"description": "The person who asks is the party."})
    editable = fields.Boolean()
    data = fields.Dict(allow_none=True)
    documents = fields.List(fields.Nested(DocumentSchema))
    task = fields.Nested(TaskSchema, allow_none=True)
    clocks = fields.List(fields.Nested(ClockSchema))
    line = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Place in line by hold: 1 is the next, 0 is called already."},
    )
    deadline = Moment(allow_none=True)
    step = fields.Nested(StepSchema, allow_none=True)
    incident = fields.String(attribute="step.failed", allow_none=True, dump_default=None)
    card = fields.Nested(CardSchema, allow_none=True)
    printed = fields.Nested(PrintSchema, allow_none=True, metadata={"description": "Staff only."})
    note = fields.Nested(NoteSchema, allow_none=True)
    doubts = fields.List(fields.String())
    created_at = Moment()
    submitted_at = Moment(allow_none=True)
    entered_at = Moment(allow_none=True)
    saved_at = Moment(allow_none=True)
    erased = fields.Nested(ErasedSchema, allow_none=True)
    links = fields.Dict(keys=fields.String(), values=fields.String())


class CasesSchema(ma.Schema):
    """A page of cases."""

    cases = fields.List(fields.Nested(CaseSchema))
    next = fields.Integer(allow_none=True)
