"""What a run has printed, on the terminal: all of it, and what comes."""

import shutil
import sys
from time import sleep

import click

from runstone.client.capture import reading
from runstone.client.capture.console import EVERY_S
from runstone.client.capture.screen import folded
from runstone.client.client import Client


def print_console(client: Client, run_id: str, *, follows: bool) -> None:
    """Print what a run has printed.

    Args:
        client: The handle on where the run is kept.
        run_id: The run.
        follows: Whether to go on with what it prints, until it ends or Ctrl-C.

    Raises:
        RunNotFound: There is no such run.
    """
    printed = _Printed()
    try:
        while True:
            goes_on = follows and not client.get_run(run_id).info.status.is_terminal
            printed.add(reading.console(client, run_id, printed.last))
            if not goes_on:
                break
            sleep(EVERY_S)
    except KeyboardInterrupt:
        if not follows:
            raise
    if not printed.last:
        click.echo(f"Nothing that the run {run_id} has printed was kept.", err=True)
    elif printed.is_amid_line:
        click.echo()


class _Printed:
    """What was printed so far, of processes that may log to the run at once.

    Attributes:
        last: The last segment of each process.
        is_amid_line: Whether the line at the end goes on.
    """

    def __init__(self) -> None:
        self.last: dict[str, str] = {}
        self.is_amid_line = False
        self._shown: dict[str, str] = {}  # the text of these segments
        self._at_end = ""  # the process whose text stands at the end

    def add(self, segments: dict[str, str]) -> None:
        """Print what has come, process by process; at first all of it as it is joined."""
        texts: dict[str, str] = {}
        for name, text in segments.items():
            process = reading.process_of(name)
            texts[process] = texts.get(process, "") + text
        # Whoever has written it: nothing but text and styles reaches the terminal.
        if not self.last and segments:
            self._change(reading.process_of(max(segments)), "", folded("".join(segments.values())))
        else:
            for process, text in texts.items():
                self._change(process, self._shown.get(process, ""), folded(text))
        self.last |= {reading.process_of(name): name for name in segments}
        self._shown |= {process: folded(segments[self.last[process]]) for process in texts}

    def _change(self, process: str, old: str, new: str) -> None:
        """Turn the end of a process's text into another one; lines that have changed are printed over, or again."""
        if new == old:
            return
        is_below = process == self._at_end
        if is_below and new.startswith(old):
            click.echo(new[len(old) :], nl=False)
        else:
            before, after = old.split("\n"), new.split("\n")
            lines = enumerate(zip([*before, None], after, strict=False))
            same = next((n for n, (line, other) in lines if line != other), len(after) - 1)
            up = len(before) - 1 - same
            begin = "\n" if self.is_amid_line else ""
            if is_below and sys.stdout.isatty() and up < shutil.get_terminal_size().lines:
                begin = "\r" + (f"\x1b[{up}A" if up else "") + "\x1b[J"
            click.echo(begin + "\n".join(after[same:]), nl=False)
        self._at_end, self.is_amid_line = process, not new.endswith("\n")
