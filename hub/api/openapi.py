"""The API as one: its document at /api/v1/openapi.json, its problems, its operations."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Flask
from flask_smorest import Api, Blueprint

from hub.api.fields import Instant
from hub.api.operations import SCHEME
from hub.api.problems import MEDIA_TYPE, Problem, register_handlers
from hub.extensions import Hub, csrf

PREFIX = "/api/v1"
VERSION = "1.0.0"
"""Of the wire format. The second number rises with what is added; the first is in the address."""


class HubApi(Api):  # type: ignore[misc]  # the library ships no types
    """flask-smorest, with problems as errors."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            self._describe_error(status.name, status.phrase)
        self._describe_error(self.DEFAULT_ERROR_RESPONSE_NAME, "A problem")

    def _describe_error(self, name: str, description: str) -> None:
        response = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": Problem}},
        }
        self.spec.components.response(name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        register_handlers(self._app)


def register(app: Flask, blueprints: Iterable[Blueprint]) -> HubApi:
    """Serve the operations of *blueprints* and the document that describes them.

    The rooms that own the operations lie above this one, so the application brings them.
    """
    hub: Hub = app.extensions["hub"]
    app.config["OPENAPI_URL_PREFIX"] = PREFIX
    api = HubApi(
        app,
        spec_kwargs={
            "title": "Learning Record Hub",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "servers": [{"url": hub.settings.public_url}],
            "info": {
                "description": "Who has learned what, from every connected system. Times are UTC "
                "with Z, ids are opaque, a missing value is null, errors are RFC 9457 problems.",
            },
        },
    )
    api.register_field(Instant, "string", "date-time")
    api.spec.components.security_scheme(
        SCHEME,
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from `hub tokens create`, with the scope of the operation.",
        },
    )
    for blueprint in blueprints:
        # There is no cookie here that a foreign page could make use of.
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
    return api
