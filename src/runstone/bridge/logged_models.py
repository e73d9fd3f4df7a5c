"""Bringing logged models, under their ids."""

from collections import Counter
from contextlib import suppress
from typing import Any, Protocol

from runstone.artifacts import resolve as artifacts
from runstone.bridge.brought import Brought
from runstone.bridge.copying import Copying
from runstone.bridge.marks import LACKS_FILES, ORIGIN, UNFINISHED
from runstone.bridge.places import Places
from runstone.entities import LoggedModel, LoggedModelMetric, LoggedModelStatus, Metric, ModelMetric, Tag
from runstone.entities.tag import EXTERNAL
from runstone.errors import LoggedModelExists, LoggedModelNotFound, RunNotFound
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore

Facts = tuple[str, str, int, int, str, str, str]

_METRICS = 1000


def has_files(model: LoggedModel) -> bool:
    """Whether a logged model surely has files."""
    return model.status is LoggedModelStatus.READY and EXTERNAL not in model.tags


class _Store(TrackingStore, LineageStore, Protocol):
    """What is brought into; for the types alone."""


class LoggedModels:
    """The logged models of one import.

    Args:
        store: Where they go.
        tracking_uri: The store's address.
        places: Where the runs are that were brought before; is told where the models are.
        brought: Is told what happens.
        copying: Copies their files.
        source_name: What the source is called.
    """

    def __init__(
        self,
        store: _Store,
        tracking_uri: str,
        places: Places,
        brought: Brought,
        copying: Copying,
        source_name: str,
    ) -> None:
        self._store = store
        self._tracking_uri = tracking_uri
        self._places = places
        self._brought = brought
        self._copying = copying
        self._source_name = source_name
        self._models: list[LoggedModel] = []
        self._runs: dict[str, str | None] = {}

    def bring(self, model: LoggedModel, experiment_id: str) -> None:
        """Bring a logged model into an experiment, but for what runs measured of it."""
        former = self._former(model, experiment_id)
        made = former or self._create(model, experiment_id)
        self._places.add_model(model.model_id, model.artifact_location, made.model_id, made.artifact_location)
        self._models.append(model)
        if former is not None and UNFINISHED not in made.tags:
            self._brought.already_there += 1
            if LACKS_FILES in made.tags:
                self._copy(model, made)
            return
        self._copy(model, made)
        if made.status is not model.status:
            self._store.finalize_logged_model(made.model_id, model.status)
        self._store.delete_logged_model_tag(made.model_id, UNFINISHED)
        self._brought.logged_models += 1

    def measure(self) -> None:
        """Log what runs measured of the logged models, which needs both, as far as it is not there."""
        for model in self._models:
            with self._brought.telling(f"logged model {model.model_id}"):
                self._measure(model)

    def find(self, model_id: str) -> str | None:
        """The id in the store of a logged model of the source; also of one that this import does not bring."""
        if model_id not in self._places.models:
            with suppress(LoggedModelNotFound):
                self._places.models[model_id] = self._store.get_logged_model(model_id).model_id
        return self._places.models.get(model_id)

    def _measure(self, model: LoggedModel) -> None:
        if not model.metrics:
            return
        model_id = self._places.models[model.model_id]
        there = self._values(model_id)
        by_run: dict[str, list[Metric]] = {}
        wanted = set()
        absent: Counter[str] = Counter()
        for each in model.metrics:
            run_id = self._run(each.run_id)
            if run_id is None:
                absent[each.run_id] += 1
            elif (facts := _facts(each, run_id)) not in there:
                wanted.add(facts)
                by_run.setdefault(run_id, []).append(_measured(each, model_id))
        for run_id, metrics in by_run.items():
            for first in range(0, len(metrics), _METRICS):
                self._store.log_batch(run_id, metrics=metrics[first : first + _METRICS])
        if by_run and (lost := wanted - self._values(model_id)):
            self._brought.problems.append(
                f"{len(lost):,} of the values of the logged model {model.model_id} did not arrive, import again"
            )
        for run_id, count in absent.items():
            self._brought.problems.append(
                f"{count:,} of the values of the logged model {model.model_id} were left out, since the run {run_id} "
                "that measured them is not there; bring that, and this once more"
            )

    def _values(self, model_id: str) -> set[Facts]:
        """What is measured of a logged model in the store."""
        return {_facts(each, each.run_id) for each in self._store.get_logged_model(model_id).metrics}

    def _run(self, run_id: str) -> str | None:
        """The id in the store of a run of the source; also of one that this import does not bring."""
        if run_id not in self._runs:
            self._runs[run_id] = self._places.runs.get(run_id)
            with suppress(RunNotFound):
                if self._runs[run_id] is None and UNFINISHED not in self._store.get_run(run_id).data.tags:
                    self._runs[run_id] = run_id
        return self._runs[run_id]

    def _former(self, model: LoggedModel, experiment_id: str) -> LoggedModel | None:
        """The logged model in the store: under its id, or what a former import made of it."""
        try:
            return self._store.get_logged_model(model.model_id)
        except LoggedModelNotFound:
            pass
        found = self._store.search_logged_models(
            [experiment_id], filter_string=f"tags.`{ORIGIN}` = '{model.model_id}'", max_results=1
        )
        return next(iter(found), None)

    def _create(self, model: LoggedModel, experiment_id: str) -> LoggedModel:
        """Make a logged model, under its id unless that was used up, or the store chooses its own."""
        facts: dict[str, Any] = {
            "name": model.name,
            "model_type": model.model_type,
            "source_run_id": self._places.runs.get(model.source_run_id, model.source_run_id),
            "params": model.data.params,
            "created_at": model.creation_timestamp,
        }
        tags = [*model.info.tag_list, Tag(UNFINISHED, self._source_name)]
        try:
            made = self._store.create_logged_model(experiment_id, **facts, tags=tags, model_id=model.model_id)
        except LoggedModelExists:
            made = self._store.create_logged_model(experiment_id, **facts, tags=[*tags, Tag(ORIGIN, model.model_id)])
        else:
            if made.model_id != model.model_id:
                self._store.set_logged_model_tags(made.model_id, [Tag(ORIGIN, model.model_id)])
        if made.model_id != model.model_id:
            self._brought.problems.append(f"the logged model {model.model_id} is {made.model_id} now")
        return made

    def _copy(self, model: LoggedModel, made: LoggedModel) -> None:
        """Copy the files of a logged model; one that lacks some afterwards is marked."""
        target = artifacts.repository(made.artifact_location, tracking_uri=self._tracking_uri)
        whose = f"logged model {model.model_id}"
        is_whole = self._copying.copy(
            whose,
            model.artifact_location,
            target,
            has_some=has_files(model),
            lacks_some=LACKS_FILES in model.tags,
        )
        if not is_whole:
            self._store.set_logged_model_tags(made.model_id, [Tag(LACKS_FILES, self._source_name)])
        elif LACKS_FILES in made.tags:
            self._store.delete_logged_model_tag(made.model_id, LACKS_FILES)


def _facts(value: LoggedModelMetric, run_id: str) -> Facts:
    """What a value of a logged model says, of a run of the store; also NaN is equal to itself."""
    of = value.dataset_name, value.dataset_digest
    return run_id, value.key, value.timestamp, value.step, repr(float(value.value)), *of


def _measured(value: LoggedModelMetric, model_id: str) -> ModelMetric:
    return ModelMetric(
        value.key,
        float(value.value),
        value.timestamp,
        value.step,
        model_id=model_id,
        dataset_name=value.dataset_name,
        dataset_digest=value.dataset_digest,
    )
