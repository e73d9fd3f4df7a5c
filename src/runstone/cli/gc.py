"""``runstone gc``."""

import click
import msgspec

from runstone.cli.options import as_json, check_exists, tracking_uri
from runstone.cli.output import print_json
from runstone.client.client import Client
from runstone.client.connection import open_stores
from runstone.entities.trash import Emptied


def _listed(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> list[str] | None:
    """The ids of an option; ``None`` where it is left out."""
    if text is None:
        return None
    ids = [word.strip() for word in text.split(",") if word.strip()]
    if not ids:
        # As a script passes it whose variable is empty: that must not empty all of the trash.
        raise click.BadParameter("it names none; leave the option out if all of the trash is to go")
    return ids


@click.command()
@click.option("--older-than", metavar="AGE", help="Only what was deleted so long ago, as 30d or 1d12h30m.")
@click.option("--experiment-ids", callback=_listed, metavar="IDS", help="Only these experiments, parted by commas.")
@click.option("--run-ids", callback=_listed, metavar="IDS", help="Only these runs, parted by commas.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option(
    "--backend-store-uri", metavar="URI", help="The database, as for MLflow's command; else the address that holds."
)
@as_json
@click.pass_context
def gc(
    ctx: click.Context,
    /,
    *,
    older_than: str | None,
    experiment_ids: list[str] | None,
    run_ids: list[str] | None,
    dry_run: bool,
    backend_store_uri: str | None,
    as_json: bool,
) -> None:
    """Remove for good what is in the trash.

    Experiments and runs go with all that they logged, and their files. Nothing of it can be restored. Without a list of
    ids, all of the trash goes. A command that is stopped at any point leaves each run whole or gone; the next one
    finishes. Files that cannot be removed are named, and the command ends with 1.
    """
    uri = backend_store_uri or tracking_uri(ctx)
    check_exists(uri)
    try:
        emptied = Client(uri).empty_trash(older_than, experiment_ids, run_ids, dry_run)
    finally:
        open_stores.close()
    if as_json:
        print_json(msgspec.structs.asdict(emptied))
    else:
        _tell(emptied, "would be removed" if dry_run else "removed for good")
    if emptied.left:
        ctx.exit(1)


def _tell(emptied: Emptied, what: str) -> None:
    for experiment_id in emptied.experiment_ids:
        click.echo(f"Experiment {experiment_id} {what}.")
    for run_id in emptied.run_ids:
        click.echo(f"Run {run_id} {what}.")
    for model_id in emptied.logged_model_ids:
        click.echo(f"Logged model {model_id} {what}.")
    for text in emptied.kept:
        click.echo(f"Kept: {text}.")
    if not emptied.experiment_ids and not emptied.run_ids and not emptied.logged_model_ids and not emptied.kept:
        click.echo("There is nothing to remove.")
    for text in emptied.left:
        click.echo(f"These files are still there: {text}", err=True)
