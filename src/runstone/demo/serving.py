"""A server in a process of its own, which ends when its maker does."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runstone.errors import BackendError, restore

_PROGRAM = "runstone.demo.server_process"
_SLICE_S = 1.0
_ENDS_WITHIN_S = 60


class Request(msgspec.Struct, kw_only=True):
    """What to serve.

    Attributes:
        store_uri: The database.
        artifacts_destination: Folder for artifacts.
        port: Port to listen on; 0 takes a free one.
    """

    store_uri: str
    artifacts_destination: str
    port: int


class Answer(msgspec.Struct, kw_only=True):
    """The first line that the process writes.

    Attributes:
        address: Where it serves; empty if it cannot.
        code: Code of the error then.
        name: Name of its class.
        message: Message of the error then.
    """

    address: str = ""
    code: str = ""
    name: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs.

    Attributes:
        address: Where it is.
        process: Its process.
    """

    address: str
    process: subprocess.Popen[bytes]

    def wait(self) -> None:
        """Return never, but by an exception.

        Raises:
            BackendError: The server has ended by itself.
        """
        while (code := self.process.poll()) is None:
            # In slices: the handler of a signal that comes just before a call that waits runs after it.
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_SLICE_S)
        raise BackendError(f"the server has ended with exit code {code}; what it wrote stands above")


@contextmanager
def serving(folder: Path, *, port: int) -> Iterator[Server]:
    """Serve the database and the artifacts of a folder while the block runs.

    Args:
        folder: Holds ``runstone.db`` and ``artifacts``; made if need be.
        port: Port to listen on; 0 takes a free one.

    Raises:
        BackendError: The folder cannot be made, the database cannot be opened, or the port is taken.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackendError(f"the folder {folder} cannot be made: {error.strerror}; choose another one") from None
    request = Request(
        store_uri=f"sqlite:///{(folder / 'runstone.db').absolute().as_posix()}",
        artifacts_destination=str((folder / "artifacts").absolute()),
        port=port,
    )
    # In a session of its own, so that Ctrl-C at the terminal reaches the training first, which then says so to the
    # server that still runs.
    process = subprocess.Popen(  # noqa: S603  # our own module, without a shell
        [sys.executable, "-m", _PROGRAM, msgspec.json.encode(request).decode()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Server(_address(process.stdout.readline()), process)
    finally:
        process.stdin.close()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _address(line: bytes) -> str:
    if not line:
        raise BackendError("the server ended before it answered; what it wrote stands above")
    answer = msgspec.json.decode(line, type=Answer)
    if not answer.address:
        raise restore(answer.code, answer.message, name=answer.name)
    return answer.address
