"""What a program prints is kept with its run."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import runstone
from runstone.client import Client
from runstone.client.capture.console import Console
from runstone.client.capture.part import Subject
from runstone.errors import BackendError, InvalidState, RunstoneError


@pytest.fixture(autouse=True)
def console_is_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE_CONSOLE", "true")


def console(client: Client, run_id: str) -> str:
    """All segments, joined in order."""
    files = [file.path for file in client.list_artifacts(run_id, "runstone/console")]
    return "".join(Path(client.download_artifacts(run_id, file)).read_text(encoding="utf-8") for file in files)


def test_console_of_a_run_is_what_was_printed_while_it_was_open(chosen: Client) -> None:
    print("before")
    with runstone.start_run() as run:
        print("epoch 1")
        print(" 50%|█  |", end="\r", file=sys.stderr)
        print("100%|███|", file=sys.stderr)
    print("after")

    assert console(chosen, run.info.run_id) == "epoch 1\n100%|███|\n"


def test_run_that_prints_nothing_has_no_files(chosen: Client) -> None:
    with runstone.start_run() as run:
        pass

    assert chosen.list_artifacts(run.info.run_id, "runstone") == []


def test_setting_switches_it_off(chosen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_CAPTURE_CONSOLE", "false")
    with runstone.start_run() as run:
        print("nobody hears")

    assert chosen.list_artifacts(run.info.run_id, "runstone") == []


def test_outer_run_gets_all_and_an_inner_one_its_own(chosen: Client) -> None:
    with runstone.start_run() as outer:
        print("sweep")
        with runstone.start_run(nested=True) as inner:
            print("depth 1")
        print("done")

    assert console(chosen, outer.info.run_id) == "sweep\ndepth 1\ndone\n"
    assert console(chosen, inner.info.run_id) == "depth 1\n"


def test_runs_of_threads_get_what_their_thread_prints(chosen: Client) -> None:
    ids: dict[str, str] = {}
    both = threading.Barrier(2)

    def train(name: str) -> None:
        with runstone.start_run() as run:
            ids[name] = run.info.run_id
            both.wait()
            print(name)
            both.wait()

    threads = [threading.Thread(target=train, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {name: console(chosen, run_id) for name, run_id in ids.items()} == {"a": "a\n", "b": "b\n"}


def test_traceback_of_the_error_that_ends_a_run_is_its_last_words(chosen: Client) -> None:
    ids = []

    def train() -> None:
        with runstone.start_run() as outer:
            print("50%|█  |", end="")
            with runstone.start_run(nested=True) as inner:
                ids.extend([outer.info.run_id, inner.info.run_id])
                raise ValueError("bad news")

    with pytest.raises(ValueError, match="bad news"):
        train()

    kept = console(chosen, ids[1])
    assert kept.startswith("Traceback (most recent call last):\n")
    assert kept.endswith("ValueError: bad news\n")
    assert console(chosen, ids[0]).startswith("50%|█  |\nTraceback (most recent call last):\n")


def test_run_that_goes_on_adds_to_its_console(chosen: Client) -> None:
    with runstone.start_run() as run:
        print("first")
    with runstone.start_run(run.info.run_id):
        print("second")

    assert console(chosen, run.info.run_id) == "first\nsecond\n"
    first, second = (file.path for file in chosen.list_artifacts(run.info.run_id, "runstone/console"))
    assert first == "runstone/console/000000.log"
    assert re.fullmatch(r"runstone/console/001\d{6}000\.log", second)


def test_run_that_goes_on_leaves_an_unfinished_line_alone(chosen: Client) -> None:
    with runstone.start_run() as run:
        print(" 50%|█  |", end="")
    with runstone.start_run(run.info.run_id):
        print("x" * 70_000)

    assert console(chosen, run.info.run_id) == f" 50%|█  |\n{'x' * 70_000}\n"
    sizes = [file.file_size for file in chosen.list_artifacts(run.info.run_id, "runstone/console")]
    assert all(size is not None and size <= 1 << 16 for size in sizes)


def test_processes_that_log_to_one_run_at_once_do_not_write_over_each_other(chosen: Client, run_id: str) -> None:
    first, second = Console(Subject(chosen, run_id)), Console(Subject(chosen, run_id, is_resumed=True))
    first.start()
    print("of the first")
    while not chosen.list_artifacts(run_id, "runstone/console"):
        threading.Event().wait(0.1)
    second.start()
    print("of both")
    second.stop()
    print("x" * 100_000)
    first.stop()

    assert console(chosen, run_id) == f"of the first\nof both\n{'x' * 100_000}\nof both\n"


def test_processes_that_resume_a_run_at_once_do_not_write_over_each_other(chosen: Client, run_id: str) -> None:
    resumed = Subject(chosen, run_id, is_resumed=True)
    ranks = [Console(resumed) for _ in range(4)]
    for rank in ranks:
        rank.start()
    print("of a rank")
    stopping = [threading.Thread(target=rank.stop) for rank in ranks]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join()

    assert console(chosen, run_id) == "of a rank\n" * 4


def test_what_the_store_has_refused_is_sent_when_it_takes_it_again(chosen: Client, run_id: str) -> None:
    console_of_run = Console(Subject(chosen, run_id))
    console_of_run.start()
    print("epoch 1")
    chosen.delete_run(run_id)
    while console_of_run._failure is None:
        threading.Event().wait(0.1)
    chosen.restore_run(run_id)
    console_of_run.stop()

    assert console(chosen, run_id) == "epoch 1\n"


def test_secrets_are_replaced(chosen: Client) -> None:
    key = ["-----BEGIN PRIVATE KEY-----", *["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"] * 120, "-----END PRIVATE KEY-----"]
    with runstone.start_run() as run:
        print("password=hunter2hunter2")
        print("\n".join(key))
        print("x" * 20_000, "api_key='0123456789abcdef'")
        print("the end")

    kept = console(chosen, run.info.run_id)
    assert "hunter2" not in kept
    assert "MIIE" not in kept
    assert "0123456789abcdef" not in kept
    assert kept.startswith("password=[redacted]\n-----BEGIN PRIVATE KEY-----\n")
    assert kept.endswith("the end\n")


def test_offline_it_lies_beside_the_journal_and_is_sent_with_it(chosen: Client, tmp_path: Path) -> None:
    runstone.offline()
    with runstone.start_run() as run:
        print("on the train")

    [file] = tmp_path.glob(".runstone/**/runstone/console/000000.log")
    assert file.read_text() == "on the train\n"
    assert run.info.run_id in str(file)


def test_console_whose_thread_cannot_start_leaves_the_streams_alone(chosen: Client, run_id: str) -> None:
    console_of_run = Console(Subject(chosen, run_id))
    before = threading.stack_size(1 << 46)
    try:
        with pytest.raises(RuntimeError, match="can't start new thread"):
            console_of_run.start()
    finally:
        threading.stack_size(before)

    assert "write" not in vars(sys.stdout)


def test_what_is_still_being_folded_holds_up_no_end(chosen: Client, run_id: str, tmp_path: Path) -> None:
    console_of_run = Console(Subject(chosen, run_id))
    console_of_run.start()
    print("epoch 1")
    console_of_run._attempt(sends=False, last_words="")
    print("epoch 2")

    with console_of_run._folding, pytest.raises(InvalidState, match="still being folded"):
        console_of_run.keep()

    [file] = tmp_path.glob(".runstone/**/runstone/console/000000.log")
    assert file.read_text() == "epoch 1\n"
    console_of_run.stop()
    assert console(chosen, run_id) == "epoch 1\nepoch 2\n"


class Failing(Subject, frozen=True):
    """A run whose files the store does not take: its disk is full, or it answers with the status 500."""

    def store(self, path: str, data: bytes) -> None:
        raise BackendError(f"{path} cannot be written")


def test_what_a_failing_store_has_not_taken_is_kept_beside_the_journal(
    chosen: Client, run_id: str, tmp_path: Path
) -> None:
    subject = Failing(chosen, run_id)
    console_of_run = Console(subject)
    console_of_run.start()
    print("important words")

    console_of_run.stop()
    subject.write("environment.json", b"{}")

    [folder] = tmp_path.glob(".runstone/**/runstone")
    assert (folder / "console/000000.log").read_text() == "important words\n"
    assert (folder / "environment.json").read_bytes() == b"{}"


def test_store_that_takes_nothing_is_told_at_the_end_and_printing_goes_on(
    chosen: Client, run_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(Subject(chosen, run_id))
    console.start()
    print("still here")
    chosen.delete_run(run_id)

    with pytest.raises(RunstoneError, match=run_id):
        console.stop()
    print("and here")

    assert capsys.readouterr().out == "still here\nand here\n"


def test_what_is_printed_is_sent_while_the_run_goes_on(chosen: Client) -> None:
    with runstone.start_run() as run:
        print("epoch 1")
        while not chosen.list_artifacts(run.info.run_id, "runstone/console"):
            threading.Event().wait(0.1)

        assert console(chosen, run.info.run_id) == "epoch 1\n"


SCRIPT = """
import os, subprocess, sys, threading
import runstone
run = runstone.start_run()
print("said", flush=True)
subprocess.run([sys.executable, "-c", "print('by a child')"])
if os.fork() == 0:
    print("by a fork", flush=True)
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize(
    ("last", "code", "end"),
    [
        ("raise ValueError('bad news')", 1, "ValueError: bad news\n"),
        ("sys.exit('no data')", 1, "no data\n"),
        ("threading.Thread(target=lambda: 1 / 0).start()", 0, "ZeroDivisionError: division by zero\n"),
        ("os.kill(os.getpid(), 15); threading.Event().wait(20)", -15, "said\n"),
    ],
)
def test_console_ends_with_what_the_program_said_last(tmp_path: Path, last: str, code: int, end: str) -> None:
    (tmp_path / "train.py").write_text(SCRIPT + last)

    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False
    )

    client = Client(f"sqlite:///{tmp_path}/runstone.db")
    [run] = client.search_runs(["0"])
    kept = console(client, run.info.run_id)
    assert done.returncode == code
    assert kept == "said\n" + done.stderr
    assert kept.endswith(end)
    assert done.stdout == "said\nby a child\nby a fork\n"
