"""``runstone runs``."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import indent
from typing import Any

import click

from runstone.cli.console import print_console
from runstone.cli.options import as_json, connected, find_experiment, searching, view_type
from runstone.cli.output import (
    Cell,
    counted,
    duration,
    memory_size,
    moment,
    obeyed_by_none,
    print_facts,
    print_json,
    print_table,
    visible,
    with_changes,
)
from runstone.cli.waiting import what_waits, where_waits
from runstone.client.client import Client
from runstone.entities import Experiment, Run, ViewType
from runstone.entities.page import all_pages
from runstone.entities.tag import END, PARENT_RUN_ID, TRACEBACK
from runstone.errors import BackendError, ExperimentNotFound, RunNotFound, RunstoneError

_MAX_PAGE = 1000


@click.group()
def runs() -> None:
    """Find, show and delete runs."""


@runs.command("list")
@click.argument("experiments", nargs=-1, metavar="[EXPERIMENT]...")
@click.option(
    "-c",
    "--column",
    "columns",
    multiple=True,
    metavar="NAME",
    help="A further column of the table, such as metrics.loss, params.depth or tags.stage; may be repeated.",
)
@searching
@click.pass_context
def list_runs(ctx: click.Context, /, *, experiments: tuple[str, ...], columns: tuple[str, ...], **given: Any) -> None:
    """List runs, the latest start first unless ordered otherwise.

    Experiments are given by id or name; all that are in use if none is given. A filter looks like
    "metrics.loss < 0.2 AND params.depth > 3".
    """
    wanted = [_column(name) for name in columns]
    try:
        with connected(ctx) as client:
            looked_at = [find_experiment(client, name) for name in experiments] or _all_experiments(client)
            names = {experiment.experiment_id: experiment.name for experiment in looked_at}
            found = _search(client, list(names), given) if names else []
    except (BackendError, ExperimentNotFound) as error:  # it may not be there yet, because all of it waits
        what, mend = what_waits()
        if not what or what in error.message:
            raise
        raise BackendError(f"{error.message}; {what}, and {mend}") from error
    if given["as_json"]:
        print_json([_document(run) for run in found])
        return
    print_table(
        ("id", "name", "experiment", "status", "started", "duration", *columns),
        [(*_row(run, names[run.info.experiment_id]), *(_value(run, *column) for column in wanted)) for run in found],
    )
    what, mend = what_waits()
    if what:
        click.echo(f"{what}; {mend}.", err=True)


runs.add_command(list_runs, "search")


@runs.command("show")
@click.argument("run_id")
@click.option("--console", is_flag=True, help="Print what the run has printed, and nothing else.")
@click.option("--follow", is_flag=True, help="The same, and what it prints from now on, until it ends or Ctrl-C.")
@as_json
@click.pass_context
def show(ctx: click.Context, /, *, run_id: str, console: bool, follow: bool, as_json: bool) -> None:
    """Show one run: why it ended, its origin, values and tags."""
    if as_json and (console or follow):
        raise click.UsageError("--json shows the facts of a run, --console and --follow what it printed; take one.")
    with _looking_for(run_id), connected(ctx) as client:
        if console or follow:
            print_console(client, run_id, follows=follow)
            return
        run = client.get_run(run_id)
        if as_json:
            print_json(_document(run))
            return
        origin = _origin(client, run)
        experiment = client.get_experiment(run.info.experiment_id).name
    info = run.info
    print_facts(
        [
            ("id", info.run_id),
            ("name", info.run_name),
            ("experiment", f"{experiment} ({info.experiment_id})"),
            ("status", info.status.value),
            ("because", run.data.tags.get(END)),
            ("state", info.lifecycle_stage.value),
            ("user", info.user_id or None),
            ("started", moment(info.start_time)),
            ("ended", moment(info.end_time)),
            ("duration", duration(_length(run))),
            ("artifacts", info.artifact_uri),
            *origin,
        ]
    )
    tags = {key: value for key, value in run.data.tags.items() if key not in {END, TRACEBACK}}
    for title, values in (("params", run.data.params), ("metrics", run.data.metrics), ("tags", tags)):
        if values:
            click.echo(f"\n{click.style(title, bold=True)}")
            print_facts([(f"  {key}", values[key]) for key in sorted(values)])
    if TRACEBACK in run.data.tags:
        click.echo(f"\n{click.style('traceback', bold=True)}")
        click.echo(indent(obeyed_by_none(run.data.tags[TRACEBACK].rstrip()), "  "))


@contextmanager
def _looking_for(run_id: str) -> Iterator[None]:
    """Where a run is not found because it waits, say so."""
    try:
        yield
    except (BackendError, RunNotFound) as error:
        if told := where_waits(run_id):
            raise BackendError(told) from error
        raise


def _origin(client: Client, run: Run) -> list[tuple[str, Cell]]:
    """Where a run came from, as far as that was captured and can be read."""
    from runstone.client.capture import reading

    try:
        captured, unread = reading.readable(client, run.info.run_id)
    except RunstoneError as error:  # its files may be where this machine does not reach
        return [("code", f"unknown: {error}")]
    facts: list[tuple[str, Cell]] = [(name, f"unknown: {error}") for name, error in unread.items()]
    if code := captured.code:
        told = [code.commit[:12] if code.commit else "no commit", *([f"on {code.branch}"] if code.branch else [])]
        told += with_changes(is_patched=code.patch, untracked=len(code.untracked))
        told += [f"; {counted(code.files_left_out, 'file')} left out"] if code.files_left_out else []
        told += [f"; {note}" for note in code.notes]
        facts += [
            ("code", visible(" ".join(told).replace(" ;", ";"))),
            ("repository", code.remote and visible(code.remote)),
        ]
    if environment := captured.environment:
        hardware, python = environment.hardware, environment.python
        memory = hardware.memory_bytes and memory_size(hardware.memory_bytes)
        gpus = [gpu.name for gpu in hardware.gpus or []]
        machine = [hardware.cpu, f"{hardware.cores} cores" if hardware.cores else "", memory or "", *gpus]
        system = environment.platform.distribution or environment.platform.system
        facts += [
            ("command", "a notebook" if environment.notebook else visible(shlex.join(environment.command)) or None),
            ("python", f"{python.version}, {len(environment.packages)} packages"),
            ("machine", ", ".join(filter(None, [*machine, system])) or None),
        ]
    if around := run.data.tags.get(PARENT_RUN_ID):
        parts = (("code", captured.code), ("environment", captured.environment))
        absent = [name for name, found in parts if found is None and name not in unread]
        facts += [(name, _of_a_run_around(client, around, name)) for name in absent]
    return facts


def _of_a_run_around(client: Client, around: str | None, name: str) -> str:
    """Which run around another has what was not captured of it: the code, or the environment."""
    from runstone.client.capture import reading

    seen = set[str]()
    while around and around not in seen:
        seen.add(around)
        told = f"that of the run around it, {visible(around)}"
        try:
            captured, unread = reading.readable(client, around)
            if name in unread or getattr(captured, name) is not None:
                return told
            around = client.get_run(around).data.tags.get(PARENT_RUN_ID)
        except RunstoneError:  # it may be gone, or its files where this machine does not reach
            return told
    return "not captured, neither here nor of a run around it"


@runs.command("delete")
@click.argument("run_ids", nargs=-1, required=True, metavar="RUN_ID...")
@click.pass_context
def delete(ctx: click.Context, /, *, run_ids: tuple[str, ...]) -> None:
    """Move runs to the trash."""
    with connected(ctx) as client:
        for run_id in run_ids:
            client.delete_run(run_id)
            click.echo(f"Run {run_id} is in the trash; `runstone runs restore {run_id}` takes it back.")


@runs.command("restore")
@click.argument("run_ids", nargs=-1, required=True, metavar="RUN_ID...")
@click.pass_context
def restore(ctx: click.Context, /, *, run_ids: tuple[str, ...]) -> None:
    """Take runs out of the trash."""
    with connected(ctx) as client:
        for run_id in run_ids:
            client.restore_run(run_id)
            click.echo(f"Run {run_id} is back.")


def _all_experiments(client: Client) -> list[Experiment]:
    found = all_pages(
        lambda size, token: client.search_experiments(ViewType.ACTIVE_ONLY, size, page_token=token), at_once=_MAX_PAGE
    )
    return list(found)


def _search(client: Client, experiment_ids: list[str], given: dict[str, Any]) -> list[Run]:
    found = all_pages(
        lambda size, token: client.search_runs(
            experiment_ids,
            filter_string=given["filter_string"],
            run_view_type=view_type(given["view"]),
            max_results=size,
            order_by=list(given["order_by"]),
            page_token=token,
        ),
        at_once=_MAX_PAGE,
        most=given["most"],
    )
    return list(found)


def _column(name: str) -> tuple[str, str]:
    kind, _, key = name.partition(".")
    if kind not in {"metrics", "params", "tags"} or not key:
        raise click.BadParameter(
            f"a column is metrics.NAME, params.NAME or tags.NAME; got {name!r}", param_hint="--column"
        )
    return kind, key


def _value(run: Run, kind: str, key: str) -> Cell:
    values: dict[str, Cell] = getattr(run.data, kind)
    return values.get(key)


def _row(run: Run, experiment: str) -> tuple[Cell, ...]:
    info = run.info
    return (
        info.run_id,
        info.run_name,
        experiment,
        info.status.value,
        moment(info.start_time),
        duration(_length(run)),
    )


def _length(run: Run) -> int | None:
    """Milliseconds from start to end; ``None`` while the run has not ended."""
    return None if run.info.end_time is None else run.info.end_time - run.info.start_time


def _document(run: Run) -> dict[str, Any]:
    info = run.info
    return {
        "run_id": info.run_id,
        "run_name": info.run_name,
        "experiment_id": info.experiment_id,
        "status": info.status.value,
        "lifecycle_stage": info.lifecycle_stage.value,
        "user_id": info.user_id,
        "start_time": info.start_time,
        "end_time": info.end_time,
        "artifact_uri": info.artifact_uri,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": run.data.tags,
    }
