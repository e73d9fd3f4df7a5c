"""Reads a regular expression: the part of the common syntax that an automaton can do."""

from collections.abc import Callable
from typing import NoReturn

from msgspec import Struct

MAX_REPEAT = 100
MAX_DEPTH = 20


class AnyCharacter(Struct, frozen=True):
    """Takes any character, a line break too."""


class Start(Struct, frozen=True):
    """The beginning of the text."""


class End(Struct, frozen=True):
    """The end of the text."""


class Characters(Struct, frozen=True):
    r"""Takes one character out of a set.

    Attributes:
        ranges: First and last character of each range.
        classes: Letters of ``\d \w \s`` and their capitals.
        is_negated: Whether all but these are taken.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    classes: str = ""
    is_negated: bool = False

    def takes(self, character: str) -> bool:
        """Whether the character is taken."""
        return self._holds(character) is not self.is_negated

    def takes_any_case(self, character: str) -> bool:
        """Whether the character is taken in one of its cases."""
        return any(map(self._holds, {character, character.lower(), character.upper()})) is not self.is_negated

    def _holds(self, character: str) -> bool:
        return any(first <= character <= last for first, last in self.ranges) or any(
            _CLASSES[letter](character) for letter in self.classes
        )


class Sequence(Struct, frozen=True):
    """One part after the other."""

    parts: tuple["Expression", ...]


class Choice(Struct, frozen=True):
    """One of the parts."""

    parts: tuple["Expression", ...]


class Repeat(Struct, frozen=True):
    """A part several times; ``most`` is ``None`` where there is no end."""

    part: "Expression"
    least: int
    most: int | None


Expression = AnyCharacter | Characters | Start | End | Sequence | Choice | Repeat

_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": lambda character: "0" <= character <= "9",
    "D": lambda character: not "0" <= character <= "9",
    "w": lambda character: character.isalnum() or character == "_",
    "W": lambda character: not (character.isalnum() or character == "_"),
    "s": str.isspace,
    "S": lambda character: not character.isspace(),
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


def read_expression(text: str) -> tuple[Expression, bool]:
    """Read a regular expression.

    Returns:
        The tree, and whether letters match in either case.

    Raises:
        ValueError: It cannot be read; the message says why and where.
    """
    ignores_case = text.startswith("(?i)")
    reader = _Reader(text, 4 if ignores_case else 0)
    tree = reader.choice()
    if reader.position < len(text):
        reader.fail("there is no ( for this )")
    return tree, ignores_case


class _Reader:
    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.depth = 0

    @property
    def next(self) -> str:
        return self.text[self.position : self.position + 1]

    def take(self) -> str:
        character = self.next
        self.position += 1
        return character

    def accept(self, expected: str) -> bool:
        found = self.text.startswith(expected, self.position)
        if found:
            self.position += len(expected)
        return found

    def fail(self, reason: str) -> NoReturn:
        raise ValueError(f"{reason} (character {min(self.position, len(self.text)) + 1} of it)")

    def choice(self) -> Expression:
        parts = [self.sequence()]
        while self.accept("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Expression:
        parts: list[Expression] = []
        while self.next and self.next not in "|)":
            parts.append(self.repeated())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self) -> Expression:
        part = self.single()
        bounds = self.bounds()
        if bounds is None:
            return part
        self.accept("?")  # as few as possible: the same where only yes or no is asked
        if self.next and self.next in "*+?{":
            self.fail("a repetition is not repeated; put the first in brackets")
        return Repeat(part, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.accept(sign):
                return bounds
        if not self.accept("{"):
            return None
        least = self.count()
        if least is None:
            self.fail("wanted a number after {; a plain brace is written \\{")
        most: int | None = least
        if self.accept(","):
            most = self.count()
        if not self.accept("}"):
            self.fail("wanted } here")
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            self.fail(f"a repetition counts upwards, to {MAX_REPEAT} at most")
        return least, most

    def count(self) -> int | None:
        digits = ""
        while self.next and self.next in "0123456789" and len(digits) < 9:
            digits += self.take()
        return int(digits) if digits else None

    def single(self) -> Expression:
        character = self.next
        if character in "*+?{":
            self.fail(f"there is nothing for {character} to repeat; the plain sign is written \\{character}")
        self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return self.characters()
        if character == "\\":
            return self.escape()
        special: dict[str, Expression] = {".": AnyCharacter(), "^": Start(), "$": End()}
        return special.get(character) or Characters(((character, character),))

    def group(self) -> Expression:
        if self.next == "?" and not self.accept("?:"):
            self.fail("of the groups that begin with (? only (?: ) is offered, and (?i) at the beginning")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"groups are nested at most {MAX_DEPTH} deep")
        tree = self.choice()
        if not self.accept(")"):
            self.fail("wanted ) here")
        self.depth -= 1
        return tree

    def escape(self) -> Characters:
        character = self.take()
        if not character:
            self.fail("a lone \\ ends it; the plain sign is written \\\\")
        if character in _CLASSES:
            return Characters(classes=character)
        plain = _CONTROLS.get(character, character)
        if plain == character and character.isalnum():
            self.position -= 1
            self.fail(f"\\{character} is not offered")
        return Characters(((plain, plain),))

    def characters(self) -> Characters:
        is_negated = self.accept("^")
        ranges: list[tuple[str, str]] = []
        classes = ""
        is_first = True
        while is_first or self.next != "]":
            is_first = False
            first = self.member()
            if first.classes:
                classes += first.classes
                continue
            low = high = first.ranges[0][0]
            if self.next == "-" and self.text[self.position + 1 : self.position + 2] not in {"]", ""}:
                self.take()
                last = self.member()
                if last.classes or last.ranges[0][0] < low:
                    self.fail("a range goes from a lower to a higher character")
                high = last.ranges[0][0]
            ranges.append((low, high))
        self.take()
        return Characters(tuple(ranges), classes, is_negated)

    def member(self) -> Characters:
        if not self.next:
            self.fail("wanted ] here")
        if self.text.startswith(("[:", "[.", "[="), self.position):
            self.fail("named classes are not offered; write \\d, \\w or \\s, or a range")
        character = self.take()
        return self.escape() if character == "\\" else Characters(((character, character),))
