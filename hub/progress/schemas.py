"""Wire format of progress records and sources. Additions only within v1."""

from typing import get_args

from marshmallow import Schema, fields, validate

from hub.api.fields import Instant
from hub.api.paging import PageAnswer, PageQuery
from hub.progress.rules import Status

STATUSES = get_args(Status)


class LearnerProgressQuery(PageQuery):
    """Which records of one learner."""

    updated_since = Instant(
        load_default=None,
        metadata={
            "description": "Only records that changed at or after this instant; send as_of of the "
            "last answer. About the record, not about when something happened in it."
        },
    )
    course = fields.UUID(load_default=None, metadata={"description": "Only this course."})
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class ProgressQuery(LearnerProgressQuery):
    """Which records."""

    learner = fields.UUID(
        load_default=None,
        metadata={"description": "Only this learner; an id that was merged finds the survivor."},
    )


class ScoreAnswer(Schema):
    """A score; at least one of its values is known."""

    scaled = fields.Float(required=True, allow_none=True, metadata={"description": "-1 to 1"})
    raw = fields.Float(required=True, allow_none=True)
    min = fields.Float(required=True, allow_none=True)
    max = fields.Float(required=True, allow_none=True)


class OriginAnswer(Schema):
    """A system whose evidence counted."""

    id = fields.String(required=True)
    name = fields.String(
        required=True, allow_none=True, metadata={"description": "null when it is gone"}
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["source", "vendor"]),
        metadata={"description": "source: the hub reads from it; vendor: it sends to the hub"},
    )


class ProgressAnswer(Schema):
    """What one learner has done in one course. null means unknown, never no."""

    learner = fields.UUID(required=True, attribute="row.learner_id")
    course = fields.UUID(required=True, attribute="row.course_id")
    title = fields.String(required=True)
    modality = fields.String(required=True, allow_none=True, attribute="row.modality")
    status = fields.String(required=True, attribute="row.status", validate=validate.OneOf(STATUSES))
    completion = fields.Boolean(required=True, allow_none=True, attribute="row.completion")
    success = fields.Boolean(required=True, allow_none=True, attribute="row.success")
    score = fields.Nested(ScoreAnswer, required=True, allow_none=True)
    percent = fields.Integer(
        required=True,
        attribute="row.percent",
        metadata={"description": "0 to 100; 100 exactly when satisfied"},
    )
    registered_at = Instant(required=True, allow_none=True, attribute="row.registered_at")
    started_at = Instant(required=True, allow_none=True, attribute="row.started_at")
    completed_at = Instant(required=True, allow_none=True, attribute="row.completed_at")
    satisfied_at = Instant(required=True, allow_none=True, attribute="row.satisfied_at")
    valid_until = Instant(required=True, allow_none=True, attribute="row.valid_until")
    due_at = Instant(required=True, allow_none=True, attribute="row.due_at")
    attempts = fields.Integer(required=True, attribute="row.attempts")
    seconds = fields.Float(
        required=True,
        allow_none=True,
        attribute="row.seconds",
        metadata={"description": "Time spent"},
    )
    flags = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Among them expired and overdue, as of this answer"},
    )
    sources = fields.List(fields.Nested(OriginAnswer), required=True)
    last_result = fields.String(required=True, allow_none=True, attribute="row.last_result")
    parts = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        attribute="row.parts",
        metadata={"description": "The course's parts in the same words"},
    )
    updated_at = Instant(required=True, attribute="row.updated_at")


class ProgressPage(PageAnswer):
    """Some records."""

    data = fields.List(fields.Nested(ProgressAnswer), required=True)


class RunAnswer(Schema):
    """A run that read its source to the end."""

    id = fields.UUID(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["succeeded", "succeeded_with_warnings"])
    )
    started_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class SourceAnswer(Schema):
    """A system that the hub reads from."""

    id = fields.UUID(required=True, attribute="source.id")
    name = fields.String(required=True, attribute="source.name")
    connector = fields.String(required=True, attribute="source.connector")
    paused_at = Instant(required=True, allow_none=True, attribute="source.paused_at")
    data_as_of = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Start of the last successful run; null: none yet"},
    )
    last_success = fields.Nested(RunAnswer, required=True, allow_none=True, attribute="run")


class SourcesPage(PageAnswer):
    """All sources."""

    data = fields.List(fields.Nested(SourceAnswer), required=True)
