"""`runstone config`."""

import json

import pytest
from click.testing import CliRunner

from runstone.cli.main import main
from runstone.config import SETTINGS


def test_every_setting_is_listed_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://runs.example:5000")

    rows = json.loads(CliRunner().invoke(main, ["config", "--json"]).stdout)

    assert [row["name"] for row in rows] == [setting.name for setting in SETTINGS]
    assert rows[0]["value"] == "http://runs.example:5000"
    assert rows[0]["source"] == "MLFLOW_TRACKING_URI"


def test_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_TOKEN", "open-sesame")

    table = CliRunner().invoke(main, ["config"]).stdout
    document = CliRunner().invoke(main, ["config", "--json"]).stdout

    assert "(hidden)" in table
    assert "(hidden)" in document
    assert "open-sesame" not in table + document


@pytest.mark.parametrize("name", ["RUNSTONE_TRACKING_URI", "RUNSTONE_REGISTRY_URI"])
def test_password_in_an_address_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "https://ada:open-sesame@runs.example")

    shown = CliRunner().invoke(main, ["config"]).stdout

    assert "https://ada:***@runs.example" in shown
    assert "open-sesame" not in shown


def test_unreadable_setting_is_told_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "many")

    shown = CliRunner().invoke(main, ["config"])

    assert shown.exit_code == 0
    assert "RUNSTONE_HTTP_RETRIES='many' cannot be read" in shown.stdout
    assert "RUNSTONE_DEBUG" in shown.stdout
