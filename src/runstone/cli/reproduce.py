"""``runstone reproduce``."""

import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import msgspec

from runstone.cli.options import as_json, connected
from runstone.cli.output import counted, print_facts, print_json, print_table, visible, with_changes
from runstone.client.redaction import MARK
from runstone.errors import InvalidValue
from runstone.reproduction import comparison, live
from runstone.reproduction import reproduce as reproduction
from runstone.reproduction.comparison import Tolerances
from runstone.reproduction.reproduce import Plan, Reproduction

EXIT_CODES = {reproduction.SAME: 0, reproduction.DIFFERENT: 3, reproduction.FAILED: 4, reproduction.NOTHING: 5}
_LISTED = 10


@click.command()
@click.argument("run_id")
@click.option("--repository", metavar="PATH|URL", help="Where the commit is; by default the clone here, or the remote.")
@click.option(
    "--environment",
    type=click.Choice(["uv", "local"]),
    default="uv",
    show_default=True,
    help="Make one with the recorded Python and packages, or run with this Python.",
)
@click.option("--folder", type=click.Path(path_type=Path), help="An empty folder for the code, which is kept.")
@click.option(
    "--rtol",
    multiple=True,
    metavar="[METRIC=]NUMBER",
    help=f"Relative tolerance, of all metrics or of one; {comparison.RTOL:g} by default; inf: any value.",
)
@click.option(
    "--atol",
    multiple=True,
    metavar="[METRIC=]NUMBER",
    help=f"Absolute tolerance, of all metrics or of one; {comparison.ATOL:g} by default.",
)
@click.option("--yes", is_flag=True, help="Run the command without asking.")
@as_json
@click.pass_context
def reproduce(ctx: click.Context, /, *, run_id: str, yes: bool, as_json: bool, **given: Any) -> None:
    """Do a run again from what it captured; compare the metrics.

    Its commit, its patch and its untracked files are put into a fresh folder, its packages into a fresh environment,
    and its command runs there and logs to a new run. The verdict is printed, and attached to the original run.

    This runs the command that was recorded, with your rights: it is shown, and you are asked first.

    Ends with 0 if all metrics are the same, 3 if one differs, 4 if the program failed, 5 if the run has no metrics, and
    1 if it cannot be done again or you say no.
    """
    tolerances = _tolerances(given["rtol"], given["atol"])
    with connected(ctx) as client:
        planned = reproduction.plan(client, run_id, given["repository"], Path.cwd())
        _tell(planned, with_this_python=given["environment"] == "local")
        if not (yes or _is_agreed()):
            click.echo("Nothing was run.", err=True)
            ctx.exit(1)
        with _folder(given["folder"]) as folder:
            done = reproduction.reproduce(
                client,
                planned,
                Path(folder),
                with_this_python=given["environment"] == "local",
                tolerances=tolerances,
                prints_aside=as_json,
            )
    if as_json:
        print_json(msgspec.to_builtins(done, enc_hook=float))  # NaN and infinities are of a type of their own
    else:
        _print(done)
    ctx.exit(EXIT_CODES[done.verdict])


class _Kept:
    """A folder that stays."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidValue(f"the folder {str(folder)!r} is not empty; name one that is")
        self._folder = folder

    def __enter__(self) -> str:
        return str(self._folder.absolute())

    def __exit__(self, *error: object) -> None:
        pass


def _folder(given: Path | None) -> "_Kept | TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="runstone-") if given is None else _Kept(given)


def _tolerances(rtol: tuple[str, ...], atol: tuple[str, ...]) -> Tolerances:
    of_all: dict[str, float] = {"rtol": comparison.RTOL, "atol": comparison.ATOL}
    of_one: dict[str, dict[str, float]] = {"rtol": {}, "atol": {}}
    for kind, texts in (("rtol", rtol), ("atol", atol)):
        for text in texts:
            metric, is_one, number = text.rpartition("=")
            try:
                value = float(number)
            except ValueError:
                raise click.BadParameter(
                    f"a tolerance is NUMBER or METRIC=NUMBER; got {text!r}", param_hint=f"--{kind}"
                ) from None
            if is_one:
                of_one[kind][metric] = value
            else:
                of_all[kind] = value
    return Tolerances(of_all["rtol"], of_all["atol"], of_one["rtol"], of_one["atol"])


def _is_agreed() -> bool:
    try:
        return click.confirm("Run this?", err=True)
    except click.Abort as refused:
        if isinstance(refused.__context__, EOFError):
            raise InvalidValue("nobody answers here; look at the command, and give --yes to run it") from None
        raise


def _tell(planned: Plan, *, with_this_python: bool) -> None:
    code, environment = planned.code, planned.environment
    told = [f"commit {code.commit}", f"from {' or '.join(planned.places) or 'nowhere'}"]
    told += with_changes(is_patched=code.patch, untracked=len(code.untracked))
    told += [f"without {counted(len(code.absent), 'submodule')}, as it was"] if code.absent else []
    facts = f"Python {environment.python.version} and {len(environment.packages)} packages"
    click.echo(f"The run {planned.run.info.run_id} ({visible(planned.run.info.run_name)}) is done again:", err=True)
    for name, value in (
        ("code", " ".join(told)),
        ("environment", f"this Python; it was {facts}" if with_this_python else f"{facts}, installed by uv"),
        ("directory", environment.directory or "that of the repository"),
        ("command", shlex.join(environment.command)),
    ):
        click.echo(f"  {name:<11}  {visible(value)}", err=True)
    assert code.commit is not None
    for told_of in live.told(environment, code.commit, with_this_python=with_this_python):
        click.echo(visible(f"  Not as it was: {told_of}"), err=True)
    for left in code.left_out:
        click.echo(visible(f"  Not kept: {left.path or 'code'}: {left.reason}"), err=True)
    if planned.secrets:
        click.echo(f"  Secrets of its code that were replaced by {MARK}: {planned.secrets}.", err=True)
    click.echo("The command runs with your rights, and can do all that you can.", err=True)


def _print(done: Reproduction) -> None:
    click.echo()  # the last line of the program may have no end
    for text in done.differences[:_LISTED]:
        click.echo(visible(text), err=True)
    if len(done.differences) > _LISTED:
        click.echo(f"and {len(done.differences) - _LISTED} more differences of the environment", err=True)
    print_table(
        ("metric", "original", "again", "verdict"),
        [(one.name, one.first, one.second, "same" if one.is_same else "different") for one in done.metrics],
    )
    what = {
        reproduction.SAME: "All metrics are the same.",
        reproduction.DIFFERENT: "Not all metrics are the same.",
        reproduction.FAILED: _failure(done.exit_code),
        reproduction.NOTHING: "The run has no metrics to compare.",
    }
    made = len(done.beside) + 1
    others = f"The program made {counted(made, 'run')}; the first of them was compared." if made > 1 else None
    print_facts([("verdict", done.verdict), ("", what[done.verdict]), ("", others), ("again", done.reproduced_by)])


def _failure(exit_code: int) -> str:
    if exit_code < 0:
        return f"The program was ended by signal {-exit_code}."
    if exit_code:
        return f"The program failed with exit code {exit_code}."
    return "The program ended without an error, but did not log to the run."
