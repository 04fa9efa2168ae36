"""What the forms of people and machines have in common."""

from typing import Any

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from hub.errors import Conflict, Invalid

NEEDED = {"aria-required": "true"}


class ScopesField(SelectMultipleField):
    """Check boxes, one per scope."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def blame(form: Any, error: Invalid | Conflict) -> None:
    """Show an error at the field that it names; at the top of the form where it names none."""
    text = f"{error.message} {error.hint}".strip()
    if error.field in form:
        form[error.field].errors = [*form[error.field].errors, text]
    else:
        form.form_errors.append(text)
