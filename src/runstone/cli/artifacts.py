"""``runstone artifacts``."""

from collections.abc import Iterator
from pathlib import Path

import click

from runstone.cli.options import as_json, connected
from runstone.cli.output import print_json, print_table
from runstone.client.client import Client
from runstone.entities import FileInfo


@click.group()
def artifacts() -> None:
    """List, fetch and add the files of a run."""


@artifacts.command("list")
@click.argument("run_id")
@click.argument("path", default="")
@click.option("-r", "--recursive", is_flag=True, help="Go into folders, and list files only.")
@as_json
@click.pass_context
def list_artifacts(ctx: click.Context, /, *, run_id: str, path: str, recursive: bool, as_json: bool) -> None:
    """List the files of a run, or of the folder PATH among them."""
    with connected(ctx) as client:
        found = list(_files(client, run_id, path)) if recursive else client.list_artifacts(run_id, path or None)
    if as_json:
        print_json([{"path": file.path, "is_dir": file.is_dir, "file_size": file.file_size} for file in found])
        return
    print_table(("path", "bytes"), [(f"{file.path}/" if file.is_dir else file.path, file.file_size) for file in found])


@artifacts.command("download")
@click.argument("run_id")
@click.argument("path", default="")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to put it into; made if need be. The working folder by default.",
)
@click.pass_context
def download(ctx: click.Context, /, *, run_id: str, path: str, folder: Path) -> None:
    """Fetch the files of a run, or the file or folder PATH of it.

    Prints where it is now.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connected(ctx) as client:
        place = client.download_artifacts(run_id, path, str(folder))
    click.echo(place)


@artifacts.command("upload")
@click.argument("run_id")
@click.argument("local", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="LOCAL...")
@click.option("--to", "path", default="", metavar="PATH", help="Folder among the run's files to put them into.")
@click.pass_context
def upload(ctx: click.Context, /, *, run_id: str, local: tuple[Path, ...], path: str) -> None:
    """Add local files and folders to the files of a run.

    Each keeps its own name.
    """
    with connected(ctx) as client:
        for place in local:
            client.log_artifact(run_id, str(place), path or None)
            click.echo(f"{path}/{place.name}" if path else place.name)


def _files(client: Client, run_id: str, path: str) -> Iterator[FileInfo]:
    for file in client.list_artifacts(run_id, path or None):
        if file.is_dir:
            yield from _files(client, run_id, file.path)
        else:
            yield file
