"""Security headers of every answer. No inline script or style is ever allowed, on any page."""

from flask import Flask, Response, request

# Images may be data addresses: that is how the style sheet draws the arrows of select boxes.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """Fill in what a view has not set itself; pages of a signed-in person are not cached."""
    there = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - not a dict
    for name, value in ALWAYS.items():
        if name.lower() not in there:
            response.headers.add(name, value)
    if request.endpoint is None or not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(add_headers)
