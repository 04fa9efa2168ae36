"""Wire format of learners."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from connectors.records import Identifier
from hub.api.fields import Instant
from hub.api.paging import PageAnswer, PageQuery
from hub.learners.rules import name_of

_KINDS = {
    "mailto": "mbox",
    "account": "account",
    "mbox_sha1sum": "mbox_sha1sum",
    "openid": "openid",
    "employee_id": "employee_id",
}
_FORMS = (
    "Write it as mailto:name@example.org, account:https://lms.example.org|42, "
    "mbox_sha1sum:..., openid:... or employee_id:..."
)


class IdentifierText(fields.Field[Identifier]):
    """A name of a person in one text: ``mailto:<address>``, ``account:<homePage>|<name>``, ..."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Identifier:
        kind, _, rest = str(value).partition(":")
        scope = ""
        if kind == "account":
            scope, _, rest = rest.partition("|")
        if kind not in _KINDS or not rest or not str(value).isprintable():
            raise ValidationError(f"Not a name of a person. {_FORMS}")
        identifier = Identifier(_KINDS[kind], rest, scope)  # type: ignore[arg-type]
        try:
            name_of(identifier)
        except ValueError as error:
            raise ValidationError(f"Not a name of a person: {error}. {_FORMS}") from error
        return identifier


class LearnersQuery(PageQuery):
    """Which learners."""

    identifier = IdentifierText(
        load_default=None,
        metadata={
            "type": "string",
            "description": "Only the learner with this name: mailto:<address>, "
            "account:<homePage>|<name>, mbox_sha1sum:<hex>, openid:<address> or "
            "employee_id:<number>. No such learner: an empty list.",
        },
    )


class LearnerIdentifier(Schema):
    """A name by which a system knows the learner."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(["mbox", "mbox_sha1sum", "openid", "account", "employee_id"]),
    )
    value = fields.String(
        required=True,
        attribute="raw",
        metadata={"description": "As received; an mbox without mailto:"},
    )
    scope = fields.String(
        required=True, metadata={"description": "homePage of an account, else empty."}
    )


class LearnerAnswer(Schema):
    """A person."""

    id = fields.UUID(required=True, attribute="learner.id")
    name = fields.String(required=True, allow_none=True, attribute="learner.name")
    status = fields.String(
        required=True, attribute="learner.status", validate=validate.OneOf(["active", "erased"])
    )
    created_at = Instant(required=True, attribute="learner.created_at")
    identifiers = fields.List(fields.Nested(LearnerIdentifier), required=True)
    merged = fields.List(
        fields.UUID(),
        required=True,
        metadata={"description": "Ids that meant this person before and still find it."},
    )


class LearnersPage(PageAnswer):
    """Some learners."""

    data = fields.List(fields.Nested(LearnerAnswer), required=True)
