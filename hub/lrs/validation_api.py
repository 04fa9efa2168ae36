"""POST /api/v1/statements/validate: tells the author of an exporter what the store would refuse.

It stores nothing. The answer is 200 whatever is wrong with the statements, and also where the text
cannot be read as JSON at all; only the version and the token are refused.
"""

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from hub.accounts.bearer import needs
from hub.api.openapi import PREFIX
from hub.api.operations import operation
from hub.extensions import current_hub
from hub.lrs.checking import Checked, Finding, check_text, too_large

VERSIONS = ("1.0.3", "2.0.0")

blueprint = Blueprint(
    "statements", __name__, url_prefix=PREFIX, description="xAPI statements, before they are sent"
)


class ValidationQuery(Schema):
    """By which edition of the standard."""

    version = fields.String(
        load_default=VERSIONS[0],
        validate=validate.OneOf(VERSIONS),
        metadata={"description": "The version of xAPI that the statements are written in."},
    )


class FindingEntry(Schema):
    """One broken rule."""

    statement = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "Place in the array, from 0; null where the text itself cannot be read."
        },
    )
    pointer = fields.String(
        required=True,
        metadata={"description": "JSON pointer within the statement; empty for the whole."},
    )
    rule = fields.String(required=True, metadata={"description": "A stable word for programs."})
    message = fields.String(required=True)
    section = fields.String(
        required=True,
        metadata={"description": "Part and section of the xAPI specification, or of an RFC."},
    )


class Validation(Schema):
    """What is wrong with the statements of a request."""

    valid = fields.Boolean(required=True)
    version = fields.String(required=True)
    statements = fields.Integer(
        required=True, metadata={"description": "How many statements were looked at."}
    )
    problems = fields.List(fields.Nested(FindingEntry), required=True)


_STATEMENT = {"type": "object", "description": "A statement of the standard."}
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"oneOf": [_STATEMENT, {"type": "array", "items": _STATEMENT}]}
        }
    },
}


@operation(
    blueprint,
    "/statements/validate",
    method="POST",
    guard=needs("statements:validate"),
    query=ValidationQuery,
    answer=Validation,
)
@blueprint.doc(requestBody=_BODY)  # type: ignore[untyped-decorator]
def validate_statements(query: dict[str, Any]) -> dict[str, Any]:
    """Check a statement or an array of statements; nothing is stored.

    The body is the JSON that would be sent to `/xapi/statements`.
    """
    version = query["version"]
    try:
        checked = check_text(request.get_data(), version)
    except RequestEntityTooLarge:
        checked = Checked(0, (too_large(current_hub().settings.max_body_bytes),))
    return {
        "valid": not checked.findings,
        "version": version,
        "statements": checked.statements,
        "problems": [finding_json(finding) for finding in checked.findings],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One broken rule as JSON."""
    return {
        "statement": finding.statement,
        "pointer": finding.problem.pointer,
        "rule": finding.problem.rule,
        "message": finding.problem.message,
        "section": finding.problem.section,
    }
