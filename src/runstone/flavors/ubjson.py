"""Whether a file of UBJSON is whole; XGBoost reads on behind the end of one that was cut off, and may crash."""

import struct

from runstone.errors import InvalidValue

# Of each marker the bytes that its value takes.
_SIZES = {b"Z": 0, b"N": 0, b"T": 0, b"F": 0, b"i": 1, b"U": 1, b"C": 1, b"I": 2, b"l": 4, b"d": 4, b"L": 8, b"D": 8}
_WHOLE_NUMBERS = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q"}


def check(data: bytes) -> None:
    """Walk through a value, and find its end where the data end.

    Raises:
        InvalidValue: It is no UBJSON, or was cut off, or goes on.

    Example:
        >>> check(b"{i" + bytes([1]) + b"a[U" + bytes([7]) + b"]}")
    """
    try:
        end = _value(data, 0)
    except (struct.error, RecursionError) as error:
        raise InvalidValue(f"it is no whole UBJSON: {error}") from error
    if end != len(data):
        raise InvalidValue(f"it is no whole UBJSON: it has {len(data)} bytes, and its value ends at byte {end}")


def _value(data: bytes, at: int) -> int:
    """Where a value ends that begins there."""
    marker = data[at : at + 1]
    if marker == b"{":
        return _object(data, at + 1)
    if marker == b"[":
        return _array(data, at + 1)
    return _payload(data, marker, at + 1)


def _payload(data: bytes, marker: bytes, at: int) -> int:
    if marker in _SIZES:
        return _within(data, at + _SIZES[marker])
    if marker in {b"S", b"H"}:
        length, at = _number(data, at)
        return _within(data, at + length)
    raise InvalidValue(f"it is no UBJSON: at byte {at - 1} stands {marker!r}")


def _object(data: bytes, at: int) -> int:
    while data[at : at + 1] != b"}":
        length, at = _number(data, at)
        at = _value(data, _within(data, at + length))
    return at + 1


def _array(data: bytes, at: int) -> int:
    kind = b""
    if data[at : at + 1] == b"$":
        kind, at = data[at + 1 : at + 2], at + 2
    if data[at : at + 1] == b"#":
        count, at = _number(data, at + 1)
        if kind in _SIZES:
            return _within(data, at + count * _SIZES[kind])
        for _ in range(count):
            at = _value(data, at)
        return at
    while data[at : at + 1] != b"]":
        at = _value(data, at)
    return at + 1


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A length, which is not negative, and where it ends."""
    marker = data[at : at + 1]
    if marker not in _WHOLE_NUMBERS:
        raise InvalidValue(f"it is no UBJSON: at byte {at} a length should stand, and not {marker!r}")
    (found,) = struct.unpack_from(_WHOLE_NUMBERS[marker], data, at + 1)
    if found < 0:
        raise InvalidValue(f"it is no UBJSON: at byte {at} stands the length {found}")
    return found, at + 1 + _SIZES[marker]


def _within(data: bytes, at: int) -> int:
    if at > len(data):
        raise InvalidValue(f"it is no whole UBJSON: it has {len(data)} bytes, and a value that ends at byte {at}")
    return at
