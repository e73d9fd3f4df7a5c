"""Passwords and tokens appear in no message, no listing and no address."""

import socket

import pytest
from click.testing import CliRunner

from runstone import config
from runstone.cli.main import main
from runstone.client import Client
from runstone.config.setting import Setting
from runstone.entities.names import without_password
from runstone.errors import BackendUnavailable, RunstoneError
from runstone.stores.resolve import open_embedded_store, open_store
from runstone.transport import Transport


def test_address_with_a_password_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        transport = Transport(f"http://ada:hunter2@127.0.0.1:{closed.getsockname()[1]}")

        with pytest.raises(BackendUnavailable) as caught:
            transport.send("GET", "/")

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in transport.address


ODD_ADDRESSES = [
    "http://bob:hunter2@/x",
    "http://bob:hunter2@h:abc",
    "http://bob:hunter2@[::1",
    "http://bob:correct/horse@h",
    "http:/bob:hunter2@h",
    "htp://bob:hunter2@h",
    "//bob:hunter2@h",
    "bob:hunter2@h:5000",
    "sqlite://bob:hunter2@h/x",
]


@pytest.mark.parametrize("address", ODD_ADDRESSES)
def test_address_that_is_refused_is_told_without_its_password(address: str) -> None:
    with pytest.raises(RunstoneError) as caught:
        open_store(address)

    assert "hunter2" not in str(caught.value)
    assert "horse" not in str(caught.value)


@pytest.mark.parametrize("address", ODD_ADDRESSES)
@pytest.mark.parametrize("command", [["doctor"], ["doctor", "--json"], ["runs", "list"]])
def test_command_line_does_not_print_the_password_of_an_odd_address(address: str, command: list[str]) -> None:
    done = CliRunner().invoke(main, ["--tracking-uri", address, *command])

    assert done.exit_code == 1
    assert "hunter2" not in done.output
    assert "horse" not in done.output


def test_address_of_another_server_is_told_without_its_password() -> None:
    with pytest.raises(RunstoneError) as caught:
        open_embedded_store("http://bob:hunter2@h", artifact_root="/a")

    assert "hunter2" not in str(caught.value)


def test_client_is_shown_without_its_password() -> None:
    shown = repr(Client("http://bob:hunter2@h"))

    assert shown == "Client('http://bob:***@h')"


@pytest.mark.parametrize("password", ["hunter2", "correct@horse", "12345", "a/@:?#", "a b"])
def test_password_is_replaced_whatever_it_holds(password: str) -> None:
    address = f"http://bob:{password}@h:5000/a"

    assert without_password(address) == "http://bob:***@h:5000/a"


@pytest.mark.parametrize(
    "address",
    ["http://h:5000", "http://h:5000/a@b", "http://[::1]:5000/a@b", "sqlite:////a:b@c/runs.db", "sqlite:///C:/a@b.db"],
)
def test_address_without_a_password_stays_whole(address: str) -> None:
    assert without_password(address) == address


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_settings_that_hold_secrets_are_marked(setting: Setting[str]) -> None:
    looks_secret = any(word in setting.name for word in ("PASSWORD", "TOKEN", "SECRET", "KEY", "CONNECTION_STRING"))

    assert setting.secret == looks_secret


def test_password_among_the_options_of_an_address_is_hidden() -> None:
    shown = without_password("postgresql://db/runs?user=bob&password=open-sesame&sslmode=require")

    assert shown == "postgresql://db/runs?user=bob&password=***&sslmode=require"
