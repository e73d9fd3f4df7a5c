"""Run the blocks of one page in order, in one folder, as a reader would."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.docs.blocks import BadPage, Block

STARTED_WITHIN_S = 60
SESSION = Path(__file__).with_name("python_session.py")


class PageSession:
    """A folder, a Python process and the servers that a page starts; all end with the page.

    The port that a page names for a server is replaced by a free one in every block.
    """

    def __init__(self, folder: Path, *, block_within_s: float = 300, end_within_s: float = 60) -> None:
        self._within_s = block_within_s
        self._end_within_s = end_within_s
        self._folder = folder / "page"
        self._folder.mkdir()
        self._log = (folder / "log.txt").open("w+b")
        self._ports: dict[str, str] = {}
        self._servers: list[subprocess.Popen[bytes]] = []
        self._python: subprocess.Popen[str] | None = None
        self._answers: IO[str] | None = None
        self._printed = ""
        self._environment = _environment(folder)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End the processes that the page started."""
        if self._python is not None and self._python.stdin is not None:
            self._python.stdin.close()
            _wait_or_kill(self._python, self._end_within_s)
        if self._answers is not None:
            self._answers.close()
        for server in self._servers:
            os.killpg(server.pid, signal.SIGTERM)
            _wait_or_kill(server, self._end_within_s)
        self._log.close()

    def run(self, block: Block) -> None:
        """Run one block, or compare what the one before it printed.

        Raises:
            BadPage: It failed, or printed something else than the page says.
        """
        code = self._with_free_ports(block)
        if block.mark == "output":
            self._compare(block, code, self._printed)
        elif block.mark == "background":
            self._start(block, code)
        elif block.language == "python":
            self._printed = self._run_python(block, code)
        elif block.language == "shell":
            self._printed = self._run_shell(block, code)
        elif block.language == "console":
            self._run_console(block, code)

    def _run_python(self, block: Block, code: str) -> str:
        process, answers = self._python_process()
        assert process.stdin is not None
        # Lines above the block are left empty, so that a traceback counts as the page does.
        process.stdin.write(json.dumps({"name": block.page, "code": "\n" * block.line + code}) + "\n")
        process.stdin.flush()
        if not select.select([answers], [], [], self._within_s)[0]:
            raise BadPage(f"{block.place}: this block did not end in {self._within_s} s: {self._tail()}")
        line = answers.readline()
        if not line:
            raise BadPage(f"{block.place}: the Python process ended: {self._tail()}")
        answer = json.loads(line)
        if answer["error"]:
            raise BadPage(f"{block.place}: this block failed\n{answer['error']}")
        return str(answer["output"])

    def _python_process(self) -> tuple[subprocess.Popen[str], IO[str]]:
        if self._python is None or self._answers is None:
            reading, writing = os.pipe()
            self._python = subprocess.Popen(
                [sys.executable, str(SESSION), str(writing)],
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                cwd=self._folder,
                env=self._environment,
                pass_fds=[writing],
                text=True,
                start_new_session=True,
            )
            os.close(writing)
            self._answers = os.fdopen(reading, encoding="utf-8")
        return self._python, self._answers

    def _run_shell(self, block: Block, code: str) -> str:
        process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail", "-c", code],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if block.mark == "fails" else subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            printed, complained = process.communicate(timeout=self._within_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise BadPage(f"{block.place}: this block did not end in {self._within_s} s") from None
        if (process.returncode != 0) != (block.mark == "fails"):
            raise BadPage(f"{block.place}: this block ended with {process.returncode}\n{printed}{complained or ''}")
        return printed

    def _run_console(self, block: Block, code: str) -> None:
        commands = re.split(r"^\$ ", code, flags=re.MULTILINE)
        if commands[0].strip() or len(commands) == 1:
            raise BadPage(f"{block.place}: a console block begins with a command behind `$ `")
        for command in commands[1:]:
            line, _, wanted = command.partition("\n")
            self._compare(block, wanted, self._run_shell(block, line))

    def _start(self, block: Block, code: str) -> None:
        server = subprocess.Popen(
            ["bash", "-eu", "-c", code],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self._servers.append(server)
        until = time.monotonic() + STARTED_WITHIN_S
        while not _answers(int(self._ports[block.value])):
            if server.poll() is not None:
                self._servers.remove(server)
                raise BadPage(f"{block.place}: the server ended with {server.returncode}: {self._tail()}")
            if time.monotonic() > until:
                raise BadPage(f"{block.place}: no answer on port {block.value} in {STARTED_WITHIN_S} s: {self._tail()}")
            time.sleep(0.05)  # another process decides when; the loop has an end

    def _with_free_ports(self, block: Block) -> str:
        if block.mark == "background":
            self._ports.setdefault(block.value, _free_port())
        code = block.code
        for named, free in self._ports.items():
            code = re.sub(rf"(?<!\d){named}(?!\d)", free, code)
        return code

    def _compare(self, block: Block, wanted: str, printed: str) -> None:
        pattern = ".*".join(re.escape(part) for part in _trimmed(wanted).split("..."))
        if not re.fullmatch(pattern, _trimmed(printed), re.DOTALL):
            raise BadPage(f"{block.place}: the page says\n{wanted}\nbut this was printed\n{printed}")

    def _tail(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-4000:]


def _environment(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir()
    # Coverage is that of the rooms' own tests; a reader's processes are not slowed by it.
    not_kept = ("RUNSTONE_", "MLFLOW_", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(not_kept)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    # A reader's uv has fetched most packages before.
    fetched = kept.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
    of_session = {"HOME": str(home), "UV_CACHE_DIR": fetched, "MPLBACKEND": "Agg", "NO_COLOR": "1", "COLUMNS": "120"}
    return kept | {"PATH": path} | of_session


def _wait_or_kill(leader: subprocess.Popen[str] | subprocess.Popen[bytes], within_s: float) -> None:
    """Wait for the leader of a process group to end; what does not end in time is killed with its children."""
    try:
        leader.wait(timeout=within_s)
    except subprocess.TimeoutExpired:
        os.killpg(leader.pid, signal.SIGKILL)
        leader.wait()


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
