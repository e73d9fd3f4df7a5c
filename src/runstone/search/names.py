"""Reads a field: which metric, param, tag or attribute is meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Protocol

from runstone.errors import InvalidFilter
from runstone.search.ast import Aggregate, Field, Kind
from runstone.search.fields import DATASET_FIELDS, Subject
from runstone.search.tokens import Token, TokenKind

_AGGREGATES = tuple(aggregate.value for aggregate in Aggregate)


class Reader(Protocol):
    """A text that is being read token by token."""

    subject: Subject

    @property
    def token(self) -> Token:
        """The next token."""
        ...

    def take(self) -> Token:
        """The next token, which is then read."""
        ...

    def accept(self, word: str) -> bool:
        """Read the next token if it is this word or sign."""
        ...

    def error(self, reason: str, token: Token | None = None) -> InvalidFilter:
        """The error to raise at a token, the next one if none is given."""
        ...


def read_field(reader: Reader) -> Field:
    """Read a field.

    Raises:
        InvalidFilter: There is none, or it is not known.
    """
    start = reader.token
    if start.kind is TokenKind.WORD and start.word not in {"AND", "OR", "NOT"}:
        reader.take()
        prefix, dot, key = start.text.partition(".")
    elif start.kind is TokenKind.QUOTED_NAME:
        reader.take()
        prefix, dot, key = start.value, "", ""
        if reader.token.word == "." and reader.token.start == start.end:
            dot = reader.take().text
    else:
        raise reader.error(f"wanted a field such as {_example(reader.subject)}, found {start.shown}")
    if not dot:
        return _attribute(reader, prefix, start)
    kind = reader.subject.prefixes.get(prefix)
    if kind is None:
        raise reader.error(_unknown_prefix(reader.subject, prefix), start)
    if kind is Kind.METRIC and reader.subject.has_aggregates:
        return _metric(reader, key)
    return _keyed(reader, kind, _key(reader, key), start)


def _metric(reader: Reader, key: str) -> Field:
    """A metric, whose name may be followed by a dot and what of its values is meant."""
    is_plain = bool(key) or reader.token.kind is TokenKind.WORD
    name = _key(reader, key)
    if is_plain:
        base, _, ending = name.rpartition(".")
        if base and ending in _AGGREGATES:
            return Field(Kind.METRIC, base, Aggregate(ending))
        return Field(Kind.METRIC, name)
    if reader.token.word != ".":
        return Field(Kind.METRIC, name)
    reader.take()
    ending = reader.token.text
    if ending not in _AGGREGATES:
        raise reader.error(f"wanted {', '.join(_AGGREGATES)} after the name of a metric and a dot", reader.token)
    reader.take()
    return Field(Kind.METRIC, name, Aggregate(ending))


def _key(reader: Reader, key: str) -> str:
    """The rest of the key, which may stand in the following token."""
    follower = reader.token
    is_quoted = follower.kind in {TokenKind.TEXT, TokenKind.QUOTED_NAME}
    if key.endswith(".") and is_quoted:
        raise reader.error("quote the whole name, not a part of it", follower)
    if key:
        return key
    if is_quoted or follower.kind is TokenKind.WORD:
        key = reader.take().value
    if not key:
        raise reader.error(f"wanted a name after the dot, found {follower.shown}", follower)
    return key


def _keyed(reader: Reader, kind: Kind, key: str, start: Token) -> Field:
    if kind is Kind.ATTRIBUTE:
        return _attribute(reader, key, start)
    if kind is Kind.DATASET and key not in DATASET_FIELDS:
        raise reader.error(f"a dataset has {', '.join(DATASET_FIELDS)}; found {key!r}", start)
    return Field(kind, key)


def _attribute(reader: Reader, name: str, start: Token) -> Field:
    subject = reader.subject
    field = subject.attribute(name)
    if field is None and name in subject.prefixes:
        raise reader.error(f"wanted a dot and a name directly after {name}, as in {name}.NAME", start)
    if field is None:
        near = get_close_matches(name.lower(), subject.attributes, n=1)
        hint = f"; is {near[0]} meant?" if near else "."
        logged = [f"{kind}.NAME" for kind in _kinds(subject) if kind not in {Kind.ATTRIBUTE, Kind.DATASET}]
        raise reader.error(
            f"{subject.name} have no attribute {name[:60]!r}{hint} There are {_listed(subject.attributes)}. "
            f"What was logged is written {_listed(logged)}",
            start,
        )
    return field


def _kinds(subject: Subject) -> list[str]:
    return list(dict.fromkeys(kind.value for kind in subject.prefixes.values()))


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _unknown_prefix(subject: Subject, prefix: str) -> str:
    near = get_close_matches(prefix.lower(), subject.prefixes, n=1)
    hint = f"; is {near[0]} meant?" if near else ""
    return f"{subject.name} have {_listed(_kinds(subject))}; found {prefix[:60]!r}{hint}"


def _example(subject: Subject) -> str:
    return "metrics.loss, params.depth or start_time" if "metrics" in subject.prefixes else "name or tags.team"
