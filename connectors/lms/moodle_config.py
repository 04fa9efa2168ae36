"""What an admin enters to connect a Moodle."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_load, validate


class MoodleConfig(Schema):
    """What an admin enters."""

    base_url = fields.Url(
        required=True,
        schemes={"http", "https"},
        require_tld=False,
        error_messages={"invalid": "Enter the whole address, beginning with https://."},
        metadata={
            "title": "Address",
            "description": "The address of the Moodle start page, with its path if it has one: "
            "https://example.org/moodle",
        },
    )
    token = fields.String(
        required=True,
        load_only=True,
        validate=validate.Regexp(r"\S+\Z", error="A token has no blanks inside."),
        metadata={
            "title": "Token",
            "description": "Made for a service account of its own, under Site administration › "
            "Server › Web services › Manage tokens.",
        },
    )
    student_roles = fields.List(
        fields.String(validate=validate.Length(min=1)),
        load_default=lambda: ["student"],
        validate=validate.Length(min=1),
        metadata={
            "title": "Roles of learners",
            "description": "Short names of the course roles whose members are learners. Others, "
            "such as teachers, are not read.",
            "advanced": True,
        },
    )
    leave_out_courses = fields.List(
        fields.Integer(strict=False, validate=validate.Range(min=1)),
        load_default=list,
        metadata={
            "title": "Courses to leave out",
            "description": "Numbers of courses that are not read, as in the address "
            "/course/view.php?id=7.",
            "advanced": True,
        },
    )
    include_hidden = fields.Boolean(
        load_default=True,
        metadata={
            "title": "Read hidden courses",
            "description": "Courses that are hidden from students may still hold their results.",
            "advanced": True,
        },
    )
    username_home_page = fields.Url(
        load_default=None,
        allow_none=True,
        schemes={"http", "https"},
        require_tld=False,
        metadata={
            "title": "Home page of user names",
            "description": "Only if the plugin logstore_xapi of this site sends user names instead "
            "of numbers: the home page that is set there.",
            "advanced": True,
        },
    )
    ca_file = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "title": "File of trusted authorities",
            "description": "Only if the certificate of this site is signed by your organization's "
            "own authority: the path of a PEM file on the hub's server.",
            "advanced": True,
        },
    )
    page_size = fields.Integer(
        load_default=1000,
        validate=validate.Range(min=1, max=5000),
        metadata={
            "title": "Users per call",
            "description": "Make it smaller if Moodle runs out of time or memory.",
            "advanced": True,
        },
    )

    @pre_load
    def _strip(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Blanks around a pasted address or token are no fault."""
        return {name: v.strip() if isinstance(v, str) else v for name, v in data.items()}
