"""Passwords and tokens appear in no message, no listing and no address."""

import socket

import pytest

from runstone import config
from runstone.errors import BackendUnavailable
from runstone.transport import Transport


def test_address_with_a_password_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        transport = Transport(f"http://ada:correct-horse@127.0.0.1:{closed.getsockname()[1]}")

        with pytest.raises(BackendUnavailable) as caught:
            transport.send("GET", "/")

    assert "correct-horse" not in str(caught.value)
    assert "correct-horse" not in transport.address


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.name)
def test_settings_that_hold_secrets_are_marked(setting: config.Setting[str]) -> None:
    looks_secret = any(word in setting.name for word in ("PASSWORD", "TOKEN", "SECRET", "KEY"))

    assert setting.secret == looks_secret
