"""``runstone server`` and ``runstone ui``."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click

from runstone import config
from runstone.cli.extras import SERVER, check_extra
from runstone.cli.mlflow_flags import known_flags, notes_on
from runstone.cli.stopping import ending_on_signals
from runstone.entities.names import without_password
from runstone.errors import InvalidValue

DEFAULT_STORE = "sqlite:///runstone.db"
LOOPBACK = "127.0.0.1"

Command = Callable[..., None]
FORMATS = config.LOG_FORMATS
LEVELS = config.LOG_LEVELS


def listening(command: Command) -> Command:
    """Add the options that say where a server listens and what it serves."""
    options = [
        click.option("-h", "--host", default=LOOPBACK, show_default=True, help="Address to listen on."),
        click.option(
            "-p",
            "--port",
            type=click.IntRange(0, 65535),
            default=5000,
            show_default=True,
            help="Port to listen on; 0 takes a free one.",
        ),
        click.option(
            "--backend-store-uri",
            metavar="URI",
            help="Database with experiments and runs, as sqlite:///FILE or postgresql://USER@HOST/DATABASE. By "
            f"default the one of the setting RUNSTONE_TRACKING_URI, if that is a database, else {DEFAULT_STORE}.",
        ),
        click.option(
            "--artifacts-destination",
            metavar="URI",
            help="Folder in which the server keeps artifacts. By default the one that the database has recorded, "
            "else runstone-artifacts beside the database.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(context_settings={"help_option_names": ["--help"]})
@listening
@click.option(
    "--default-artifact-root",
    metavar="URI",
    help="Where clients are told to keep artifacts themselves. By default they pass them through the server.",
)
@click.option(
    "--serve-artifacts/--no-serve-artifacts",
    default=True,
    show_default=True,
    help="Whether clients may read and write artifacts through the server.",
)
@click.option(
    "-w", "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Number of server processes."
)
@click.option(
    "--allowed-hosts",
    metavar="NAMES",
    help="Host names, parted by commas, that the server answers to besides this machine's own. IP addresses always "
    "pass. The setting RUNSTONE_ALLOWED_HOSTS adds more.",
)
@click.option(
    "--insecure-no-auth",
    is_flag=True,
    help="Allow a --host that other machines reach, though there is no login: everyone there may read and change "
    "all runs.",
)
@click.option(
    "--log-level",
    type=click.Choice(LEVELS),
    help="What the server writes to the standard error; from info down a line for each request. By default what the "
    "setting RUNSTONE_LOG_LEVEL says, else warning.",
)
@click.option(
    "--log-format",
    type=click.Choice(FORMATS),
    help="One line an event: text as name=value, or json. By default what the setting RUNSTONE_LOG_FORMAT says, else "
    "text.",
)
@known_flags
@click.pass_context
def server(ctx: click.Context, /, **given: Any) -> None:
    """Serve the store and the page until Ctrl-C.

    Clients of Runstone and of MLflow log to the address that is printed, and a browser shows the page there. The first
    line on the standard output is `Runstone is at ADDRESS`, written when requests are answered; all else goes to the
    standard error. Requests under way are finished before the server ends, with exit code 0.

    MLflow's other flags are known: those that make no difference here are accepted with a note, those that would are
    refused with a sentence.
    """
    notes = notes_on(ctx, given)
    serve(
        store_uri=given["backend_store_uri"] or local_store(ctx.obj),
        artifacts_destination=given["artifacts_destination"],
        default_artifact_root=given["default_artifact_root"],
        serves_artifacts=given["serve_artifacts"],
        host=given["host"],
        port=given["port"],
        workers=given["workers"],
        allowed_hosts=_listed(given["allowed_hosts"]),
        insecure_no_auth=given["insecure_no_auth"],
        log_level=given["log_level"] or config.LOG_LEVEL.required(),
        log_format=given["log_format"] or config.LOG_FORMAT.required(),
        notes=notes,
    )


@click.command(context_settings={"help_option_names": ["--help"]})
@listening
@click.option("--open", "opens", is_flag=True, help="Open the page in the browser.")
@click.pass_context
def ui(ctx: click.Context, /, **given: Any) -> None:
    """Show the runs of this folder in the browser, until Ctrl-C.

    This is `runstone server` on the local store. Where the runs are kept by a server already, its address is the page.
    """
    uri = ctx.obj or config.TRACKING_URI.required()
    if not given["backend_store_uri"] and uri.startswith(("http://", "https://")):
        raise InvalidValue(
            f"the runs are kept by the server {without_password(uri)}, which has the page too: "
            "open that address in a browser"
        )
    serve(
        store_uri=given["backend_store_uri"] or local_store(ctx.obj),
        artifacts_destination=given["artifacts_destination"],
        host=given["host"],
        port=given["port"],
        opens=given["opens"],
    )


def local_store(tracking_uri: str | None) -> str:
    """The database to serve where none is named.

    Args:
        tracking_uri: Value of ``runstone --tracking-uri``, if given.

    Raises:
        InvalidValue: That names a server.
    """
    if tracking_uri and tracking_uri.startswith(("http://", "https://")):
        raise InvalidValue(
            f"a server serves a database; got --tracking-uri {without_password(tracking_uri)}, "
            "which is a server already; give --backend-store-uri sqlite:///FILE"
        )
    uri = tracking_uri or config.TRACKING_URI.required()
    return DEFAULT_STORE if uri.startswith(("http://", "https://")) else uri


def serve(*, notes: Sequence[str] = (), opens: bool = False, **options: Any) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        notes: Sentences to print first.
        opens: Whether to open the page in the browser.
        options: Fields of ``ServerOptions``.

    Raises:
        Unsupported: What a server needs is not installed.
        RunstoneError: What ``listen.serve`` raises.
    """
    check_extra("server", "server", SERVER)
    from runstone.server import listen

    chosen = listen.ServerOptions(**options)

    def announce(address: str, place: str) -> None:
        click.echo(f"Runstone is at {address}")
        _say("store", without_password(chosen.store_uri))
        _say("artifacts", place)
        _say("in Python", f'runstone.set_tracking_uri("{address}")')
        _say("to stop", "Ctrl-C")
        if opens:
            click.launch(address)

    for note in notes:
        click.echo(f"Note: {note}", err=True)
    if chosen.insecure_no_auth and chosen.host not in {LOOPBACK, "localhost", "::1"}:
        click.secho(
            f"Warning: everyone who reaches {chosen.host}:{chosen.port} may read and change all runs, "
            "for there is no login.",
            fg="yellow",
            err=True,
        )
    # uvicorn raises the signal again when it has shut down.
    with suppress(KeyboardInterrupt), ending_on_signals():
        listen.serve(chosen, announce=announce)


def _say(what: str, text: str) -> None:
    click.echo(f"  {click.style(what.ljust(10), dim=True)} {text}", err=True)


def _listed(names: str | None) -> list[str]:
    """The hosts of ``--allowed-hosts``.

    Raises:
        InvalidValue: One holds a wildcard.
    """
    listed = [name.strip() for name in (names or "").split(",") if name.strip()]
    for name in listed:
        if "*" in name:
            raise InvalidValue(f"--allowed-hosts takes names in full; got {name!r}: list the names, parted by commas")
    return listed
