"""Our regular expressions in PostgreSQL's words.

PostgreSQL runs an automaton too, so that the cost grows with the length of the text alone. What a character class
takes is said by the numbers of its characters, as Python knows them: the two never differ about what a letter is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec.structs import replace

from runstone.search.expression import (
    AnyCharacter,
    Characters,
    Choice,
    End,
    Expression,
    Repeat,
    Sequence,
    Start,
    read_expression,
)

Ranges = list[tuple[int, int]]

_LAST = 0x10FFFF
# What Python's own expressions take in one piece, a hundred times as fast as a question for each character.
_CLASSES = {"d": "[0-9]+", "w": r"\w+", "s": r"\s+"}
_HALVES = (0xD800, 0xDFFF)


@lru_cache(maxsize=64)
def posix(text: str) -> str:
    """A regular expression as PostgreSQL's operator ``~`` takes it.

    Raises:
        ValueError: It cannot be read.

    Example:
        >>> posix("^v[0-9]+$")
        '^[v][0-9]{1,}$'
    """
    tree, ignores_case = read_expression(text)
    return _written(tree, ignores_case=ignores_case)


def _written(tree: Expression, *, ignores_case: bool) -> str:
    match tree:
        case AnyCharacter():
            return "."
        case Start():
            return "^"
        case End():
            return "$"
        case Characters():
            return _bracket(tree, ignores_case)
        case Sequence():
            return "".join(_atom(part, ignores_case=ignores_case) for part in tree.parts)
        case Choice():
            return "|".join(_atom(part, ignores_case=ignores_case) for part in tree.parts)
        case Repeat():
            most = "" if tree.most is None else tree.most
            return f"{_atom(tree.part, ignores_case=ignores_case, is_repeated=True)}{{{tree.least},{most}}}"


def _atom(tree: Expression, *, ignores_case: bool, is_repeated: bool = False) -> str:
    text = _written(tree, ignores_case=ignores_case)
    is_single = isinstance(tree, AnyCharacter | Characters)
    is_plain = is_single or (not is_repeated and isinstance(tree, Start | End | Repeat))
    return text if is_plain else f"(?:{text})"


@lru_cache(maxsize=256)
def _bracket(node: Characters, ignores_case: bool) -> str:  # noqa: FBT001  # a key of the cache
    ranges = _taken(node, ignores_case=ignores_case)
    if not ranges:
        return "(?!)"
    return f"[{''.join(_range(first, last) for first, last in ranges)}]"


def _taken(node: Characters, *, ignores_case: bool) -> Ranges:
    positive = replace(node, is_negated=False)
    found: Ranges = [(ord(first), ord(last)) for first, last in node.ranges]
    for letter in node.classes:
        found += _class(letter)
    if ignores_case:
        found += [(ord(sign), ord(sign)) for sign in _cased() if positive.takes_any_case(sign)]
    # There is neither a NUL nor half a character in a text of PostgreSQL.
    apart = _complement(_merged(found))
    inside = apart if node.is_negated else _complement(apart)
    return _without_halves(inside)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: Ranges = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _complement(ranges: Ranges) -> Ranges:
    found: Ranges = []
    start = 1
    for first, last in ranges:
        if first > start:
            found.append((start, first - 1))
        start = max(start, last + 1)
    if start <= _LAST:
        found.append((start, _LAST))
    return found


def _without_halves(ranges: Ranges) -> Ranges:
    found: Ranges = []
    for first, last in ranges:
        if first < _HALVES[0]:
            found.append((first, min(last, _HALVES[0] - 1)))
        if last > _HALVES[1]:
            found.append((max(first, _HALVES[1] + 1), last))
    return found


@lru_cache(maxsize=8)
def _class(letter: str) -> Ranges:
    if letter.isupper():
        return _complement(_class(letter.lower()))
    return [(each.start() + 1, each.end()) for each in re.finditer(_CLASSES[letter], _signs())]


@lru_cache(maxsize=1)
def _cased() -> str:
    return "".join(sign for sign in _signs() if sign.lower() != sign or sign.upper() != sign)


def _signs() -> str:
    """Every character but NUL: the one with the number n is the n-th."""
    return "".join(map(chr, range(1, _LAST + 1)))


def _range(first: int, last: int) -> str:
    return _sign(first) if first == last else f"{_sign(first)}-{_sign(last)}"


def _sign(code: int) -> str:
    sign = chr(code)
    return sign if sign.isascii() and sign.isalnum() else f"\\U{code:08X}"
