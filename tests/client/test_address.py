"""The address where runs are kept."""

from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.client import Client
from runstone.errors import EndpointNotFound, InvalidValue, Unsupported
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server


def test_default_is_a_database_in_the_working_directory() -> None:
    assert runstone.get_tracking_uri() == "sqlite:///runstone.db"
    assert not runstone.is_tracking_uri_set()


@pytest.mark.parametrize("name", ["RUNSTONE_TRACKING_URI", "MLFLOW_TRACKING_URI"])
def test_setting_comes_before_the_default_and_code_before_the_setting(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "http://from-setting:5000")
    by_setting = (runstone.get_tracking_uri(), runstone.is_tracking_uri_set())

    runstone.set_tracking_uri("http://from-code:5000")

    assert by_setting == ("http://from-setting:5000", True)
    assert runstone.get_tracking_uri() == "http://from-code:5000"
    assert Client().tracking_uri == "http://from-code:5000"


def test_setting_comes_before_code_where_a_run_is_done_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", "http://original:5000")
    monkeypatch.setenv("RUNSTONE_REPRODUCES", "a" * 32)

    runstone.set_tracking_uri("http://original:5000")
    untold = caplog.text
    runstone.set_tracking_uri("sqlite:///runs.db")

    assert (runstone.get_tracking_uri(), untold) == ("http://original:5000", "")
    assert "the address that the code chooses is not used" in caplog.text
    with pytest.raises(InvalidValue):
        runstone.set_tracking_uri("runs.db")


def test_empty_address_goes_back_to_the_setting() -> None:
    runstone.set_tracking_uri("http://from-code:5000")

    runstone.set_tracking_uri("")

    assert runstone.get_tracking_uri() == "sqlite:///runstone.db"
    assert not runstone.is_tracking_uri_set()


def test_path_of_a_database_is_an_address(tmp_path: Path) -> None:
    runstone.set_tracking_uri(tmp_path / "mine.db")

    with runstone.start_run():
        pass

    assert runstone.get_tracking_uri() == f"sqlite:///{tmp_path.as_posix()}/mine.db"
    assert (tmp_path / "mine.db").is_file()


@pytest.mark.parametrize("bad", ["./mlruns", Path("mlruns"), "foo://bar", 5, None])
def test_address_that_nobody_knows_is_refused_at_the_call(bad: Any) -> None:
    with pytest.raises((InvalidValue, Unsupported)):
        runstone.set_tracking_uri(bad)

    assert not runstone.is_tracking_uri_set()


def test_address_below_that_of_a_server_is_told_when_a_run_is_to_start(tmp_path: Path) -> None:
    options = ServerOptions(store_uri=f"sqlite:///{tmp_path}/runs.db", artifacts_destination=f"{tmp_path}/files")
    with running_server(options) as address:
        runstone.set_tracking_uri(f"{address}/api")

        with pytest.raises(EndpointNotFound, match=f"at {address}/api is no server of runs: .*give the address of the"):
            runstone.start_run()
