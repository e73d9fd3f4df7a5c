"""The lines of a journal. ``spec/journal`` says the same for other languages, with examples."""

from typing import TypeVar

from msgspec import Struct

from runstone.entities import Entry
from runstone.errors import Unsupported
from runstone.schemas import wire
from runstone.schemas.sealing import opened, sealed

VERSION = 1

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


class Values(Struct, gc=False):
    """An entry as it is written that has metrics of one time and step; it is read as an entry of ``metrics``.

    Attributes:
        n: Number of the entry.
        values: Finite floats by names that obey the rule.
        timestamp: Milliseconds since the Unix epoch, UTC; an int64.
        step: An int64.
    """

    n: int
    values: dict[str, float]
    timestamp: int
    step: int


class _Version(Struct):
    journal: int


def line_of(record: Header | Entry | Values) -> bytes:
    """A record as a line, with its checksum.

    Raises:
        InvalidValue: A text holds half a character.
    """
    return sealed(wire.encode(record)[:-1]) + b"\n"


def header_of(line: bytes) -> Header:
    """Read a first line.

    Args:
        line: Without the end of the line.

    Raises:
        Unsupported: It is of a newer version of the format.
        RunstoneError: It is damaged.
    """
    text = opened(line)
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
    return wire.decode(opened(line), Entry)
