"""The server of the demonstration lives as long as its maker."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runstone.demo.serving import serving
from runstone.errors import BackendError, SchemaMismatch
from runstone.transport import Transport

_MAKER = """
import sys
from pathlib import Path
from runstone.demo.serving import serving

with serving(Path(sys.argv[1]), port=0) as server:
    print(server.process.pid, server.address, flush=True)
    server.wait()
"""


def test_server_ends_with_the_block(tmp_path: Path) -> None:
    with serving(tmp_path / "demo", port=0) as server:
        health = Transport(server.address).send("GET", "/health")

    assert health == b"OK"
    assert server.process.poll() is not None
    assert (tmp_path / "demo" / "runstone.db").is_file()


def test_server_ends_when_its_maker_is_killed(tmp_path: Path) -> None:
    maker = subprocess.Popen([sys.executable, "-c", _MAKER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert maker.stdout is not None
    pid, _ = maker.stdout.readline().split()
    server = psutil.Process(int(pid))

    maker.kill()
    maker.communicate()
    _, left = psutil.wait_procs([server], timeout=30)

    assert left == []


def test_server_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    with serving(tmp_path, port=0) as server:
        server.process.send_signal(signal.SIGTERM)

        with pytest.raises(BackendError, match="the server has ended"):
            server.wait()


def test_taken_port_is_the_error_of_the_server(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(BackendError, match="choose another --port"),
        serving(tmp_path, port=taken.getsockname()[1]),
    ):
        pass


def test_foreign_file_is_the_error_of_the_server(tmp_path: Path) -> None:
    (tmp_path / "runstone.db").write_text("no database")

    with pytest.raises(SchemaMismatch), serving(tmp_path, port=0):
        pass


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BackendError, match="choose another one"), serving(tmp_path / "file" / "demo", port=0):
        pass
