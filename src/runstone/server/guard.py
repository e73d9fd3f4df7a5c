"""Who may talk to the server at all: the Host allow-list and the Origin check.

The Host check stops DNS rebinding: a name that a stranger points at this machine is not among the allowed ones, while
an IP address cannot be rebound. The Origin check stops a page of another site from writing through a visitor's
browser; programs send no Origin.
"""

import socket
from collections.abc import Iterable
from ipaddress import ip_address

from runstone.errors import InvalidValue, MalformedRequest, PermissionDenied

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Headers = Iterable[tuple[bytes, bytes]]


class Guard:
    """Checks the headers of each request.

    Args:
        allowed_hosts: Names, with or without a port, that the server answers to besides ``localhost``, this machine's
            own name and IP addresses.
    """

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        own = socket.gethostname().lower()
        self._names = frozenset({"localhost", own, *(_name(host) for host in allowed_hosts)})

    def check(self, method: str, headers: Headers) -> None:
        """Let a request pass.

        Raises:
            PermissionDenied: Its Host is not one of ours, or it changes something on behalf of another site.
            MalformedRequest: It names two hosts.
        """
        host = origin = site = ""
        for name, value in headers:
            if name == b"host":
                if host:  # a proxy in front may have looked at the other one
                    raise MalformedRequest("a request has one header 'Host'; got two")
                host = value.decode("latin-1")
            elif name == b"origin":
                origin = value.decode("latin-1")
            elif name == b"sec-fetch-site":
                site = value.decode("latin-1")
        if not self._is_ours(host):
            raise PermissionDenied(
                f"this server does not answer to the host {host[:100]!r}; if that name is right, "
                "start the server with --allowed-hosts"
            )
        if method in _SAFE_METHODS:
            return
        if site == "cross-site" or (origin and origin.partition("://")[2].lower() != host.lower()):
            raise PermissionDenied(f"a page of {origin[:100]!r} may not change anything here")

    def _is_ours(self, host: str) -> bool:
        name = _name(host)
        return name in self._names or is_ip(name)


def _name(host: str) -> str:
    """The name of a Host header without its port, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def is_ip(name: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def check_listen_address(host: str, *, insecure_no_auth: bool) -> None:
    """Refuse to listen where strangers may reach the server, unless that was asked for in so many words.

    Raises:
        InvalidValue: The address is not a loopback one and ``insecure_no_auth`` is not set.
    """
    if host == "localhost" or (is_ip(host) and ip_address(host).is_loopback) or insecure_no_auth:
        return
    raise InvalidValue(
        f"--host {host} lets everyone who reaches this machine read and change all runs, for there is no login yet; "
        "keep --host 127.0.0.1, or add --insecure-no-auth if the network is trusted"
    )
