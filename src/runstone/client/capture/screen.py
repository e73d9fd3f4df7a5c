"""What a terminal would show of printed text: lines that were overwritten are kept as they were last."""

import re
from functools import lru_cache

# Lines that may still be overwritten, and the characters that they have together; what is above is settled. A change of
# style counts as a dozen: so many characters are 64 KiB at most.
ROWS = 100
CHARACTERS = 8192
_STYLE = 12

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<arguments>[0-?]*)[ -/]*(?P<command>[@-~])"
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links and the like
    r"|\x1b[ -/]*[0-Z\\^-~]"
    r"|(?P<control>[\r\n\b])"
    r"|.",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]P_^X][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
_LONGEST_SEQUENCE = 4096
_LONGEST_STYLE = 40

# Which attribute of a character a number of an SGR sequence sets.
_GROUPS = {str(number): group for group, numbers in (
    ("weight", (1, 2)), ("italic", (3,)), ("underline", (4, 21)), ("blink", (5, 6)), ("inverse", (7,)),
    ("hidden", (8,)), ("struck", (9,)), ("colour", (*range(30, 38), *range(90, 98))),
    ("ground", (*range(40, 48), *range(100, 108))),
) for number in numbers}  # fmt: skip
_ENDS = {"22": "weight", "23": "italic", "24": "underline", "25": "blink", "27": "inverse"}
_ENDS |= {"28": "hidden", "29": "struck", "39": "colour", "49": "ground"}
_WIDE = {"38": "colour", "48": "ground", "58": "line"}


class _Row:
    """A line: pieces of text, each with the style that it is shown in."""

    __slots__ = ("is_edited", "length", "pieces")

    def __init__(self) -> None:
        self.pieces: list[tuple[str, str]] = []
        self.length = 0
        self.is_edited = False

    def put(self, column: int, text: str, style: str) -> None:
        """Write over what is there, from a column on."""
        if column > self.length:
            self.put(self.length, " " * (column - self.length), "")
        if column < self.length:
            end = column + len(text)
            self.is_edited = True
            self.pieces = [*self._cut(0, column), (text, style), *self._cut(end, self.length)]
            self.length = max(self.length, end)
            return
        self.length += len(text)
        if self.pieces and self.pieces[-1][1] == style:
            text = self.pieces.pop()[0] + text
        self.pieces.append((text, style))

    def erase(self, begin: int, end: int | None = None) -> None:
        """Make columns empty: those up to ``end``, or all the rest of the line."""
        self.is_edited = True
        if end is None or end >= self.length:
            self.pieces = self._cut(0, min(begin, self.length))
            self.length = min(begin, self.length)
        else:
            self.put(begin, " " * (end - begin), "")

    def weight(self) -> int:
        """How much room it takes."""
        return self.length + _STYLE * max(len(self.pieces) - 1, 0)

    def text(self) -> str:
        """The line with its styles; none goes beyond it."""
        shown, last = [], ""
        for piece, style in self.pieces:
            if style != last:
                shown.append(f"\x1b[{'0;' if last and style else ''}{style or '0'}m")
                last = style
            shown.append(piece)
        if last:
            shown.append("\x1b[0m")
        text = "".join(shown)
        return text.rstrip(" ") if self.is_edited else text  # a shorter bar is padded

    def _cut(self, begin: int, end: int) -> list[tuple[str, str]]:
        cut, at = [], 0
        for piece, style in self.pieces:
            part = piece[max(begin - at, 0) : max(end - at, 0)]
            if part:
                cut.append((part, style))
            at += len(piece)
        return cut


class Screen:
    """Folds text as it is printed: what is settled is given out, the last lines may still be overwritten.

    Colours and other styles are kept, and every line ends its own. Columns are counted in characters, and lines are as
    long as they like.
    """

    def __init__(self) -> None:
        self._rows = [_Row()]
        self._row, self._column = 0, 0
        self._style = ""
        self._rest = ""
        self._settled: list[str] = []

    def feed(self, text: str) -> str:
        """Print text; returns the lines that are settled by it, each with its end."""
        if not self._rest and self._is_plain(text):
            self._add_lines(text)
        else:
            self._interpret(self._rest + text)
        return self._give_out()

    def live(self) -> str:
        """The last lines, as they are now."""
        return "\n".join(row.text() for row in self._rows)

    def _is_plain(self, text: str) -> bool:
        at_end = self._row == len(self._rows) - 1 and self._column == self._rows[-1].length
        return at_end and not self._style and _CONTROL.search(text) is None

    def _add_lines(self, text: str) -> None:
        first, *more = text.split("\n")
        self._put(first)
        if len(more) > ROWS:  # these scroll by at once
            self._settle(len(self._rows))
            self._settled.append("\n".join(more[:-ROWS]) + "\n")
            more = more[-ROWS:]
            self._rows, self._row, self._column = [_Row()], 0, 0
            self._put(more.pop(0))
        for line in more:
            self._new_line()
            self._put(line)

    def _interpret(self, text: str) -> None:
        unfinished = _UNFINISHED.search(text)
        self._rest = ""
        if unfinished is not None and len(unfinished.group()) < _LONGEST_SEQUENCE:
            self._rest = unfinished.group()
            text = text[: unfinished.start()]
        for token in _TOKEN.finditer(text):
            if token["text"]:
                self._put(token["text"])
            elif token["control"] == "\n":
                self._new_line()
            elif token["control"] == "\r":
                self._column = 0
            elif token["control"] == "\b":
                self._column = max(self._column - 1, 0)
            elif token["command"]:
                self._obey(token["command"], token["arguments"])

    def _put(self, text: str) -> None:
        if text:
            row = self._rows[self._row]
            row.put(self._column, text, self._style)
            self._column += len(text)
            if row.weight() > CHARACTERS:  # at once: each further piece would copy the whole line
                self._make_room()

    def _new_line(self) -> None:
        self._row += 1
        self._column = 0
        if self._row == len(self._rows):
            self._rows.append(_Row())
            if len(self._rows) > ROWS:
                self._settle(1)

    def _obey(self, command: str, arguments: str) -> None:
        count = max(int(arguments), 1) if arguments.isdecimal() and len(arguments) < 4 else 1
        if command == "m" and len(arguments) <= _LONGEST_STYLE:
            self._style = _styled(self._style, arguments)
        elif command in "JK":
            self._erase(command, arguments)
        elif command in "AF":
            self._row = max(self._row - count, 0)
        elif command in "BE":
            self._row = min(self._row + count, len(self._rows) - 1)
        elif command == "C":
            self._column = min(self._column + count, CHARACTERS)
        elif command == "D":
            self._column = max(self._column - count, 0)
        elif command == "G":
            self._column = count - 1
        if command in "EF":
            self._column = 0

    def _erase(self, command: str, arguments: str) -> None:
        row = self._rows[self._row]
        if arguments in {"", "0"}:
            row.erase(self._column)
            if command == "J":
                del self._rows[self._row + 1 :]
        elif arguments == "1":
            row.erase(0, self._column)
            if command == "J":
                for above in self._rows[: self._row]:
                    above.erase(0)
        elif command == "K":
            row.erase(0)
        else:  # what was printed before the screen was cleared is kept
            self._settle(len(self._rows) - (self._rows[-1].length == 0))
            self._rows, self._row, self._column = [_Row()], 0, 0

    def _settle(self, count: int) -> None:
        self._settled += [row.text() + "\n" for row in self._rows[:count]]
        del self._rows[:count]
        self._row = max(self._row - count, 0)

    def _give_out(self) -> str:
        self._make_room()
        settled = "".join(self._settled)
        self._settled = []
        return settled

    def _make_room(self) -> None:
        """Settle what is more than may still be overwritten."""
        while len(self._rows) > 1 and sum(row.weight() for row in self._rows) > CHARACTERS:
            self._settle(1)
        row = self._rows[0]
        if row.weight() > CHARACTERS:  # a line without an end
            self._settled.append(row.text())
            self._rows[0] = _Row()
            self._column = 0


@lru_cache(maxsize=1024)
def _styled(style: str, arguments: str) -> str:
    """The style after an SGR sequence: its numbers, at most one of each group."""
    numbers = [number.lstrip("0") or "0" for number in arguments.split(";")]
    by_group: dict[str, str] = {}
    for number in (*_whole(style.split(";")), *_whole(numbers)):
        first = number.split(";")[0].split(":")[0]
        if first == "0":
            by_group.clear()
        elif first in _ENDS:
            by_group.pop(_ENDS[first], None)
        elif first in _WIDE:
            by_group[_WIDE[first]] = number
        elif first in _GROUPS:
            by_group[_GROUPS[first]] = number
    return ";".join(by_group.values())


def _whole(numbers: list[str]) -> list[str]:
    """Numbers that belong together as one: ``38;5;9`` and ``38;2;1;2;3`` are colours."""
    joined = []
    while numbers:
        length = 1
        if numbers[0] in _WIDE:
            length = {"5": 3, "2": 5}.get(numbers[1] if len(numbers) > 1 else "", 1)
        joined.append(";".join(numbers[:length]))
        numbers = numbers[length:]
    return joined


def folded(text: str) -> str:
    r"""All of a text, as a terminal would show it in the end.

    Example:
        >>> folded("50 %\r100 %\n")
        '100 %\n'
    """
    screen = Screen()
    return screen.feed(text) + screen.live()
