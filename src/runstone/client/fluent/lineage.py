"""Logged models, and what the active run reads and makes."""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runstone.client import arguments, choices
from runstone.client import context as contexts
from runstone.client.fluent.target import target
from runstone.data import Dataset
from runstone.entities import (
    DatasetInput,
    InputTag,
    LoggedModel,
    LoggedModelStatus,
    ModelInput,
    ModelOutput,
)
from runstone.entities.dataset import CONTEXT
from runstone.entities.names import a_class, shown
from runstone.entities.page import all_pages
from runstone.entities.tag import EXTERNAL
from runstone.errors import InvalidState, InvalidValue
from runstone.media import frames

if TYPE_CHECKING:
    import pandas

_PAGE = 1000


class _Chosen(threading.local):
    """The logged model that this thread made last."""

    last: str | None = None


_chosen = _Chosen()


def remember(model_id: str) -> None:
    """This thread made a logged model, which ``last_logged_model`` gives from now on."""
    _chosen.last = model_id


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Make a logged model that is not ready yet; ``finalize_logged_model`` says when it is.

    Args:
        name: A name for people; chosen by the store if ``None``.
        source_run_id: The run that makes it; the active one, if there is one, if ``None``.
        tags: Tags to set on it.
        params: Its params.
        model_type: What kind of model it is, in a word.
        experiment_id: Its experiment; that of the active run, or the chosen one, if ``None``.

    Raises:
        ExperimentNotFound: There is no such experiment.
        InvalidValue: The name, a tag or a param breaks a rule.
    """
    handle, opened = choices.client(), contexts.active()
    if opened is not None:
        source_run_id = source_run_id or opened.run.info.run_id
        experiment_id = experiment_id or opened.run.info.experiment_id
        handle = opened.client if source_run_id == opened.run.info.run_id else handle
    made = handle.create_logged_model(
        experiment_id or choices.experiment_id(handle), name, source_run_id, tags, params, model_type
    )
    remember(made.model_id)
    return made


def create_external_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Make a logged model whose files are kept elsewhere; it is ready at once.

    The arguments are those of ``initialize_logged_model``.

    Raises:
        ExperimentNotFound: There is no such experiment.
        InvalidValue: The name, a tag or a param breaks a rule.

    Example:
        >>> create_external_model("wheat", params={"depth": 3}).params
        {'depth': '3'}
    """
    marked = {**(tags or {}), EXTERNAL: "true"}
    made = initialize_logged_model(name, source_run_id, marked, params, model_type, experiment_id)
    return contexts.client_of_model(made.model_id).finalize_logged_model(made.model_id, LoggedModelStatus.READY)


def finalize_logged_model(model_id: str, status: str | LoggedModelStatus) -> LoggedModel:
    """Say that a logged model is ready, or that it failed.

    Raises:
        InvalidValue: The status is none of ``READY`` and ``FAILED``.
        LoggedModelNotFound: There is no such model.
    """
    return contexts.client_of_model(model_id).finalize_logged_model(model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """The logged model with this id, with its params, tags and metrics.

    Raises:
        LoggedModelNotFound: There is none.
    """
    return contexts.client_of_model(model_id).get_logged_model(model_id)


def last_logged_model() -> LoggedModel | None:
    """The logged model that this thread made last; ``None`` if it made none."""
    return None if _chosen.last is None else contexts.client_of_model(_chosen.last).get_logged_model(_chosen.last)


def set_logged_model_tags(model_id: str, tags: Mapping[str, Any]) -> None:
    """Set tags of a logged model.

    Raises:
        InvalidValue: A tag breaks a rule; none is set then.
        LoggedModelNotFound: There is no such model.
    """
    contexts.client_of_model(model_id).set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    """Remove one tag of a logged model.

    Raises:
        NotFound: There is no such model, or it has no such tag.
    """
    contexts.client_of_model(model_id).delete_logged_model_tag(model_id, key)


def log_model_params(params: Mapping[str, Any], model_id: str | None = None) -> None:
    """Write params of a logged model once.

    Args:
        params: Values by name; turned into text.
        model_id: The model; the active one, else the one that this thread made last, if ``None``.

    Raises:
        InvalidState: No model is named, and this thread has made none.
        InvalidValue: A param breaks a rule, or has another value already.
        LoggedModelNotFound: There is no such model.
    """
    wanted = model_id or contexts.active_model() or _chosen.last
    if wanted is None:
        raise InvalidState("there is no logged model yet; name one by model_id, or make one first")
    contexts.client_of_model(wanted).log_model_params(wanted, params)


def search_logged_models(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, str]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    output_format: str = "pandas",
) -> "list[LoggedModel] | pandas.DataFrame":
    """Logged models that match, the newest first unless ordered.

    Args:
        experiment_ids: Experiments whose models are looked at; the chosen one if ``None``.
        filter_string: For example ``"metrics.acc > 0.9 AND params.depth = '3'"``.
        datasets: Dicts with ``dataset_name`` and perhaps ``dataset_digest``, which metrics must be measured on.
        max_results: Largest number of models; all if ``None``.
        order_by: Dicts with ``field_name``, and perhaps ``ascending``, ``dataset_name`` and ``dataset_digest``.
        output_format: ``pandas`` for a frame, ``list`` for the models.

    Raises:
        InvalidFilter: The filter or the order cannot be read.
        InvalidValue: An argument is of a wrong type or out of range.
        Unsupported: A frame is wanted and pandas is not installed.
    """
    if output_format not in {"pandas", "list"}:
        raise InvalidValue(f"output_format is 'pandas' or 'list'; got {shown(output_format)}")
    if output_format == "pandas":
        frames.check_installed("search_logged_models() gives a frame of pandas, which")
    ids = [choices.experiment_id()] if experiment_ids is None else list(experiment_ids)
    left = None if max_results is None else arguments.at_least_one("max_results", max_results)
    search = choices.client().search_logged_models
    pages = all_pages(
        lambda size, token: search(ids, filter_string, datasets, size, order_by, token), at_once=_PAGE, most=left
    )
    found = list(pages)
    return frames.of_logged_models(found) if output_format == "pandas" else found


def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: ModelInput | None = None,
) -> None:
    """Say what the active run reads: a dataset, a logged model, or both.

    Args:
        dataset: From ``runstone.data``.
        context: What it is read for, such as ``training``.
        tags: Notes on this use of it.
        model: A logged model.

    Raises:
        InvalidValue: Neither is given, one is of a wrong type, or a tag breaks a rule.

    Example:
        >>> import pandas, runstone
        >>> with runstone.start_run() as run:
        ...     runstone.log_input(runstone.data.from_pandas(pandas.DataFrame({"a": [1]}), name="ones"), context="test")
        >>> [read.dataset.name for read in runstone.get_run(run.info.run_id).inputs.dataset_inputs]
        ['ones']
    """
    if dataset is None and model is None:
        raise InvalidValue("log_input takes a dataset, a logged model, or both; got neither")
    client, run_id = target()
    datasets = [] if dataset is None else [_input(dataset, context, tags)]
    client.log_inputs(run_id, datasets, [] if model is None else [model])


def log_inputs(
    datasets: Sequence[Dataset] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[ModelInput] | None = None,
) -> None:
    """Say what the active run reads: several datasets and logged models at once.

    Args:
        datasets: From ``runstone.data``.
        contexts: What each is read for, as many as datasets.
        tags_list: Notes on each, as many as datasets.
        models: Logged models.

    Raises:
        InvalidValue: The lists differ in length, something is of a wrong type, or a tag breaks a rule.
    """
    given = list(datasets or ())
    whats = [None] * len(given) if contexts is None else list(contexts)
    notes = [None] * len(given) if tags_list is None else list(tags_list)
    if not len(given) == len(whats) == len(notes):
        raise InvalidValue(
            f"datasets, contexts and tags_list are of one length; got {len(given)}, {len(whats)} and {len(notes)}"
        )
    described = [_input(*each) for each in zip(given, whats, notes, strict=True)]
    client, run_id = target()
    client.log_inputs(run_id, described, models)


def log_outputs(models: Sequence[ModelOutput] | None = None) -> None:
    """Say which logged models the active run made.

    Args:
        models: Each with its id and the step at which it was made.

    Raises:
        InvalidValue: One of them is of a wrong type.
    """
    client, run_id = target()
    client.log_outputs(run_id, models or ())


def _input(dataset: Dataset, context: str | None, tags: Mapping[str, str] | None) -> DatasetInput:
    if not isinstance(dataset, Dataset):
        raise InvalidValue(
            f"a dataset comes from runstone.data, such as from_pandas(); got {shown(dataset)}, {a_class(dataset)}"
        )
    notes = dict(arguments.mapping("tags", tags or {}))
    if context is not None:
        notes[CONTEXT] = context
    return DatasetInput(
        tags=[InputTag(arguments.text("the name of an input's tag", key), str(value)) for key, value in notes.items()],
        dataset=dataset.describe(),
    )
