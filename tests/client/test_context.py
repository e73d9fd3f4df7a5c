"""How the process ends decides how its open runs end. Each case is a process of its own."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import runstone
from runstone.client import Client
from runstone.client.connection import OpenStores
from runstone.entities import RunStatus
from runstone.entities.tag import END
from runstone.journal import folder as folders

BEGIN = "import runstone\nrunstone.start_run(run_name='left open')\n"


def run_script(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a folder; its store is the default one."""
    (folder / "train.py").write_text(script)
    return subprocess.run(
        [sys.executable, "-W", "error", "train.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def runs_in(folder: Path) -> dict[str, RunStatus]:
    found = Client(f"sqlite:///{folder}/runstone.db").search_runs(["0"])
    return {run.info.run_name: run.info.status for run in found}


@pytest.mark.parametrize(
    ("last_line", "status", "code"),
    [
        ("pass", RunStatus.FINISHED, 0),
        ("raise ValueError('bad')", RunStatus.FAILED, 1),
        ("raise KeyboardInterrupt", RunStatus.KILLED, 130),
        ("1 / 0", RunStatus.FAILED, 1),
    ],
)
def test_run_left_open_ends_as_the_program_does(tmp_path: Path, last_line: str, status: RunStatus, code: int) -> None:
    ended = run_script(tmp_path, BEGIN + last_line)

    assert runs_in(tmp_path) == {"left open": status}
    assert ended.returncode in {code, -2}
    assert ended.stdout == ""
    assert ("Traceback" in ended.stderr) == (code != 0)


def test_hook_for_uncaught_errors_that_was_there_is_called_too(tmp_path: Path) -> None:
    hook = "import sys\nsys.excepthook = lambda kind, *_: print('seen', kind.__name__)\n"

    ended = run_script(tmp_path, hook + BEGIN + "1 / 0")

    assert ended.stdout == "seen ZeroDivisionError\n"
    assert runs_in(tmp_path) == {"left open": RunStatus.FAILED}


def test_nested_runs_and_those_of_threads_are_ended(tmp_path: Path) -> None:
    script = (
        BEGIN
        + "runstone.start_run(nested=True, run_name='nested')\n"
        + "import threading\n"
        + "thread = threading.Thread(target=lambda: runstone.start_run(run_name='of a thread'))\n"
        + "thread.start()\nthread.join()\n"
    )

    run_script(tmp_path, script)

    assert runs_in(tmp_path) == dict.fromkeys(["left open", "nested", "of a thread"], RunStatus.FINISHED)


def test_run_of_a_thread_that_fails_is_failed_and_the_others_go_on(tmp_path: Path) -> None:
    script = (
        BEGIN
        + "import threading\n"
        + "def work():\n    runstone.start_run(run_name='of a thread')\n    1 / 0\n"
        + "thread = threading.Thread(target=work)\n"
        + "thread.start()\nthread.join()\n"
    )

    ended = run_script(tmp_path, script)

    assert runs_in(tmp_path) == {"left open": RunStatus.FINISHED, "of a thread": RunStatus.FAILED}
    assert "ZeroDivisionError" in ended.stderr


def test_run_of_a_thread_that_fails_is_failed_whatever_hook_was_set_before(tmp_path: Path) -> None:
    script = (
        BEGIN
        + "import threading\n"
        + "threading.excepthook = lambda failure: print('seen', failure.exc_value)\n"
        + "def work():\n    runstone.start_run(run_name='of a thread')\n    raise ValueError('bad')\n"
        + "thread = threading.Thread(target=work)\n"
        + "thread.start()\nthread.join()\n"
    )

    ended = run_script(tmp_path, script)

    assert ended.stdout == "seen bad\n"
    assert runs_in(tmp_path) == {"left open": RunStatus.FINISHED, "of a thread": RunStatus.FAILED}


def test_tasks_that_end_the_runs_of_others_are_told_of_once(tmp_path: Path) -> None:
    script = (
        "import asyncio, runstone\n"
        "async def trial(seconds):\n"
        "    with runstone.start_run(nested=True):\n"
        "        await asyncio.sleep(seconds)\n"
        "async def main():\n"
        "    await asyncio.gather(trial(0.1), trial(0.2))\n"
        "asyncio.run(main())\n"
        "asyncio.run(main())\n"
    )

    ended = run_script(tmp_path, script)

    [said] = ended.stderr.splitlines()
    assert "whose `with` block goes on" in said
    assert "`run_id=`" in said


def test_inner_runs_without_a_block_and_blocks_within_blocks_are_ended_in_silence(tmp_path: Path) -> None:
    script = (
        "import runstone\n"
        "with runstone.start_run():\n"
        "    with runstone.start_run(nested=True):\n"
        "        with runstone.start_run(nested=True):\n"
        "            runstone.end_run()\n"
        "        runstone.start_run(nested=True)\n"
    )

    assert run_script(tmp_path, script).stderr == ""


CHILDREN = """
import multiprocessing, sys
import runstone

def left(name, how):
    runstone.start_run(run_name=name, nested=True)
    runstone.start_run(run_name=name + " within", nested=True)
    runstone.log_metric("loss", 1)
    exec(how)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    ways = {"returns": "", "raises": "raise ValueError('bad')", "exits": "sys.exit(3)", "leaves": "sys.exit()"}
    with runstone.start_run(run_name="parent"):
        try:
            raise KeyError("of the parent")
        except KeyError:
            children = [context.Process(target=left, args=way) for way in ways.items()]
            for child in children:
                child.start()
                child.join()
        print([child.exitcode for child in children])
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_run_left_open_in_a_child_of_multiprocessing_ends_as_the_child_does(tmp_path: Path, method: str) -> None:
    (tmp_path / "train.py").write_text(CHILDREN)

    command = [sys.executable, "-W", "error", "train.py", method]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)

    found = Client(f"sqlite:///{tmp_path}/runstone.db").search_runs(["0"])
    ends = {run.info.run_name: (run.info.status, run.data.tags.get(END), run.data.metrics) for run in found}
    logged = {"loss": 1.0}
    ways = {
        "returns": (RunStatus.FINISHED, None),
        "raises": (RunStatus.FAILED, "ValueError: bad"),
        "exits": (RunStatus.FAILED, "exit code 3"),
        "leaves": (RunStatus.FINISHED, None),
    }
    assert ended.stdout == "[0, 1, 3, 0]\n", ended.stderr
    assert ends == {
        "parent": (RunStatus.FINISHED, None, {}),
        **{name: (*end, {}) for name, end in ways.items()},
        **{f"{name} within": (*end, logged) for name, end in ways.items()},
    }


def test_run_that_cannot_be_ended_at_the_end_is_told(tmp_path: Path) -> None:
    ended = run_script(tmp_path, BEGIN + "runstone.delete_run(runstone.active_run().info.run_id)")

    assert ended.returncode == 0
    assert "could not be ended" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_logs_but_does_not_end_the_run_of_its_parent(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", address)
    script = (
        BEGIN
        + "import os, sys\n"
        + "runstone.log_metric('before', 1)\n"
        + "runstone.log_text('text', 'before.txt')\n"
        + "child = os.fork()\n"
        + "for step in range(50):\n"
        + "    runstone.log_metric('child' if child == 0 else 'parent', 1, step=step)\n"
        + "    runstone.log_text('text', f'{child == 0}.txt')\n"
        + "if child == 0:\n    sys.exit(3)\n"
        + "os.waitpid(child, 0)\n"
        + "run = runstone.last_active_run()\n"
        + "client = runstone.Client()\n"
        + "print(run.info.status.value, len(client.get_metric_history(run.info.run_id, 'child')))\n"
        + "print([file.path for file in client.list_artifacts(run.info.run_id)], run.info.run_id)\n"
    )

    ended = run_script(tmp_path, script)

    status, files = ended.stdout.splitlines()
    assert status == "RUNNING 50", ended.stderr
    assert files.startswith("['False.txt', 'True.txt', 'before.txt']")
    assert Client(address).get_run(files.split()[-1]).info.status is RunStatus.FINISHED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_that_leaves_the_block_leaves_the_run_to_its_parent(chosen: Client) -> None:
    with runstone.start_run() as run:
        child = os.fork()
        if child == 0:
            run.__exit__(ValueError, ValueError(), None)
            os._exit(0 if runstone.active_run() is None else 1)
        _, status = os.waitpid(child, 0)
        amid = chosen.get_run(run.info.run_id)

    assert os.waitstatus_to_exitcode(status) == 0
    assert (amid.info.status, amid.info.end_time) == (RunStatus.RUNNING, None)
    assert chosen.get_run(run.info.run_id).info.status is RunStatus.FINISHED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_that_ends_the_run_leaves_it_to_its_parent(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", address)
    script = (
        BEGIN
        + "import os\n"
        + "run_id = runstone.active_run().info.run_id\n"
        + "child = os.fork()\n"
        + "if child == 0:\n"
        + "    runstone.end_run('FAILED')\n"
        + "    assert runstone.active_run() is None\n"
        + "    with runstone.start_run() as run:\n        runstone.log_metric('loss', 1)\n"
        + "    print(run.info.run_id, flush=True)\n    os._exit(0)\n"
        + "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        + "print(run_id, runstone.get_run(run_id).info.status.value)\n"
    )

    ended = run_script(tmp_path, script)

    child_id, run_id, amid = ended.stdout.split()
    run, of_child = Client(address).get_run(run_id), Client(address).get_run(child_id)
    assert (amid, run.info.status, run.data.metrics) == ("RUNNING", RunStatus.FINISHED, {})
    assert (of_child.info.status, of_child.data.metrics) == (RunStatus.FINISHED, {"loss": 1})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize(
    ("start", "has_parent"),
    [("parent_run_id=run_id", True), ("", False), ("nested=True", True), ("nested=True, parent_run_id=run_id", True)],
)
def test_child_of_a_fork_starts_a_run_of_its_own_while_its_parent_goes_on(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, has_parent: bool
) -> None:
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", address)
    script = (
        BEGIN
        + "import multiprocessing\n"
        + "run_id = runstone.active_run().info.run_id\n"
        + "def trial(loss):\n"
        + f"    with runstone.start_run({start}) as run:\n"
        + "        runstone.log_metric('loss', loss)\n"
        + "        with runstone.start_run(nested=True):\n            runstone.log_metric('within', loss)\n"
        + "        try:\n            runstone.start_run()\n"
        + "        except runstone.errors.InvalidState:\n            runstone.set_tag('refused', run.info.run_id)\n"
        + "    runstone.log_metric('trials', 1)\n"
        + "    return run.info.run_id\n"
        + "with multiprocessing.get_context('fork').Pool(1) as pool:\n"
        + "    print(run_id, *pool.map(trial, [1, 2]), runstone.get_run(run_id).info.status.value)\n"
    )

    ended = run_script(tmp_path, script)

    assert ended.stdout, ended.stderr
    run_id, *trials, amid = ended.stdout.split()
    client = Client(address)
    run, of_trials = client.get_run(run_id), [client.get_run(trial) for trial in trials]
    assert (amid, run.info.status, run.data.metrics) == ("RUNNING", RunStatus.FINISHED, {"trials": 1})
    assert [trial.info.status for trial in of_trials] == [RunStatus.FINISHED] * 2
    assert [trial.data.metrics for trial in of_trials] == [{"loss": 1}, {"loss": 2}]
    assert [trial.data.tags["refused"] for trial in of_trials] == trials
    assert {trial.data.tags.get("mlflow.parentRunId") for trial in of_trials} == {run_id if has_parent else None}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_child_of_a_fork_opens_a_store_though_its_parent_was_opening_one(tmp_path: Path) -> None:
    opened = OpenStores()
    with opened._lock:  # as another thread does while a database does not answer
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(5)
            opened.get(f"sqlite:///{tmp_path}/runs.db").close()
            os._exit(0)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


def test_default_store_is_made_in_silence_in_the_working_directory(tmp_path: Path) -> None:
    ended = run_script(tmp_path, "import runstone\nwith runstone.start_run():\n    runstone.log_text('text', 'a.txt')")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (tmp_path / "runstone.db").is_file()
    assert list((tmp_path / "runstone-artifacts").rglob("a.txt"))


@pytest.mark.parametrize("setting", ["", "RUNSTONE_OFFLINE", "RUNSTONE_JOURNAL_DIR"])
def test_journal_of_a_killed_run_names_the_database_that_was_opened_before_the_program_went_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    if setting == "RUNSTONE_JOURNAL_DIR":
        monkeypatch.setenv(setting, str(tmp_path / "apart" / "journals"))
    script = (
        "import os, runstone\n"
        "with runstone.start_run():\n    pass\n"
        "os.mkdir('sub')\nos.chdir('sub')\n"
        f"runstone.offline({setting == 'RUNSTONE_OFFLINE'})\n"
        "run = runstone.start_run()\n"
        "runstone.log_metric('loss', 1)\n"
        "assert runstone.get_tracking_uri() == runstone.Client().tracking_uri == 'sqlite:///runstone.db'\n"
        "print(run.info.run_id, flush=True)\n"
        "os._exit(9)\n"
    )

    ended = run_script(tmp_path, script)

    within = tmp_path / ("apart/journals" if setting == "RUNSTONE_JOURNAL_DIR" else "sub/.runstone")
    facts = folders.facts_of(folders.run_folder(within, ended.stdout.strip()))
    assert folders.meant_from(within, facts.tracking_uri) == f"sqlite:///{tmp_path}/runstone.db", ended.stderr
    assert not (tmp_path / "sub" / "runstone.db").exists()


def test_client_made_after_the_program_went_elsewhere_has_the_same_database(tmp_path: Path) -> None:
    script = (
        "import os, runstone\n"
        "with runstone.start_run() as run:\n    pass\n"
        "os.mkdir('sub')\nos.chdir('sub')\n"
        "print(runstone.Client('sqlite:///runstone.db').get_run(run.info.run_id).info.status.value)\n"
    )

    assert run_script(tmp_path, script).stdout == "FINISHED\n"


def test_source_is_the_script_and_its_absence_the_interpreter(tmp_path: Path) -> None:
    code = "import runstone\nwith runstone.start_run() as run: print(run.data.tags['mlflow.source.name'])"

    by_file = run_script(tmp_path, code).stdout.strip()
    by_text = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert by_file == "train.py"
    assert by_text.stdout.strip() == Path(sys.executable).name


def test_active_run_shows_itself_in_one_line(chosen: Client) -> None:
    with runstone.start_run(run_name="shown") as run:
        assert repr(run) == f"<ActiveRun: {run.info.run_id} 'shown' of experiment {run.info.experiment_id}>"


def test_threads_may_open_one_store_at_once(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/together.db"
    found: list[str] = []

    def work() -> None:
        found.append(Client(uri).create_run("0").info.run_id)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {run.info.run_id for run in Client(uri).search_runs(["0"])} == set(found)
    assert len(set(found)) == 8
