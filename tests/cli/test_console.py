"""`runstone runs show --follow`, as a process of its own, while a run goes on."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.client.capture.screen import folded
from runstone.client.client import Client
from tests.cli.processes import ENDS_WITHIN_S

FIRST, SECOND = "runstone/console/000000.log", "runstone/console/000001.log"
RANK = "runstone/console/001482915000.log"  # of another process


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(f"sqlite:///{tmp_path}/runstone.db")


@pytest.fixture
def run_id(client: Client) -> str:
    """A run that goes on and has printed something."""
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "epoch 1\n 10 %\n 50 %", FIRST)
    return run_id


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of one: what it shows can be read from the first."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def follow(run_id: str, folder: Path, stdout: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "runstone", "runs", "show", run_id, "--follow"],
        cwd=folder,
        env={**os.environ, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def read_until(end: str, source: int) -> str:
    text = b""
    while end not in text.decode("utf-8", "ignore"):
        text += os.read(source, 1024)
    return text.decode()


def test_terminal_shows_what_the_run_prints_until_it_ends(
    client: Client, run_id: str, terminal: tuple[int, int], tmp_path: Path
) -> None:
    ours, theirs = terminal
    with follow(run_id, tmp_path, theirs) as process:
        text = read_until("50 %", ours)
        client.log_text(run_id, "epoch 1\n100 %\n 90 %", FIRST)
        text += read_until("90 %", ours)
        client.log_text(run_id, "epoch 1\n100 %\n100 %\n", FIRST)
        client.log_text(run_id, "epoch 2\n", SECOND)
        text += read_until("epoch 2", ours)
        client.log_text(run_id, "epoch 2\nthe end", SECOND)
        client.set_terminated(run_id)
        code = process.wait(ENDS_WITHIN_S)
        text += read_until("the end", ours)

    assert code == 0
    assert folded(text).rstrip("\n") == "epoch 1\n100 %\n100 %\nepoch 2\nthe end"


def test_pipe_gets_lines_that_have_changed_again(client: Client, run_id: str, tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    with follow(run_id, tmp_path, theirs) as process:
        os.close(theirs)
        text = read_until("50 %", ours)
        client.log_text(run_id, "epoch 1\n100 %\n 90 %", FIRST)
        text += read_until("90 %", ours)
        process.send_signal(signal.SIGINT)
        code = process.wait(ENDS_WITHIN_S)
        text += os.read(ours, 1024).decode()
        os.close(ours)

    assert code == 0
    assert text == "epoch 1\n 10 %\n 50 %\n100 %\n 90 %\n"


def test_each_process_that_logs_to_the_run_is_followed(client: Client, run_id: str, tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    client.log_text(run_id, "rank 1\n", RANK)
    with follow(run_id, tmp_path, theirs) as process:
        os.close(theirs)
        text = read_until("rank 1", ours)
        client.log_text(run_id, "epoch 1\n 10 %\n100 %\n", FIRST)
        text += read_until("100 %", ours)
        client.log_text(run_id, "rank 1\nloss ", RANK)
        text += read_until("loss", ours)
        client.log_text(run_id, "epoch 2\n", SECOND)
        text += read_until("epoch 2", ours)
        client.log_text(run_id, "rank 1\nloss 0.5\n", RANK)
        client.set_terminated(run_id)
        code = process.wait(ENDS_WITHIN_S)
        text += os.read(ours, 1024).decode()
        os.close(ours)

    assert code == 0
    assert text == "epoch 1\n 10 %\n 50 %rank 1\n100 %\nloss \nepoch 2\nloss 0.5\n"
