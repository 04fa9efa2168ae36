"""A vendor's request and its answer in plain words, for pages and the command line."""

from hub.lrs.request_models import VendorRequest

_THINGS = {
    "statements": "statements",
    "statements/more": "the next page of statements",
    "activities/state": "a state document",
    "activities/profile": "an activity profile",
    "agents/profile": "an agent profile",
    "activities": "an activity",
    "agents": "a person",
    "about": "what this store speaks",
}
_DEEDS = {
    "GET": "Read",
    "HEAD": "Look at",
    "PUT": "Store",
    "POST": "Add to",
    "DELETE": "Delete",
    "OPTIONS": "See what is possible with",
}
_REFUSALS = {
    401: ("Not let in", "bad", "cross"),
    403: ("Not allowed", "bad", "cross"),
    404: ("Not found", "quiet", "question"),
    409: ("Conflict", "warn", "warning"),
    412: ("Changed meanwhile", "warn", "warning"),
    413: ("Too large", "bad", "cross"),
    503: ("Busy, try again", "warn", "warning"),
}


def deed(row: VendorRequest) -> str:
    """What was asked for: "Send 50 statements", "Read a state document"."""
    if row.resource == "statements" and row.method in {"POST", "PUT"}:
        if row.statements is None:
            return "Send statements"
        return "Send 1 statement" if row.statements == 1 else f"Send {row.statements:,} statements"
    thing = _THINGS.get(row.resource, f"/xapi/{row.resource}")
    return f"{_DEEDS.get(row.method, row.method)} {thing}"


def outcome(row: VendorRequest) -> tuple[str, str, str]:
    """How it ended: a word, its tone and its icon."""
    if row.status < 400:
        if row.set_aside:
            return f"{row.set_aside:,} set aside", "warn", "warning"
        return "Accepted", "good", "check"
    if row.status in _REFUSALS:
        return _REFUSALS[row.status]
    return ("The hub failed" if row.status >= 500 else "Refused"), "bad", "cross"
