"""Reads a value: text, a number, a time or a duration, whichever the field takes."""

import re
from datetime import UTC, datetime, timedelta

from runstone.search.ast import Now, Value
from runstone.search.fields import FieldType
from runstone.search.names import Reader
from runstone.search.tokens import SPANS, Token, TokenKind

_WANTED = {
    FieldType.TEXT: "text in quotes",
    FieldType.NUMBER: "a number",
    FieldType.NUMBER_OR_TEXT: "text in quotes or a number",
    FieldType.WHOLE_NUMBER: "a whole number",
    FieldType.TIME: "a time: milliseconds, a date such as '2026-01-31', or now() - 7d",
    FieldType.DURATION: "a duration: milliseconds, or 90s, 15m, 6h, 7d, 2w",
}
_QUOTED = {TokenKind.TEXT, TokenKind.QUOTED_NAME}
_DIGITS = re.compile(r"[0-9]{1,18}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The time of a search plus or minus this is an exact number in every database and in JSON.
_FARTHEST = 2**52


def read_value(reader: Reader, kind: FieldType) -> Value:
    """Read a value for a field of this type.

    Raises:
        InvalidFilter: There is none, or it is of another type.
    """
    token = reader.token
    if token.kind in _QUOTED and not token.text.startswith("`"):
        if kind in {FieldType.TEXT, FieldType.NUMBER_OR_TEXT}:
            return reader.take().value
        if kind is FieldType.TIME:
            return _date(reader)
        if kind is FieldType.WHOLE_NUMBER and _DIGITS.fullmatch(token.value):
            return int(reader.take().value)  # MLflow's users write it in quotes
    elif kind is FieldType.TIME and token.word == "NOW":
        return _now(reader)
    elif kind is FieldType.DURATION and token.kind is TokenKind.SPAN:
        return _milliseconds(reader)
    elif kind is not FieldType.TEXT:
        number = _number(reader, may_be_word=kind is FieldType.NUMBER)
        if number is not None:
            return number
    raise reader.error(f"wanted {_WANTED[kind]}, found {token.shown}{_hint(token)}", token)


def _hint(token: Token) -> str:
    if token.text.startswith("`"):
        return "; backticks are for names, values go between ' or \""
    if token.kind in {TokenKind.WORD, TokenKind.NUMBER}:
        return f"; text is written '{token.text[:40]}'"
    return ""


def _number(reader: Reader, *, may_be_word: bool) -> int | float | None:
    start = reader.token
    sign = -1 if start.word == "-" else 1
    if start.word in {"-", "+"}:
        reader.take()
    token = reader.token
    if token.kind is TokenKind.NUMBER:
        reader.take()
        return _exact(sign, token.value)
    if may_be_word and token.word in {"NAN", "INF", "INFINITY"}:
        reader.take()
        return sign * float(token.word)
    if token is not start:
        raise reader.error(f"wanted a number after {start.text}, found {token.shown}", token)
    return None


def _exact(sign: int, digits: str) -> int | float:
    """An integer where 64 bits hold it, else the nearest float."""
    if digits.isdigit() and len(digits) <= 19:
        number = sign * int(digits)
        if -(2**63) <= number < 2**63:
            return number
    return sign * float(digits)


def _milliseconds(reader: Reader) -> int:
    token = reader.take()
    amount = float(token.value) * SPANS[token.text[len(token.value) :]]
    if amount > _FARTHEST:
        raise reader.error(f"{token.shown} is too long", token)
    return round(amount)


def _now(reader: Reader) -> Now:
    start = reader.take()
    if not (reader.accept("(") and reader.accept(")")):
        raise reader.error("the present is written now()", start)
    offset = 0
    while reader.token.word in {"+", "-"}:
        sign = -1 if reader.take().word == "-" else 1
        if reader.token.kind is not TokenKind.SPAN:
            raise reader.error(f"wanted a stretch of time such as 90s, 15m, 6h, 7d or 2w, found {reader.token.shown}")
        offset += sign * _milliseconds(reader)
    if abs(offset) > _FARTHEST:
        raise reader.error("that time is too far away", start)
    return Now(offset)


def _date(reader: Reader) -> int:
    token = reader.take()
    try:
        moment = datetime.fromisoformat(token.value)
    except ValueError:
        raise reader.error(f"wanted {_WANTED[FieldType.TIME]}, found {token.shown}", token) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
