"""``runstone sync``."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from runstone import config
from runstone.artifacts.progress import TransferBar
from runstone.cli.options import as_json, tracking_uri
from runstone.cli.output import print_json, visible
from runstone.client.connection import open_stores
from runstone.entities.names import without_password
from runstone.errors import BackendError, ExperimentDeleted, RunDeleted, RunstoneError
from runstone.journal import folder as folders
from runstone.journal import leftovers
from runstone.journal.folder import RunFacts
from runstone.journal.leftovers import Leftover, Sent

# One of a thing, and several.
_WORDS = {
    "bytes": ("byte", "bytes"),
    "entries": ("entry", "entries"),
    "files": ("file", "files"),
    "models": ("logged model", "logged models"),
    "values": ("value", "values"),
    "params": ("param", "params"),
}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--dry-run", is_flag=True, help="Only say what waits.")
@as_json
@click.pass_context
def sync(ctx: click.Context, /, *, paths: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Send what runs have logged and what still waits here.

    It waits because their server was away, they were offline, or they were killed.

    PATH is a folder in which runs were started, or its folder of journals; the one of this folder if none is given.
    Each run goes to the address that it was started with, unless `runstone --tracking-uri URI sync` says another. What
    was sent is removed from the folder. A command that is stopped at any point goes on where it was.

    Ends with 1 if something still waits or was refused.
    """
    told = []
    for within in [_journals(path) for path in paths] or [folders.root()]:
        for run in _outcomes(ctx, within, dry_run=dry_run):
            told.append(run)
            if not as_json:
                _tell(run)
    open_stores.close()
    if as_json:
        print_json(told)
    elif not told:
        click.echo("Nothing waits to be sent.")
    if not dry_run and any(run["error"] or run["complaints"] for run in told):
        ctx.exit(1)


def _journals(path: Path) -> Path:
    """The folder of journals that a path means."""
    for within in (path, path / config.JOURNAL_DIR.required()):
        if (within / "runs").is_dir():
            return within.absolute()
    raise BackendError(f"nothing waits in {str(path)!r}: it has no folder {config.JOURNAL_DIR.required()!r} with runs")


def _outcomes(ctx: click.Context, within: Path, *, dry_run: bool) -> Iterator[dict[str, Any]]:
    """What became of each folder of a run; those that cannot be read come last."""
    unread: list[tuple[Path, str]] = []
    found = leftovers.find(within, clears=not dry_run, tell=lambda folder, reason: unread.append((folder, reason)))
    for leftover in found:
        yield _sync(ctx, within, leftover, dry_run=dry_run)
    for folder, reason in unread:
        yield _outcome(RunFacts(run_id=folder.name), error=reason)


def _sync(ctx: click.Context, within: Path, leftover: Leftover, *, dry_run: bool) -> dict[str, Any]:
    facts = leftover.facts
    sent, error, uri = Sent(), "", ""
    try:
        uri = ctx.find_root().obj or _address(folders.meant_from(within, facts.tracking_uri))
        if not dry_run and not leftover.is_alive:
            with TransferBar(f"run {facts.run_id}", leftover.size) as bar:
                sent = leftovers.send(leftover, open_stores.get(uri), uri, bar.advance)
    except (RunDeleted, ExperimentDeleted) as failure:
        error = f"{failure.message}, by `{_restoring(ctx, uri, failure)}`"
    except RunstoneError as failure:
        error = failure.message
    told = _outcome(facts, sent, uri=uri, error=error)
    told |= {
        "is_running": leftover.is_alive,
        "is_sent": not (dry_run or leftover.is_alive or error),
        "bytes": leftover.size,
    }
    return told | ({"files": len(leftover.files), "models": len(leftover.models)} if dry_run else {})


def _restoring(ctx: click.Context, uri: str, error: RunDeleted | ExperimentDeleted) -> str:
    """The command that takes back what is in the trash of a store."""
    is_chosen = open_stores.address(uri) == open_stores.address(tracking_uri(ctx))
    at = "" if is_chosen else f" --tracking-uri {shlex.quote(without_password(uri))}"
    what = ("runs", error.run_id) if isinstance(error, RunDeleted) else ("experiments", error.experiment)
    return f"runstone{at} {' restore '.join(what)}"


def _outcome(facts: RunFacts, sent: Sent | None = None, *, uri: str = "", error: str = "") -> dict[str, Any]:
    sent = sent or Sent()
    return {
        "run_id": facts.run_id,
        "is_run": facts.is_run,
        "run_name": facts.run_name,
        "tracking_uri": without_password(uri or facts.tracking_uri),
        "is_running": False,
        "is_sent": False,
        "bytes": 0,
        "entries": sent.entries,
        "values": sent.values,
        "params": sent.params,
        "files": sent.files,
        "models": sent.models,
        "complaints": sent.complaints(),
        "error": error,
    }


def _address(recorded: str) -> str:
    """The address that a run was started with; a password is not recorded, but may be known here."""
    configured = config.TRACKING_URI.required()
    if without_password(configured) == recorded:
        return configured
    if "***" in recorded:
        raise BackendError(
            f"the run belongs to {recorded}, whose password is not kept; name the address with `runstone "
            "--tracking-uri URI sync`"
        )
    return recorded


def _listed(run: dict[str, Any], *what: str) -> str:
    """Numbers of things, in words; logged models only where a run has some, and of one without a run only its files."""
    keys = [key for key in what if run[key] or key != "models"] if run["is_run"] else ["files"]
    *parts, last = [f"{run[key]:,} {_WORDS[key][run[key] != 1]}" for key in keys]
    return f"{', '.join(parts)} and {last}" if parts else last


def _tell(run: dict[str, Any]) -> None:
    name = f"Run {run['run_id']}" if run["is_run"] else f"Logged model m-{run['run_id']}"
    name += f" ({visible(run['run_name'])})" if run["run_name"] else ""
    if run["error"]:
        click.echo(f"{name} still waits: {run['error']}", err=True)
    elif run["is_running"]:
        click.echo(f"{name} is still logged to; its process sends it.")
    elif run["is_sent"]:
        click.echo(f"{name}: {_listed(run, 'entries', 'files', 'models')} sent to {run['tracking_uri']}.")
        if not run["complaints"]:
            click.echo(f"  Found there afterwards: {_listed(run, 'values', 'params', 'files', 'models')}.")
    else:
        click.echo(f"{name} waits for {run['tracking_uri']}: {_listed(run, 'bytes', 'files', 'models')}.")
    for text in run["complaints"]:
        click.echo(f"  {text}", err=True)
