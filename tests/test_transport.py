"""One HTTP call: addresses, credentials, retries, and errors that come back as they were."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from runstone.errors import BackendError, BackendUnavailable, InvalidValue, RunNotFound, TooLarge
from runstone.transport import Transport, quote_path
from tests.silent import listening


@dataclass
class Peer:
    """A server that gives the answers it was told to give, and keeps what it was asked."""

    address: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def peer() -> Iterator[Peer]:
    state = Peer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, text = state.answers.pop(0) if state.answers else (200, b"{}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = answer  # noqa: N815  # names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            pass

    with running(Keeping(("127.0.0.1", 0), Handler)) as port:
        state.address = f"http://127.0.0.1:{port}"
        yield state


class Keeping(ThreadingHTTPServer):
    """Keeps connections open, and does not wait for them at the end."""

    block_on_close = False


@contextmanager
def running(server: Keeping) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def transport(peer: Peer) -> Iterator[Transport]:
    made = Transport(peer.address)
    yield made
    made.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:5000",
        "ftp://host",
        "http://",
        "sqlite:///a.db",
        "http://h:0",
        "http://h:99999",
        "http://h:abc",
        "http://[::1",
    ],
)
def test_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue, match="looks like http://host:5000"):
        Transport(address)


def test_address_is_kept_without_credentials() -> None:
    assert Transport("http://ada:secret@[::1]:5000/base/").address == "http://[::1]:5000/base"


def test_query_is_written_with_lists_repeated_and_nothing_for_none(peer: Peer, transport: Transport) -> None:
    transport.send("GET", f"/a/{quote_path('b c/ü')}", query={"n": 1, "none": None, "ids": ["x", "y&z"]})

    assert peer.asked[0][:2] == ("GET", "/a/b%20c/%C3%BC?n=1&ids=x&ids=y%26z")


def test_body_is_sent_with_its_type(peer: Peer, transport: Transport) -> None:
    transport.send("POST", "/a", body=b'{"x":1}')
    transport.send("PUT", "/b", body=iter([b"one", b"two"]), content_type="application/octet-stream")

    assert (peer.asked[0][2]["content-type"], peer.asked[0][3]) == ("application/json", b'{"x":1}')
    assert (peer.asked[1][2]["content-type"], peer.asked[1][3]) == ("application/octet-stream", b"onetwo")


@pytest.mark.parametrize(
    ("settings", "credentials", "header"),
    [
        ({}, "", None),
        ({"MLFLOW_TRACKING_TOKEN": "t0ken"}, "", "Bearer t0ken"),
        (
            {"MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"},
            "",
            "Basic " + base64.b64encode(b"u:p").decode(),
        ),
        ({"RUNSTONE_TRACKING_TOKEN": "t"}, "ada:pw@", "Basic " + base64.b64encode(b"ada:pw").decode()),
    ],
)
def test_credentials_come_from_the_address_or_the_settings(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], credentials: str, header: str | None
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    transport = Transport(peer.address.replace("//", f"//{credentials}"))
    transport.send("GET", "/")
    transport.close()

    assert peer.asked[0][2].get("authorization") == header


def test_error_of_the_server_is_the_same_here(peer: Peer, transport: Transport) -> None:
    body = {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": "none",
        "error": "RunNotFound",
        "facts": {"run_id": "r"},
    }
    peer.answers = [(404, json.dumps(body).encode())]

    with pytest.raises(RunNotFound, match="none") as caught:
        transport.send("GET", "/")

    assert caught.value.run_id == "r"


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"\xff"])
def test_answer_that_says_nothing_is_told_with_its_status(peer: Peer, transport: Transport, body: bytes) -> None:
    peer.answers = [(500, body)]

    with pytest.raises(BackendError, match=f"{peer.address} answered 500"):
        transport.send("GET", "/")


def test_redirect_is_not_followed(peer: Peer, transport: Transport) -> None:
    peer.answers = [(302, b"")]

    with pytest.raises(BackendError, match="302"):
        transport.send("GET", "/")

    assert len(peer.asked) == 1


def test_redirect_is_told_with_its_target() -> None:
    head = b"HTTP/1.1 308 Moved\r\nLocation: https://ada:secret@runs.example/\r\nContent-Length: 0\r\n\r\n"
    told = r"answered 308: .* is at 'https://ada:\*\*\*@runs\.example/'"

    with (
        listening(head) as port,
        closing(Transport(f"http://127.0.0.1:{port}")) as transport,
        pytest.raises(BackendError, match=told),
    ):
        transport.send("POST", "/", body=b"{}")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_is_asked_again(peer: Peer, transport: Transport, status: int) -> None:
    peer.answers = [(status, b""), (status, b""), (200, b"done")]

    assert transport.send("POST", "/", body=b"{}", repeatable=True) == b"done"
    assert len(peer.asked) == 3


def test_limit_of_the_rate_is_none_of_the_size(peer: Peer, transport: Transport) -> None:
    peer.answers = [(429, b'{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Rate limit exceeded"}')]

    with pytest.raises(BackendUnavailable, match="answered 429: Rate limit exceeded"):
        transport.send("POST", "/", body=b"{}")


def test_proxy_to_which_a_request_is_too_large_is_understood(peer: Peer, transport: Transport) -> None:
    peer.answers = [(413, b"<html>413 Request Entity Too Large</html>")]

    with pytest.raises(TooLarge, match="answered 413"):
        transport.send("POST", "/", body=b"{}")


def test_call_that_must_not_happen_twice_is_sent_once(peer: Peer, transport: Transport) -> None:
    peer.answers = [(503, b"")]

    with pytest.raises(BackendUnavailable, match="answered 503"):
        transport.send("POST", "/", body=b"{}")

    assert len(peer.asked) == 1


def test_server_that_is_away_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"

        with pytest.raises(BackendUnavailable, match=f"the server {address} does not answer: .*refused"):
            Transport(address).send("GET", "/health")


def test_server_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_TIMEOUT", "0.05")
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()

        with pytest.raises(BackendUnavailable, match="does not answer"):
            Transport(f"http://127.0.0.1:{silent.getsockname()[1]}").send("GET", "/")


def test_long_answer_comes_in_pieces(peer: Peer, transport: Transport) -> None:
    peer.answers = [(200, b"x" * 3_000_000)]

    pieces = list(transport.stream("GET", "/"))

    assert b"".join(pieces) == b"x" * 3_000_000
    assert max(map(len, pieces)) <= 1 << 20


def test_error_of_a_stream_is_raised_by_the_call(peer: Peer, transport: Transport) -> None:
    peer.answers = [(404, b'{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"none"}')]

    with pytest.raises(LookupError, match="none"):
        transport.stream("GET", "/")


def test_stream_that_breaks_off_is_told(cut_off: Callable[[], str]) -> None:
    with pytest.raises(BackendUnavailable, match="broke off"):
        list(Transport(cut_off()).stream("GET", "/"))


@pytest.fixture
def cut_off() -> Iterator[Callable[[], str]]:
    """A server that promises a hundred bytes, sends five and closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")

    thread = threading.Thread(target=serve)
    thread.start()
    yield lambda: f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join()
    listener.close()


def test_proxy_of_the_environment_is_used(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", peer.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    transport = Transport("http://runstone.example:5000")
    transport.send("GET", "/health")
    transport.close()

    assert peer.asked[0][1] == "http://runstone.example:5000/health"
