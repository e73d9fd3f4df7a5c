"""Pythons that load their libraries once, and yet run each script in a process of its own."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Self

FORKING = Path(__file__).parent / "scripts" / "forking.py"


class Interpreter:
    """A Python with modules loaded, of which every script gets a fork: it has them at once, and leaves nothing behind.

    Args:
        python: The program.
        modules: What it loads.
        environment: Variables under which it loads them.
    """

    def __init__(self, python: Path, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [python, FORKING, *modules],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        with self._process:  # it ends when nothing more can be asked
            pass

    def run(
        self, *arguments: str | Path, folder: Path, environment: Mapping[str, str], ends_within_s: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a script to its end, which is a kill if it takes too long.

        Args:
            arguments: As for ``python``: a script, ``-m`` and a module or ``-c`` and code, and what these take.
            folder: Where it runs.
            environment: Its variables.
            ends_within_s: How long it may take.
        """
        command = list(map(str, arguments))
        with TemporaryDirectory() as said:
            files = {name: str(Path(said) / name) for name in ("stdout", "stderr")}
            asked = {"arguments": command, "folder": str(folder), "environment": dict(environment), **files}
            self._ask(json.dumps(asked) + "\n")
            watch = Timer(ends_within_s, os.kill, (int(self._answer()), signal.SIGKILL))
            watch.start()
            code = int(self._answer())
            watch.cancel()
            told = {name: Path(file).read_text(encoding="utf-8") for name, file in files.items()}
        return subprocess.CompletedProcess(command, code, **told)

    def _ask(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # that it has ended is told when it does not answer
            os.write(self._process.stdin.fileno(), line.encode())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        assert answer, f"the interpreter ended with {self._process.wait()}"
        return answer
