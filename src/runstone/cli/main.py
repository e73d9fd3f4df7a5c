"""The command ``runstone``: its groups, loaded on use, and what becomes of errors."""

import os
import sys
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from runstone import config
from runstone.errors import RunstoneError

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130
_DEBUG = "runstone.cli.debug"

COMMANDS = {
    "artifacts": "runstone.cli.artifacts:artifacts",
    "config": "runstone.cli.config:config",
    "db": "runstone.cli.db:db",
    "demo": "runstone.cli.demo:demo",
    "doctor": "runstone.cli.doctor:doctor",
    "experiments": "runstone.cli.experiments:experiments",
    "export": "runstone.cli.bridge:export",
    "gc": "runstone.cli.gc:gc",
    "models": "runstone.cli.models:models",
    "import": "runstone.cli.bridge:import_",
    "reproduce": "runstone.cli.reproduce:reproduce",
    "runs": "runstone.cli.runs:runs",
    "server": "runstone.cli.server:server",
    "sync": "runstone.cli.sync:sync",
    "ui": "runstone.cli.server:ui",
}


class CommandTable(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is asked for."""

    def __init__(self, places: dict[str, str]) -> None:
        """Note where the commands are.

        Args:
            places: Name to ``module:attribute``.
        """
        self._places = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        module, _, attribute = self._places[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise NotImplementedError("commands are named in COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError("commands are named in COMMANDS")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Failure(click.ClickException):
    """An error that is one sentence with its fix."""

    exit_code = EXIT_ERROR


class CommandLine(click.Group):
    """The top group: turns errors into one sentence and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  # click's signature
        **extra: Any,
    ) -> Any:
        """Run a command; what click does, with this program's exit codes."""
        run = partial(super().main, args, prog_name, complete_var, standalone_mode=False, **extra)
        return _leave(run) if standalone_mode else run()

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments, and answer ``--help`` and ``--version``."""
        with _reader_may_leave():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and put its error into one sentence unless the traceback is wanted."""
        try:
            with _reader_may_leave():
                return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:  # the edge of the command line
            if ctx.meta.get(_DEBUG):
                raise
            raise Failure(_sentence(error)) from None


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """End quietly when the reader of the output, `head` for one, has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


def _sentence(error: Exception) -> str:
    if isinstance(error, RunstoneError):
        return error.message
    if isinstance(error, OSError):
        if error.filename:
            return f"{error.strerror or error}: {error.filename}"
        return str(error) if _has_folder() else "the working folder is gone; go to one that is there, and try again"
    return (
        f"this should not have happened: {type(error).__name__}: {error}; "
        "please report it with what `runstone --debug ...` shows"
    )


def _has_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _leave(run: Callable[[], Any]) -> NoReturn:
    """Run to the end and exit with the code that stands for it."""
    try:
        code = run() or 0
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = EXIT_INTERRUPTED
    sys.exit(code)


@click.group(
    cls=CommandLine,
    commands=CommandTable(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--tracking-uri",
    metavar="URI",
    help="Where runs are kept: sqlite:///FILE, postgresql://USER@HOST/DATABASE, or the address of a server. "
    "Else the setting RUNSTONE_TRACKING_URI holds.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="runstone", message="runstone %(version)s")
@click.pass_context
def main(ctx: click.Context, *, tracking_uri: str | None, debug: bool) -> None:
    """Track experiments: log runs, compare them, keep their files.

    Exit codes: 0 when all went well (and when a server is stopped), 1 for an error, which is told in one sentence on
    the standard error, 2 for a command that is not understood, 130 for Ctrl-C.
    """
    ctx.obj = tracking_uri
    ctx.meta[_DEBUG] = debug or config.DEBUG.required()
