"""Messages as bytes, and the conversations of ``spec/worker`` with a real process."""

import io
import struct
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyarrow
import pytest

from runstone.errors import WorkerFailed
from runstone.workers import protocol, start
from tests.workers import conversations


@pytest.mark.parametrize("name", conversations.NAMES)
def test_worker_holds_the_conversation(name: str, echo_folder: Path) -> None:
    command = [sys.executable, "-I", start.__file__, str(echo_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        for message in conversations.messages(name):
            if message["from"] == "program":
                protocol.write(_binary(process.stdin), message["header"], conversations.tables(message))
            else:
                answer = protocol.read(_binary(process.stdout))
                assert answer is not None
                _check(message, *answer)
        rest = _binary(process.stdout).read()
        printed = _binary(process.stderr).read()

    assert rest == b""
    assert process.returncode == 0
    assert (b"printed" in printed) == (name == "failure")


def test_end_is_a_good_one_however_late_its_watcher_looks() -> None:
    code = (
        "import select, threading, time\nfrom runstone.workers import worker\npoll = select.poll\n"
        "select.poll = lambda: time.sleep(0.3) or poll()\nworker.main('nowhere')\n"
        "for thread in threading.enumerate()[1:]:\n    thread.join(1)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def _check(wanted: dict[str, Any], header: dict[str, Any], tables: list[pyarrow.Table]) -> None:
    expected = wanted["header"]
    for name, value in expected.items():
        if name == "traceback":
            assert header[name].endswith(value)
        elif name != "version":
            assert header[name] == value, name
    assert [table.to_pylist() for table in tables] == [_rows(table) for table in conversations.tables(wanted)]
    assert [table.schema for table in tables] == [table.schema for table in conversations.tables(wanted)]


def _rows(table: pyarrow.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _binary(stream: IO[bytes] | None) -> BinaryIO:
    return cast("BinaryIO", stream)


def test_message_is_read_as_it_was_written() -> None:
    table = pyarrow.table({"a": [1, None]})
    stream = io.BytesIO()

    protocol.write(stream, {"type": "predict"}, [table, table.slice(0, 0)])
    stream.seek(0)
    found = protocol.read(stream)

    assert found == ({"type": "predict"}, [table, table.slice(0, 0)])
    assert protocol.read(stream) is None


def test_bytes_of_the_specification_are_a_message() -> None:
    [message] = [each for each in conversations.messages("frame") if "tables" in each and each["from"] == "program"][:1]

    with (conversations.SPEC / "message.bin").open("rb") as stream:
        found = protocol.read(stream)

    assert found == (message["header"], conversations.tables(message))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bad-magic", "no message of the protocol of workers: it begins with b'Tracebac'"),
        ("torn-header", "the other side ended within a message, after "),
        ("torn-table", "the other side ended within a message, after 100 of "),
    ],
)
def test_bytes_that_are_no_message_are_refused(name: str, said: str) -> None:
    with (conversations.SPEC / f"{name}.bin").open("rb") as stream, pytest.raises(WorkerFailed, match=said):
        protocol.read(stream)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"RSW", "it begins with b'RSW'"),
        (b"RSW1" + struct.pack("<I", 2**31), "no message of the protocol"),
        (b"RSW1" + struct.pack("<I", 2) + b"[]", "the header of a message cannot be read"),
        (b"RSW1" + struct.pack("<I", 13) + b'{"parts":"x"}', "the header of a message cannot be read"),
        (b"RSW1" + struct.pack("<I", 14) + b'{"parts":[-1]}', "cannot have -1 bytes"),
        (b"RSW1" + struct.pack("<I", 13) + b'{"parts":[3]}' + b"abc", "a table of a message cannot be read"),
    ],
)
def test_damaged_message_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(WorkerFailed, match=said):
        protocol.read(io.BytesIO(content))
