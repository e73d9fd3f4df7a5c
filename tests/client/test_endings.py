"""How a process ends decides how its runs end, and the run tells why. Each case is a process of its own."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from runstone import config
from runstone.client import Client
from runstone.client.endings import FINISHED, End, after, after_exit
from runstone.client.redaction import redact
from runstone.entities import Run, RunStatus
from runstone.entities.names import MAX_TAG_VALUE
from runstone.entities.tag import END, TRACEBACK

# Python 3.11 tells nobody of an exit that was raised without ``sys.exit``.
RAISED_EXIT = (RunStatus.FAILED, "exit code 5") if sys.version_info >= (3, 12) else (RunStatus.FINISHED, None)
BEGIN = (
    "import os, signal, sys, threading, time\nimport runstone\nrunstone.start_run()\nrunstone.log_metric('loss', 1)\n"
)
FULL_MEMORY = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
kept = []
while True:
    kept.append(bytearray(1 << 16))
"""
IN_A_TASK = "import asyncio\nasync def main(): sys.exit(3)\n"
IN_A_FUTURE = """
from concurrent.futures import ThreadPoolExecutor
def main():
    with ThreadPoolExecutor() as pool:
        pool.submit(sys.exit, 3).result()
main()
"""
KEPT = "try:\n    sys.exit(3)\nexcept SystemExit as error:\n    kept = error\n    "
OTHER_HOOK = "sys.excepthook = lambda kind, error, trace: print(error)\n"
NO_MORE_THREADS = """
threading.stack_size(1 << 46)
runstone.start_run(nested=True)
runstone.log_metric("loss", 2)
"""
WITHIN_A_TASK = """
import asyncio
async def main():
    with runstone.active_run():
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        await asyncio.sleep(20)
asyncio.run(main())
"""
SHARED = r"""
import subprocess
child = f"import runstone\nwith runstone.start_run(run_id='{runstone.active_run().info.run_id}'): 1 / 0"
assert subprocess.run([sys.executable, "-c", child], stderr=subprocess.DEVNULL).returncode == 1
"""


def ended(folder: Path, script: str) -> tuple[int, str]:
    """Run a script in a folder; its exit code and what it said of errors."""
    (folder / "train.py").write_text(BEGIN + script)
    done = subprocess.run(
        [sys.executable, "-W", "error", "train.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr


def run_in(folder: Path) -> Run:
    [run] = Client(f"sqlite:///{folder}/runstone.db").search_runs(["0"])
    return run


@pytest.mark.parametrize(
    ("script", "code", "status", "reason"),
    [
        ("pass", 0, RunStatus.FINISHED, None),
        ("sys.exit()", 0, RunStatus.FINISHED, None),
        ("sys.exit(0)", 0, RunStatus.FINISHED, None),
        ("sys.exit(3)", 3, RunStatus.FAILED, "exit code 3"),
        ("sys.exit('no data')", 1, RunStatus.FAILED, "exit: no data"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass", 0, RunStatus.FINISHED, None),
        ("def deep(): sys.exit(4)\ndeep()", 4, RunStatus.FAILED, "exit code 4"),
        ("try:\n    raise SystemExit(3)\nexcept SystemExit:\n    pass", 0, RunStatus.FINISHED, None),
        ("raise SystemExit", 0, RunStatus.FINISHED, None),
        ("raise SystemExit(5)", 5, *RAISED_EXIT),
        ("def deep(): exit(5)\ndeep()", 5, *RAISED_EXIT),
        ("try:\n    raise SystemExit(5)\nfinally:\n    runstone.log_metric('loss', 1)", 5, *RAISED_EXIT),
        ("raise ValueError('bad\\nnews')", 1, RunStatus.FAILED, "ValueError: bad"),
        ("raise ValueError('a\\0b')", 1, RunStatus.FAILED, "ValueError: a\\x00b"),
        ("raise ValueError(chr(0xD800))", 1, RunStatus.FAILED, "ValueError: \\ud800"),
        ("sys.exit('a\\0b')", 1, RunStatus.FAILED, "exit: a\\x00b"),
        ("raise ValueError", 1, RunStatus.FAILED, "ValueError"),
        (IN_A_TASK + "asyncio.run(main())", 3, RunStatus.FAILED, "exit code 3"),
        (IN_A_TASK + "try: asyncio.run(main())\nexcept SystemExit: pass", 0, RunStatus.FINISHED, None),
        (IN_A_FUTURE, 3, RunStatus.FAILED, "exit code 3"),
        (KEPT + "raise", 3, RunStatus.FAILED, "exit code 3"),
        (KEPT + "pass", 0, RunStatus.FINISHED, None),
        (KEPT + "pass\nsys.exit(4)", 4, RunStatus.FAILED, "exit code 4"),
        (KEPT + "pass\nsys.exit()", 0, RunStatus.FINISHED, None),
        (OTHER_HOOK + "raise ValueError('bad')", 1, RunStatus.FAILED, "ValueError: bad"),
        (OTHER_HOOK + "raise KeyboardInterrupt", -2, RunStatus.KILLED, "interrupted by Ctrl-C"),
        (OTHER_HOOK + "sys.last_value = ValueError('handled')", 0, RunStatus.FINISHED, None),
        (WITHIN_A_TASK, -2, RunStatus.KILLED, "interrupted by Ctrl-C"),
        (FULL_MEMORY, 1, RunStatus.FAILED, "MemoryError"),
        (
            "os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)",
            -15,
            RunStatus.KILLED,
            "terminated by the signal SIGTERM",
        ),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(20)", -2, RunStatus.KILLED, "interrupted by Ctrl-C"),
    ],
)
def test_run_tells_why_it_ended_and_the_exit_code_stays(
    tmp_path: Path, script: str, code: int, status: RunStatus, reason: str | None
) -> None:
    returned, _ = ended(tmp_path, script)

    run = run_in(tmp_path)
    assert (returned, run.info.status, run.data.tags.get(END)) == (code, status, reason)
    assert run.info.end_time is not None
    assert run.data.metrics == {"loss": 1}


def test_exit_code_of_an_interruption_stays_whatever_is_captured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for setting in config.SETTINGS:
        if setting.name.startswith("RUNSTONE_CAPTURE_") or setting is config.ENABLE_SYSTEM_METRICS_LOGGING:
            monkeypatch.setenv(setting.name, "true")

    # At once: what is captured is only being loaded.
    returned, _ = ended(tmp_path, "os.kill(os.getpid(), signal.SIGINT); time.sleep(20)")

    assert returned == -2
    assert run_in(tmp_path).info.status is RunStatus.KILLED


def test_traceback_is_kept(tmp_path: Path) -> None:
    ended(tmp_path, "def inner():\n    raise KeyError('missing')\ninner()")

    kept = run_in(tmp_path).data.tags[TRACEBACK]
    assert kept.startswith("Traceback (most recent call last):")
    assert "in inner" in kept
    assert kept.rstrip().endswith("KeyError: 'missing'")


def test_terminated_amid_a_loop_that_logs_all_of_it_is_kept(tmp_path: Path) -> None:
    script = (
        "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
        "for step in range(10**8):\n    runstone.log_metric('loop', step, step=step); print(step, flush=True)\n"
    )
    (tmp_path / "train.py").write_text(BEGIN + script)
    with (tmp_path / "said").open("w") as said:
        done = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, stdout=said, timeout=60, check=False)

    run = run_in(tmp_path)
    told = (tmp_path / "said").read_text().splitlines()
    history = Client(f"sqlite:///{tmp_path}/runstone.db").get_metric_history(run.info.run_id, "loop")
    assert (done.returncode, run.info.status) == (-signal.SIGTERM, RunStatus.KILLED)
    assert len(history) - len(told) in {0, 1}
    assert [metric.step for metric in history] == list(range(len(history)))


def test_handler_of_the_program_stays_in_charge(tmp_path: Path) -> None:
    script = (
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(20)"
    )

    returned, _ = ended(tmp_path, script)

    run = run_in(tmp_path)
    assert (returned, run.info.status, run.data.tags[END]) == (7, RunStatus.FAILED, "exit code 7")


def test_killed_process_is_noticed_by_the_next_one_in_its_folder(tmp_path: Path) -> None:
    returned, _ = ended(tmp_path, "os._exit(5)")
    assert returned == 5

    ended(tmp_path, "time.sleep(1)")

    runs = Client(f"sqlite:///{tmp_path}/runstone.db").search_runs(["0"], order_by=["start_time"])
    assert [(run.info.status, run.data.metrics) for run in runs] == [
        (RunStatus.FAILED, {"loss": 1}),
        (RunStatus.FINISHED, {"loss": 1}),
    ]
    assert runs[0].data.tags[END].startswith("lost: its process was gone; it had logged until 20")
    assert not list((tmp_path / ".runstone" / "runs").iterdir())


def test_run_goes_on_without_captures_where_no_thread_can_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(config.CAPTURE_CONSOLE.name, "true")

    code, told = ended(tmp_path, NO_MORE_THREADS)

    runs = Client(f"sqlite:///{tmp_path}/runstone.db").search_runs(["0"])
    assert code == 0
    assert re.fullmatch(r"the run \w{32} goes on without its captures: can't start new thread\n", told)
    assert [(run.info.status, run.data.metrics) for run in runs] == [
        (RunStatus.FINISHED, {"loss": 2.0}),
        (RunStatus.FINISHED, {"loss": 1.0}),
    ]


def test_resumed_run_forgets_why_it_had_ended(tmp_path: Path) -> None:
    ended(tmp_path, "sys.exit(3)")
    run_id = run_in(tmp_path).info.run_id
    (tmp_path / "again.py").write_text(f"import runstone\nwith runstone.start_run(run_id={run_id!r}): pass")
    subprocess.run([sys.executable, "again.py"], cwd=tmp_path, check=True)

    run = run_in(tmp_path)
    assert (run.info.status, END in run.data.tags) == (RunStatus.FINISHED, False)


@pytest.mark.parametrize(
    ("script", "code", "status", "reason"),
    [("pass", 0, RunStatus.FINISHED, None), ("sys.exit(3)", 3, RunStatus.FAILED, "exit code 3")],
)
def test_process_that_ends_its_run_last_says_why_it_ended(
    tmp_path: Path, script: str, code: int, status: RunStatus, reason: str | None
) -> None:
    returned, _ = ended(tmp_path, SHARED + script)

    run = run_in(tmp_path)
    assert (returned, run.info.status, run.data.tags.get(END)) == (code, status, reason)
    assert TRACEBACK not in run.data.tags


def test_error_that_cannot_say_what_is_wrong_is_told_by_its_name() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    told = after(MuteError())

    assert (told.status, told.reason) == (RunStatus.FAILED, "MuteError")
    assert "MuteError" in told.traceback
    assert after_exit(MuteError()).reason == "exit: MuteError"


def test_secrets_of_an_error_are_replaced() -> None:
    address = "postgresql://me:s3cret@db/runs"
    try:
        raise ValueError(f"cannot reach {address}", 'password="hunter2"')
    except ValueError as error:
        end = after(error)

    said = f"{end.reason} {end.traceback} {after_exit(address).reason}"
    assert said.count("postgresql://me:[redacted]@db/runs") == 3
    assert "s3cret" not in said
    assert "hunter2" not in said


def _fall(depth: int) -> None:
    if depth == 0:
        raise ValueError("the end")
    exec(f"fall({depth - 1})", {"fall": _fall})  # frames that differ: Python shortens those of a recursion


def test_long_traceback_is_cut_at_its_beginning() -> None:
    try:
        _fall(200)
    except ValueError as error:
        end = after(error)

    assert len(end.traceback) == MAX_TAG_VALUE
    assert end.traceback.startswith("[the beginning is left out]")
    assert end.traceback.endswith("ValueError: the end\n")


def test_long_message_loses_its_middle_and_no_frame() -> None:
    try:
        try:
            raise ValueError("begins" + "y" * 20_000 + "the end")
        except ValueError as error:
            raise RuntimeError("cannot go on") from error
    except RuntimeError as error:
        end = after(error)

    assert end.traceback.startswith("Traceback (most recent call last):\n")
    assert 'in test_long_message_loses_its_middle_and_no_frame\n    raise ValueError("begins"' in end.traceback
    assert "ValueError: beginsyyy" in end.traceback
    assert "yyy [the middle is left out] yyy" in end.traceback
    assert "yyythe end\n\nThe above exception" in end.traceback
    assert end.traceback.endswith("RuntimeError: cannot go on\n")
    assert len(after(ValueError("y" * 20_000)).reason) == 500


def test_secret_where_a_long_message_is_cut_is_replaced() -> None:
    for shift in range(0, 40, 3):
        told = after(
            ValueError("y " * 960 + " " * shift + "postgresql://me:s3cret-word@db/runs" + " z" * 9000)
        ).traceback

        assert "s3cret" not in told
        assert "word@" not in told


def test_message_of_any_length_holds_up_no_end() -> None:
    text = " ".join(f'"token": "t{row:07d}",' for row in range(400_000))
    begin = process_time()
    try:
        raise ValueError(text)
    except ValueError as error:
        end = after(error)
    took = process_time() - begin
    begin = process_time()
    redact(text[: len(text) // 4])
    took_a_quarter = process_time() - begin

    assert took < took_a_quarter
    assert len(end.traceback) <= MAX_TAG_VALUE
    assert "test_message_of_any_length_holds_up_no_end" in end.traceback
    assert end.traceback.endswith('"token": "[redacted]",\n')
    assert "t0" not in end.traceback + end.reason


async def _is_left_by(cancel: Callable[[asyncio.Task[Any]], object]) -> End:
    async def wait() -> End:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError as error:
            return after(error)
        return FINISHED

    main = asyncio.current_task()
    assert main is not None
    asyncio.get_running_loop().call_soon(cancel, main)
    return await wait()


def test_ctrl_c_in_a_program_of_asyncio_is_told_from_other_cancelling() -> None:
    interrupted = None

    async def main() -> None:
        nonlocal interrupted
        interrupted = await _is_left_by(lambda _: os.kill(os.getpid(), signal.SIGINT))

    with suppress(KeyboardInterrupt):
        asyncio.run(main())
    cancelled = asyncio.run(_is_left_by(lambda task: task.cancel()))

    assert interrupted is not None
    assert (interrupted.status, interrupted.reason) == (RunStatus.KILLED, "interrupted by Ctrl-C")
    assert (cancelled.status, cancelled.reason) == (RunStatus.FAILED, "CancelledError")


@pytest.mark.parametrize(
    ("within", "status"),
    [
        ([KeyboardInterrupt()], RunStatus.KILLED),
        ([BaseExceptionGroup("inner", [KeyboardInterrupt()]), KeyboardInterrupt()], RunStatus.KILLED),
        ([KeyboardInterrupt(), ValueError("bad")], RunStatus.FAILED),
    ],
)
def test_group_that_holds_nothing_but_ctrl_c_is_ctrl_c(within: list[BaseException], status: RunStatus) -> None:
    assert after(BaseExceptionGroup("several", within)).status is status


@pytest.mark.parametrize(
    ("code", "status"),
    [(None, "FINISHED"), (0, "FINISHED"), (False, "FINISHED"), (1, "FAILED"), (0.0, "FAILED"), ("x", "FAILED")],
)
def test_exit_code_decides(code: object, status: str) -> None:
    assert after_exit(code).status == status
    assert after(SystemExit(code)).status == status
