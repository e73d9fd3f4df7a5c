"""A store of Runstone, or a server of its protocol, as a source."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from math import isnan, nan

from msgspec.structs import replace

from runstone.artifacts import resolve as artifacts
from runstone.artifacts.base import ArtifactRepository
from runstone.bridge.copies import is_copy, named_by
from runstone.bridge.fence import Fence
from runstone.entities import (
    Experiment,
    LoggedModel,
    Metric,
    ModelVersion,
    NonFinite,
    RegisteredModel,
    Run,
    ViewType,
)
from runstone.entities.names import without_password
from runstone.entities.page import all_pages
from runstone.errors import EndpointNotFound, InvalidValue, NotFound
from runstone.stores.base import StreamedHistories, TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.registry import RegistryStore
from runstone.stores.resolve import open_store, scheme_of

_EXPERIMENTS = 1000
_RUNS = 500
_MODELS = 100
_VERSIONS = 10_000
_POINTS = 25_000


class StoreSource:
    """A store that is read; does what ``Source`` says."""

    def __init__(self, uri: str, store: TrackingStore | None = None, *, fence: Fence | None = None) -> None:
        """Open it.

        Args:
            uri: Its address.
            store: The store behind it, where it is open already; ``close`` leaves that open.
            fence: Which local files are read, where the store is a stranger's; all if ``None``.

        Raises:
            BackendError: It cannot be opened.
            InvalidValue: The address cannot be read.
            Unsupported: No store takes it.
        """
        self.name = without_password(uri)
        self.problems: list[str] = []
        self._uri = uri
        self._fence = fence
        self._is_ours = store is None
        self._is_server = scheme_of(uri) in {"http", "https"}
        self._store = store or open_store(uri)

    def experiments(self) -> Iterator[Experiment]:
        """All experiments, by id."""
        search = self._store.search_experiments
        found = all_pages(
            lambda size, token: search(view_type=ViewType.ALL, max_results=size, page_token=token), at_once=_EXPERIMENTS
        )
        return iter(sorted(found, key=lambda each: int(each.experiment_id)))

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment, by id."""
        found = self._found_runs(experiment_id)
        # A search on MLflow's server leaves out which models a run read.
        return (self._store.get_run(run.info.run_id) for run in found) if self._is_server else found

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has."""
        return sum(1 for _ in self._found_runs(experiment_id))

    def experiment(self, experiment_id: str) -> Experiment:
        """One experiment.

        Raises:
            ExperimentNotFound: There is none with this id.
        """
        return self._store.get_experiment(experiment_id)

    def run(self, run_id: str) -> Run:
        """One run.

        Raises:
            RunNotFound: There is none with this id.
        """
        return self._store.get_run(run_id)

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run: by name of the metric, then as its history is ordered."""
        for key in sorted(metric.key for metric in self._store.get_run(run_id).data.metric_list):
            yield from self.values(run_id, key)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment, by id; none of a server of MLflow 2, which has none."""
        store = self._store
        if not isinstance(store, LineageStore):
            return iter(())
        search = store.search_logged_models
        found = all_pages(
            lambda size, token: search([experiment_id], max_results=size, page_token=token), at_once=_MODELS
        )
        try:
            return iter(sorted(map(self._with_nan, found), key=lambda model: model.model_id))
        except EndpointNotFound:
            return iter(())

    def registered_models(self) -> Iterator[RegisteredModel]:
        """All registered models, by name."""
        store = self._store
        if not isinstance(store, RegistryStore):
            return iter(())
        search = store.search_registered_models
        found = all_pages(lambda size, token: search(max_results=size, page_token=token), at_once=_MODELS)
        return iter(sorted(found, key=lambda model: model.name))

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model, by number; a copy of one that is gone has the place of its files."""
        for version in sorted(self._versions.get(name, []), key=lambda each: int(each.version)):
            yield self.placed(version) if is_copy(version) and not self._is_still_true(version) else version

    def placed(self, version: ModelVersion) -> ModelVersion:
        """A version of a registered model with the place of its files as its source."""
        assert isinstance(self._store, RegistryStore)
        with suppress(NotFound, InvalidValue):
            place = self._store.get_model_version_download_uri(version.name, version.version)
            return replace(version, source=place)
        return version

    def _is_still_true(self, copy: ModelVersion) -> bool:
        """Whether the version that a copy names is still what it is a copy of, and neither gone nor another one."""
        name, number = named_by(copy) or ("", "")
        found = next((each for each in self._versions.get(name, []) if each.version == number), None)
        return found is not None and self.placed(found).source == self.placed(copy).source

    def files(self, uri: str) -> ArtifactRepository:
        """The files below a URI."""
        if self._fence is not None:
            return self._fence.files(uri, tracking_uri=self._uri)
        return artifacts.repository(uri, tracking_uri=self._uri)

    def close(self) -> None:
        """Close the store."""
        if self._is_ours:
            self._store.close()

    def _found_runs(self, experiment_id: str) -> Iterator[Run]:
        return all_pages(
            lambda size, token: self._store.search_runs(
                [experiment_id],
                view_type=ViewType.ALL,
                max_results=size,
                order_by=["attributes.run_id ASC"],
                page_token=token,
            ),
            at_once=_RUNS,
        )

    def _with_nan(self, model: LoggedModel) -> LoggedModel:
        """A model with NaN where MLflow's server tells 0 in its place: the run that logged the value has it."""
        if not self._is_server or all(metric.value for metric in model.metrics):
            return model
        metrics = []
        for metric in model.metrics:
            of_run = [
                float(each.value)
                for each in (self._history(metric.run_id, metric.key) if metric.run_id and not metric.value else ())
                if (each.timestamp, each.step) == (metric.timestamp, metric.step)
            ]
            is_nan = bool(of_run) and all(map(isnan, of_run))
            metrics.append(replace(metric, value=NonFinite(nan)) if is_nan else metric)
        return replace(model, data=replace(model.data, metrics=metrics))

    @cached_property
    def _versions(self) -> dict[str, list[ModelVersion]]:
        # All at once: servers do not agree on how a filter holds a name with quotes.
        found: dict[str, list[ModelVersion]] = {}
        store = self._store
        if isinstance(store, RegistryStore):
            search = store.search_model_versions
            pages = all_pages(lambda size, token: search(max_results=size, page_token=token), at_once=_VERSIONS)
            for version in pages:
                found.setdefault(version.name, []).append(version)
        return found

    def values(self, run_id: str, key: str) -> Iterator[Metric]:
        """Every value of one metric of a run, as its history is ordered."""
        if isinstance(self._store, StreamedHistories):
            for stretch in self._store.metric_stretches(run_id, key):
                for value, timestamp, step in zip(stretch.values, stretch.timestamps, stretch.steps, strict=True):
                    yield Metric(key, value, timestamp, step)
        else:
            yield from self._history(run_id, key)

    def _history(self, run_id: str, key: str) -> Iterator[Metric]:
        """Every value of one metric of a run, as its history is ordered."""
        return all_pages(
            lambda size, token: self._store.metric_history(run_id, key, max_results=size, page_token=token),
            at_once=_POINTS,
        )
