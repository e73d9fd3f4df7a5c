"""Calls to addresses that users gave to a server: the only way out, and what keeps it from reaching inside.

The name is resolved once, every address that it stands for is checked, and one of these is connected to, so that a
name cannot point elsewhere between the check and the call. No redirect is followed, no proxy is used, and neither time
nor size of an answer is without bound.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from runstone import config
from runstone.entities.names import shown_address
from runstone.errors import AddressForbidden, BackendUnavailable, InvalidValue

MOST_BYTES = 64 << 10

_PORTS = {"http": 80, "https": 443}
# Addresses that carry another one in them, which some router on the way unpacks.
_TUNNELS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "::/96")))

# From a host and a port to the IP addresses that the host has, as `socket.getaddrinfo` does it.
Resolver = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host, as the system knows them.

    Raises:
        OSError: It has none.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answered.

    Attributes:
        status: HTTP status.
        body: The answer, its first 64 KiB.
    """

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is from 200 to 299."""
        return 200 <= self.status < 300


class Egress:
    """The way out."""

    def __init__(
        self,
        *,
        schemes: Sequence[str] = ("https",),
        allows_private: bool = False,
        timeout_s: float = 30,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Say what may be called.

        Args:
            schemes: Schemes of addresses.
            allows_private: Whether addresses that are not of the public internet may be called.
            timeout_s: Seconds that a call takes at most, from the connection to the end of the answer.
            resolver: Finds the IP addresses of a name.
            tls: Checks certificates; by the system's authorities if ``None``.
        """
        self._schemes = tuple(schemes)
        self._allows_private = allows_private
        self._timeout_s = timeout_s
        self._resolver = resolver
        self._tls = tls

    def check(self, url: str) -> None:
        """Check an address as far as it can be without resolving a name.

        Raises:
            AddressForbidden: It may not be called.
            InvalidValue: It is no address.
        """
        host = self._parts(url)[1]
        if host == "localhost" or host.endswith(".localhost"):
            self._check_ips(url, ["127.0.0.1"])
        elif (literal := _literal(host)) is not None:
            self._check_ips(url, [literal])

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send bytes to an address, once.

        Args:
            url: The address.
            body: What is sent.
            headers: Sent along.

        Raises:
            AddressForbidden: The address, or one that its name stands for, may not be called.
            BackendUnavailable: There was no whole answer in time.
            InvalidValue: It is no address.
        """
        self.check(url)
        parts, host, port = self._parts(url)
        try:
            found = list(self._resolver(host, port))
        except (OSError, UnicodeError) as error:
            raise BackendUnavailable(f"the host of {shown_address(url)} is not found: {error}") from None
        self._check_ips(url, found)
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        try:
            with self._connected(parts.scheme, host, port, found) as connection:
                connection.request("POST", target, body, dict(headers))
                answer = connection.getresponse()
                return Reply(answer.status, answer.read(MOST_BYTES))
        except (OSError, HTTPException, ValueError) as error:
            what = str(error) or type(error).__name__
            raise BackendUnavailable(f"{shown_address(url)} does not answer: {what}") from None

    def _parts(self, url: str) -> tuple[SplitResult, str, int]:
        """The parts of an address, its host in lower case, and its port."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            parts, host, port = urlsplit(""), "", 0
        if parts.scheme in _PORTS and parts.scheme not in self._schemes:
            raise AddressForbidden(
                url,
                f"is not called by {parts.scheme}; wanted: {' or '.join(self._schemes)}, or the setting "
                "RUNSTONE_WEBHOOK_ALLOWED_SCHEMES=http,https",
            )
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if parts.scheme not in _PORTS or not host or not is_plain or parts.username is not None:
            raise InvalidValue(
                f"the address of a webhook looks like 'https://host/path', without blanks and passwords; got "
                f"{shown_address(url)}"
            )
        return parts, host, port

    def _check_ips(self, url: str, found: Sequence[str]) -> None:
        if not found:
            raise BackendUnavailable(f"the host of {shown_address(url)} has no address")
        for text in found:
            if not self._allows_private and not is_public(text):
                raise AddressForbidden(
                    url, "is not of the public internet; RUNSTONE_WEBHOOK_ALLOW_PRIVATE_IPS=true allows such addresses"
                )

    @contextmanager
    def _connected(self, scheme: str, host: str, port: int, ips: Sequence[str]) -> Iterator[HTTPConnection]:
        """A connection to the first of these checked places that takes one; it breaks when the time is up."""
        connection = (HTTPSConnection if scheme == "https" else HTTPConnection)(host, port)
        sock = self._connect(port, ips)
        # The time-out of a socket starts anew with each byte; this one does not.
        late = threading.Event()
        alarm = threading.Timer(self._timeout_s, _shut, [sock, late])
        alarm.daemon = True
        sock.settimeout(self._timeout_s)
        alarm.start()
        with closing(connection), closing(sock):
            try:
                connection.sock = sock
                if scheme == "https":
                    context = self._tls or ssl.create_default_context()
                    connection.sock = context.wrap_socket(sock.dup(), server_hostname=host)
                yield connection
            finally:
                alarm.cancel()
            if late.is_set():
                raise TimeoutError(f"the answer took longer than {self._timeout_s:g} s")

    def _connect(self, port: int, ips: Sequence[str]) -> socket.socket:
        failure: OSError | None = None
        for ip in ips:
            try:
                return socket.create_connection((ip, port), self._timeout_s / len(ips))
            except OSError as error:
                failure = error
        assert failure is not None
        raise failure


def from_settings() -> Egress:
    """The way out as the settings have it."""
    return Egress(
        schemes=config.WEBHOOK_ALLOWED_SCHEMES.required().split(","),
        allows_private=config.WEBHOOK_ALLOW_PRIVATE_IPS.required(),
        timeout_s=config.WEBHOOK_REQUEST_TIMEOUT.required(),
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, with nothing hidden in it.

    Example:
        >>> is_public("8.8.8.8"), is_public("::ffff:10.0.0.1")
        (True, False)
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.is_site_local or any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def _literal(host: str) -> str | None:
    """The IP address that a host is written as, in any of the forms that the system reads."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))  # 2130706433, 0x7f.1, 0177.0.0.1
    except (OSError, UnicodeError):
        return None


def _shut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it is closed already
        sock.shutdown(socket.SHUT_RDWR)
