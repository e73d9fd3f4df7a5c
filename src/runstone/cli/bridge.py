"""``runstone import`` and ``runstone export``."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click
import msgspec

from runstone.artifacts.progress import AFTER_S, Bar
from runstone.bridge.brought import Brought
from runstone.cli.options import as_json, connected, find_experiment, tracking_uri
from runstone.cli.output import print_json, visible
from runstone.entities.names import without_password


@click.command("import")
@click.argument("source")
@click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME",
    help="Only this experiment, and versions of registered models that were made of it; may be repeated.",
)
@click.option(
    "--allow-artifacts-under",
    "allowed",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder below which files may be read, where SOURCE says that they are there; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Only say how much there is to bring.")
@as_json
@click.pass_context
def import_(
    ctx: click.Context,
    /,
    *,
    source: str,
    experiments: tuple[str, ...],
    allowed: tuple[Path, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring experiments, runs and models from elsewhere.

    They come with all that they have, registered models too. SOURCE is a folder of MLflow such as mlruns, the database
    of MLflow 2 or 3 or of Runstone as sqlite:///FILE or postgresql://USER@HOST/DATABASE, the address of a server, or a
    bundle that `runstone export` made. Nothing in it is changed.

    Runs keep their ids, and one that is there already stays as it is. A command that is stopped at any point goes on
    where it was when it is given again. Each run is read back and compared, each file by its hash.

    Files that a database names by a folder of this machine are read only below the folder of a SQLite database, else
    below mlruns and mlartifacts in the working directory, and below folders that are allowed.

    Ends with 1 if something could not be brought as it was.
    """
    from runstone.bridge.chosen import Chosen
    from runstone.bridge.importing import bring, measured, steps_of
    from runstone.bridge.resolve import open_source
    from runstone.client.connection import open_stores
    from runstone.stores.resolve import open_store

    target = tracking_uri(ctx)
    if open_stores.address(source) == open_stores.address(target):
        raise click.UsageError("SOURCE is where the runs would go; name the target with `runstone --tracking-uri URI`")
    with closing(open_source(source, allowed)) as whole:
        opened = Chosen(whole, experiments) if experiments else whole
        with ImportBar(lambda: steps_of(opened, dry_run=dry_run)) as bar:
            if dry_run:
                brought = measured(opened, watch=bar.watch)
            else:
                with closing(open_store(target)) as store:
                    brought = bring(opened, store, tracking_uri=target, watch=bar.watch)
    if as_json:
        print_json({"source": without_password(source), "is_brought": not dry_run, **asdict(brought)})
    else:
        facts = asdict(brought)
        told_apart = ("already_there", "prompts", "notes", "problems")
        there, prompts, notes, problems = (facts.pop(name) for name in told_apart)
        what = f"{_sentence(facts)} from {without_password(source)}"
        click.echo(f"To bring: {what}, but for what is there already." if dry_run else f"Brought {what}.")
        if not dry_run and any(facts.values()):
            click.echo("Not kept: when things were changed last, and the ids of experiments.")
        if there:
            click.echo(f"There already: {there:,} of its runs, logged models and versions.")
        if prompts:
            click.echo(f"Left behind: {prompts:,} of its registered models, which are prompts.")
        if notes:
            click.echo(
                f"Without a folder of files: {len(notes):,} of its runs and logged models, which have no files, or "
                "have them elsewhere now; --json names them."
            )
        for told in problems:
            click.echo(visible(told), err=True)
    if brought.problems:
        ctx.exit(1)


class ImportBar(Bar):
    """The bar of an import."""

    def __init__(self, count: Callable[[], int], *, file: TextIO | None = None, after_s: float = AFTER_S) -> None:
        """Begin to count.

        Args:
            count: Counts the steps of the import; asked only where the bar may be shown.
            file: As of ``Bar``.
            after_s: As of ``Bar``.
        """
        super().__init__("import", None, file=file, after_s=after_s)
        if self.is_wanted:
            self._total = count()

    def watch(self, steps: int, brought: Brought) -> None:
        """Show how far it is."""
        self.advance(steps, f"import: {brought.runs:,} runs, {brought.metric_values:,} values, {brought.files:,} files")


@click.command("export")
@click.argument("experiment", required=False)
@click.option("--run", "run_ids", multiple=True, metavar="RUN_ID", help="Only this run; may be repeated.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The bundle to make."
)
@click.option("--dry-run", is_flag=True, help="Only say how much the bundle would hold.")
@as_json
@click.pass_context
def export(
    ctx: click.Context,
    /,
    *,
    experiment: str | None,
    run_ids: tuple[str, ...],
    output: Path,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write an experiment, or some runs, into one file.

    EXPERIMENT is an id or a name. The file, a bundle, holds all that they have: runs with full histories, files,
    inputs, logged models, and the versions of registered models that were made of them; `runstone import` brings it
    into another store.

    Ends with 1 if all files of a run or a model are gone, or some are not what was once logged; the bundle is written
    without them, and says so.
    """
    from runstone.bridge.bundle_writer import counted, write
    from runstone.bridge.selection import of_experiment, of_runs
    from runstone.bridge.store_source import StoreSource

    if (experiment is None) == (not run_ids):
        raise click.UsageError("give either an experiment or runs by --run; `runstone export --help` has more")
    with connected(ctx) as client:
        wanted = None if experiment is None else find_experiment(client, experiment)
    with closing(StoreSource(tracking_uri(ctx))) as source:
        selection = of_runs(source, run_ids) if wanted is None else of_experiment(source, wanted)
        written = counted(selection) if dry_run else write(selection, output)
    facts: dict[str, Any] = msgspec.to_builtins(written.counts)
    if as_json:
        print_json({"file": str(output), "is_written": not dry_run, **facts, "problems": written.problems})
    else:
        click.echo(f"{'Would write' if dry_run else 'Wrote'} {_sentence(facts)} to {output}.")
        for told in written.problems:
            click.echo(visible(told), err=True)
    if written.problems:
        ctx.exit(1)


def _sentence(facts: dict[str, int]) -> str:
    """Numbers in words, those that are not zero."""
    words = [
        f"{count:,} {name.replace('_', ' ') if count != 1 else name.replace('_', ' ').removesuffix('s')}"
        for name, count in facts.items()
        if count
    ]
    if len(words) < 2:
        return "".join(words) or "nothing"
    return f"{', '.join(words[:-1])} and {words[-1]}"
