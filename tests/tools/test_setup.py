import os
from pathlib import Path

import pytest

from tools import setup


def test_missing_apt_get_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(setup.SetupError, match="no apt-get; install it and run this again"):
        setup.install_system_package("chromium")


def test_user_who_may_not_install_is_told_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    apt_get = tmp_path / "apt-get"
    apt_get.write_text("#!/bin/sh\nexit 7\n")
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(setup.SetupError, match="run `sudo apt-get install chromium`"):
        setup.install_system_package("chromium")


def test_failing_installer_ends_with_its_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apt_get = tmp_path / "apt-get"
    apt_get.write_text("#!/bin/sh\nexit 7\n")
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert setup.main(["browser"]) == 1
    assert "`apt-get update -qq` ended with 7" in capsys.readouterr().err


def test_browser_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert setup.main(["browser"]) == 0


def test_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        setup.main(["everything"])

    assert "invalid choice: 'everything'" in capsys.readouterr().err


def test_database_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "15" / "bin").mkdir(parents=True)
    (tmp_path / "15" / "bin" / "initdb").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "POSTGRES", tmp_path)

    assert setup.main(["postgres"]) == 0


def test_missing_database_is_installed_by_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "POSTGRES", tmp_path)

    assert setup.main(["postgres"]) == 1
    assert "the system package postgresql is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("user", "why"),
    [(1000, "the system package gcc is missing; run `sudo apt-get"), (0, "returned non-zero exit status 7")],
)
def test_compiler_that_cannot_be_installed_is_told_and_is_no_reason_to_stop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], user: int, why: str
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(setup, "VENV", tmp_path)
    monkeypatch.setattr(setup, "_uv_pip", lambda *_: None)

    assert setup.main(["project"]) == 0

    said = capsys.readouterr().out
    assert "calls of log_metric take longer: " in said
    assert why in said


def test_compiler_that_is_there_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cc").write_text("#!/bin/sh\n")
    (tmp_path / "cc").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    setup.compiler()

    assert capsys.readouterr().out == ""
