"""Folding keeps what a terminal shows in the end; a small terminal of cells says what that is."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.client.capture.screen import CHARACTERS, ROWS, Screen, folded

SGR = re.compile(r"\x1b\[([0-9;]*)m")


class Terminal:
    """A grid of cells, each a character and its styles; plain and slow."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[str, frozenset[str]]]] = [[]]
        self.row = self.column = 0
        self.style: frozenset[str] = frozenset()

    def feed(self, text: str) -> None:
        for token in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|.", text, re.DOTALL):
            if token == "\n":
                self.row, self.column = self.row + 1, 0
                self.rows += [[]] * (self.row == len(self.rows))
            elif token == "\r":
                self.column = 0
            elif token == "\b":
                self.column = max(0, self.column - 1)
            elif token.endswith("m") and token[0] == "\x1b":
                self.restyle(token[2:-1])
            elif token[0] == "\x1b":
                self.obey(token[-1], token[2:-1])
            else:
                line = self.rows[self.row] = list(self.rows[self.row])
                line += [(" ", frozenset())] * (self.column - len(line))
                line[self.column : self.column + 1] = [(token, self.style)]
                self.column += 1

    def restyle(self, number: str) -> None:
        if number in {"", "0"}:
            self.style = frozenset()
        elif number in {"31", "32"}:
            self.style = self.style - {"31", "32"} | {number}
        elif number == "39":
            self.style = self.style - {"31", "32"}
        elif number == "22":
            self.style = self.style - {"1"}
        else:
            self.style = self.style | {number}

    def obey(self, command: str, argument: str) -> None:
        line = self.rows[self.row]
        if command == "A":
            self.row = max(0, self.row - int(argument or 1))
        elif command == "B":
            self.row = min(len(self.rows) - 1, self.row + int(argument or 1))
        elif command == "C":
            self.column += int(argument or 1)
        elif command == "D":
            self.column = max(0, self.column - int(argument or 1))
        elif command == "G":
            self.column = int(argument or 1) - 1
        elif argument in {"", "0"}:
            self.rows[self.row] = line[: self.column]
            if command == "J":
                del self.rows[self.row + 1 :]
        elif argument == "1":
            blank = [(" ", frozenset[str]())] * min(self.column, len(line))
            self.rows[self.row] = blank + line[self.column :] if len(line) > self.column else []
            if command == "J":
                self.rows[: self.row] = [[]] * self.row
        else:
            self.rows[self.row] = []

    def shown(self) -> list[list[tuple[str, frozenset[str]]]]:
        return [_without_blanks(line) for line in self.rows]


def _without_blanks(line: list[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    line = list(line)
    while line and line[-1] == (" ", frozenset()):
        line.pop()
    return line


def shown(text: str) -> list[list[tuple[str, frozenset[str]]]]:
    terminal = Terminal()
    for sequence in SGR.findall(text):
        assert ";" not in sequence or sequence.startswith(("0;", "1;", "31;", "32;", "4;"))
    terminal.feed(SGR.sub(lambda found: "".join(f"\x1b[{number}m" for number in found[1].split(";")), text))
    return terminal.shown()


words = st.text("abc d█ü", min_size=1, max_size=6)
tokens = st.one_of(
    words,
    words,
    st.sampled_from(["\n", "\n", "\r", "\r", "\r\n", "\b", "\t"]),
    st.builds("\x1b[{}{}".format, st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["A", "B", "C", "D", "G"])),
    st.builds("\x1b[{}m".format, st.sampled_from(["", "0", "1", "4", "31", "32", "39", "22"])),
    st.builds("\x1b[{}K".format, st.sampled_from(["", "0", "1", "2"])),
    st.builds("\x1b[{}J".format, st.sampled_from(["", "0", "1"])),
)


@given(st.lists(tokens, max_size=40).map("".join), st.data())
def test_text_is_shown_as_by_a_terminal_however_it_comes(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    screen, terminal = Screen(), Terminal()
    terminal.feed(text)

    settled = "".join(screen.feed(text[begin:end]) for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True))

    assert shown(settled + screen.live()) == terminal.shown()


@given(st.text())
def test_any_text_is_taken_and_folded_once(text: str) -> None:
    once = folded(text)

    assert folded(once) == once


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\n")))
def test_text_without_controls_stays_as_it_is(text: str) -> None:
    assert folded(text) == text


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("\r 10%|█   |\r100%|████|\n", "100%|████|\n"),
        ("long line\rshort    \n", "short\n"),
        ("waiting...\r\x1b[Kdone\n", "done\n"),
        ("\r1/2\n\r1/9\x1b[A\r2/2\n\r9/9\x1b[A\n\n", "2/2\n9/9\n"),  # two bars of tqdm
        ("\x1b[31mred\x1b[0m plain", "\x1b[31mred\x1b[0m plain"),
        ("\x1b[1;31mtwo\nlines\x1b[m", "\x1b[1;31mtwo\x1b[0m\n\x1b[1;31mlines\x1b[0m"),
        ("\x1b[38;5;208mwide\x1b[39m colour", "\x1b[38;5;208mwide\x1b[0m colour"),
        ("\x1b[38;2;1;2;3mtrue\x1b[0m", "\x1b[38;2;1;2;3mtrue\x1b[0m"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("\x1b(Btext\x1b7\x1b8\x07\x00", "text"),
        ("before\n\x1b[H\x1b[2Jafter", "before\nafter"),
        ("torn \x1b[3", "torn "),
        ("wrong \x1b[99999999999999999999Aup", "wrong up"),
    ],
)
def test_what_programs_print_is_kept_as_it_is_read(printed: str, kept: str) -> None:
    assert folded(printed) == kept


def test_colour_goes_on_where_the_text_is_cut() -> None:
    screen = Screen()

    settled = screen.feed("\x1b[3") + screen.feed("1mred") + screen.feed(" still")

    assert settled + screen.live() == "\x1b[31mred still\x1b[0m"


def test_lines_are_settled_once_enough_others_follow() -> None:
    screen = Screen()

    settled = screen.feed("".join(f"line {n}\n" for n in range(3 * ROWS)))

    assert settled.startswith("line 0\n")
    assert settled + screen.live() == "".join(f"line {n}\n" for n in range(3 * ROWS))
    assert screen.live().count("\n") == ROWS - 1


@pytest.mark.parametrize("piece", ["x" * 1000, "\x1b[31mx\x1b[32my" * 100])
def test_line_without_an_end_is_settled_in_parts(piece: str) -> None:
    screen = Screen()

    settled = [screen.feed(piece) for _ in range(100)]

    assert len(screen.live().encode()) < 64 << 10
    assert SGR.sub("", "".join(settled) + screen.live()) == SGR.sub("", piece) * 100


def test_long_line_takes_no_longer_than_many_short_ones_whatever_is_in_it() -> None:
    def took(text: str) -> float:
        begin = process_time()
        folded(text)
        return process_time() - begin

    assert took("a\x00" * 500_000) < 2 * took(("a\x00" * 50 + "\n") * 10_000)


def test_cursor_that_moves_right_for_ever_needs_no_memory() -> None:
    screen = Screen()

    settled = screen.feed("\x1b[999C" * 100 + "x")

    assert len(settled + screen.live()) <= CHARACTERS + 1
