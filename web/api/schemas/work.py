"""Work on tasks, deputies, relatives and broken glass: what goes in and out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment, Words
from workflow.db.glass import VERDICTS
from workflow.db.kin import RELATIONS
from workflow.priorities import PLACES

#: Longest name of anything, in characters.
MAX_NAME = 100
#: Longest reason that is read at all, in characters; the rule's own limit is lower.
MAX_READ = 10_000


def _name(*, required: bool = False) -> fields.String:
    if required:
        return fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    return fields.String(load_default="", validate=validate.Length(max=MAX_NAME))


def _reason(*, required: bool = True) -> fields.String:
    if required:
        return fields.String(required=True, validate=validate.Length(max=MAX_READ))
    return fields.String(load_default="", validate=validate.Length(max=MAX_READ))


class AssignSchema(ma.Schema):
    """To whom a task is given."""

    to = _name(required=True)


class DelegateSchema(AssignSchema):
    """To whom a task is handed, and why."""

    reason = _reason(required=False)


class ReasonSchema(ma.Schema):
    """Why."""

    reason = _reason()


class PrioritySchema(ReasonSchema):
    """Where a task stands in its queue, and why."""

    priority = fields.String(required=True, validate=validate.OneOf(list(PLACES)))


class NextSchema(ma.Schema):
    """Which queue is pulled from; empty for all that are the person's."""

    role = _name()
    office = _name()
    state = _name()


class DeputySchema(ma.Schema):
    """Who stands in for whom."""

    id = fields.Integer(dump_only=True)
    absent = _name()
    deputy = _name(required=True)
    role = _name(required=True)
    office = fields.String(
        required=True, validate=validate.Length(1, MAX_NAME), metadata={"description": "`*` is every office."}
    )
    begins = Moment(required=True, data_key="from")
    ends = Moment(required=True, data_key="until")
    now = fields.Boolean(dump_only=True)
    mine = fields.Boolean(dump_only=True)
    may_end = fields.Boolean(dump_only=True)


class DeputiesSchema(ma.Schema):
    """Deputyships."""

    deputies = fields.List(fields.Nested(DeputySchema))


class DeclareSchema(ma.Schema):
    """A NIK whose cases the officer must not touch."""

    nik = fields.String(required=True, load_only=True, validate=validate.Length(max=MAX_NAME))
    relation = fields.String(required=True, validate=validate.OneOf(list(RELATIONS)))
    account = _name()


class RelativeSchema(ma.Schema):
    """That a NIK was declared."""

    id = fields.Integer()
    relation = fields.String()
    at = Moment()


class RelativesSchema(ma.Schema):
    """What an officer declared."""

    relatives = fields.List(fields.Nested(RelativeSchema))


class GlassSchema(ReasonSchema):
    """Why a case is opened in an emergency, and in which role."""

    role = _name(required=True)


class VerdictSchema(ma.Schema):
    """What a review found."""

    verdict = fields.String(required=True, validate=validate.OneOf(list(VERDICTS)))
    remark = _reason()


class ReviewSchema(ma.Schema):
    """A broken glass and its review."""

    id = fields.Integer()
    case = fields.Integer()
    by = Words()
    role = fields.String()
    role_title = Words()
    reason = fields.String()
    at = Moment()
    until = Moment()
    review_by = Moment()
    overdue = fields.Boolean()
    verdict = fields.String(allow_none=True)
    reviewer = Words(allow_none=True)
    reviewed_at = Moment(allow_none=True)
    mine = fields.Boolean()


class ReviewsSchema(ma.Schema):
    """Broken glass."""

    reviews = fields.List(fields.Nested(ReviewSchema))
