"""The table of contents: what the application is made of. No work at import time."""

from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, load_settings
from config.logging import configure_logging
from hub.database import Database, driver_words
from hub.deployment import found_deployment
from hub.errors import HubError
from hub.extensions import Hub, csrf
from hub.jobs.duties import Duties
from hub.keyring import create_keyring, load_keyring
from hub.migrations import upgrade
from hub.web.sessions import PageSessions


def create_hub(settings: Settings) -> Hub:
    """The parts of a hub that are not Flask. Raises KeysUnusable before `hub init`."""
    keyring = load_keyring(settings.effective_keys_file)
    return Hub(settings, open_database(settings), keyring)


def open_database(settings: Settings) -> Database:
    """The database of a deployment."""
    return Database(settings.effective_database_url, power_safe=settings.power_safe)


def make_data_dir(settings: Settings) -> None:
    """Make the data folder, for its owner alone, where it is missing. Raises HubError."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise HubError(
            f"The data folder {settings.data_dir} cannot be created: “{error.strerror}”.",
            hint="Set HUB_DATA_DIR to a folder that the hub may write to.",
        ) from error


def prepare_hub(settings: Settings) -> Hub:
    """Make what is missing; returns the hub.

    Raises KeysUnusable for a damaged key file, HubError for a place that cannot be written to.
    """
    from hub.lrs.reindex import reindex_unless_done

    make_data_dir(settings)
    keys = settings.effective_keys_file
    try:
        keyring = load_keyring(keys) if keys.exists() else create_keyring(keys)
    except OSError as error:
        raise HubError(
            f"The key file {keys} cannot be used: “{error.strerror}”.",
            hint="Set HUB_KEYS_FILE to a file in a folder that the hub may write to.",
        ) from error
    database = open_database(settings)
    try:
        upgrade(database.engine)
    except OperationalError as error:
        shown = database.engine.url.render_as_string(hide_password=True)
        raise HubError(
            f"The database {shown} cannot be prepared: “{driver_words(error)}”.",
            hint="Check HUB_DATABASE_URL: that the place exists and lets the hub in.",
        ) from error
    with database.transaction() as session:
        found_deployment(session)
    reindex_unless_done(database)
    return Hub(settings, database, keyring)


def create_app(settings: Settings | None = None, *, hub: Hub | None = None) -> Flask:
    """The web application of a hub."""
    # settings
    hub = hub or create_hub(settings or load_settings())
    configure_logging(hub.settings.log_format, hub.settings.log_level)
    app = Flask("hub", static_folder=None)
    app.config.update(
        SECRET_KEY=hub.keyring.session_secret,
        MAX_CONTENT_LENGTH=hub.settings.max_body_bytes,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=hub.settings.public_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = PageSessions()
    app.extensions["hub"] = hub

    # extensions
    csrf.init_app(app)
    hops = hub.settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    # features
    _register_features(app)
    _register_errors(app)
    return app


def _register_features(app: Flask) -> None:
    # Rooms are imported here, not at the top: importing hub.app opens nothing.
    from hub.accounts import signin
    from hub.accounts import web as accounts_web
    from hub.api import openapi
    from hub.browser import web as browser_web
    from hub.forwarding import web as forwarding_web
    from hub.jobs import health
    from hub.learners import api as learners_api
    from hub.lrs import api as lrs_api
    from hub.lrs import validation_api, vendor_pages
    from hub.progress import api as progress_api
    from hub.runs import web as runs_web
    from hub.sources import web as sources_web
    from hub.transcript import web as transcript_web
    from hub.web import setup

    signin.register(app)
    health.register(app)
    openapi.register(
        app, (learners_api.blueprint, progress_api.blueprint, validation_api.blueprint)
    )
    lrs_api.register(app)
    setup.register(app)
    for room in (
        accounts_web,
        vendor_pages,
        sources_web,
        forwarding_web,
        runs_web,
        transcript_web,
        browser_web,
    ):
        room.register(app)


def _register_errors(app: Flask) -> None:
    """Each door words its own errors; the path tells at which one the request knocked."""
    from hub.api import problems
    from hub.lrs import errors as xapi_errors
    from hub.web import errors as pages

    def on_http_error(error: HTTPException) -> Any:
        door = next((d for d in (problems, xapi_errors) if d.answers_here()), pages)
        return door.on_http_error(error)

    def on_hub_error(error: HubError) -> Any:
        door = next((d for d in (problems, xapi_errors) if d.answers_here()), pages)
        return door.on_hub_error(error)

    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(HubError, on_hub_error)


def duties() -> Duties:
    """What workers of this deployment do."""
    from hub.forwarding import tasks as forwarding_tasks
    from hub.lrs.attachment_sweep import Sweeper
    from hub.progress import tasks as progress_tasks
    from hub.runs import tasks as runs_tasks

    work = Duties()
    work.register("runs", runs_tasks.carry_out_next)
    work.register("recovery", runs_tasks.recover)
    work.register("projection", progress_tasks.project_waiting)
    work.register("forwarding", forwarding_tasks.Forwarding())
    work.register("attachments", Sweeper())
    return work
