"""The lines of a journal. ``spec/journal`` says the same for other languages, with examples."""

from typing import TypeVar
from zlib import crc32

from msgspec import Struct
from msgspec.json import Encoder

from runstone.entities import Entry
from runstone.errors import InvalidValue, Unsupported
from runstone.schemas import wire

VERSION = 1

_MARK = b',"crc":"'
_CRC = len(_MARK) + len("00000000")
_MARKED = _CRC + len('"}')
_SEALED_END = b'"}\n'

T = TypeVar("T", bound=Struct)


class Header(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The first line: whose journal it is.

    Attributes:
        journal: Version of the format.
        run_id: The run.
        writer: Whose numbers these are; no other journal that is there has this word.
        pid: Process that writes.
        host: Machine that it runs on.
        made_at: Milliseconds since the Unix epoch, UTC.
        made_by: Program that writes.
        after: Number of the entry before the first one here; those up to it were sent, and are gone from the file.
    """

    journal: int
    run_id: str
    writer: str
    pid: int
    host: str
    made_at: int
    made_by: str
    after: int = 0


class _Version(Struct):
    journal: int


def line_of(record: Header | Entry) -> bytes:
    """A record as a line, with its checksum.

    Raises:
        InvalidValue: A text holds half a character.
    """
    return _sealed(wire.encode(record)[:-1])


class _Values(Struct, gc=False):
    n: int
    values: dict[str, float]
    timestamp: int
    step: int


_encode = Encoder().encode


def values_line(n: int, values: dict[str, float], timestamp: int, step: int) -> bytes:
    """The line of an entry that has metrics of one time and step; it is read as one that has ``metrics``.

    Args:
        n: Number of the entry.
        values: Finite floats by names that obey the rule.
        timestamp: Milliseconds since the Unix epoch, UTC; an int64.
        step: An int64.
    """
    text = _encode(_Values(n, values, timestamp, step))[:-1]
    return text + b',"crc":"%08x"}\n' % crc32(text)


def _sealed(open_line: bytes) -> bytes:
    return b'%b,"crc":"%08x"}\n' % (open_line, crc32(open_line))


def header_of(line: bytes) -> Header:
    """Read a first line.

    Args:
        line: Without the end of the line.

    Raises:
        Unsupported: It is of a newer version of the format.
        RunstoneError: It is damaged.
    """
    text = _opened(line)
    version = wire.decode(text, _Version).journal
    if version > VERSION:
        raise Unsupported(
            f"a journal of version {version} was written by a newer Runstone; this one reads up to {VERSION}: "
            "upgrade it"
        )
    return wire.decode(text, Header)


def entry_of(line: bytes) -> Entry:
    """Read any other line.

    Args:
        line: Without the end of the line.

    Raises:
        RunstoneError: It is damaged.
    """
    return wire.decode(_opened(line), Entry)


def opened_lines(text: bytes) -> list[bytes] | None:
    """The JSON of each of these lines, or ``None`` where one is damaged or has no checksum.

    It takes four fifths of the time of asking each line for itself.

    Args:
        text: Lines, each with its end.
    """
    *lines, rest = text.split(_SEALED_END)
    opened = [line[:-_CRC] for line in lines]
    seals = [_MARK + b"%08x" % crc32(line) for line in opened]
    if rest or seals != [line[-_CRC:] for line in lines]:
        return None
    return [line + b"}" for line in opened]


def _opened(line: bytes) -> bytes:
    """A line without its checksum, which is right. A line may have none."""
    open_line = line[:-_MARKED]
    if line[-_MARKED : -_MARKED + len(_MARK)] != _MARK:
        return line
    if line[-2:] != b'"}' or line[-10:-2] != b"%08x" % crc32(open_line):
        raise InvalidValue("the line is not what was written: its checksum differs")
    return open_line + b"}"
