"""The address of the hub itself: sends everybody to where they work."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from hub.web.navigation import home_url

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """The home of the role, or the sign-in page."""
    return redirect(home_url())
