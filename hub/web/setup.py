"""Hangs the shared parts of all pages into the application."""

from flask import Blueprint, Flask

from hub.extensions import bootstrap
from hub.web import headers, navigation, pages, times

blueprint = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
)


def register(app: Flask) -> None:
    """Layout, filters and headers. The styles come from files of our own host."""
    # Flask-Bootstrap appends the application's static path to /bootstrap, even where it is None.
    app.static_url_path = "/static"
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    if "bootstrap" not in app.blueprints:
        bootstrap.init_app(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(pages.blueprint)
    app.jinja_env.filters["day"] = times.day
    app.jinja_env.filters["moment"] = times.moment
    app.context_processor(navigation.context)
    headers.register(app)
