"""The forms of the statement browser: what to look for, and why to void."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from hub.accounts.forms import NEEDED

_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class FilterForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What statements to show. Everything may stay empty; it is part of the address."""

    class Meta:
        csrf = False

    NAMES = (
        "learner",
        "learner_id",
        "verb",
        "activity",
        "course",
        "by",
        "since",
        "until",
        "mentions",
        "voided",
    )
    """Its parameters in the address."""

    learner = StringField(
        "Learner",
        render_kw=_TYPED,
        description="Name, e-mail, or another identifier.",
    )
    learner_id = HiddenField()
    verb = StringField(
        "Verb",
        render_kw={**_TYPED, "list": "verbs"},
        description="A word such as completed, or the IRI.",
    )
    activity = StringField(
        "Activity",
        render_kw=_TYPED,
        description="A part of its title, or its IRI.",
    )
    course = HiddenField()
    by = SelectField("Stated by", default="", description="The source or vendor that stored it.")
    since = DateField(
        "Stored from",
        validators=[Optional()],
        description="The day on which the hub stored it, in UTC; not when it happened.",
    )
    until = DateField(
        "Stored until",
        validators=[Optional()],
        description="The last day, in UTC, included.",
    )
    mentions = BooleanField("Also statements that only mention the activity, as its parts do")
    voided = BooleanField("Also voided statements")


class VoidForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Why a statement must not count."""

    reason = TextAreaField(
        "Reason",
        render_kw={**NEEDED, "rows": 3},
        description="It stays in the record for good, and goes where the statement went. Name "
        "nobody in it.",
    )
