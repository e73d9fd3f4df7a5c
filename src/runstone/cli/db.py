"""``runstone db``."""

from pathlib import Path

import click

from runstone.cli.options import as_json, check_exists
from runstone.cli.output import print_json
from runstone.cli.server import local_store
from runstone.entities.names import without_password


def _no_address(ctx: click.Context, _: click.Parameter, file: str) -> Path:
    """The file that holds the copy; an address there was meant for the second place, and would be a folder's name."""
    if "://" in file:
        address = without_password(file)
        raise click.UsageError(
            f"the file of the copy comes first, and the address after it; got the address {address!r} first: write "
            f"`{ctx.command_path} FILE {address}`"
        )
    return Path(file)


_the_copy = click.argument("file", type=click.Path(path_type=str, dir_okay=False), callback=_no_address)


@click.group()
def db() -> None:
    """Look after a database.

    URI is the database, as sqlite:///FILE or postgresql://USER@HOST/DATABASE; by default the one that `runstone server`
    would serve. Opening a file of an older Runstone upgrades it after a backup, so `db upgrade` is needed only to
    choose the moment. A database on PostgreSQL, which others may be writing to, is upgraded by this command alone.
    """


@db.command("current")
@click.argument("uri", default="")
@as_json
@click.pass_context
def current(ctx: click.Context, /, *, uri: str, as_json: bool) -> None:
    """Print the revision of the tables."""
    from runstone.stores.sql.migrations import HEAD, commands

    uri = uri or local_store(ctx.find_root().obj)
    revision = commands.current(uri)
    if as_json:
        print_json({"uri": without_password(uri), "revision": revision, "newest": HEAD})
    else:
        click.echo(revision or "none")


@db.command("check")
@click.argument("uri", default="")
@as_json
@click.pass_context
def check(ctx: click.Context, /, *, uri: str, as_json: bool) -> None:
    """Check that a database is sound and up to date.

    The exit code is 1 if it is not.
    """
    from runstone.stores.sql.migrations import commands

    uri = uri or local_store(ctx.find_root().obj)
    problems = commands.check(uri)
    if as_json:
        print_json({"uri": without_password(uri), "problems": problems})
    elif problems:
        for problem in problems:
            click.echo(problem, err=True)
    else:
        click.echo(f"{without_password(uri)} is sound and up to date.")
    if problems:
        ctx.exit(1)


@db.command("upgrade")
@click.argument("uri", default="")
@click.option("--rehearse", is_flag=True, help="Only try: tell what each step does and how long it takes.")
@click.pass_context
def upgrade(ctx: click.Context, /, *, uri: str, rehearse: bool) -> None:
    """Bring the tables to the newest revision.

    A copy of a file is made beside it first. Of a database on PostgreSQL make one yourself, with pg_dump.

    A rehearsal leaves the database as it is: a file is copied to the temporary folder and upgraded there, a database on
    PostgreSQL is upgraded in a transaction that is undone, and others wait meanwhile for the tables that are changed.
    What comes out is checked as by `db check`. The exit code is 1 if the upgrade would fail or the check finds
    something.
    """
    from runstone.stores.sql.migrations import commands

    uri = uri or local_store(ctx.find_root().obj)
    if rehearse:
        _rehearse(ctx, uri)
        return
    done = commands.upgrade(uri)
    shown = without_password(uri)
    if done is None:
        click.echo(f"{shown} is up to date.")
    elif done.copy is None:
        click.echo(f"{shown} is upgraded.")
    else:
        click.echo(f"{shown} is upgraded; the copy from before is {done.copy}.")


def _rehearse(ctx: click.Context, uri: str) -> None:
    from runstone.stores.sql.migrations import HEAD, rehearsal

    done = rehearsal.rehearse(uri)
    shown = without_password(uri)
    if done is None:
        click.echo(f"{shown} is up to date.")
        return
    for step in done.steps:
        click.echo(f"{step.revision}  {step.seconds:7.2f} s  {step.does}")
    for problem in done.problems:
        click.echo(problem, err=True)
    if done.problems:
        click.echo(f"{shown} was not changed.")
        ctx.exit(1)
    click.echo(
        f"{shown} can be upgraded from {done.revision or 'none'} to {HEAD}, and is sound then; it was not changed."
    )


@db.command("compact")
@click.argument("uri", default="")
@click.option("--pause", is_flag=True, help="Let no server compact this database in the background from now on.")
@click.option("--resume", is_flag=True, help="Let servers compact this database in the background again.")
@click.pass_context
def compact(ctx: click.Context, /, *, uri: str, pause: bool, resume: bool) -> None:
    """Compress the values of metrics now, and give the space back.

    A server does the same in the background, little by little. Servers and scripts may go on meanwhile; they wait
    while the file is written anew at the end.
    """
    from runstone.stores.resolve import open_store
    from runstone.stores.sql.store import SqlStore

    if pause and resume:
        raise click.UsageError("--pause and --resume exclude each other; give one of them")
    uri = uri or local_store(ctx.find_root().obj)
    check_exists(uri)
    store = open_store(uri)
    try:
        if not isinstance(store, SqlStore):
            raise click.UsageError("only a database can be compacted; give its address, such as sqlite:///runstone.db")
        if pause or resume:
            store.pause_compaction(paused=pause)
            click.echo(f"Compaction in the background {'is paused' if pause else 'goes on'}.")
            return
        moved = store.compact()
        click.echo(f"{moved:,} values were compressed.")
    finally:
        store.close()


@db.command("backup")
@_the_copy
@click.argument("uri", default="")
@click.pass_context
def backup(ctx: click.Context, /, *, file: Path, uri: str) -> None:
    """Copy a database to FILE as it is at one moment.

    A server may go on meanwhile. Artifacts are not in it: copy their folder after the database, so that every file that
    it knows is there. A database on PostgreSQL is backed up by PostgreSQL's own `pg_dump`.
    """
    from runstone.stores.sql import backups

    uri = uri or local_store(ctx.find_root().obj)
    backups.back_up(uri, file.absolute())
    click.echo(f"{without_password(uri)} is copied to {file}.")


@db.command("restore")
@_the_copy
@click.argument("uri", default="")
@click.pass_context
def restore(ctx: click.Context, /, *, file: Path, uri: str) -> None:
    """Make a database of the copy in FILE, where there is none."""
    from runstone.stores.sql import backups

    uri = uri or local_store(ctx.find_root().obj)
    backups.restore(file.absolute(), uri)
    click.echo(f"{without_password(uri)} is as it was in {file}.")
