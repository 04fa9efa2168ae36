"""Which links a person sees, by role. Links to pages that this hub does not have are left out."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation; *current* marks the page that is open.

    apart: it begins another group than the entry before it.
    """

    title: str
    url: str
    current: bool
    apart: bool


Group = tuple[tuple[str, str], ...]
"""Titles and endpoints that belong together."""

ROLE_LINKS: dict[str, tuple[Group, ...]] = {
    "admin": (
        (("Sources", "runs.overview"), ("Needs attention", "runs.attention")),
        (("Learners", "transcript.search"), ("Statements", "browser.listed")),
        (
            ("Vendors", "vendors.listed"),
            ("Forwarding", "forwarding.overview"),
            ("Tokens", "accounts.api_tokens"),
            ("Developers", "accounts.developers"),
        ),
        (("Users", "accounts.users"),),
    ),
    "reporting": ((("Developers", "accounts.developers"),),),
    "learner": ((("My learning", "transcript.me"),),),
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
        (title, url_for(endpoint), group)
        for group, entries in enumerate(ROLE_LINKS.get(role() or "", ()))
        for title, endpoint in entries
        if endpoint in current_app.view_functions
    ]
    fitting = [url for _, url, _ in shown if path == url or path.startswith(f"{url.rstrip('/')}/")]
    here = max(fitting, key=len, default="")
    groups = [group for _, _, group in shown]
    return [
        Link(title, url, url == here, apart=group != before)
        for (title, url, group), before in zip(shown, groups[:1] + groups, strict=False)
    ]


def context() -> dict[str, Any]:
    """What every template may use."""
    return {"navigation": links, "role": role}
