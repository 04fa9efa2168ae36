"""Forwarders, their lag and their troubles in the words of an admin. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from connectors.errors import ConnectorError, NeedsAttention
from connectors.response import Response, said
from hub.forwarding.models import Forwarder
from hub.forwarding.reading import COUNTED, Lag


class Standing(NamedTuple):
    """A word with its tone and icon."""

    word: str
    tone: str
    picture: str


LETTER_WORDS = {
    "refused": "Refused",
    "there already, and different": "There already, different",
    "too large": "Too large for it",
    "attachment lost here": "Attachment lost in this hub",
    "set aside by an admin": "Set aside by an admin",
}


def standing(forwarder: Forwarder, behind: Lag) -> Standing:
    """How a forwarder is doing, in one word."""
    if forwarder.paused_at:
        return Standing("Paused", "quiet", "pause")
    if forwarder.stopped_at:
        return Standing("Needs attention", "bad", "warning")
    if forwarder.tries:
        return Standing("Waits to try again", "warn", "clock")
    if behind.count:
        return Standing("Sending", "busy", "play")
    return Standing("Up to date", "good", "check")


def lag_sentence(behind: Lag, now: datetime) -> str:
    """Like "3 statements behind, the oldest waits 2 minutes"."""
    if not behind.count or behind.oldest is None:
        return "Nothing waits"
    count = f"more than {COUNTED:,}" if behind.count >= COUNTED else f"{behind.count:,}"
    noun = "statement" if behind.count == 1 else "statements"
    return f"{count} {noun} behind, the oldest waits {span(now - behind.oldest)}"


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: "2 minutes"."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size or size == 1:
            number = seconds // size
            return f"{number} {unit}" + ("" if number == 1 else "s")
    raise AssertionError("a second is the smallest unit")


def stopped(answer: Response) -> tuple[str, str]:
    """Why an answer stops a forwarder, and what an admin does about it."""
    host, words = urlsplit(answer.url).hostname, said(answer)
    quoted = f": “{words}”." if words else "."
    again = "Then press Try again."
    if 200 <= answer.status < 300:
        return (
            f"{host} answered, but not as a learning record store does{quoted}",
            f"The endpoint may lead to a web page or a proxy. Correct it in the settings. {again}",
        )
    if answer.status == 401:
        return (
            f"{host} did not accept the key and the secret (status 401){quoted}",
            "Enter a valid credential of the other store in the settings.",
        )
    if answer.status == 403:
        return (
            f"{host} does not let this credential write statements (status 403){quoted}",
            f"Give it the scope statements/write (or all) over there. {again}",
        )
    if answer.status == 404:
        return (
            f"There is no learning record store at this endpoint (status 404){quoted}",
            "Correct the endpoint in the settings: it is what stands before /statements.",
        )
    return (
        f"{host} did not take the statements (status {answer.status}){quoted}",
        f"Look into its log or ask who runs it. {again}",
    )


def all_refused(words: str, count: int) -> tuple[str, str]:
    """Why a forwarder stops that gets one refusal after the other."""
    hint = (
        "That is rarely the statements' fault: check the xAPI version and the endpoint in the "
        "settings, then press Try again and send the dead letters again."
    )
    return (
        f"The other store refused {count} statements in a row, the last with: “{words}”.",
        hint,
    )


def waiting(error: ConnectorError) -> str:
    """What to do about a store that cannot be reached: mostly nothing."""
    if isinstance(error, NeedsAttention):
        return f"{error.hint} The hub keeps trying by itself."
    return "The hub tries again by itself. If it goes on, look whether the other store runs."
