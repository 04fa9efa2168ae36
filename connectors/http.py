"""The only way out: every request that a connector sends goes through an HttpSession."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, read whole within the size limit. Headers are case-insensitive."""

    status: int
    url: str
    headers: Mapping[str, str]
    content: bytes


class HttpSession:
    """Requests to one host."""

    def __init__(self, base_url: str, *, allow_networks: tuple[str, ...] = ()) -> None:
        self.base_url = base_url
        self.allow_networks = allow_networks

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
        """Send one request and read the whole answer."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connections."""
