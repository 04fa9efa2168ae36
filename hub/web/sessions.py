"""The cookie of people's sessions opens pages; the doors of machines neither read nor set it."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

MACHINE_DOORS = ("/xapi/", "/api/")


class PageSessions(SecureCookieSessionInterface):
    """Flask's own sessions, for pages alone."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None at a door of machines: Flask puts a session there that cannot be written to."""
        if request.path.startswith(MACHINE_DOORS):
            return None
        return super().open_session(app, request)
