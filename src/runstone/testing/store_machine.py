"""A state machine that drives any tracking store beside a small model of dicts, and compares the two.

Example::

    class Machine(StoreMachine):
        def open_store(self) -> TrackingStore:
            return MyStore(self.folder)

    TestMyStoreMachine = Machine.TestCase
"""

import shutil
import tempfile
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule

from runstone.entities import LifecycleStage, Metric, Param, RunStatus, Tag, ViewType
from runstone.entities.names import MAX_TIME
from runstone.entities.tag import RUN_NAME
from runstone.errors import RunstoneError
from runstone.stores.base import TrackingStore
from runstone.testing.store_model import ModelExperiment, ModelRun, Point, StoreModel, point_of

T = TypeVar("T")

KEYS = st.sampled_from(["a", "b", "c/d", "größe"])
TEXTS = st.sampled_from(["", "1", "2", "naïve\n🙂"])
NAMES = st.sampled_from(["red", "green", "blue"])
TIMES = st.integers(0, 3) | st.just(2**63 - 1)
RUN_TIMES = st.integers(0, 3) | st.just(MAX_TIME)
STEPS = st.integers(-1, 2) | st.sampled_from([-(2**63), 2**63 - 1])
VALUES = st.sampled_from([0.0, -0.0, 0.5, -1.5, inf, -inf, nan, 5e-324]) | st.floats()
METRICS = st.lists(st.builds(Metric, KEYS, VALUES, TIMES, STEPS), max_size=6)
PARAMS = st.lists(st.builds(Param, KEYS, TEXTS), max_size=2)
TAGS = st.lists(st.builds(Tag, KEYS, TEXTS), max_size=3)


class StoreMachine(RuleBasedStateMachine):
    """Random verbs on a store and on the model. Subclass it and define ``open_store``.

    Attributes:
        folder: A folder of its own for each example; removed afterwards.
    """

    experiments: Bundle[str] = Bundle("experiments")
    runs: Bundle[str] = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="runstone-machine-"))
        self.store = self.open_store()
        self.model = StoreModel()

    def open_store(self) -> TrackingStore:
        """A store; called again on the same ``folder``, it has what the former one was told."""
        raise NotImplementedError

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize(target=experiments)
    def default_experiment(self) -> str:
        return "0"

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open_store()

    @rule(target=experiments, name=NAMES, tags=TAGS)
    def create_experiment(self, name: str, tags: list[Tag]) -> MultipleResults[str] | str:
        id = self._both(lambda: self.model.check_new_name(name), lambda: self.store.create_experiment(name, tags=tags))
        if id is None:
            return multiple()
        assert id not in self.model.experiments
        self.model.experiments[id] = ModelExperiment(name, tags={tag.key: tag.value for tag in tags})
        return id

    @rule(id=experiments, name=NAMES)
    def rename_experiment(self, id: str, name: str) -> None:
        self._both(lambda: self.model.rename_experiment(id, name), lambda: self.store.rename_experiment(id, name))

    @rule(id=experiments)
    def delete_experiment(self, id: str) -> None:
        self._both(lambda: self.model.delete_experiment(id), lambda: self.store.delete_experiment(id))

    @rule(id=experiments)
    def restore_experiment(self, id: str) -> None:
        self._both(lambda: self.model.restore_experiment(id), lambda: self.store.restore_experiment(id))

    @rule(id=experiments, key=KEYS, value=TEXTS)
    def set_experiment_tag(self, id: str, key: str, value: str) -> None:
        tag = Tag(key, value)
        self._both(lambda: self.model.set_experiment_tag(id, tag), lambda: self.store.set_experiment_tag(id, tag))

    @rule(id=experiments, key=KEYS)
    def delete_experiment_tag(self, id: str, key: str) -> None:
        self._both(lambda: self.model.delete_experiment_tag(id, key), lambda: self.store.delete_experiment_tag(id, key))

    @rule(target=runs, id=experiments, start=RUN_TIMES, tags=TAGS)
    def create_run(self, id: str, start: int, tags: list[Tag]) -> MultipleResults[str] | str:
        run = self._both(
            lambda: self.model.active_experiment(id),
            lambda: self.store.create_run(id, start_time=start, run_name="r", tags=tags),
        )
        if run is None:
            return multiple()
        kept = {tag.key: tag.value for tag in tags}
        self.model.runs[run.info.run_id] = ModelRun(id, "r", start, tags={**kept, RUN_NAME: "r"})
        return run.info.run_id

    @rule(id=runs, status=st.none() | st.sampled_from(RunStatus), end_time=st.none() | RUN_TIMES)
    def update_run(self, id: str, status: RunStatus | None, end_time: int | None) -> None:
        self._both(
            lambda: self.model.update_run(id, status, end_time),
            lambda: self.store.update_run(id, status=status, end_time=end_time),
        )

    @rule(id=runs)
    def delete_run(self, id: str) -> None:
        self._both(lambda: self.model.delete_run(id), lambda: self.store.delete_run(id))

    @rule(id=runs)
    def restore_run(self, id: str) -> None:
        self._both(lambda: self.model.restore_run(id), lambda: self.store.restore_run(id))

    @rule(id=runs, metrics=METRICS, params=PARAMS, tags=TAGS)
    def log_batch(self, id: str, metrics: list[Metric], params: list[Param], tags: list[Tag]) -> None:
        self._both(
            lambda: self.model.log_batch(id, metrics, params, tags),
            lambda: self.store.log_batch(id, metrics=metrics, params=params, tags=tags),
        )

    @rule(id=runs, key=KEYS)
    def delete_tag(self, id: str, key: str) -> None:
        self._both(lambda: self.model.delete_tag(id, key), lambda: self.store.delete_tag(id, key))

    @rule(id=runs, key=KEYS, size=st.integers(1, 5))
    def read_history(self, id: str, key: str, size: int) -> None:
        found: list[Metric] = []
        token = ""
        while True:
            page = self.store.metric_history(id, key, max_results=size, page_token=token)
            found += page
            token = page.token or ""
            if not token:
                break
        by_time = sorted(self.model.runs[id].points.get(key, ()), key=lambda point: (point[1], point[0], *point[2:]))
        assert [point_of(metric) for metric in found] == by_time

    @invariant()
    def experiments_are_as_in_the_model(self) -> None:
        found = self.store.search_experiments(view_type=ViewType.ALL)
        assert {experiment.experiment_id for experiment in found} == set(self.model.experiments)
        for experiment in found:
            expected = self.model.experiments[experiment.experiment_id]
            assert experiment.name == expected.name
            assert experiment.tags == expected.tags
            assert (experiment.lifecycle_stage is LifecycleStage.DELETED) == expected.is_deleted

    @invariant()
    def runs_are_as_in_the_model(self) -> None:
        found = self.store.search_runs(list(self.model.experiments), view_type=ViewType.ALL)
        order = sorted(self.model.runs, key=lambda run_id: (-self.model.runs[run_id].start_time, run_id))
        assert [run.info.run_id for run in found] == order
        for run in found:
            expected = self.model.runs[run.info.run_id]
            info, data = run.info, run.data
            assert (info.experiment_id, info.run_name) == (expected.experiment_id, expected.name)
            assert (info.status, info.end_time) == (expected.status, expected.end_time)
            assert (info.lifecycle_stage is LifecycleStage.DELETED) == expected.is_deleted
            assert (data.params, data.tags) == (expected.params, expected.tags)
            latest = {key: max(points) for key, points in expected.points.items()}
            assert {metric.key: _loose(point_of(metric)) for metric in data.metric_list} == {
                key: _loose(point) for key, point in latest.items()
            }

    def _both(self, expected: Callable[[], object], done: Callable[[], T]) -> T | None:
        """Do the same to both: both do it, or both refuse it for the same reason."""
        try:
            expected()
        except RunstoneError as error:
            reason = error
        else:
            return done()
        try:
            done()
        except type(reason):
            return None
        raise AssertionError(f"the store did what it should have refused: {reason!r}")


def _loose(point: Point) -> Point:
    """A point without the sign of zero, which a store may drop from a latest value."""
    step, timestamp, value, kind = point
    return step, timestamp, value + 0.0, max(kind, 1)
