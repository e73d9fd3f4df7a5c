"""Messages between a program and the process that predicts for it; ``docs/reference/worker.md`` specifies them.

A message is 8 bytes, a header in JSON, and the tables of Arrow that the header counts the bytes of.
"""

import struct
from collections.abc import Sequence
from typing import Any, BinaryIO

import msgspec

from runstone.entities.names import shown
from runstone.errors import InvalidValue, WorkerFailed

PROTOCOL = 2
MAGIC = b"RSW1"
_FRAME = struct.Struct("<4sI")
_PARTS = "parts"
# More than any header needs, and less than a stray text read as a length.
_LONGEST_HEADER = 1 << 30


def write(stream: BinaryIO, header: dict[str, Any], tables: Sequence[Any] = ()) -> None:
    """Send a message; the tables go out piece by piece, and are never in memory as a whole.

    Args:
        stream: Where to.
        header: What the message says; what JSON can hold.
        tables: Tables of Arrow that it refers to.

    Raises:
        InvalidValue: The header is too long; nothing is sent then.
    """
    encoded = msgspec.json.encode({**header, _PARTS: [_length(table) for table in tables]})
    if len(encoded) > _LONGEST_HEADER:
        raise InvalidValue(
            f"{len(encoded):,} bytes of JSON are too much for one message, at most {_LONGEST_HEADER:,} go: give large "
            "data as a frame or an array, or in several calls"
        )
    stream.write(_FRAME.pack(MAGIC, len(encoded)) + encoded)
    for table in tables:
        _write_table(stream, table)
    stream.flush()


def read(stream: BinaryIO) -> tuple[dict[str, Any], list[Any]] | None:
    """The next message: its header and its tables; ``None`` where the other side has ended.

    Raises:
        WorkerFailed: What came is no message.
    """
    frame = stream.read(_FRAME.size)
    if not frame:
        return None
    magic, length = _FRAME.unpack(frame) if len(frame) == _FRAME.size else (frame, 0)
    if magic != MAGIC or length > _LONGEST_HEADER:
        raise WorkerFailed(f"what came is no message of the protocol of workers: it begins with {shown(bytes(frame))}")
    try:
        header = msgspec.json.decode(_exactly(stream, length), type=dict[str, Any])
        sizes = msgspec.convert(header.pop(_PARTS, []), list[int])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WorkerFailed(f"the header of a message cannot be read: {error}") from error
    return header, [_read_table(_exactly(stream, size)) for size in sizes]


def _length(table: Any) -> int:
    import pyarrow

    counted = pyarrow.MockOutputStream()
    _write_to(counted, table)
    return int(counted.size())


def _write_table(stream: BinaryIO, table: Any) -> None:
    import pyarrow

    sink = pyarrow.PythonFile(stream, mode="w")
    _write_to(sink, table)


def _write_to(sink: Any, table: Any) -> None:
    import pyarrow

    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def _read_table(content: memoryview) -> Any:
    import pyarrow

    try:
        with pyarrow.ipc.open_stream(pyarrow.py_buffer(content)) as reader:
            return reader.read_all()
    except pyarrow.ArrowException as error:
        raise WorkerFailed(f"a table of a message cannot be read: {error}") from error


def _exactly(stream: BinaryIO, length: int) -> memoryview:
    if length < 0:
        raise WorkerFailed(f"a part of a message cannot have {length} bytes")
    content = memoryview(bytearray(length))
    done = 0
    while done < length:
        # A raw stream gives what there is; a buffered one gives all of it.
        count = stream.readinto(content[done:])  # type: ignore[attr-defined]  # every binary stream has it
        if not count:
            raise WorkerFailed(f"the other side ended within a message, after {done:,} of {length:,} bytes")
        done += count
    return content
