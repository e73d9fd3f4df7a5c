"""The verbs of ``Client`` that log metrics, params and tags, and the one place that all of them pass through."""

from collections.abc import Mapping, Sequence
from typing import Any

from runstone.client import arguments
from runstone.client.connection import Connection
from runstone.client.runs import now_ms
from runstone.entities import Metric, ModelMetric, Param, Tag
from runstone.entities.metric import step_of, timestamp_of
from runstone.journal.run_journal import RunJournal

_ID = "the id of a run"


class RunOperations:
    """What logging with ``synchronous=False`` gives back: a way to wait until the values are stored."""

    def __init__(self, journal: RunJournal) -> None:
        """Remember where the values were written down.

        Args:
            journal: That of the run.
        """
        self._journal = journal

    def wait(self) -> None:
        """Return when the values are stored.

        Raises:
            RunstoneError: What the store refused, or why it cannot be reached.
        """
        self._journal.flush()


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
        journal = self._journal(arguments.identifier(_ID, run_id))
        if model_id is None:
            journal.metric(key, value, *place(timestamp, step))
        else:
            checked = metric(key, value, timestamp, step)
            journal.log(metrics=(of_model(checked, model_id, dataset_name, dataset_digest),))
        return operations(journal, synchronous)

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
        given = self.log_batch(run_id, params=(Param(key, value),), synchronous=synchronous)
        return value if given is None else given

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
        return self.log_batch(run_id, tags=(Tag(key, value),), synchronous=synchronous)

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

        All of them are stored, or none, however many there are.

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
        journal = self._journal(arguments.identifier(_ID, run_id))
        checked = (
            arguments.each("metrics", Metric, metrics),
            arguments.each("params", Param, params),
            arguments.each("tags", Tag, tags),
        )
        if any(checked):
            journal.log(metrics=checked[0], params=checked[1], tags=checked[2])
        return operations(journal, synchronous)


def place(timestamp: int | None, step: int | None) -> tuple[int, int]:
    """Time and step of a metric, filled in where they were left out.

    Raises:
        InvalidValue: One of them is no integer.
    """
    if timestamp is None:
        timestamp = now_ms()
    elif type(timestamp) is not int:
        timestamp = timestamp_of(timestamp)
    if step is None:
        step = 0
    elif type(step) is not int:
        step = step_of(step)
    return timestamp, step


def metric(key: str, value: float, timestamp: int | None, step: int | None) -> Metric:
    """One value of a metric, with the time and the step filled in where they were left out.

    Raises:
        InvalidValue: The name, the value, the time or the step breaks a rule.
    """
    return Metric(key, value, *place(timestamp, step))


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


def operations(journal: RunJournal, synchronous: bool | None) -> RunOperations | None:
    """Wait until what was logged is stored where ``synchronous`` is ``True``, give something to wait on if ``False``.

    Raises:
        RunstoneError: What the store refused, or why it cannot be reached.
    """
    if synchronous:
        journal.flush()
    return RunOperations(journal) if synchronous is False else None
