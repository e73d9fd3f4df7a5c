"""The flags of ``mlflow server`` that Runstone has no use for: accepted with a note, or refused with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of MLflow's.

    Attributes:
        name: The flag.
        says: What is told to who gives it: a note, or the reason why it is refused.
        is_refused: Whether leaving it out would change what the server does.
        is_switch: Whether it takes no value.
        harmless: Values that are as Runstone does it anyway, and need no word.
    """

    name: str
    says: str
    is_refused: bool = False
    is_switch: bool = False
    harmless: tuple[str, ...] = ()


_SERVER_PROCESS = "the server's processes are set up by Runstone itself"
_NO_TRACES = "there are no traces and secrets to keep yet"

KNOWN = (
    Flag("--gunicorn-opts", _SERVER_PROCESS),
    Flag("--waitress-opts", _SERVER_PROCESS),
    Flag("--uvicorn-opts", _SERVER_PROCESS),
    Flag("--dev", "the server does not reload its code", is_switch=True),
    Flag("--expose-prometheus", "/metrics for Prometheus is always there"),
    Flag("--read-replica-backend-store-uri", "the database of --backend-store-uri answers everything"),
    Flag("--trace-archival-config", _NO_TRACES),
    Flag("--secrets-cache-ttl", _NO_TRACES),
    Flag("--secrets-cache-max-size", _NO_TRACES),
    Flag("--registry-store-uri", "registered models are kept in the database of --backend-store-uri"),
    Flag("--disable-workspaces", "there are no workspaces", is_switch=True),
    Flag(
        "--x-frame-options",
        "the page is never shown in a frame, whatever the value",
        harmless=("DENY",),
    ),
    Flag("--app-name", "there is no login yet, so the server would be open where you want it closed", is_refused=True),
    Flag(
        "--static-prefix",
        "the server answers at the root of its address; let a proxy in front of it take the prefix away",
        is_refused=True,
    ),
    Flag(
        "--cors-allowed-origins",
        "pages of other sites may not change anything here; programs need no such permission",
        is_refused=True,
    ),
    Flag(
        "--disable-security-middleware",
        "the checks of Host and Origin are always on; name further hosts with --allowed-hosts",
        is_refused=True,
        is_switch=True,
    ),
    Flag("--artifacts-only", "the server keeps runs as well", is_refused=True, is_switch=True),
    Flag("--enable-workspaces", "there are no workspaces; use a server for each", is_refused=True, is_switch=True),
    Flag("--workspace-store-uri", "there are no workspaces; use a server for each", is_refused=True),
)


def known_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command know the flags; they are not shown in its help."""
    for flag in KNOWN:
        command = click.option(flag.name, is_flag=flag.is_switch, default=None, hidden=True)(command)
    return command


def notes_on(ctx: click.Context, given: Mapping[str, Any]) -> list[str]:
    """What to tell about the flags that were given.

    Args:
        ctx: Context of the command.
        given: Values of its options by name.

    Raises:
        UsageError: One of them cannot be left out.
    """
    notes = []
    for flag in KNOWN:
        name = flag.name.removeprefix("--").replace("-", "_")
        if ctx.get_parameter_source(name) is ParameterSource.DEFAULT or given[name] in flag.harmless:
            continue
        if flag.is_refused:
            raise click.UsageError(f"MLflow's {flag.name} is not offered: {flag.says}.", ctx)
        notes.append(f"MLflow's {flag.name} is ignored: {flag.says}.")
    return notes
