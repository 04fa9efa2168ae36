"""The forms of sources: drawn from the connector's schema, with a name in front for new ones."""

from wtforms import StringField

from connectors.base import Connector
from hub.sources.models import Source
from hub.sources.values import texts_of
from hub.web.forms import SchemaForm, form_class


class NewSourceForm(SchemaForm):
    """The settings of a source that is not saved yet."""

    name = StringField(
        "Name",
        description="How the hub calls this source: letters, digits, - and _. "
        "It also stands in transcripts.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "aria-required": "true"},
    )


def new_source_form(connector: type[Connector]) -> SchemaForm:
    """An empty form, filled with the defaults."""
    drawn = form_class(connector.Config, texts=texts_of(connector.Config, {}), base=NewSourceForm)
    return drawn()


def settings_form(source: Source, connector: type[Connector]) -> SchemaForm:
    """The form of a saved source. Its secrets are not in it."""
    drawn = form_class(
        connector.Config,
        texts=texts_of(connector.Config, source.config),
        kept_secrets=source.secrets,
    )
    return drawn()
