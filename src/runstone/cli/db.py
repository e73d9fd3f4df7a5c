"""``runstone db``."""

import click

from runstone.cli.options import as_json
from runstone.cli.output import print_json
from runstone.cli.server import local_store


@click.group()
def db() -> None:
    """Look after a database.

    URI is the database, as sqlite:///FILE; by default the one that `runstone server` would serve. Opening a database
    of an older Runstone upgrades it after a backup, so `db upgrade` is needed only to choose the moment.
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
        print_json({"uri": uri, "revision": revision, "newest": HEAD})
    else:
        click.echo(revision or "none")


@db.command("check")
@click.argument("uri", default="")
@as_json
@click.pass_context
def check(ctx: click.Context, /, *, uri: str, as_json: bool) -> None:
    """Check that a database is sound and up to date; exit with 1 if it is not."""
    from runstone.stores.sql.migrations import commands

    uri = uri or local_store(ctx.find_root().obj)
    problems = commands.check(uri)
    if as_json:
        print_json({"uri": uri, "problems": problems})
    elif problems:
        for problem in problems:
            click.echo(problem, err=True)
    else:
        click.echo(f"{uri} is sound and up to date.")
    if problems:
        ctx.exit(1)


@db.command("upgrade")
@click.argument("uri", default="")
@click.pass_context
def upgrade(ctx: click.Context, /, *, uri: str) -> None:
    """Bring the tables to the newest revision, after a copy of the file was made beside it."""
    from runstone.stores.sql.migrations import commands

    uri = uri or local_store(ctx.find_root().obj)
    copy = commands.upgrade(uri)
    if copy is None:
        click.echo(f"{uri} is up to date.")
    else:
        click.echo(f"{uri} is upgraded; the copy from before is {copy}.")
