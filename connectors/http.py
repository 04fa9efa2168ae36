"""The only way out: every request that a connector sends goes through an HttpSession.

It retries what may pass by itself, waits as asked, and hands every other answer to the connector,
which knows what a status means. It refuses other hosts, other ports, unencrypted detours, private
addresses that the operator has not allowed, and answers larger than the limit.
"""

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urljoin, urlsplit
from weakref import WeakValueDictionary

import requests
from requests.auth import HTTPBasicAuth

from connectors.address_guard import AddressGuard, AddressRefused, GuardedAdapter
from connectors.errors import ConnectorError, NeedsAttention, Unavailable
from connectors.response import Response, redacted, said
from connectors.transport import failure, refused_address
from connectors.waiting import asked_wait, jittered_wait

__all__ = ["HttpSession", "Response", "said"]

MIB = 1024 * 1024
TRIES = 5
MAX_REDIRECTS = 5
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
Timeout = tuple[float, float]

_hosts: WeakValueDictionary[tuple[str, int], Lock] = WeakValueDictionary()
_hosts_lock = Lock()


def _lock_for(host: str, port: int) -> Lock:
    """The one lock of this host in this process; it vanishes when nobody holds it."""
    with _hosts_lock:
        return _hosts.setdefault((host, port), Lock())


def _origin(url: str) -> Origin:
    """Scheme, host and port. Raises NeedsAttention for what is not a plain http(s) address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise NeedsAttention(
            "Nothing was sent: the address is not a complete web address.",
            hint="It begins with https:// and the name of the system.",
            field="base_url",
        )
    if parts.username is not None or parts.password is not None:
        raise NeedsAttention(
            "Nothing was sent: the address holds a user name or password.",
            hint="Remove everything between // and @ and use the fields made for it.",
            field="base_url",
        )
    return parts.scheme, host.lower().rstrip("."), port or DEFAULT_PORTS[parts.scheme]


def _shown(origin: Origin) -> str:
    scheme, host, port = origin
    return f"{scheme}://{host}" + ("" if DEFAULT_PORTS[scheme] == port else f":{port}")


class HttpSession:
    """Requests to one host, one at a time.

    timeout: seconds for connecting and for each wait on data. max_bytes: largest body, unpacked.
    max_wait: seconds spent sleeping per request before it gives up. max_seconds: the longest that
    one answer may take to arrive. tries: how often one request is sent at most. ca_file: PEM file
    of the authorities to trust instead of the usual ones. secrets: values that are removed from
    every message.
    """

    def __init__(  # noqa: PLR0913 - limits by keyword, each with a default
        self,
        base_url: str,
        *,
        allow_networks: tuple[str, ...] = (),
        timeout: Timeout = (10.0, 60.0),
        max_bytes: int = 64 * MIB,
        max_wait: float = 30.0,
        max_seconds: float = 300.0,
        tries: int = TRIES,
        ca_file: str | None = None,
        secrets: tuple[str, ...] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self.max_bytes = max_bytes
        self.max_wait = max_wait
        self.max_seconds = max_seconds
        self.tries = tries
        self._secrets: tuple[str, ...] = ()
        self._sleep = sleep
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = "learning-record-hub"
        self._verify: bool | str = ca_file or True
        self._adapter = GuardedAdapter(AddressGuard(allow_networks))
        self.hide(*secrets)

    def hide(self, *secrets: str) -> None:
        """Keep these values out of every message from now on."""
        new = [secret for secret in secrets if secret and secret not in self._secrets]
        self._secrets += tuple(new)

    def link(self, url: str) -> str:
        """The absolute form of *url*, relative to base_url as a link on a page there would be.

        Raises NeedsAttention if it leads to another scheme, host or port: a paging link from an
        answer must not carry our credentials elsewhere.
        """
        home = _origin(self.base_url)
        absolute = urljoin(self.base_url.rstrip("/") + "/", url)
        there = _origin(absolute)
        if there != home:
            raise self._hidden(
                NeedsAttention(
                    f"Nothing was sent: {_shown(home)} points to another address, {_shown(there)}.",
                    hint="If the system has moved, enter its new address.",
                    field="base_url",
                )
            )
        return absolute

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Response:
        """Send one request and read the whole answer, whatever its status.

        Time-outs, broken connections, 408, 425, 429 and 5xx are tried again; the request must
        therefore be one that may be sent twice (connectors only read). Raises Unavailable when
        that does not help or the wait asked for is too long, NeedsAttention when a retry cannot.
        """
        prepared = self._prepared(
            requests.Request(method, self.link(url), headers, None, data, params), auth
        )
        waited = 0.0
        for tried in range(1, self.tries + 1):
            answer = self._try_once(prepared)
            if isinstance(answer, Response) and not _passes_by_itself(answer.status):
                return answer
            asked = None
            if isinstance(answer, Response):
                asked = asked_wait(answer.headers, datetime.now(UTC))
            wait = jittered_wait(tried) if asked is None else asked
            if tried == self.tries or waited + wait > self.max_wait:
                raise self._given_up(answer, asked)
            waited += wait
            self._sleep(wait)
        raise AssertionError("tries is at least 1")

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()
        self._session.close()

    def _given_up(self, answer: Response | Unavailable, asked: float | None) -> Unavailable:
        if isinstance(answer, Unavailable):
            return answer
        host, words = urlsplit(answer.url).hostname, said(answer)
        why = f": “{words}”." if words else "."
        if answer.status == 429:
            message = f"{host} asked us to slow down{why}"
        else:
            message = f"{host} could not answer (status {answer.status}){why}"
        return Unavailable(
            message,
            hint="The run continues by itself later. Nothing to do unless it goes on.",
            retry_after=asked,
        )

    def _prepared(
        self, request: requests.Request, auth: tuple[str, str] | None
    ) -> requests.PreparedRequest:
        if isinstance(self._verify, str) and not Path(self._verify).is_file():
            raise NeedsAttention(
                f"Nothing was sent: the file of authorities does not exist: {self._verify}.",
                hint="Give the path of a PEM file that the hub can read.",
                field="ca_file",
            )
        if auth is not None:
            self.hide(auth[1], b64encode(":".join(auth).encode()).decode())
            request.auth = HTTPBasicAuth(*(text.encode() for text in auth))
        try:
            return self._session.prepare_request(request)
        except requests.RequestException:
            raise NeedsAttention(
                "Nothing was sent: the request could not be written.",
                hint="Look for blanks or line breaks in the address and in the credentials.",
            ) from None

    def _try_once(self, prepared: requests.PreparedRequest) -> Response | Unavailable:
        """One request with its redirects. Returns Unavailable when it is worth another try."""
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send(prepared)
            if isinstance(answer, Unavailable) or answer.status not in REDIRECTS:
                return answer
            location = answer.headers.get("Location")
            if location is None:
                return answer
            prepared = prepared.copy()
            prepared.url = self.link(urljoin(prepared.url or "", location))
            if answer.status == 303 and prepared.method != "HEAD":
                prepared.method, prepared.body = "GET", None
                for name in ("Content-Length", "Content-Type"):
                    prepared.headers.pop(name, None)
        raise NeedsAttention(
            f"{_shown(_origin(self.base_url))} redirected us more than {MAX_REDIRECTS} times.",
            hint="Open the address in a browser and enter the one that it ends at.",
            field="base_url",
        )

    def _send(self, prepared: requests.PreparedRequest) -> Response | Unavailable:
        _, host, port = _origin(str(prepared.url))
        with _lock_for(host, port):
            try:
                # Not Session.send: it reads the body of a redirect whole, however large it is.
                with self._adapter.send(
                    prepared, stream=True, timeout=self.timeout, verify=self._verify
                ) as answer:
                    content = self._read(answer, host)
            except AddressRefused as error:
                raise refused_address(error) from None
            except requests.RequestException as error:
                found = self._hidden(failure(error, host, port, self.timeout[1]))
                if isinstance(found, Unavailable):
                    return found
                raise found from None
        shown = redacted(answer.url, self._secrets)
        return Response(answer.status_code, shown, answer.headers, content, self._secrets)

    def _read(self, answer: requests.Response, host: str) -> bytes:
        started = time.monotonic()
        body = bytearray()
        for chunk in answer.iter_content(CHUNK):
            body += chunk
            if len(body) > self.max_bytes:
                raise Unavailable(
                    f"The answer of {host} was not read: it is larger than "
                    f"{self.max_bytes / MIB:g} MiB.",
                    hint="Ask for less at a time: make the page size of the source smaller.",
                )
            if time.monotonic() - started > self.max_seconds:
                raise Unavailable(
                    f"The answer of {host} was not complete after {self.max_seconds:g} seconds.",
                    hint="Ask for less at a time: make the page size of the source smaller.",
                )
        return bytes(body)

    def _hidden(self, error: ConnectorError) -> ConnectorError:
        """The same error without secrets."""
        error.message = redacted(error.message, self._secrets)
        error.hint = redacted(error.hint, self._secrets)
        error.args = (error.message,)
        return error


def _passes_by_itself(status: int) -> bool:
    return status in {408, 425, 429} or status >= 500
