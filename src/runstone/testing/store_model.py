"""A tracking store that is a few dicts: the model that the state machine compares other stores with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import copysign, isnan

from runstone.entities import Metric, Param, RunStatus, Tag
from runstone.errors import (
    ExperimentDeleted,
    ExperimentExists,
    ExperimentNotFound,
    InvalidState,
    NotFound,
    ParamChanged,
    RunDeleted,
)

# A point of a metric, in the order of latest values: step, time, value, and what tells -0.0, numbers and NaN apart.
Point = tuple[int, int, float, int]


def point_of(metric: Metric) -> Point:
    """The point of a metric, comparable: NaN just above zero, -0.0 just below."""
    if isnan(metric.value):
        return metric.step, metric.timestamp, 0.0, 2
    is_negative_zero = metric.value == 0.0 and copysign(1.0, metric.value) < 0
    return metric.step, metric.timestamp, metric.value, 0 if is_negative_zero else 1


@dataclass
class ModelExperiment:
    """What is known about an experiment."""

    name: str
    is_deleted: bool = False
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class ModelRun:
    """What is known about a run."""

    experiment_id: str
    name: str
    start_time: int
    status: RunStatus = RunStatus.RUNNING
    end_time: int | None = None
    is_deleted: bool = False
    went_with_experiment: bool = False
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, set[Point]] = field(default_factory=dict)


class StoreModel:
    """The rules of ``TrackingStore`` on dicts. Ids are given by the store that it is compared with."""

    def __init__(self) -> None:
        self.experiments = {"0": ModelExperiment("Default")}
        self.runs: dict[str, ModelRun] = {}

    def check_new_name(self, name: str, *, but: str = "") -> None:
        """Raises ``ExperimentExists`` where another active experiment has this name."""
        for id, experiment in self.experiments.items():
            if experiment.name == name and not experiment.is_deleted and id != but:
                raise ExperimentExists(name)

    def active_experiment(self, id: str) -> ModelExperiment:
        """An experiment that takes changes."""
        if self.experiments[id].is_deleted:
            raise ExperimentDeleted(id)
        return self.experiments[id]

    def active_run(self, id: str) -> ModelRun:
        """A run that takes changes."""
        if self.runs[id].is_deleted:
            raise RunDeleted(id)
        return self.runs[id]

    def rename_experiment(self, id: str, name: str) -> None:
        if self.experiments[id].is_deleted:
            raise InvalidState("deleted")
        self.check_new_name(name, but=id)
        self.experiments[id].name = name

    def delete_experiment(self, id: str) -> None:
        if self.experiments[id].is_deleted:
            raise ExperimentNotFound(id)
        self.experiments[id].is_deleted = True
        for run in self._runs_of(id):
            if not run.is_deleted:
                run.is_deleted = run.went_with_experiment = True

    def restore_experiment(self, id: str) -> None:
        if not self.experiments[id].is_deleted:
            raise ExperimentNotFound(id)
        self.check_new_name(self.experiments[id].name)
        self.experiments[id].is_deleted = False
        for run in self._runs_of(id):
            if run.went_with_experiment:
                run.is_deleted = run.went_with_experiment = False

    def set_experiment_tag(self, id: str, tag: Tag) -> None:
        self.active_experiment(id).tags[tag.key] = tag.value

    def delete_experiment_tag(self, id: str, key: str) -> None:
        tags = self.active_experiment(id).tags
        if key not in tags:
            raise NotFound(key)
        del tags[key]

    def delete_run(self, id: str) -> None:
        # One that went with its experiment stays marked so, for it is there already.
        self.runs[id].is_deleted = True

    def restore_run(self, id: str) -> None:
        if self.runs[id].is_deleted and self.experiments[self.runs[id].experiment_id].is_deleted:
            raise InvalidState(id)
        self.runs[id].is_deleted = self.runs[id].went_with_experiment = False

    def update_run(self, id: str, status: RunStatus | None, end_time: int | None) -> None:
        run = self.active_run(id)
        run.status = run.status if status is None else status
        run.end_time = run.end_time if end_time is None else end_time

    def log_batch(self, id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[Tag]) -> None:
        run = self.active_run(id)
        after = dict(run.params)
        for param in params:
            if after.setdefault(param.key, param.value) != param.value:
                raise ParamChanged(id, param.key, old=after[param.key], new=param.value)
        run.params = after
        for metric in metrics:
            run.points.setdefault(metric.key, set()).add(point_of(metric))
        run.tags |= {tag.key: tag.value for tag in tags}

    def delete_tag(self, id: str, key: str) -> None:
        tags = self.active_run(id).tags
        if key not in tags:
            raise NotFound(key)
        del tags[key]

    def _runs_of(self, experiment_id: str) -> list[ModelRun]:
        return [run for run in self.runs.values() if run.experiment_id == experiment_id]
