"""An answer of a system: its body as text or JSON, and its own words to quote in a sentence."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus, urlsplit

from connectors.errors import Unavailable

LONGEST_QUOTE = 200
SHORT_SECRET = 8
"""Shorter secrets are parts of ordinary words, so they are masked only where they stand alone."""
CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
MARKUP = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def redacted(text: str, secrets: tuple[str, ...]) -> str:
    """*text* without any of *secrets*, also where they are percent-encoded.

    No secret is empty. One of fewer than 8 characters stays where it is within a longer word.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = re.sub(_found(form, alone=len(secret) < SHORT_SECRET), "***", text)
    return text


def _found(form: str, *, alone: bool) -> str:
    """A pattern for *form*; alone: not where a letter or digit goes on in the same word."""
    before = r"(?<![^\W_])" if alone and form[:1].isalnum() else ""
    after = r"(?![^\W_])" if alone and form[-1:].isalnum() else ""
    return before + re.escape(form) + after


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, read whole within the size limit. Headers are case-insensitive."""

    status: int
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What must not appear when this answer is quoted."""

    @property
    def text(self) -> str:
        """The body as text: in the charset that the header names, else UTF-8."""
        found = CHARSET.search(self.headers.get("Content-Type", ""))
        try:
            return self.content.decode(found[1] if found else "utf-8", errors="replace")
        except LookupError:
            return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises Unavailable for anything else; NaN and Infinity are no JSON."""
        try:
            return json.loads(self.content.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise self._no_data() from None

    def _no_data(self) -> Unavailable:
        host = urlsplit(self.url).hostname
        if not self.content.strip():
            return Unavailable(
                f"{host} answered with nothing at all (status {self.status}).",
                hint="The next run tries again. If it goes on, look into the system's error log.",
            )
        if re.match(r"\s*<(!doctype html|html|head|body)\b", self.text, re.IGNORECASE):
            return Unavailable(
                "That address answers with a web page, not with data. "
                f"The page says “{said(self)}”.",
                hint="It may be a login page, a proxy or a maintenance notice. Check the address.",
            )
        return Unavailable(
            f"{host} answered with something that is not JSON: “{said(self)}”.",
            hint="The next run tries again. If it goes on, look into the system's error log.",
        )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def said(response: Response) -> str:
    """The system's own words: at most 200 characters, markup and secrets removed."""
    text = html.unescape(MARKUP.sub(" ", response.text))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    text = redacted(text, response.secrets)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + "…"
