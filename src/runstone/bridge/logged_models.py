"""Bringing logged models, under their ids."""

from collections.abc import Collection
from typing import Any, Protocol

from runstone.artifacts import resolve as artifacts
from runstone.bridge.brought import Brought
from runstone.bridge.copying import Copying
from runstone.bridge.marks import LACKS_FILES, ORIGIN, UNFINISHED
from runstone.bridge.places import Places
from runstone.entities import LoggedModel, LoggedModelStatus, Metric, ModelMetric, Tag
from runstone.entities.tag import EXTERNAL
from runstone.errors import LoggedModelExists, LoggedModelNotFound
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore

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

    def measure(self, finished: Collection[str]) -> None:
        """Log what runs measured of the logged models, which needs both.

        Args:
            finished: Runs that were there already, whose values are too.
        """
        for model in self._models:
            by_run: dict[str, list[Metric]] = {}
            for each in model.metrics:
                if each.run_id in self._places.runs and each.run_id not in finished:
                    by_run.setdefault(each.run_id, []).append(
                        ModelMetric(
                            each.key,
                            float(each.value),
                            each.timestamp,
                            each.step,
                            model_id=self._places.models[model.model_id],
                            dataset_name=each.dataset_name,
                            dataset_digest=each.dataset_digest,
                        )
                    )
            for run_id, metrics in by_run.items():
                for first in range(0, len(metrics), _METRICS):
                    self._store.log_batch(self._places.runs[run_id], metrics=metrics[first : first + _METRICS])

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
        if not self._copying.copy(whose, model.artifact_location, target, has_some=has_files(model)):
            self._store.set_logged_model_tags(made.model_id, [Tag(LACKS_FILES, self._source_name)])
        elif LACKS_FILES in made.tags:
            self._store.delete_logged_model_tag(made.model_id, LACKS_FILES)
