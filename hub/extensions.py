"""What the Flask application carries: instances without logic, and the way to reach them."""

from dataclasses import dataclass
from typing import cast

from flask import current_app
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from config import Settings
from hub.database import Database
from hub.keyring import Keyring

bootstrap = Bootstrap5()
csrf = CSRFProtect()
login_manager = LoginManager()


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts of a running hub that are not Flask."""

    settings: Settings
    database: Database
    keyring: Keyring


def current_hub() -> Hub:
    """The hub of the current request."""
    return cast("Hub", current_app.extensions["hub"])
