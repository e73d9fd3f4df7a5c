"""What commands share: the address, and that who only looks makes no database."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from runstone.cli.main import main


@pytest.mark.parametrize(
    "arguments",
    [["experiments", "list"], ["runs", "list"], ["runs", "show", "0" * 32], ["artifacts", "list", "0" * 32]],
)
def test_looking_makes_no_database(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    shown = CliRunner().invoke(main, arguments)

    assert shown.exit_code == 1
    assert str(tmp_path / "runstone.db") in shown.stderr
    assert "--tracking-uri" in shown.stderr
    assert not list(tmp_path.iterdir())


def test_option_goes_before_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", f"sqlite:///{tmp_path / 'setting.db'}")

    CliRunner().invoke(main, ["--tracking-uri", f"sqlite:///{tmp_path / 'option.db'}", "experiments", "create", "a"])
    CliRunner().invoke(main, ["experiments", "create", "b"])

    assert (tmp_path / "option.db").is_file()
    assert (tmp_path / "setting.db").is_file()


def test_server_that_is_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_HTTP_RETRIES", "0")

    shown = CliRunner().invoke(main, ["--tracking-uri", "http://127.0.0.1:9", "experiments", "list"])

    assert shown.exit_code == 1
    assert shown.stderr.startswith("Error: the server http://127.0.0.1:9 does not answer")
    assert shown.stderr.count("\n") == 1
