"""Params, metrics and tags of the active run; one is started where there is none."""

from collections.abc import Mapping
from typing import Any

from runstone.client import arguments, context, records
from runstone.client.connection import open_journals
from runstone.client.context import here
from runstone.client.fluent.target import target
from runstone.client.records import RunOperations
from runstone.data import Dataset
from runstone.entities import Metric, Param, Tag


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log one param of the active run.

    Args:
        key: Name of the param.
        value: Turned into text.
        synchronous: ``False`` gives back an object to wait on.

    Returns:
        ``value``, or the object to wait on.

    Raises:
        InvalidValue: The name or the value breaks a rule.
        ParamChanged: The param has another value already.
    """
    checked = Param(key, value)
    client, run_id = target()
    given = client.log_batch(run_id, params=(checked,), synchronous=synchronous)
    return value if given is None else given


def log_params(
    params: Mapping[str, Any], synchronous: bool | None = None, run_id: str | None = None
) -> RunOperations | None:
    """Log several params.

    Args:
        params: Values by name; turned into text.
        synchronous: ``False`` gives back an object to wait on.
        run_id: The run; the active one if ``None``.

    Raises:
        InvalidValue: A name or a value breaks a rule; nothing is logged then.
        ParamChanged: A param has another value already.
    """
    checked = [Param(key, value) for key, value in arguments.mapping("params", params).items()]
    client, run_id = target(run_id)
    return client.log_batch(run_id, params=checked, synchronous=synchronous)


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> RunOperations | None:
    """Log one value of a metric.

    Args:
        key: Name of the metric.
        value: A number; NaN and infinities are kept.
        step: Training step; 0 if ``None``.
        synchronous: ``False`` gives back an object to wait on.
        timestamp: Milliseconds since the Unix epoch, UTC; now if ``None``.
        run_id: The run; the active one if ``None``.
        model_id: A logged model whose metric it is as well; the active one, if there is one, if ``None``.
        dataset: The dataset that it was measured on, from ``runstone.data``; counts with a model only.

    Raises:
        InvalidValue: The name, the value, the step or the time breaks a rule.
        LoggedModelNotFound: There is no such model.
    """
    journal = here.journal
    if journal is not None and run_id is None and model_id is None:
        # What training loops call: as short as it can be.
        if type(key) is not str or not journal.usual_metrics({key: value}, timestamp, step):
            journal.metric(key, value, *records.place(timestamp, step))
        return None if synchronous is None else records.operations(journal, synchronous)
    model_id = model_id or context.active_model()
    checked = records.metric(key, value, timestamp, step)
    if model_id is not None:
        checked = _of_model(checked, model_id, dataset)
    client, run_id = target(run_id)
    return client.log_batch(run_id, (checked,), synchronous=synchronous)


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Dataset | None = None,
) -> RunOperations | None:
    """Log several metrics of one step and time.

    Args:
        metrics: Values by name.
        step: Training step; 0 if ``None``.
        synchronous: ``False`` gives back an object to wait on.
        run_id: The run; the active one if ``None``.
        timestamp: Milliseconds since the Unix epoch, UTC; now if ``None``.
        model_id: A logged model whose metric it is as well; the active one, if there is one, if ``None``.
        dataset: The dataset that it was measured on, from ``runstone.data``; counts with a model only.

    Raises:
        InvalidValue: A name, a value, the step or the time breaks a rule; nothing is logged then.
        LoggedModelNotFound: There is no such model.
    """
    journal = here.journal
    if journal is not None and run_id is None and model_id is None:
        values = dict(metrics if type(metrics) is dict else arguments.mapping("metrics", metrics))
        if values and not journal.usual_metrics(values, timestamp, step):
            journal.metrics(values, *records.place(timestamp, step))
        return None if synchronous is None else records.operations(journal, synchronous)
    model_id = model_id or context.active_model()
    checked = records.metrics(metrics, timestamp, step)
    if model_id is not None:
        checked = [_of_model(metric, model_id, dataset) for metric in checked]
    client, run_id = target(run_id)
    return client.log_batch(run_id, metrics=checked, synchronous=synchronous)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
    """Set one tag of the active run.

    Args:
        key: Name of the tag.
        value: Turned into text.
        synchronous: ``False`` gives back an object to wait on.

    Raises:
        InvalidValue: The name or the value breaks a rule.
    """
    checked = Tag(key, value)
    client, run_id = target()
    return client.log_batch(run_id, tags=(checked,), synchronous=synchronous)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> RunOperations | None:
    """Set several tags of the active run.

    Args:
        tags: Values by name; turned into text.
        synchronous: ``False`` gives back an object to wait on.

    Raises:
        InvalidValue: A name or a value breaks a rule; nothing is set then.
    """
    checked = [Tag(key, value) for key, value in arguments.mapping("tags", tags).items()]
    client, run_id = target()
    return client.log_batch(run_id, tags=checked, synchronous=synchronous)


def delete_tag(key: str) -> None:
    """Remove one tag of the active run.

    Raises:
        NotFound: It has no such tag.
    """
    client, run_id = target()
    client.delete_tag(run_id, key)


def flush_async_logging() -> None:
    """Return when all that this process has logged is stored.

    Raises:
        RunstoneError: What the store refused, or why it cannot be reached.
    """
    open_journals.flush_all()


def _of_model(metric: Metric, model_id: str, dataset: Dataset | None) -> Metric:
    named = (dataset.name, dataset.digest) if dataset is not None else ()
    return records.of_model(metric, model_id, *named)
