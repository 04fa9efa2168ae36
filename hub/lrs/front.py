"""What every request to /xapi passes on its way in and out, in this order.

Registered before the resources: what runs after a request runs in the order turned round, so the
request log sees the finished answer.
"""

from flask import Flask

from hub.lrs import alternate, cors, http, request_log


def register(app: Flask) -> None:
    """Credentials, request log, browsers of other sites, alternate request syntax."""
    http.register(app)
    request_log.register(app)
    cors.register(app)
    alternate.register(app)
