"""One HTTP call: address, credentials, retries, time-outs, and the error that an answer stands for."""

import os
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout, make_headers

from runstone import config
from runstone.entities.names import shown_address
from runstone.errors import (
    BackendError,
    BackendUnavailable,
    EndpointNotFound,
    Fact,
    InvalidValue,
    RunstoneError,
    TooLarge,
    restore,
)

CHUNK = 1 << 20
_BUSY = (429, 502, 503, 504)
_ERRORS = 400  # and above; below are redirects
# What an answer stands for that does not say so itself, as those of proxies.
_KINDS: dict[int, type[RunstoneError]] = {
    404: EndpointNotFound,
    413: TooLarge,
    **dict.fromkeys(_BUSY, BackendUnavailable),
}
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})

Query = Mapping[str, str | int | Sequence[str] | None]


class _ErrorBody(msgspec.Struct):
    error_code: str
    message: str = ""
    error: str = ""
    facts: dict[str, Fact] | None = None


class Patience(msgspec.Struct, frozen=True):
    """How long an answer is waited for.

    Attributes:
        connect_s: Seconds until a connection stands.
        read_s: Seconds without a byte of the answer.
        retries: How often a call that may be repeated is sent again.
    """

    connect_s: float
    read_s: float
    retries: int


# For calls whose caller has another way, or will come again.
SOON = Patience(2, 5, 0)


class Transport:
    """Calls to one server over kept connections; may be used from several threads.

    Example:
        >>> Transport("http://127.0.0.1:5000/").address
        'http://127.0.0.1:5000'
    """

    def __init__(self, address: str, *, anonymous: bool = False) -> None:
        """Prepare for calls; nothing is sent yet.

        Args:
            address: ``http(s)://host[:port][/prefix]``, with ``user:password@`` if wanted. Else the credentials are
                those of the settings.
            anonymous: Whether the credentials of the settings are kept from this server.

        Raises:
            InvalidValue: The address is not of that form.
        """
        parts, hostname = _parts(address)
        host = f"[{hostname}]" if ":" in hostname else hostname
        port = f":{parts.port}" if parts.port else ""
        self.address = f"{parts.scheme}://{host}{port}{parts.path}"
        self._headers = _credentials(parts.username, parts.password, anonymous=anonymous)
        timeout = config.HTTP_TIMEOUT.required()
        self._patience = Patience(timeout, timeout, config.HTTP_RETRIES.required())
        self._scheme, self._host = parts.scheme, hostname
        self._process, self._pool = os.getpid(), _pool(self._scheme, self._host)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes | Iterable[bytes] | None = None,
        content_type: str = "application/json",
        repeatable: bool = False,
        patience: "Patience | None" = None,
    ) -> bytes:
        """Send a request and return the body of the answer.

        Args:
            method: HTTP method.
            path: Path below the address, already quoted.
            query: Parameters; ``None`` is left out, a sequence is repeated.
            body: Bytes, or pieces of them, which are sent as they come.
            content_type: Type of the body.
            repeatable: Whether a POST may be sent again when it is unknown whether the first one arrived.
            patience: How long an answer is waited for; as the settings say if ``None``.

        Raises:
            BackendUnavailable: There was no answer, or only 429, 502, 503 or 504, at each try.
            RunstoneError: The error that the server reports, as the class it was there.
        """
        response = self._request(
            method, path, query, body, content_type, repeatable=repeatable, preload=True, patience=patience
        )
        data: bytes = response.data
        return data

    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes | Iterable[bytes] | None = None,
        content_type: str = "application/octet-stream",
    ) -> "Answer":
        """Send a request and give the body of the answer in pieces of at most 1 MiB.

        The request is sent, and its errors raised, by the call itself. Raises what :meth:`send` raises.
        """
        response = self._request(method, path, query, body, content_type, repeatable=False, preload=False)
        return Answer(response, self.address)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._pool.clear()

    def _pool_of_this_process(self) -> urllib3.PoolManager:
        """The kept connections; the child of a fork makes its own, since two processes would mix up their answers."""
        if self._process != os.getpid():
            self._process, self._pool = os.getpid(), _pool(self._scheme, self._host)
        return self._pool

    def _request(
        self,
        method: str,
        path: str,
        query: Query | None,
        body: bytes | Iterable[bytes] | None,
        content_type: str,
        *,
        repeatable: bool,
        preload: bool,
        patience: "Patience | None" = None,
    ) -> urllib3.BaseHTTPResponse:
        streams_body = body is not None and not isinstance(body, bytes)
        patience = patience or self._patience
        retry = Retry(
            total=0 if streams_body else patience.retries,
            allowed_methods=None if repeatable else _REPEATABLE,
            status_forcelist=_BUSY,
            backoff_factor=0.2,
            raise_on_status=False,
            redirect=False,
        )
        try:
            response = self._pool_of_this_process().request(
                method,
                f"{self.address}{path}{_query(query)}",
                body=body,
                headers={**self._headers, **({"Content-Type": content_type} if body is not None else {})},
                retries=retry,
                timeout=Timeout(connect=patience.connect_s, read=patience.read_s),
                redirect=False,
                preload_content=preload,
            )
        except MaxRetryError as error:
            raise BackendUnavailable(f"the server {self.address} does not answer: {_cause(error)}") from None
        except HTTPError as error:
            raise BackendUnavailable(f"the call to {self.address} failed: {error}") from None
        if response.status >= 300:
            raise _reported(self.address, response.status, response.data, response.headers.get("Location"))
        return response


class Answer(Iterator[bytes]):
    """The body of an answer, piece by piece; whoever does not take them all closes it.

    Attributes:
        headers: The answer's headers; names are found in any case.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, address: str) -> None:
        self.headers: Mapping[str, str] = response.headers
        self._pieces = _pieces(response, address)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Close the connection, if there is something left to read."""
        self._pieces.close()


def _pieces(response: urllib3.BaseHTTPResponse, address: str) -> Generator[bytes, None, None]:
    is_whole = False
    try:
        yield from response.stream(CHUNK)
        is_whole = True
    except HTTPError as error:
        raise BackendUnavailable(f"the answer of {address} broke off: {error}") from None
    finally:
        if not is_whole:
            response.close()  # the rest of the answer must not be taken for the next one
        response.release_conn()


def quote_path(path: str) -> str:
    """A path as it stands in a URL; slashes stay."""
    return quote(path, safe="/")


def _parts(address: str) -> tuple[SplitResult, str]:
    """The parts of an address that can be called, and its host."""
    try:
        parts = urlsplit(address.rstrip("/"))
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts, parts.hostname
    except ValueError:  # a port that is none, or brackets that do not match
        pass
    raise InvalidValue(f"the address of a server looks like http://host:5000; got {shown_address(address)}")


def _query(query: Query | None) -> str:
    pairs: list[tuple[str, Any]] = [(name, value) for name, value in (query or {}).items() if value is not None]
    return f"?{urlencode(pairs, doseq=True)}" if pairs else ""


def _credentials(username: str | None, password: str | None, *, anonymous: bool) -> dict[str, str]:
    token = None
    if not anonymous:
        username = username or config.TRACKING_USERNAME.get()
        password = password or config.TRACKING_PASSWORD.get()
        token = config.TRACKING_TOKEN.get()
    headers = {"User-Agent": "runstone"}
    if username and password:
        headers |= make_headers(basic_auth=f"{username}:{password}")
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _pool(scheme: str, host: str) -> urllib3.PoolManager:
    tls: dict[str, Any] = {}
    if scheme == "https":
        tls = {"ca_certs": config.TRACKING_CA_BUNDLE.get(), "cert_reqs": "CERT_REQUIRED"}
    proxy = getproxies().get(scheme)
    if proxy and not proxy_bypass(host):
        return urllib3.ProxyManager(proxy, maxsize=8, **tls)
    return urllib3.PoolManager(maxsize=8, **tls)


def _cause(error: MaxRetryError) -> str:
    text = str(error.reason)
    return text.rpartition(": ")[2] if "Failed to establish" in text else text


def _reported(address: str, status: int, body: bytes, elsewhere: str | None) -> RunstoneError:
    if status < _ERRORS and elsewhere:
        return BackendError(
            f"{address} answered {status}: what is asked for is at {shown_address(elsewhere)}, and credentials are not "
            "sent on by themselves; choose that server as the address"
        )
    try:
        told = msgspec.json.decode(body, type=_ErrorBody)
    except (msgspec.DecodeError, UnicodeDecodeError):
        kind = _KINDS.get(status, BackendError)
        return kind(f"{address} answered {status} without saying why: {body[:200]!r}")
    error = restore(told.error_code, told.message, name=told.error, facts=told.facts)
    if status in _BUSY and not isinstance(error, BackendError):
        # Hosted servers call a limit of the rate by the name of that of the size.
        return BackendUnavailable(f"{address} answered {status}: {told.message}")
    return error
