"""The command line as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ENDS_WITHIN_S = 60
READY = "Runstone is at "


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``runstone`` to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "runstone", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )


class RunningServer:
    """A command that serves until it is stopped.

    Attributes:
        address: What its first line says; empty if it ended before.
        stdout: What else it wrote, once it has ended.
        stderr: The same of the standard error.
    """

    def __init__(self, arguments: Sequence[str], folder: Path, **environment: str) -> None:
        self._said = (folder / "stderr.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "runstone", *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            start_new_session=True,
        )
        self.address = self.stdout = self.stderr = ""

    def __enter__(self) -> Self:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith(READY), line + self._tell()
        self.address = line.removeprefix(READY).strip()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.end()

    def stop(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        self.process.send_signal(number)
        self.end()
        return self.process.returncode

    def end(self) -> None:
        """Wait for the end."""
        if not self._said.closed:
            self.stdout, _ = self.process.communicate(timeout=ENDS_WITHIN_S)
            self.stderr = self._tell()
            self._said.close()

    def _tell(self) -> str:
        self._said.seek(0)
        return self._said.read()
