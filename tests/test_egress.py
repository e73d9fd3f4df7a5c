"""The way out: what it calls, and what it never reaches."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from runstone.egress import MOST_BYTES, Egress, Reply, from_settings, is_public, resolve
from runstone.errors import AddressForbidden, BackendUnavailable, InvalidValue
from tests.receiver import Receiver
from tests.silent import listening, tls_server

HIDDEN = [
    "127.0.0.1",
    "127.255.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
]
# The same address, as the system reads it.
DISGUISED = ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
NAMED = ["localhost", "LOCALHOST", "localhost.", "app.localhost"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def open_way(**options: object) -> Egress:
    return Egress(schemes=("http", "https"), allows_private=True, timeout_s=10, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("address", HIDDEN)
def test_address_that_is_not_public_is_hidden(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", [*DISGUISED, *NAMED, "10.0.0.1", "169.254.169.254"])
def test_literal_of_a_hidden_address_is_refused_at_once(host: str) -> None:
    egress = Egress(schemes=("http",))

    with pytest.raises(AddressForbidden):
        egress.check(f"http://{host}:80/x")
    with pytest.raises(AddressForbidden):
        egress.post(f"http://{host}:80/x", b"", {})


@pytest.mark.parametrize("address", HIDDEN)
def test_name_that_stands_for_a_hidden_address_is_refused(address: str) -> None:
    egress = Egress(schemes=("http",), resolver=lambda _host, _port: ["8.8.8.8", address])

    with pytest.raises(AddressForbidden):
        egress.post("http://receiver.example/", b"", {})


def test_name_is_resolved_once_and_the_checked_address_is_called(receiver: Receiver) -> None:
    asked: list[tuple[str, int]] = []

    def answers(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    reply = open_way(resolver=answers).post(f"http://receiver.example:{receiver.port}/200/a?b=c", b"{}", {"X-A": "1"})

    told = receiver.next()
    assert reply == Reply(200, b"taken")
    assert asked == [("receiver.example", receiver.port)]
    assert (told.path, told.body, told.headers["x-a"]) == ("/200/a?b=c", b"{}", "1")
    assert told.headers["host"] == f"receiver.example:{receiver.port}"


def test_second_address_is_called_where_the_first_takes_nobody(receiver: Receiver) -> None:
    egress = open_way(resolver=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])

    assert egress.post(f"http://receiver.example:{receiver.port}/", b"", {}).is_success


def test_redirect_is_not_followed(receiver: Receiver) -> None:
    reply = open_way().post(f"{receiver.address}/302/a", b"", {})

    assert (reply.status, reply.is_success) == (302, False)
    assert receiver.next().path == "/302/a"
    assert receiver.told.empty()


def test_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    assert open_way().post(f"{receiver.address}/", b"", {}).is_success


def test_long_answer_is_cut() -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (3 * MOST_BYTES)

    with listening(answer) as port:
        reply = open_way().post(f"http://127.0.0.1:{port}/", b"", {})

    assert len(reply.body) == MOST_BYTES


def test_answer_that_trickles_is_given_up_in_time() -> None:
    trickle = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-A: %d\r\n" % number for number in range(1000))
    egress = Egress(schemes=("http",), allows_private=True, timeout_s=0.3)
    began = time.monotonic()

    with listening(trickle, piece=1, pause_s=0.02) as port, pytest.raises(BackendUnavailable, match="does not answer"):
        egress.post(f"http://127.0.0.1:{port}/", b"", {})

    assert time.monotonic() - began < 10


def test_answer_that_is_no_http_is_no_answer() -> None:
    with listening(b"\x00\x01\r\n") as port, pytest.raises(BackendUnavailable, match="does not answer"):
        open_way().post(f"http://127.0.0.1:{port}/", b"", {})


def test_host_that_is_not_there_is_named() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(BackendUnavailable, match="no such host"):
        Egress(resolver=unknown).post("https://receiver.example/", b"", {})
    with pytest.raises(BackendUnavailable, match="has no address"):
        Egress(resolver=lambda _host, _port: []).post("https://receiver.example/", b"", {})
    with pytest.raises(BackendUnavailable, match="does not answer"):
        open_way().post("http://127.0.0.1:1/", b"", {})


@pytest.mark.parametrize("url", ["http://[::1/", "http://h:99999/", "https:///x", "https://h/\r\nX: y", "https://ü/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue):
        Egress(schemes=("http", "https")).check(url)


def test_certificate_is_checked_against_the_name_not_the_address(tmp_path: Path) -> None:
    authority = certificate(tmp_path / "receiver.pem", "receiver.example")
    trusting = ssl.create_default_context(cafile=str(authority))
    egress = open_way(resolver=lambda _host, _port: ["127.0.0.1"], tls=trusting)

    with tls_server(authority, b"HTTP/1.1 204 No Content\r\n\r\n") as port:
        reply = egress.post(f"https://receiver.example:{port}/", b"{}", {})
    with tls_server(authority, b"") as port, pytest.raises(BackendUnavailable, match="CERTIFICATE"):
        egress.post(f"https://other.example:{port}/", b"{}", {})

    assert reply.status == 204


def test_certificate_of_a_stranger_is_refused(tmp_path: Path) -> None:
    authority = certificate(tmp_path / "receiver.pem", "receiver.example")

    with tls_server(authority, b"") as port, pytest.raises(BackendUnavailable, match="CERTIFICATE"):
        open_way(resolver=lambda _host, _port: ["127.0.0.1"]).post(f"https://receiver.example:{port}/", b"{}", {})


def test_settings_say_what_may_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AddressForbidden):
        from_settings().check("http://127.0.0.1/")

    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    monkeypatch.setenv("RUNSTONE_WEBHOOK_ALLOWED_SCHEMES", "http, https")

    from_settings().check("http://127.0.0.1/")


def test_system_resolves_names() -> None:
    assert "127.0.0.1" in resolve("127.0.0.1", 80)
    assert ip_address(resolve("127.1", 80)[0]).is_loopback


def certificate(path: Path, host: str) -> Path:
    """A file with a key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(text + made.public_bytes(serialization.Encoding.PEM))
    return path
