"""`runstone artifacts`, against a database and against a server."""

import json
from pathlib import Path

import pytest

from runstone.client.client import Client
from tests.cli.conftest import Command


@pytest.fixture
def run_id(command: Command, address: str, tmp_path: Path) -> str:
    """A run with `notes.txt` and `plots/roc.txt`."""
    run_id = Client(address).create_run("1").info.run_id
    plots = tmp_path / "made" / "plots"
    plots.mkdir(parents=True)
    (plots / "roc.txt").write_bytes(b"a curve")
    (plots.parent / "notes.txt").write_bytes(b"went well\n")
    uploaded = command("artifacts", "upload", run_id, str(plots.parent / "notes.txt"), str(plots), "--to", "kept")
    assert uploaded.stdout == "kept/notes.txt\nkept/plots\n", uploaded.output
    return run_id


def test_files_are_listed_folder_by_folder(command: Command, run_id: str) -> None:
    top = json.loads(command("artifacts", "list", run_id, "--json").stdout)
    inside = command("artifacts", "list", run_id, "kept").stdout

    assert top == [{"path": "kept", "is_dir": True, "file_size": None}]
    assert [line.split() for line in inside.splitlines()] == [
        ["path", "bytes"],
        ["kept/notes.txt", "10"],
        ["kept/plots/"],
    ]


def test_files_are_listed_through_all_folders(command: Command, run_id: str) -> None:
    listed = json.loads(command("artifacts", "list", run_id, "-r", "--json").stdout)

    assert [file["path"] for file in listed] == ["kept/notes.txt", "kept/plots/roc.txt"]


def test_file_comes_back_as_it_was(command: Command, run_id: str, tmp_path: Path) -> None:
    fetched = command("artifacts", "download", run_id, "kept/notes.txt", "--to", str(tmp_path / "here"))

    assert Path(fetched.stdout.strip()).read_bytes() == b"went well\n"
    assert Path(fetched.stdout.strip()).is_relative_to(tmp_path / "here")


def test_all_files_come_at_once(command: Command, run_id: str, tmp_path: Path) -> None:
    command("artifacts", "download", run_id, "--to", str(tmp_path / "all"))

    found = sorted(file.relative_to(tmp_path / "all").as_posix() for file in (tmp_path / "all").rglob("*.txt"))

    assert found == ["kept/notes.txt", "kept/plots/roc.txt"]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["list", "0" * 32], 1, "no run has the id"),
        (["list", "RUN", "../secret"], 1, "'../secret'"),
        (["download", "RUN", "nothing.txt"], 1, "nothing.txt"),
        (["upload", "RUN", "not-there.txt"], 2, "not-there.txt"),
        (["upload", "RUN"], 2, "LOCAL"),
    ],
)
def test_what_cannot_be_done_is_said(
    command: Command, run_id: str, tmp_path: Path, arguments: list[str], code: int, reason: str
) -> None:
    done = command("artifacts", *(run_id if word == "RUN" else word for word in arguments))

    assert done.exit_code == code
    assert reason in done.stderr
