"""The checksum that an object of JSON may end with, as the lines of a journal do: ``docs/reference/journal.md``."""

from collections.abc import Sequence
from zlib import crc32

from runstone.errors import InvalidValue

# Before the checksum. It stands nowhere else in what is written here: quotation marks within texts are escaped, and
# where a metric has this name, a number follows.
MARK = b',"crc":"'
_SEAL = len(MARK) + len('00000000"}')


def sealed(open_text: bytes) -> bytes:
    """An object with its checksum.

    Args:
        open_text: Its JSON without the last brace.
    """
    return b'%b,"crc":"%08x"}' % (open_text, crc32(open_text))


def opened(text: bytes) -> bytes:
    """The JSON of an object without its checksum, which is right; of one that has none, as it is.

    Raises:
        InvalidValue: The checksum is another one.
    """
    if text[-_SEAL : len(MARK) - _SEAL] != MARK:
        return text
    open_text = text[:-_SEAL]
    if sealed(open_text) != text:
        raise InvalidValue("the line is not what was written: its checksum differs")
    return open_text + b"}"


def all_opened(texts: Sequence[bytes]) -> list[bytes]:
    """What :func:`opened` makes of each, in four fifths of the time where all are right.

    Raises:
        InvalidValue: A checksum is another one.
    """
    open_texts = [text[:-_SEAL] for text in texts]
    seals = [b',"crc":"%08x"}' % crc32(open_text) for open_text in open_texts]
    if seals == [text[-_SEAL:] for text in texts]:
        return [open_text + b"}" for open_text in open_texts]
    return [opened(text) for text in texts]
