"""Console output as files: segments of bounded size, of which only the last may change."""

import re
from collections import deque
from collections.abc import Iterator

from runstone.client.capture.outputs import LOST

FOLDER = "console"
# Bytes; there is room in 64 KiB for a newline, which parts the first segment from the text of another process.
SEGMENT = (64 << 10) - 1
KEPT = 16 << 20  # bytes, from the beginning
LAST = 32 << 10  # bytes, from the end
_PIECE = 8 << 10
# Such a line is left out like any other; what it tells of is counted on.
_LOST = re.compile(re.escape(LOST.strip()).replace(r"\{\}", r"(\d+)").encode())


class Segments:
    """Cuts a growing text into segments; the middle is left out where it grows too large.

    Joined in order, the segments are the text.
    """

    def __init__(self, kept: int = KEPT) -> None:
        """Begin with an empty text.

        Args:
            kept: Bytes of its beginning that are kept.
        """
        self._kept = kept
        self._count = 0
        self._open = bytearray()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._last = bytearray()
        self._left_out = 0
        self._is_full = False
        self._number = 0
        self._sent = b""
        self._live = b""

    def add(self, settled: str, live: str) -> None:
        """Let the text grow.

        Args:
            settled: What comes after all that was settled before, and never changes.
            live: What comes after that so far, in place of what came there before; at most 64 KiB.
        """
        for piece in _pieces(settled.encode("utf-8", "backslashreplace")):
            if self._is_full or self._count + len(piece) > self._kept:
                self._add_last(piece)
                continue
            self._count += len(piece)
            if len(self._open) + len(piece) > SEGMENT:
                self._finish()
            self._open += piece
        self._live = live.encode("utf-8", "backslashreplace")
        if not self._is_full and len(self._open) + len(self._live) > SEGMENT:
            self._finish()

    def waiting(self) -> list[tuple[int, bytes]]:
        """The segments that ``unsent`` has yet to give, which still count as not sent."""
        text = self._ending()
        return [*self._waiting, *([(self._number, text)] if text != self._sent else [])]

    def unsent(self) -> Iterator[tuple[int, bytes]]:
        """The segments that are new or have changed; each counts as sent once the next is asked for."""
        while self._waiting:
            yield self._waiting[0]
            self._waiting.popleft()
        text = self._ending()
        if text != self._sent:
            yield self._number, text
            self._sent = text

    def _ending(self) -> bytes:
        note = b""
        if self._left_out:
            note = b"[%d bytes of the console are left out here]\n" % self._left_out
        return (bytes(self._open) + note + bytes(self._last) + self._live)[:SEGMENT]

    def _add_last(self, piece: bytes) -> None:
        if not self._is_full:
            self._is_full = True
            self._finish()
        self._last += piece
        over = len(self._last) - LAST
        if over > 0:
            over = self._last.find(b"\n", over, over + _PIECE) + 1 or _between_characters(self._last, over)
            self._left_out += over + sum(int(lost[1]) for lost in _LOST.finditer(self._last[:over]))
            del self._last[:over]

    def _finish(self) -> None:
        if self._open:
            self._waiting.append((self._number, bytes(self._open)))
            self._open.clear()
            self._number += 1
            self._sent = b""


def _pieces(text: bytes) -> Iterator[bytes]:
    """Parts of some KiB, cut at the ends of lines where there are any, else between characters."""
    at = 0
    while at < len(text):
        end = min(at + _PIECE, len(text))
        if end < len(text):
            end = text.rfind(b"\n", at, end) + 1 or _between_characters(text, end)
        yield text[at:end]
        at = end


def _between_characters(text: bytes | bytearray, at: int) -> int:
    while text[at] & 0xC0 == 0x80:
        at -= 1
    return at
