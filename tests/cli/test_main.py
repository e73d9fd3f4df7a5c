"""The top of the command line: help, versions, exit codes, errors at the edge."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from runstone.cli.main import COMMANDS, CommandLine, main
from tests.cli.processes import run


def test_help_names_every_command_with_a_sentence() -> None:
    shown = CliRunner().invoke(main, ["--help"])

    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.output


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom runstone.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('loaded', sorted({'sqlalchemy', 'rich', 'uvicorn', 'numpy', 'sklearn', 'urllib3'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.endswith("loaded []\n")


def _commands(command: click.Command, words: list[str]) -> list[list[str]]:
    if not isinstance(command, click.Group):
        return [words]
    return [words, *(path for name, child in command.commands.items() for path in _commands(child, [*words, name]))]


@pytest.mark.parametrize("words", _commands(main, []), ids=" ".join)
def test_every_command_explains_itself(words: list[str]) -> None:
    shown = CliRunner().invoke(main, [*words, "--help"])

    assert shown.exit_code == 0
    assert f"Usage: main {' '.join(words)}".rstrip() in shown.output
    # Nothing of a list is cut off in a terminal of 80 columns.
    assert [line for line in shown.output.splitlines() if line.startswith("  ") and line.endswith("...")] == []


def test_version_is_that_of_the_package() -> None:
    shown = CliRunner().invoke(main, ["--version"])

    assert shown.output == f"runstone {version('runstone')}\n"


def test_unknown_command_is_a_mistake_of_usage() -> None:
    shown = CliRunner().invoke(main, ["fly"])

    assert shown.exit_code == 2
    assert "No such command 'fly'" in shown.output


def test_table_of_commands_is_not_written_to() -> None:
    with pytest.raises(NotImplementedError):
        main.commands["fly"] = click.Command("fly")
    with pytest.raises(NotImplementedError):
        del main.commands["runs"]

    assert set(main.commands) == set(COMMANDS)
    assert len(main.commands) == len(COMMANDS)


def test_commands_run_inside_other_programs_without_ending_them() -> None:
    answer = main.main(["--version"], standalone_mode=False)

    assert answer == 0


def test_error_is_one_sentence_on_the_standard_error(tmp_path: Path) -> None:
    done = run("--tracking-uri", "nonsense", "runs", "show", "0" * 32, folder=tmp_path)

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--debug"], []])
def test_traceback_is_shown_when_asked_for(tmp_path: Path, arguments: list[str]) -> None:
    setting = {} if arguments else {"RUNSTONE_DEBUG": "1"}

    done = run(*arguments, "--tracking-uri", "nonsense", "runs", "show", "0" * 32, folder=tmp_path, **setting)

    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "InvalidValue" in done.stderr


def test_unreadable_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_DEBUG", "perhaps")

    done = CliRunner().invoke(main, ["runs", "list"])

    assert done.exit_code == 1
    assert done.stderr == "Error: RUNSTONE_DEBUG='perhaps' cannot be read: wanted: true or false\n"


@click.group(cls=CommandLine)
def program() -> None:
    """A program whose command fails in ways that nobody foresaw."""


@program.command()
def fail() -> None:
    """Fail."""
    raise ZeroDivisionError("division by zero")


@program.command()
@click.argument("path", type=click.Path(path_type=Path))
def read(path: Path) -> None:
    """Read a file."""
    path.read_bytes()


@program.command()
def interrupt() -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


def test_error_that_nobody_foresaw_asks_for_a_report() -> None:
    done = CliRunner().invoke(program, ["fail"])

    assert done.exit_code == 1
    assert "ZeroDivisionError: division by zero; please report it" in done.stderr
    assert "Traceback" not in done.output


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(program, ["read", str(tmp_path / "none.txt")])

    assert done.exit_code == 1
    assert done.stderr == f"Error: No such file or directory: {tmp_path / 'none.txt'}\n"


def test_working_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    told = CliRunner().invoke(main, ["runs", "list"])

    assert told.exit_code == 1
    assert "the working folder is gone; go to one that is there" in told.stderr


def test_ctrl_c_ends_with_its_own_code() -> None:
    done = CliRunner().invoke(program, ["interrupt"])

    assert done.exit_code == 130
    assert done.stderr.strip() == "Interrupted."


@pytest.mark.parametrize("arguments", [["config"], ["--help"]])
def test_reader_that_goes_away_is_no_error(tmp_path: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "runstone", *arguments],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert done.returncode == 0
    assert done.stderr == ""
