"""Vendors at the door of a hub whose mistakes are answered as they would be in production."""

from collections.abc import Callable

import pytest
from flask import Flask

from hub.extensions import Hub
from tests.hub.lrs.speaking import Door, open_door


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def new_vendor(hub: Hub, app: Flask) -> Callable[..., Door]:
    """Makes a vendor with the given scopes, all by default."""
    return lambda *scopes: open_door(hub, app, *scopes)


@pytest.fixture
def vendor(new_vendor: Callable[..., Door]) -> Door:
    return new_vendor()
