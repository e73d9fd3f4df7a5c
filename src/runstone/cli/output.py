"""How answers are printed: tables for people, one JSON document for programs."""

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from math import isnan
from typing import Any

import click
import msgspec

Cell = str | int | float | None

_DIGITS = 6
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_json(value: Any) -> None:
    """Print one JSON document, indented; NaN and infinities are the words that MLflow's clients read."""
    click.echo(msgspec.json.format(msgspec.json.encode(_plain(value)), indent=2))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table: fitted to a terminal, in full and aligned by blanks elsewhere.

    Args:
        columns: Headings.
        rows: Cells, as many in each row as there are headings. Numbers stand at the right.
    """
    numeric = [
        any(row[at] is not None for row in rows) and all(_is_number(row[at]) for row in rows) for at in _all(columns)
    ]
    texts = [[_text(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_fitted(columns, texts, numeric)
    else:
        _print_aligned(columns, texts, numeric)


def print_facts(facts: Sequence[tuple[str, Cell]]) -> None:
    """Print names and values, one a line; what has no value is left out."""
    shown = [(name, _text(value)) for name, value in facts if value is not None]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        first, *more = value.splitlines() or [""]
        click.echo(f"{click.style(name.ljust(width), dim=True)}  {first}" if first else click.style(name, dim=True))
        for line in more:
            click.echo(f"{' ' * width}  {line}".rstrip())


def visible(text: str) -> str:
    r"""A text of somebody else's in one line, in which nothing can hide: a terminal obeys no character of it.

    Example:
        >>> visible("rm\x1b[2K")
        'rm\\x1b[2K'
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def obeyed_by_none(text: str) -> str:
    r"""A text of somebody else's whose lines stay: a terminal obeys no other control character of it.

    Example:
        >>> obeyed_by_none("\x1b]0;title\x07one\n\ttwo")
        '\\x1b]0;title\\x07one\n\ttwo'
    """
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text.replace("\r\n", "\n"))


def counted(count: int, noun: str) -> str:
    """How many there are of something whose plural ends with an s.

    Example:
        >>> counted(1, "file"), counted(2, "file")
        ('1 file', '2 files')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def with_changes(*, is_patched: bool, untracked: int) -> list[str]:
    """What code has beside its commit, in words.

    Example:
        >>> with_changes(is_patched=True, untracked=1), with_changes(is_patched=False, untracked=2)
        (['with a patch', 'and 1 untracked file'], ['with 2 untracked files'])
    """
    told = ["with a patch"] if is_patched else []
    return told + ([f"{'and' if told else 'with'} {counted(untracked, 'untracked file')}"] if untracked else [])


def memory_size(bytes_: int) -> str:
    """The size of a memory as the page writes it: in the units in which it is sold.

    Example:
        >>> memory_size(25_190_000_000), memory_size(2**29)
        ('23.5 GiB', '512 MiB')
    """
    gib = bytes_ / 2**30
    return f"{round(bytes_ / 2**20)} MiB" if gib < 1 else f"{float(f'{gib:.3g}'):g} GiB"


def moment(milliseconds: int | None) -> str | None:
    """A time as people of this place write it; the plain number where calendars have none. ``None`` stays ``None``.

    Args:
        milliseconds: Since the Unix epoch, UTC.
    """
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):  # which of them depends on the system
        return str(milliseconds)


def duration(milliseconds: int | None) -> str | None:
    """A length of time in its two largest units; ``None`` stays ``None``.

    One below zero, of a clock that was set back meanwhile, is shown as none at all, as on the page.

    Example:
        >>> duration(3_723_004)
        '1h 2m'
    """
    if milliseconds is None:
        return None
    if milliseconds < 60_000:
        return f"{max(milliseconds, 0) / 1000:.1f}s"
    seconds = milliseconds // 1000
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60}s"
    if seconds < 86_400:
        return f"{seconds // 3600}h {seconds % 3600 // 60}m"
    return f"{seconds // 86_400}d {seconds % 86_400 // 3600}h"


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, float) and (isnan(value) or value in {float("inf"), float("-inf")}):
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _all(columns: Sequence[str]) -> range:
    return range(len(columns))


def _is_number(cell: Cell) -> bool:
    return cell is None or isinstance(cell, int | float)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.{_DIGITS}g}"
    return obeyed_by_none(str(cell))


def _print_fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, (name, is_numeric) in enumerate(zip(columns, numeric, strict=True)):
        # The first column names the row and is copied from; it stays whole.
        table.add_column(name, justify="right" if is_numeric else "left", overflow="fold", no_wrap=at == 0)
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def _print_aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    lines = [[cell.replace("\n", " ") for cell in line] for line in (columns, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in _all(columns)]
    for line in lines:
        cells = (
            cell.rjust(width) if is_numeric else cell.ljust(width)
            for cell, width, is_numeric in zip(line, widths, numeric, strict=True)
        )
        click.echo("  ".join(cells).rstrip())
