"""The words of a filter: where each begins and ends, and what it is."""

import re
from enum import Enum

from msgspec import Struct

from runstone.errors import InvalidFilter


class TokenKind(Enum):
    """What a token is; the value of a member stands in messages."""

    WORD = "the word"
    TEXT = "the text"
    QUOTED_NAME = "the name"
    NUMBER = "the number"
    SPAN = "the stretch of time"
    SYMBOL = "the sign"
    END = "the end"


class Token(Struct, frozen=True):
    """One word of a filter.

    Attributes:
        kind: What it is.
        text: The characters as they stand in the filter.
        start: Offset of the first character.
        value: What is between the quotes; ``text`` where there are none.
    """

    kind: TokenKind
    text: str
    start: int
    value: str

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The word in capitals if it is one, the sign if it is one, else empty."""
        if self.kind is TokenKind.WORD:
            return self.text.upper()
        return self.text if self.kind is TokenKind.SYMBOL else ""

    @property
    def shown(self) -> str:
        """The token for use in a message."""
        if self.kind is TokenKind.END:
            return "the end"
        cut = self.text if len(self.text) <= 40 else f"{self.text[:40]}..."
        return f"{self.kind.value} {cut}"


SPANS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<word>[^\W\d][\w.]*)
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?P<unit>\w*)
  | (?P<text>'(?:[^']|'')*')
  | (?P<double>"(?:[^"]|"")*")
  | (?P<backtick>`(?:[^`]|``)*`)
  | (?P<symbol>==|!=|>=|<=|[=><(),+\-.])
    """,
    re.VERBOSE,
)


def tokens(text: str) -> list[Token]:
    """The tokens of a text; the last one is the end.

    Text in double quotes may be a name or a value: it is given as a ``QUOTED_NAME`` whose ``text`` shows the quotes.

    Raises:
        InvalidFilter: A quote is not closed, or a character has no meaning.
    """
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidFilter(_why_no_token(text[position]), text=text, position=position)
        if match.lastgroup != "space":
            found.append(_token(text, match))
        position = match.end()
    found.append(Token(TokenKind.END, "", len(text), ""))
    return found


def _token(text: str, match: re.Match[str]) -> Token:
    whole, start = match.group(), match.start()
    if match["number"]:
        unit = match["unit"]
        if unit and unit not in SPANS:
            reason = f"{whole} is neither a number nor a stretch of time such as 90s, 15m, 6h, 7d or 2w"
            raise InvalidFilter(reason, text=text, position=start)
        return Token(TokenKind.SPAN if unit else TokenKind.NUMBER, whole, start, match["number"])
    quote = whole[0]
    if match["text"]:
        return Token(TokenKind.TEXT, whole, start, whole[1:-1].replace(quote * 2, quote))
    if match["double"] or match["backtick"]:
        return Token(TokenKind.QUOTED_NAME, whole, start, whole[1:-1].replace(quote * 2, quote))
    return Token(TokenKind.WORD if match["word"] else TokenKind.SYMBOL, whole, start, whole)


def _why_no_token(character: str) -> str:
    if character in "'\"`":
        return f"the quote {character} is not closed; add one after the text"
    if character == ";":
        return "a filter is one expression; join conditions with AND or OR instead of ;"
    return f"{character!r} has no meaning here; a name that holds it goes between backticks: params.`a{character}b`"
