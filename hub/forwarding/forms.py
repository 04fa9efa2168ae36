"""The forms of forwarders, drawn from the schema; the secret is never in one."""

from collections.abc import Mapping

from wtforms import StringField

from hub.forwarding.schemas import ForwarderConfig
from hub.sources.values import texts_of
from hub.web.forms import SchemaForm, form_class


class NewForwarderForm(SchemaForm):
    """The settings of a forwarder that is not saved yet."""

    name = StringField(
        "Name",
        description="How the hub calls the other store, such as Group LRS.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "aria-required": "true"},
    )


def new_form() -> SchemaForm:
    """An empty form, filled with the defaults."""
    texts = texts_of(ForwarderConfig, {})
    return form_class(ForwarderConfig, texts=texts, base=NewForwarderForm)()


def settings_form(texts: Mapping[str, str]) -> SchemaForm:
    """The form of a saved forwarder."""
    return form_class(ForwarderConfig, texts=texts, kept_secrets=("secret",))()
