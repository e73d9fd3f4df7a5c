"""The verbs of ``Client`` that log metrics, params and tags, and the one place that all of them pass through."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.client.runs import now_ms
from runstone.entities import Metric, ModelMetric, Param, Tag
from runstone.entities.names import shown
from runstone.errors import InvalidValue, ParamChanged

_ID = "the id of a run"
# What MLflow's protocol takes in one batch: 100 params, 100 tags, 1000 values of all kinds.
_MAX_PARAMS = 100
_MAX_TAGS = 100
_MAX_ALL = 1000

T = TypeVar("T")
_Batch = tuple[Sequence[Metric], Sequence[Param], Sequence[Tag]]


class RunOperations:
    """What logging with ``synchronous=False`` gives back: a way to wait until the values are stored."""

    def wait(self) -> None:
        """Return when the values are stored. They are by now: every call stores at once so far."""


class RecordVerbs(Connection):
    """Log metrics, params and tags."""

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> RunOperations | None:
        """Log one value of a metric.

        Args:
            run_id: A run in use.
            key: Name of the metric.
            value: A number; NaN and infinities are kept.
            timestamp: Milliseconds since the Unix epoch, UTC; now if ``None``.
            step: Training step; 0 if ``None``.
            synchronous: ``False`` gives back an object to wait on.
            dataset_name: Name of the dataset that it was measured on; counts with a model only.
            dataset_digest: Digest of that dataset.
            model_id: A logged model whose metric it is as well.

        Raises:
            InvalidValue: The name, the value, the time or the step breaks a rule.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
            LoggedModelNotFound: There is no such model.
        """
        checked = metric(key, value, timestamp, step)
        if model_id is not None:
            checked = of_model(checked, model_id, dataset_name, dataset_digest)
        self._record(run_id, metrics=(checked,))
        return operations(synchronous)

    def log_param(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> Any:
        """Log one param.

        Args:
            run_id: A run in use.
            key: Name of the param.
            value: Turned into text.
            synchronous: ``False`` gives back an object to wait on.

        Returns:
            ``value``, or the object to wait on.

        Raises:
            InvalidValue: The name or the value breaks a rule.
            ParamChanged: The param has another value already.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        self._record(run_id, params=(Param(key, value),))
        return value if synchronous is not False else RunOperations()

    def set_tag(self, run_id: str, key: str, value: Any, synchronous: bool | None = None) -> RunOperations | None:
        """Set one tag of a run.

        Args:
            run_id: A run in use.
            key: Name of the tag.
            value: Turned into text.
            synchronous: ``False`` gives back an object to wait on.

        Raises:
            InvalidValue: The name or the value breaks a rule.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        self._record(run_id, tags=(Tag(key, value),))
        return operations(synchronous)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove one tag of a run.

        Raises:
            NotFound: There is no such run, or it has no such tag.
            RunDeleted: The run is in the trash.
        """
        self._store.delete_tag(arguments.identifier(_ID, run_id), arguments.text("the name of a tag", key))

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[Tag] = (),
        synchronous: bool | None = None,
    ) -> RunOperations | None:
        """Log many values at once.

        More than 1000 values, 100 params or 100 tags are sent in several requests, params and tags before metrics.
        Where one of these is refused, the former ones stay stored: of more than 100 params with a conflict, some
        params and tags, but no metric, may be left. Sent once more without the conflict, all params are taken.

        Args:
            run_id: A run in use.
            metrics: Values of metrics.
            params: Params.
            tags: Tags.
            synchronous: ``False`` gives back an object to wait on.

        Raises:
            InvalidValue: One of them is of a wrong type.
            ParamChanged: A param comes with two values, and nothing is stored; or it has another value already.
            RunNotFound: There is no such run.
            RunDeleted: It is in the trash.
        """
        self._record(run_id, _all(Metric, metrics), _all(Param, params), _all(Tag, tags))
        return operations(synchronous)

    def _record(
        self, run_id: str, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[Tag] = ()
    ) -> None:
        """Hand checked values on to the store; all that is logged passes here, and here the journal will sit."""
        run_id = arguments.identifier(_ID, run_id)
        if len(params) > _MAX_PARAMS:
            _check_agree(run_id, params)
        for some_metrics, some_params, some_tags in _batches(metrics, params, tags):
            self._store.log_batch(run_id, metrics=some_metrics, params=some_params, tags=some_tags)


def metric(key: str, value: float, timestamp: int | None, step: int | None) -> Metric:
    """One value of a metric, with the time and the step filled in where they were left out.

    Raises:
        InvalidValue: The name, the value, the time or the step breaks a rule.
    """
    if timestamp is None:
        timestamp = now_ms()
    elif type(timestamp) is not int:
        timestamp = arguments.integer("the timestamp of a metric, in milliseconds,", timestamp)
    if step is None:
        step = 0
    elif type(step) is not int:
        step = arguments.integer("the step of a metric", step)
    return Metric(key, value, timestamp, step)


def metrics(values: Mapping[str, float], timestamp: int | None, step: int | None) -> list[Metric]:
    """Several metrics of one time and step.

    Raises:
        InvalidValue: As :func:`metric`, or ``values`` is no dict.
    """
    timestamp = now_ms() if timestamp is None else timestamp
    return [metric(key, value, timestamp, step) for key, value in arguments.mapping("metrics", values).items()]


def of_model(
    metric: Metric, model_id: str, dataset_name: str | None = None, dataset_digest: str | None = None
) -> ModelMetric:
    """A metric that is one of a logged model as well.

    Raises:
        InvalidValue: The id of the model, or what names the dataset, is no text.
    """
    return ModelMetric(
        metric.key,
        metric.value,
        metric.timestamp,
        metric.step,
        arguments.identifier("the id of a logged model", model_id),
        arguments.text("the name of a dataset", dataset_name or ""),
        arguments.text("the digest of a dataset", dataset_digest or ""),
    )


def operations(synchronous: bool | None) -> RunOperations | None:
    """Something to wait on where ``synchronous`` is ``False``."""
    return RunOperations() if synchronous is False else None


def _all(kind: type[T], values: Sequence[T]) -> list[T]:
    listed = list(values)
    wrong = next((value for value in listed if not isinstance(value, kind)), None)
    if wrong is not None:
        raise InvalidValue(f"wanted: a list of {kind.__name__}; got {shown(wrong)} in it")
    return listed


def _batches(metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[Tag]) -> Iterator[_Batch]:
    """Batches within the limits of the protocol; at least one, so that a wrong run is noticed."""
    if len(metrics) + len(params) + len(tags) <= _MAX_ALL and len(params) <= _MAX_PARAMS and len(tags) <= _MAX_TAGS:
        yield metrics, params, tags
        return
    while metrics or params or tags:
        some_params, params = params[:_MAX_PARAMS], params[_MAX_PARAMS:]
        some_tags, tags = tags[:_MAX_TAGS], tags[_MAX_TAGS:]
        # Params are what may be refused: no metric goes before the last of them.
        room = 0 if params or tags else _MAX_ALL - len(some_params) - len(some_tags)
        some_metrics, metrics = metrics[:room], metrics[room:]
        yield some_metrics, some_params, some_tags


def _check_agree(run_id: str, params: Sequence[Param]) -> None:
    """See that no param comes with two values; the store sees only those of one batch together.

    Raises:
        ParamChanged: One does.
    """
    values: dict[str, str] = {}
    for param in params:
        known = values.setdefault(param.key, param.value)
        if known != param.value:
            raise ParamChanged(run_id, param.key, old=known, new=param.value)
