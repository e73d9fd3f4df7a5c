"""Text to tree: a Pratt parser for filters, and the reader of order items.

::

    filter     = [ condition { ("AND" | "OR") condition } ]      AND binds tighter than OR
    condition  = "NOT" condition | "(" filter ")" | field test
    test       = ("=" | "==" | "!=" | ">" | ">=" | "<" | "<=") value
               | ["NOT"] ("LIKE" | "ILIKE" | "RLIKE") text
               | ["NOT"] "IN" "(" value { "," value } ")"
               | "IS" ["NOT"] "NULL"
    field      = attribute | prefix "." (name | quoted name) [ "." ("min" | "max" | "first" | "last") ]
    value      = text | number | span | "now()" { ("+" | "-") span }
    order      = field [ "ASC" | "DESC" ]
"""

from math import isnan

from runstone.errors import InvalidFilter
from runstone.search.ast import All, AnyOf, Comparison, Field, Filter, Kind, Missing, Not, OneOf, Operator, Order, Value
from runstone.search.fields import RUNS, FieldType, Subject
from runstone.search.names import read_field
from runstone.search.pattern import MAX_PATTERNS, Pattern, any_case
from runstone.search.shape import MAX_ALTERNATIONS, too_deep
from runstone.search.tokens import Token, TokenKind, tokens
from runstone.search.values import read_value

MAX_LENGTH = 10_000
MAX_DEPTH = 100

_POWER = {"OR": 10, "AND": 20}
_NOT_POWER = 30

_SIGNS = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "!=": Operator.NOT_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
}
_PATTERNS = {
    "LIKE": (Operator.LIKE, Operator.NOT_LIKE),
    "ILIKE": (Operator.ILIKE, Operator.NOT_ILIKE),
    "RLIKE": (Operator.RLIKE, Operator.NOT_RLIKE),
}
_EQUALITY = {Operator.EQUAL, Operator.NOT_EQUAL}
_OPERATORS = "=, !=, >, >=, <, <=, LIKE, ILIKE, RLIKE, IN, NOT IN, IS NULL or IS NOT NULL"


def parse_filter(text: str, subject: Subject = RUNS) -> Filter:
    """Read a filter.

    Args:
        text: The filter; one that is empty or blank takes everything.
        subject: What is searched: ``RUNS``, ``EXPERIMENTS``, ``REGISTERED_MODELS`` or ``MODEL_VERSIONS``.

    Returns:
        The tree; ``All()`` for an empty text.

    Raises:
        InvalidFilter: The text cannot be read, is over 10,000 characters, or nested deeper than 100, AND and OR
            alternate deeper than 12, or there are over 16 regular expressions.

    Example:
        >>> parse_filter("metrics.loss < 0.1").field.key
        'loss'
    """
    _check_text(text, "a filter")
    return _Parser(text, subject).filter()


def parse_order(text: str, subject: Subject = RUNS) -> Order:
    """Read one item of an order, for example ``metrics.loss DESC``.

    Args:
        text: The item.
        subject: What is searched: ``RUNS``, ``EXPERIMENTS``, ``REGISTERED_MODELS`` or ``MODEL_VERSIONS``.

    Raises:
        InvalidFilter: The text cannot be read.

    Example:
        >>> parse_order("params.depth DESC").is_descending
        True
    """
    _check_text(text, "an order")
    return _Parser(text, subject).order()


def _check_text(text: str, what: str) -> None:
    if len(text) > MAX_LENGTH:
        reason = f"{what} has at most {MAX_LENGTH:,} characters; got {len(text):,}"
        raise InvalidFilter(reason, text=text, position=MAX_LENGTH)
    for position, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            reason = f"{what} is text; the character {character!r} is not"
            raise InvalidFilter(reason, text=text, position=position)


def _is_nan(value: Value) -> bool:
    return isinstance(value, float) and isnan(value)


class _Parser:
    def __init__(self, text: str, subject: Subject) -> None:
        self.text = text
        self.subject = subject
        self.tokens = tokens(text)
        self.index = 0
        self.depth = 0
        self.patterns = 0
        self.starts: dict[int, Token] = {}  # where each AND and OR begins; all are parts of the tree, and alive

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def is_at_end(self) -> bool:
        return self.token.kind is TokenKind.END

    def take(self) -> Token:
        token = self.token
        self.index += token.kind is not TokenKind.END
        return token

    def accept(self, word: str) -> bool:
        found = self.token.word == word
        if found:
            self.take()
        return found

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise self.error(f"wanted {word}, found {self.token.shown}")

    def error(self, reason: str, token: Token | None = None) -> InvalidFilter:
        return InvalidFilter(reason, text=self.text, position=(token or self.token).start)

    def filter(self) -> Filter:
        if self.is_at_end():
            return All()
        tree = self.expression(0)
        if not self.is_at_end():
            raise self.error(f"wanted AND, OR or the end, found {self.token.shown}")
        deep = too_deep(tree)
        if deep is not None:
            raise self.error(
                f"a filter has AND within OR within AND at most {MAX_ALTERNATIONS} deep; use fewer brackets",
                self.starts[id(deep)],
            )
        return tree

    def order(self) -> Order:
        start = self.token
        field = read_field(self)
        if field.kind is Kind.DATASET:
            raise self.error("a run may have several datasets, so that none sorts it; take another field", start)
        is_descending = self.accept("DESC")
        if not is_descending:
            self.accept("ASC")
        if not self.is_at_end():
            raise self.error(f"wanted ASC, DESC or the end, found {self.token.shown}")
        return Order(field, is_descending)

    def expression(self, power: int) -> Filter:
        start = self.token
        tree = self.condition()
        while _POWER.get(self.token.word, 0) > power:
            word = self.token.word
            terms = [tree]
            while self.accept(word):
                terms.append(self.expression(_POWER[word]))
            tree = All(tuple(terms)) if word == "AND" else AnyOf(tuple(terms))
            self.starts[id(tree)] = start
        return tree

    def condition(self) -> Filter:
        opening = self.token
        if opening.word not in {"NOT", "("}:
            return self.test(read_field(self))
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"a filter is nested at most {MAX_DEPTH} deep; take some brackets or NOTs away")
        self.take()
        if opening.word == "NOT":
            tree: Filter = Not(self.expression(_NOT_POWER))
        else:
            tree = self.expression(0)
            if not self.accept(")"):
                raise self.error(f"wanted AND, OR or ) for the ( at position {opening.start}, found {self.token.shown}")
        self.depth -= 1
        return tree

    def test(self, field: Field) -> Filter:
        sign = self.token
        if sign.word in _SIGNS:
            self.take()
            return self.comparison(field, _SIGNS[sign.word], sign)
        if self.accept("IS"):
            is_negated = self.accept("NOT")
            self.expect("NULL")
            return Missing(field, is_negated)
        is_negated = self.accept("NOT")
        word = self.token.word
        if word in _PATTERNS:
            return self.match(field, _PATTERNS[word][is_negated])
        if self.accept("IN"):
            return self.one_of(field, is_negated)
        if word in {"-", "+", "."} and not is_negated:
            raise self.error(
                f"{word} has no meaning here; a name that holds it goes between backticks: {field.kind}.`a{word}b`"
            )
        wanted = "LIKE, ILIKE, RLIKE or IN after NOT" if is_negated else f"one of {_OPERATORS}"
        raise self.error(f"wanted {wanted}, found {self.token.shown}")

    def comparison(self, field: Field, operator: Operator, sign: Token) -> Comparison:
        kind = self.subject.type_of(field)
        if kind is FieldType.TEXT and operator not in _EQUALITY:
            raise self.error(
                f"{field.key} is text, which {sign.text} does not compare; use =, !=, LIKE, ILIKE, RLIKE or IN", sign
            )
        start = self.token
        value = read_value(self, kind)
        if operator not in _EQUALITY:
            if isinstance(value, str):
                raise self.error(f"{sign.text} compares numbers; write the number without quotes", start)
            if _is_nan(value):
                raise self.error(f"nothing is {sign.text} NaN; use = NaN or != NaN", start)
        return Comparison(field, operator, value)

    def match(self, field: Field, operator: Operator) -> Comparison:
        sign = self.take()
        if self.subject.type_of(field) not in {FieldType.TEXT, FieldType.NUMBER_OR_TEXT}:
            raise self.error(
                f"{sign.text} compares text, and {field.kind}.{field.key} is none; use =, !=, >, >=, < or <=", sign
            )
        token = self.token
        value = read_value(self, FieldType.TEXT)
        assert isinstance(value, str)
        if operator in {Operator.RLIKE, Operator.NOT_RLIKE}:
            what, expression = "regular expression", value
        elif operator in {Operator.ILIKE, Operator.NOT_ILIKE} and not value.isascii():
            what, expression = "pattern", any_case(value)
        else:
            return Comparison(field, operator, value)
        reason = Pattern.why_not(expression)
        if reason:
            raise self.error(f"the {what} cannot be used: {reason}", token)
        self.patterns += 1
        if self.patterns > MAX_PATTERNS:
            raise self.error(f"a filter has at most {MAX_PATTERNS} regular expressions, and patterns like these", token)
        return Comparison(field, operator, value)

    def one_of(self, field: Field, is_negated: bool) -> OneOf:  # noqa: FBT001 - a production of the grammar, not a switch
        self.expect("(")
        kind = self.subject.type_of(field)
        values: list[Value] = []
        while True:
            start = self.token
            value = read_value(self, kind)
            if _is_nan(value):
                raise self.error("a list holds no NaN; use = NaN or != NaN", start)
            if values and isinstance(value, str) is not isinstance(values[0], str):
                raise self.error("a list holds either text or numbers, not both", start)
            values.append(value)
            if not self.accept(","):
                break
        if not self.accept(")"):
            raise self.error(f"wanted , or ), found {self.token.shown}")
        return OneOf(field, tuple(values), is_negated)
