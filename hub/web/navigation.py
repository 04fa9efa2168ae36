"""Which links a person sees, by role. Links to pages that this hub does not have are left out."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation; *current* marks the page that is open."""

    title: str
    url: str
    current: bool


ROLE_LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "admin": (
        ("Sources", "runs.overview"),
        ("Needs attention", "runs.attention"),
        ("Learners", "transcript.search"),
        ("Statements", "browser.listed"),
        ("Users", "accounts.users"),
        ("Tokens", "accounts.api_tokens"),
        ("Vendors", "vendors.listed"),
        ("Forwarding", "forwarding.overview"),
        ("Developers", "accounts.developers"),
    ),
    "reporting": (("Developers", "accounts.developers"),),
    "learner": (("My learning", "transcript.me"),),
}

HOMES = {"admin": "runs.overview", "reporting": "accounts.developers", "learner": "transcript.me"}


def role() -> str | None:
    """The role of the person who is signed in, or None."""
    return current_user.role if current_user.is_authenticated else None


def home_url() -> str:
    """Where a person of this role begins; the sign-in page for everybody else."""
    return url_for(HOMES.get(role() or "", "accounts.signin"))


def links() -> list[Link]:
    """The navigation of the current person."""
    path = request.path
    shown = [
        (title, url_for(endpoint))
        for title, endpoint in ROLE_LINKS.get(role() or "", ())
        if endpoint in current_app.view_functions
    ]
    fitting = [url for _, url in shown if path == url or path.startswith(f"{url.rstrip('/')}/")]
    here = max(fitting, key=len, default="")
    return [Link(title, url, url == here) for title, url in shown]


def context() -> dict[str, Any]:
    """What every template may use."""
    return {"navigation": links, "role": role}
