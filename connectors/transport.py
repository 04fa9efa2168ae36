"""Turns a failed connection into a sentence for an admin, chosen by what the run should do next."""

import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

from connectors.address_guard import AddressRefused
from connectors.errors import ConnectorError, NeedsAttention, Unavailable

WAITED_IN_VAIN = (requests.ReadTimeout, ReadTimeoutError, TimeoutError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and everything wrapped in it: requests and urllib3 nest in three different ways."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__)
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def refused_address(error: AddressRefused) -> NeedsAttention:
    """The address guard said no."""
    hint = "Check the address."
    if error.network:
        hint = (
            "If this system lives in your own network, the operator of the hub can allow it: "
            f"HUB_ALLOW_NETWORKS={error.network} in the environment or in settings.env in the "
            "data folder. Otherwise check the address."
        )
    return NeedsAttention(
        f"Nothing was sent to {error.host}: its address {error.address} is not on the public "
        "internet.",
        hint=hint,
        field="base_url",
    )


def _unsafe(cause: BaseException, host: str, port: int) -> ConnectorError | None:
    """What is wrong with TLS, if that is what *cause* is about. No try again helps."""
    match cause:
        case ssl.SSLCertVerificationError():
            return NeedsAttention(
                f"The certificate of {host} is not trusted: “{cause.verify_message}”.",
                hint="If it is signed by your organization's own authority, ask IT for the "
                "CA file and add it. If it has expired, it must be renewed.",
                field="base_url",
            )
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return None
        case ssl.SSLError():
            return NeedsAttention(
                f"No secure connection to {host} on port {port} could be made: "
                f"“{cause.reason or cause}”.",
                hint="Check whether the address begins with http:// or https://, and the port.",
                field="base_url",
            )
    return None


def _unreachable(cause: BaseException, host: str, port: int) -> ConnectorError | None:
    """Why no connection came about, if that is what *cause* is about."""
    match cause:
        case socket.gaierror() if cause.errno != socket.EAI_AGAIN:
            return NeedsAttention(
                f"Could not reach {host}. The name does not exist in DNS.",
                hint="Check the address for typos.",
                field="base_url",
            )
        case socket.gaierror():
            return Unavailable(
                f"Could not reach {host}. The name server gave no answer.",
                hint="The next run tries again. If it goes on, check the network of the hub.",
            )
        case ConnectionRefusedError():
            return Unavailable(
                f"Could not reach {host}. It refused the connection on port {port}.",
                hint="The server may be down. Check the address and the port.",
            )
        case NewConnectionError():
            return None  # a kind of ConnectTimeoutError; its own cause follows
        case ConnectTimeoutError() | requests.ConnectTimeout():
            return Unavailable(
                f"Could not reach {host}. Nothing answered on port {port} in time.",
                hint="The server may be down, or a firewall may be in between.",
            )
    return None


def failure(
    error: requests.RequestException, host: str, port: int, seconds: float
) -> ConnectorError:
    """What went wrong on the way to *host*. *seconds* is the time-out for reading."""
    causes = list(_chain(error))
    for cause in causes:
        if found := _unsafe(cause, host, port) or _unreachable(cause, host, port):
            return found
    if any(isinstance(cause, WAITED_IN_VAIN) for cause in causes):
        return Unavailable(
            f"{host} took the request, but did not answer within {seconds:g} seconds.",
            hint="It may be busy. The next run tries again.",
        )
    if any(isinstance(cause, NewConnectionError) for cause in causes):
        return Unavailable(
            f"Could not reach {host}. No connection to port {port} could be made.",
            hint="The next run tries again. If it goes on, check the network of the hub.",
        )
    return Unavailable(
        f"{host} broke off the connection before the answer was complete.",
        hint="The next run tries again. If it goes on, look for a proxy or firewall in between.",
    )
