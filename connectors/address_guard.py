"""Decides which IP addresses may be connected to, at the moment of connecting.

The name is resolved here and the very address that was judged is connected to, so that a second
answer of the name server cannot lead elsewhere. It refuses everything that is not global unless the
operator allows the network; link-local addresses (cloud metadata) stay refused even then.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")


class AddressRefused(Exception):
    """The address is not one that the hub connects to.

    Not an OSError on purpose: urllib3 wraps those and takes them for a failed connection.
    """

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host} has the address {address}")
        self.host = host
        self.address = address

    @property
    def network(self) -> str:
        """What the operator may allow to make it acceptable; "" where nothing does."""
        address = _judged(self.address)
        if _never(address):
            return ""
        return str(LOOPBACK if address in LOOPBACK else ipaddress.ip_network(address))


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped, 6to4 or NAT64 address, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _judged(text: str) -> Address:
    return unwrapped(ipaddress.ip_address(text.partition("%")[0]))


def _never(address: Address) -> bool:
    return address.is_link_local or address.is_multicast


class AddressGuard:
    """Global addresses, and those in *allow_networks* (CIDR, "10.2.0.0/16")."""

    def __init__(self, allow_networks: Iterable[str] = ()) -> None:
        self._allowed = [ipaddress.ip_network(text, strict=False) for text in allow_networks]

    def permits(self, text: str) -> bool:
        """Whether the address *text*, as a resolver writes it, may be connected to."""
        address = _judged(text)
        if _never(address):
            return False
        return address.is_global or any(address in network for network in self._allowed)

    def addresses(self, host: str, port: int) -> list[str]:
        """The permitted addresses of *host*. Raises AddressRefused if it has no such address."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        permitted = [text for text in texts if self.permits(text)]
        if not permitted:
            raise AddressRefused(host, texts[0])
        return permitted


def _connect(guard: AddressGuard, connection: HTTPConnection) -> socket.socket:
    """What urllib3's own _new_conn does, with the judgement between resolving and connecting."""
    try:
        addresses = guard.addresses(connection._dns_host, connection.port)  # noqa: SLF001
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    failure: OSError | None = None
    for address in addresses:
        try:
            return create_connection(
                (address, connection.port),
                connection.timeout,
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except TimeoutError as error:
            raise ConnectTimeoutError(connection, "connecting timed out") from error
        except OSError as error:
            failure = error
    raise NewConnectionError(connection, str(failure)) from failure


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections pass the guard."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make a pool manager whose connection classes ask the guard."""
        super().init_poolmanager(*args, **kwargs)
        guard = self._guard

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(guard, self)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(guard, self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
