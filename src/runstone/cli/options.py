"""Options that several commands share, and what they stand for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from runstone import config
from runstone.cli.waiting import what_waits
from runstone.client.client import Client
from runstone.client.connection import open_stores
from runstone.entities import Experiment, ViewType
from runstone.errors import BackendError, ExperimentNotFound

Command = Callable[..., None]

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

_SEARCH = (
    click.option("--filter", "filter_string", default="", metavar="TEXT", help="Which ones, in the filter grammar."),
    click.option(
        "--order-by", multiple=True, metavar="TEXT", help="What to sort by, such as 'start_time DESC'; may be repeated."
    ),
    click.option("--max", "most", type=click.IntRange(min=1), default=100, show_default=True, help="How many at most."),
    click.option("--deleted", "view", flag_value=ViewType.DELETED_ONLY.value, help="Those in the trash."),
    click.option("--all", "view", flag_value=ViewType.ALL.value, help="Those in use and those in the trash."),
    as_json,
)


def searching(command: Command) -> Command:
    """Add the options of a listing: filter, order, number, trash, JSON."""
    for option in reversed(_SEARCH):
        command = option(command)
    return command


def tracking_uri(ctx: click.Context) -> str:
    """The address that holds for a command: the option of the program, else the setting."""
    return ctx.find_root().obj or config.TRACKING_URI.required()


@contextmanager
def connected(ctx: click.Context, *, may_create: bool = False) -> Iterator[Client]:
    """The client for a command; what it opened is closed at the end.

    Args:
        ctx: Context of the command.
        may_create: Whether a database that is missing is made.

    Raises:
        BackendError: There is no database, and none is made.
    """
    uri = tracking_uri(ctx)
    if not may_create:
        what, mend = what_waits() if uri.startswith("sqlite:") else ("", "")
        check_exists(uri, what and f"yet: {what}, and {mend}")
    try:
        yield Client(uri)
    finally:
        open_stores.close()


def check_exists(uri: str, otherwise: str = "") -> None:
    """Refuse a database that is missing: who only looks makes none.

    Args:
        uri: Its address.
        otherwise: Why it may be missing, and what to do.

    Raises:
        BackendError: It is missing.
        InvalidValue: The URI is not ``sqlite:///FILE``.
    """
    if not uri.startswith("sqlite:"):
        return
    from runstone.stores.sql.database import path_of

    path = path_of(uri)
    if not path.exists():
        if otherwise:
            raise BackendError(f"there is no database {path} {otherwise}")
        raise BackendError(
            f"there is no database {path}; go to the folder where runs were logged, or name another address with "
            "`runstone --tracking-uri URI`"
        )


def find_experiment(client: Client, wanted: str) -> Experiment:
    """The experiment with this id, else with this name.

    Raises:
        ExperimentNotFound: There is neither.
    """
    if wanted.isdecimal():
        try:
            return client.get_experiment(wanted)
        except ExperimentNotFound:
            pass
    found = client.get_experiment_by_name(wanted)
    if found is None:
        raise ExperimentNotFound(wanted, by="id or the name")
    return found


def view_type(view: str | None) -> ViewType:
    """What ``--deleted`` and ``--all`` say; things in use if neither is given."""
    return ViewType(view or ViewType.ACTIVE_ONLY)
