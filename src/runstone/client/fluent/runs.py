"""Runs: start, end, find and delete them."""

import getpass
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, overload

from runstone import config
from runstone.client import arguments, choices, context
from runstone.client.client import Client
from runstone.client.context import ActiveRun
from runstone.client.endings import End
from runstone.client.fluent.experiments import search_experiments
from runstone.entities import LifecycleStage, Run, RunStatus, Tag, ViewType
from runstone.entities.page import all_pages
from runstone.entities.tag import NOTE, PARENT_RUN_ID, RUN_NAME, SOURCE_NAME, SOURCE_TYPE, USER
from runstone.errors import ExperimentNotFound, InvalidState, InvalidValue, RunDeleted
from runstone.media import frames

if TYPE_CHECKING:
    import pandas
    import polars

_logger = logging.getLogger("runstone")

_PAGE = 5000
_ID = "the id of a run"


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run, or go on with one, and make it the active run of this thread.

    Args:
        run_id: A run to go on with; the one of the setting ``RUNSTONE_RUN_ID``, once, if ``None``. The setting is
            removed then, so that child processes have runs of their own.
        experiment_id: Experiment of a new run; that of its parent, else the chosen one, if ``None``.
        run_name: A name for people; that of the setting ``RUNSTONE_RUN_NAME``, else chosen by the store, if ``None``.
        nested: Whether the run belongs to the active run. Without it no run may be active that this process has
            started; the child of a fork is free of its parent's.
        parent_run_id: The run that it belongs to; with an active run of this process it must be that one.
        tags: Tags to set on it.
        description: Text for people, in Markdown; the tag ``mlflow.note.content``.
        log_system_metrics: Whether it logs how busy the machine is, as metrics; the setting
            ``RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING`` decides if ``None``.

    Returns:
        The run: its facts as of now, and a context manager that ends it.

    Raises:
        InvalidState: A run is active and ``nested`` is not set, or it is not ``parent_run_id``.
        InvalidValue: A tag or the name breaks a rule, a setting of runs cannot be read, ``experiment_id`` is not that
            of ``run_id``, or ``parent_run_id`` is ``run_id``.
        RunNotFound: There is no run ``run_id`` or ``parent_run_id``.
        RunDeleted: It is in the trash.
        ExperimentNotFound: There is no experiment ``experiment_id``.
        ExperimentDeleted: The experiment is in the trash.

    Example:
        >>> with start_run(run_name="baseline") as run:
        ...     run.info.run_name
        'baseline'
    """
    _check_may_start(nested, parent_run_id)
    checked = _checked_tags(tags, description)
    config.check_those_of_runs()
    with context.run_to_resume(run_id, parent_run_id) as resumed:
        handle = context.client_for_runs()
        if resumed:
            run = _resume(handle, arguments.identifier(_ID, resumed), experiment_id, run_name, parent_run_id, checked)
        else:
            run = _create(handle, experiment_id, run_name, nested, parent_run_id, checked)
    return context.open_run(run, handle, is_resumed=bool(resumed), log_system_metrics=log_system_metrics)


def end_run(status: str = "FINISHED") -> None:
    """End the active run of this thread; nothing happens where there is none.

    The child of a fork ends no run of its parent: it only leaves it, and has runs of its own from then on.

    Args:
        status: ``FINISHED``, ``FAILED`` or ``KILLED``.

    Raises:
        InvalidValue: It is none of these; the run stays active then.
        BackendError: The store could not be told; the run is no longer active all the same.
    """
    end = arguments.run_status(status)
    if not end.is_terminal:
        raise InvalidValue(f"a run ends FINISHED, FAILED or KILLED; got {end.value!r}")
    context.end_innermost(End(end))


def offline(on: bool = True) -> None:
    """Keep the runs that start from now on in a folder, and send nothing: no server is needed.

    ``runstone sync`` sends them later, and so does the next start in this folder that is not offline and logs to the
    same address. The setting ``RUNSTONE_OFFLINE`` does the same. A ``Client`` that code makes itself is not concerned:
    it speaks with the store.

    Args:
        on: ``False`` goes back to the address where runs are kept.

    Example:
        >>> offline()
        >>> with start_run(run_name="on the train"):
        ...     pass
        >>> offline(False)
    """
    choices.go_offline(on)


def active_run() -> ActiveRun | None:
    """The active run of this thread, with its facts as of its start; ``get_run`` has those of now."""
    opened = context.active()
    return None if opened is None else opened.run


def last_active_run() -> Run | None:
    """The active run of this thread, else the one that was active last, with its facts as of now."""
    opened = context.last()
    return None if opened is None else opened.client.get_run(opened.run.info.run_id)


def get_run(run_id: str) -> Run:
    """The run with this id, in use or in the trash, with its latest metrics, its params and its tags.

    Raises:
        RunNotFound: There is none.
    """
    return choices.client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that a nested run belongs to; ``None`` for a run that is not nested.

    Raises:
        RunNotFound: There is no such run.
    """
    return choices.client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Move a run to the trash.

    Raises:
        RunNotFound: There is no such run.
    """
    choices.client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Take a run out of the trash.

    Raises:
        RunNotFound: There is no such run.
    """
    choices.client().restore_run(run_id)


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int | ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 100000,
    order_by: list[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> "pandas.DataFrame": ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int | ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 100000,
    order_by: list[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> list[Run]: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int | ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 100000,
    order_by: list[str] | None = None,
    *,
    output_format: Literal["polars"],
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> "polars.DataFrame": ...


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int | ViewType = ViewType.ACTIVE_ONLY,
    max_results: int = 100000,
    order_by: list[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: list[str] | None = None,
) -> "list[Run] | pandas.DataFrame | polars.DataFrame":
    """All runs that match, the latest start first unless ordered.

    Args:
        experiment_ids: Experiments whose runs are looked at; the chosen one if none is named at all.
        filter_string: For example ``"metrics.acc > 0.9 AND params.lr = '0.01'"``.
        run_view_type: Those in use, those in the trash, or all.
        max_results: Largest number of runs.
        order_by: For example ``["metrics.acc DESC"]``; runs without the value come last.
        output_format: ``"pandas"`` or ``"polars"`` for a frame, ``"list"`` for a list of ``Run``.
        search_all_experiments: Whether all experiments in use are looked at where none is named.
        experiment_names: Experiments by name, instead of by id; a warning tells those that are not there.

    Returns:
        A frame with a row for each run, the columns ``run_id``, ``experiment_id``, ``status``, ``artifact_uri``,
        ``start_time``, ``end_time`` (UTC), and ``metrics.NAME`` (float64, NaN where missing), ``params.NAME`` and
        ``tags.NAME`` (text) for every name that occurs; where a frame of polars misses a value, it has null. Or the
        list.

    Raises:
        InvalidFilter: The filter or the order cannot be read.
        InvalidValue: An argument is of a wrong type or out of range, or both names and ids are given.
        Unsupported: A frame is wanted and pandas, or polars, is not installed.
    """
    if output_format not in {"pandas", "polars", "list"}:
        raise InvalidValue(f"output_format is 'pandas', 'polars' or 'list'; got {output_format!r}")
    if output_format != "list":
        what = f"output_format='list' gives a list; {output_format!r} gives a frame of {output_format}, which"
        frames.check_installed(what, output_format)
    wanted = arguments.at_least_one("max_results", max_results)
    searched = _searched_experiments(experiment_ids, experiment_names, search_all_experiments)
    if output_format != "list":
        table = choices.client()._search_run_table(
            searched,
            filter_string=filter_string,
            run_view_type=run_view_type,
            max_results=wanted if searched else 0,
            order_by=order_by,
        )
        return frames.of_table(table) if output_format == "pandas" else frames.polars_of_table(table)
    search = choices.client().search_runs
    pages = all_pages(
        lambda size, token: search(searched, filter_string, run_view_type, size, order_by, token),
        at_once=_PAGE,
        most=wanted if searched else 0,
    )
    return list(pages)


def _searched_experiments(ids: Sequence[str] | None, names: list[str] | None, everywhere: bool) -> list[str]:
    if ids and names:
        raise InvalidValue("search_runs takes experiment_ids or experiment_names; got both")
    if ids:
        return arguments.identifiers("the id of an experiment", ids)
    if names:
        wanted = arguments.texts("experiment_names", names)
        found = {name: choices.client().get_experiment_by_name(name) for name in wanted}
        if absent := [name for name, experiment in found.items() if experiment is None]:
            _logger.warning("no experiment has the name %s: no run of it is found", " or ".join(map(repr, absent)))
        return [experiment.experiment_id for experiment in found.values() if experiment is not None]
    if everywhere:
        return [experiment.experiment_id for experiment in search_experiments()]
    return [choices.experiment_id()]


def _check_may_start(nested: bool, parent_run_id: str | None) -> None:
    opened = context.active()
    if opened is None or opened.process != os.getpid():  # the child of a fork is within no run of its parent
        return
    active = opened.run.info.run_id
    if not nested:
        raise InvalidState(
            f"the run {active!r} is active; end it with end_run() first, or start this one within it by nested=True"
        )
    if parent_run_id is not None and parent_run_id != active:
        raise InvalidState(
            f"a nested run belongs to the active run, {active!r}, and cannot have the parent {parent_run_id!r}; "
            "leave parent_run_id out, or end the active run with end_run() first"
        )


def _checked_tags(tags: Mapping[str, Any] | None, description: str | None) -> dict[str, Tag]:
    given = {key: Tag(key, value) for key, value in arguments.mapping("tags", tags or {}).items()}
    if description is not None:
        if NOTE in given:
            raise InvalidValue(f"the description is given twice: as description and as the tag {NOTE!r}; leave one out")
        given[NOTE] = Tag(NOTE, arguments.text("description", description))
    return given


def _resume(
    client: Client,
    run_id: str,
    experiment_id: str | None,
    run_name: str | None,
    parent_run_id: str | None,
    tags: dict[str, Tag],
) -> Run:
    run = client.get_run(run_id)
    if run.info.lifecycle_stage is LifecycleStage.DELETED:
        raise RunDeleted(run_id)
    if experiment_id is not None and str(experiment_id) != run.info.experiment_id:
        raise InvalidValue(
            f"the run {run_id!r} is of the experiment {run.info.experiment_id!r}, not of {experiment_id!r}; "
            "leave experiment_id out"
        )
    if parent_run_id is not None:
        if parent_run_id == run_id:
            raise InvalidValue(f"the run {run_id!r} cannot be its own parent; leave parent_run_id out")
        client.get_run(parent_run_id)
        tags[PARENT_RUN_ID] = Tag(PARENT_RUN_ID, parent_run_id)
    client._send_what_is_left(run_id)
    client._note_resumed(run_id)
    client.update_run(run_id, RunStatus.RUNNING, run_name)
    client.log_batch(run_id, tags=list(tags.values()))
    return client.get_run(run_id)


def _create(
    client: Client,
    experiment_id: str | None,
    run_name: str | None,
    nested: bool,
    parent_run_id: str | None,
    tags: dict[str, Tag],
) -> Run:
    parent = _parent(client, nested, parent_run_id)
    if experiment_id is None:
        experiment_id = choices.experiment_id(client) if parent is None else parent.info.experiment_id
    if parent is not None:
        tags.setdefault(PARENT_RUN_ID, Tag(PARENT_RUN_ID, parent.info.run_id))
    all_tags = _origin() | {key: tag.value for key, tag in tags.items()}
    if run_name is None and RUN_NAME not in tags:
        run_name = config.RUN_NAME.get()
    try:
        return client.create_run(experiment_id, None, all_tags, run_name)
    except (ExperimentNotFound, InvalidValue) as error:
        is_bad_id = isinstance(error, ExperimentNotFound) or not experiment_id.isdecimal()
        if experiment_id != config.EXPERIMENT_ID.get() or not is_bad_id:
            raise
        raise ExperimentNotFound(experiment_id, by=f"id that {config.EXPERIMENT_ID.source()} names,") from None


def _parent(client: Client, nested: bool, parent_run_id: str | None) -> Run | None:
    opened = context.active()
    if nested and opened is not None and parent_run_id in {None, opened.run.info.run_id}:
        return opened.run
    if parent_run_id is None:
        return None
    parent = client.get_run(parent_run_id)
    if parent.info.lifecycle_stage is LifecycleStage.DELETED:
        raise RunDeleted(parent.info.run_id)
    return parent


def _origin() -> dict[str, str]:
    """Who started the run, and from which program."""
    origin = {SOURCE_NAME: _source_name(), SOURCE_TYPE: "LOCAL"}
    user = config.USER.get() or _login_name()
    return {USER: user, **origin} if user else origin


def _source_name() -> str:
    program = sys.argv[0] if sys.argv else ""
    return program if program not in {"", "-c"} else PurePath(sys.executable).name


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        return ""
