"""Read a journal, also one that is still being written, is cut anywhere, or damaged."""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec import Raw, Struct

from runstone.entities import Entry
from runstone.errors import RunstoneError, Unsupported
from runstone.journal.format import Header, entry_of, header_of
from runstone.schemas import wire
from runstone.schemas.sealing import MARK

# What is read at once: some 2,500 values.
STRETCH = 1 << 18
_USUAL_HEADER = 1 << 10
_FAR = 1 << 62


class Position(Struct, frozen=True):
    """How far a journal was read.

    Attributes:
        offset: Bytes.
        line: Lines.
        n: Number of the last entry; that of the header's ``after`` at first.
    """

    offset: int
    line: int
    n: int


class Damage(Struct, frozen=True):
    """A line that cannot be read. It is passed over.

    Attributes:
        line: Its number in the file, from 1 on.
        reason: What is wrong with it.
    """

    line: int
    reason: str


class Stretch(Struct, frozen=True):
    """Some entries of a journal.

    Attributes:
        entries: By number, which rises.
        end: Where they end.
        damages: What could not be read among them.
    """

    entries: list[Entry]
    end: Position
    damages: list[Damage]


class Texts(Struct, frozen=True):
    """Some entries of a journal that nobody has read yet.

    Attributes:
        entries: The lines, whose checksums are for the store to check.
        end: Where they end.
    """

    entries: list[Raw]
    end: Position


class _Numbered(Struct, gc=False):
    n: int


_numbered = msgspec.json.Decoder(_Numbered)


def begin(file: int) -> tuple[Header | None, Position, list[Damage]]:
    """Read the first line of a journal.

    Args:
        file: Descriptor of the file.

    Returns:
        The header; ``None`` where not even that was written whole, so that nothing was acknowledged. Where it is
        damaged, one that names no process, and the damage.

    Raises:
        Unsupported: A newer Runstone wrote it.
    """
    head, found, _ = _whole_lines(file, 0, _USUAL_HEADER).partition(b"\n")
    if not found:
        return None, Position(0, 0, 0), []
    damages = []
    try:
        header = header_of(head)
    except Unsupported:
        raise
    except RunstoneError as error:
        damages = [Damage(1, wire.reason(error, "the line"))]
        # The same word each time, so that the store takes the entries once.
        header = Header(
            journal=1, run_id="", writer=f"damaged-{crc32(head):08x}", pid=0, host="", made_at=0, made_by=""
        )
    return header, Position(len(head) + 1, 1, header.after), damages


def read(file: int, start: Position, *, size: int = STRETCH, until: int = _FAR) -> Stretch:
    """Read the entries that come next. What is not ended by a line's end is not yet written, or was never.

    Args:
        file: Descriptor of the file.
        start: Where to begin.
        size: Bytes to read at most; more, where one line is longer.
        until: Offset of the byte before which to stop.
    """
    text = _whole_lines(file, start.offset, size, until)
    entries: list[Entry] = []
    damages: list[Damage] = []
    number, last = start.line, start.n
    for line in text.split(b"\n")[:-1]:
        number += 1
        try:
            entry = entry_of(line)
        except RunstoneError as error:
            damages.append(Damage(number, wire.reason(error, "the line")))
            continue
        if entry.n <= last:
            damages.append(Damage(number, f"entry {entry.n} stands behind entry {last}"))
            continue
        last = entry.n
        entries.append(entry)
    return Stretch(entries, Position(start.offset + len(text), number, last), damages)


def texts(file: int, start: Position, *, until: int) -> Texts | None:
    """What comes next as it stands there, for a store to read it, in a tenth of the time of :func:`read`.

    Args:
        file: Descriptor of the file.
        start: Where to begin.
        until: Offset of the byte before which to stop.

    Returns:
        The texts; ``None`` where there are none, or a count says that something is missing or too much.
    """
    text = _whole_lines(file, start.offset, STRETCH, until)
    lines = text.split(b"\n")[:-1]
    try:
        last = _numbered.decode(lines[-1]).n if lines else 0
    except msgspec.DecodeError:
        return None
    if not lines or last - start.n != len(lines) or text.count(MARK) != len(lines):
        return None
    end = Position(start.offset + len(text), start.line + len(lines), last)
    return Texts([Raw(line) for line in lines], end)


def entries_of(path: Path) -> Iterator[Entry]:
    """The entries of a journal that can be read, by number."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        header, position, _ = begin(file)
        while header is not None:
            stretch = read(file, position)
            if stretch.end == position:
                break
            position = stretch.end
            yield from stretch.entries
    finally:
        os.close(file)


def _whole_lines(file: int, offset: int, size: int, until: int = _FAR) -> bytes:
    while True:
        wanted = min(size, until - offset)
        text = os.pread(file, wanted, offset)
        end = text.rfind(b"\n") + 1
        if end or len(text) < size:
            return text[:end]
        size *= 2
