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
    last, shown = "", ""
    try:
        while True:
            goes_on = follows and not client.get_run(run_id).info.status.is_terminal
            segments = reading.console(client, run_id, last)
            if segments:
                # Whoever has written it: nothing but text and styles reaches the terminal.
                _change(shown, folded("".join(segments.values())))
                last = max(segments)
                shown = folded(segments[last])
            if not goes_on:
                break
            sleep(EVERY_S)
    except KeyboardInterrupt:
        if not follows:
            raise
    if not last:
        click.echo(f"Nothing that the run {run_id} has printed was kept.", err=True)
    elif not shown.endswith("\n"):
        click.echo()


def _change(old: str, new: str) -> None:
    """Turn the end of what is printed into another text; lines that have changed are printed over."""
    if new.startswith(old):
        click.echo(new[len(old) :], nl=False)
        return
    before, after = old.split("\n"), new.split("\n")
    same = next(n for n, (line, other) in enumerate(zip([*before, None], after, strict=False)) if line != other)
    up = len(before) - 1 - same
    begin = "\n" if before[-1] else ""
    if sys.stdout.isatty() and up < shutil.get_terminal_size().lines:
        begin = "\r" + (f"\x1b[{up}A" if up else "") + "\x1b[J"
    click.echo(begin + "\n".join(after[same:]), nl=False)
