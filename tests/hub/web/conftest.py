"""The pages of a hub, opened by a test client that signs in as a person would."""

import re

import pytest

from hub.accounts.service import add_user
from hub.app import create_app

PASSWORD = "correct horse"


@pytest.fixture
def web_app(hub):
    app = create_app(hub=hub)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


class Browser:
    """A client that reads the security mark out of the page before it posts."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(path)

    def post(self, page, values, *, to=None, **options):
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', self.client.get(page).get_data(as_text=True)
        )
        data = {"csrf_token": token[1] if token else "", **values}
        return self.client.post(to or page, data=data, **options)


@pytest.fixture
def stranger(web_app):
    return Browser(web_app.test_client())


@pytest.fixture
def signed_in(web_app, hub):
    """Makes a user with a role and returns the browser in which that user is signed in."""

    def make(role, email=None):
        email = email or f"{role}@example.org"
        with hub.database.transaction() as session:
            add_user(session, email, role, PASSWORD)
        browser = Browser(web_app.test_client())
        answer = browser.post("/signin", {"email": email, "password": PASSWORD})
        assert answer.status_code == 302
        return browser

    return make


@pytest.fixture
def admin(signed_in):
    return signed_in("admin")
