"""Bringing all that a source has into a store. Stopped at any point, it goes on when it is done again."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Protocol, TypeVar

from runstone.artifacts import resolve as artifacts
from runstone.bridge.brought import Brought
from runstone.bridge.copying import Copying
from runstone.bridge.experiments import Experiments
from runstone.bridge.logged_models import LoggedModels, has_files
from runstone.bridge.marks import INTO_TRASH, LACKS_FILES, UNFINISHED
from runstone.bridge.places import Places
from runstone.bridge.registering import Registering, models_of
from runstone.bridge.source import Source
from runstone.bridge.store_source import StoreSource
from runstone.bridge.verifying import differences
from runstone.entities import (
    Experiment,
    LifecycleStage,
    Metric,
    ModelInput,
    ModelOutput,
    Run,
    RunStatus,
    Tag,
)
from runstone.entities.names import without_password
from runstone.entities.tag import MODEL_HISTORY, PARENT_RUN_ID, RUN_NAME
from runstone.errors import BackendError, EndpointNotFound, NotFound, RunNotFound, RunstoneError, Unsupported
from runstone.stores.base import TrackingStore
from runstone.stores.lineage import LineageStore
from runstone.stores.registry import RegistryStore

T = TypeVar("T")
# Is told how many runs have come one step further, and what was brought so far.
Watch = Callable[[int, Brought], None]

_NO_RUN = "0" * 32
_METRICS = 1000
_OTHERS = 100


def _unwatched(steps: int, brought: Brought) -> None:
    """Nobody watches."""


def steps_of(source: Source, *, dry_run: bool) -> int:
    """How many steps of runs an import takes: each is brought, then compared; a dry run only reads it."""
    runs = sum(source.count_runs(experiment.experiment_id) for experiment in source.experiments())
    return runs if dry_run else 2 * runs


def bring(source: Source, store: TrackingStore, *, tracking_uri: str, watch: Watch = _unwatched) -> Brought:
    """Bring experiments, runs, logged models and registered models with all that they have into a store.

    Experiments of the same name are one. Runs keep their ids; one that is there already stays as it is. What is in the
    trash is in the trash afterwards. What cannot be brought is told, and all else is. Each run is read back and
    compared with the source; files are compared by their hash.

    Args:
        source: Where they come from.
        store: Where they go.
        tracking_uri: The store's address.
        watch: Is called again and again with the number of runs that have come one of two steps further, those of
            ``steps_of``, and with what was brought so far.

    Raises:
        BackendError: The source cannot be read, or the store cannot be written.
        Unsupported: The store has no logged models or no registry, or is a server of MLflow, which chooses ids itself.
    """
    if not (isinstance(store, LineageStore) and isinstance(store, RegistryStore)):
        raise Unsupported("the store has no logged models and registered models; import into another one")
    _check_takes_ids(store, tracking_uri)
    importing = _Importing(source, store, tracking_uri, watch)
    importing.run()
    return importing.brought


def _check_takes_ids(store: TrackingStore, tracking_uri: str) -> None:
    """Refuse a genuine MLflow server before anything is made there; it is known by having no journals.

    Raises:
        Unsupported: It is one.
    """
    try:
        store.journal_refusals(_NO_RUN)
    except EndpointNotFound:
        raise Unsupported(
            f"{without_password(tracking_uri)} is a server of MLflow, which chooses the ids of runs itself, so that "
            "none could keep its own; import into a store or a server of Runstone"
        ) from None
    except NotFound:
        return


def measured(source: Source, *, watch: Watch = _unwatched) -> Brought:
    """How much a source has, of which nothing is brought.

    Args:
        source: What is looked at.
        watch: Is called as by ``bring``, but that each run is one step.
    """
    found = Brought()
    files = Copying(source, found, lambda: watch(0, found))
    for experiment in source.experiments():
        found.experiments += 1
        for run in source.runs(experiment.experiment_id):
            found.runs += 1
            found.metric_values += sum(1 for _ in source.metrics(run.info.run_id))
            lacks_some = LACKS_FILES in run.data.tags
            whose, uri = f"run {run.info.run_id}", run.info.artifact_uri
            files.count(whose, uri, has_some=_has_files(run), lacks_some=lacks_some)
            watch(1, found)
        for model in source.logged_models(experiment.experiment_id):
            found.logged_models += 1
            lacks_some = LACKS_FILES in model.tags
            whose, uri = f"logged model {model.model_id}", model.artifact_location
            files.count(whose, uri, has_some=has_files(model), lacks_some=lacks_some)
    for registered in models_of(source, found):
        found.registered_models += 1
        found.model_versions += sum(1 for _ in source.model_versions(registered.name))
    found.problems += source.problems
    return found


def _has_files(run: Run) -> bool:
    """Whether a run surely has files: clients of MLflow 1 and 2 note the models among them."""
    return MODEL_HISTORY in run.data.tags


def _is_deleted(experiment: Experiment) -> bool:
    return experiment.lifecycle_stage is LifecycleStage.DELETED


class _Store(TrackingStore, LineageStore, RegistryStore, Protocol):
    """What is brought into; for the types alone."""


class _Importing:
    """One import.

    Args:
        source: Where things come from.
        store: Where they go; has all three protocols.
        tracking_uri: The store's address.
        watch: Is told how far it is.
    """

    def __init__(self, source: Source, store: TrackingStore, tracking_uri: str, watch: Watch) -> None:
        self.brought = Brought()
        self._watch = watch
        self._source = source
        self._store: _Store = store  # type: ignore[assignment]  # checked by ``bring``
        self._tracking_uri = tracking_uri
        self._target = StoreSource(tracking_uri, store)
        self._places = Places()
        self._copying = Copying(source, self.brought, lambda: watch(0, self.brought))
        self._experiments = Experiments(self._store, self.brought, source.name)
        self._models = LoggedModels(self._store, tracking_uri, self._places, self.brought, self._copying, source.name)
        self._finished: set[str] = set()
        self._logged: set[str] = set()

    def run(self) -> None:
        """Bring all."""
        experiments = []
        for experiment in sorted(self._source.experiments(), key=_is_deleted):
            try:
                target = self._experiments.bring(experiment)
            except BackendError:
                raise
            except RunstoneError as error:
                self.brought.problems.append(f"the experiment {experiment.name!r} was left out: {error.message}")
                continue
            experiments.append((experiment, target))
            for run in self._source.runs(experiment.experiment_id):
                with self.brought.telling(f"run {run.info.run_id}"):
                    self._run(run, target)
                self._watch(1, self.brought)
            for model in self._source.logged_models(experiment.experiment_id):
                with self.brought.telling(f"logged model {model.model_id}"):
                    self._models.bring(model, target)
        self._models.measure()
        for experiment, _ in experiments:
            for run in self._source.runs(experiment.experiment_id):
                with self.brought.telling(f"run {run.info.run_id}"):
                    self._finish(run)
                self._watch(1, self.brought)
        Registering(self._source, self._store, self._target, self._places, self.brought).run()
        self._experiments.trash()
        self.brought.problems += self._source.problems

    def _run(self, run: Run, experiment_id: str) -> None:
        run_id = run.info.run_id
        try:
            found = self._store.get_run(run_id)
        except RunNotFound:
            found = None
        if found is not None and UNFINISHED not in found.data.tags:
            self._finished.add(run_id)
            self._places.add_run(run_id, run.info.artifact_uri, run_id, found.info.artifact_uri)
            self.brought.already_there += 1
            if found.info.status is RunStatus.RUNNING and run.info.status is not RunStatus.RUNNING:
                self.brought.problems.append(
                    f"the run {run_id} is {found.info.status} in the store and {run.info.status} in the source, where "
                    "it may have gone on since it was brought; it stays as it is, delete it for good and import again "
                    "to have all of it"
                )
            if LACKS_FILES in found.data.tags:
                self._copy_again(run, found)
            return
        if found is not None and found.info.experiment_id != experiment_id:
            self._finished.add(run_id)
            self.brought.problems.append(
                f"the run {run_id} is in the experiment {found.info.experiment_id} already, where an import left it "
                "half done; delete it there for good, or name the experiment as it was, and import again"
            )
            return
        if found is not None and found.info.lifecycle_stage is LifecycleStage.DELETED:
            self._store.restore_run(run_id)  # half done, it went there by somebody's hand
        made = found or self._create(run, experiment_id)
        self._places.add_run(run_id, run.info.artifact_uri, made.info.run_id, made.info.artifact_uri)
        self._log(run, made.info.run_id)
        self._copy_files(run, made)
        self._logged.add(run_id)
        self.brought.runs += 1

    def _create(self, run: Run, experiment_id: str) -> Run:
        info = run.info
        return self._store.create_run(
            experiment_id,
            user_id=info.user_id,
            start_time=info.start_time,
            run_name=info.run_name or run.data.tags.get(RUN_NAME, ""),
            tags=[Tag(UNFINISHED, self._source.name)],
            run_id=info.run_id,
        )

    def _log(self, run: Run, run_id: str) -> None:
        for params in _batches(iter(run.data.param_list), _OTHERS):
            self._store.log_batch(run_id, params=params)
        for tags in _batches((tag for tag in run.data.tag_list if tag.key not in {RUN_NAME, LACKS_FILES}), _OTHERS):
            self._store.log_batch(run_id, tags=tags)
        for metrics in _batches(self._source.metrics(run.info.run_id), _METRICS):
            checked = [Metric(each.key, each.value, each.timestamp, each.step) for each in metrics]
            self._store.log_batch(run_id, metrics=checked)
            self.brought.metric_values += len(metrics)
            self._watch(0, self.brought)
        if run.inputs.dataset_inputs:
            self._store.log_inputs(run_id, datasets=run.inputs.dataset_inputs)

    def _copy_files(self, run: Run, there: Run) -> None:
        """Copy the files of a run into the store's; that one is marked while it lacks some."""
        run_id = there.info.run_id
        target = artifacts.repository(there.info.artifact_uri, tracking_uri=self._tracking_uri)
        whose = f"run {run.info.run_id}"
        is_whole = self._copying.copy(
            whose,
            run.info.artifact_uri,
            target,
            has_some=_has_files(run),
            lacks_some=LACKS_FILES in run.data.tags,
        )
        if not is_whole:
            self._store.log_batch(run_id, tags=[Tag(LACKS_FILES, self._source.name)])
        elif LACKS_FILES in there.data.tags:
            self._store.delete_tag(run_id, LACKS_FILES)

    def _copy_again(self, run: Run, there: Run) -> None:
        """Copy the files of a run that is there but for some that a former import could not reach."""
        if there.info.lifecycle_stage is LifecycleStage.DELETED:
            with self._into_trash(there.info.run_id):
                self._store.restore_run(there.info.run_id)
                self._copy_files(run, there)
        else:
            self._copy_files(run, there)

    def _finish(self, run: Run) -> None:
        """Say what a run read and made, how it ended, and that it is whole."""
        if run.info.run_id in self._finished:
            self._relate(run, self._places.runs.get(run.info.run_id))
        if run.info.run_id not in self._logged:
            return
        run_id = self._places.runs[run.info.run_id]
        parent = run.data.tags.get(PARENT_RUN_ID, "")
        if self._places.runs.get(parent, parent) != parent:
            self._store.log_batch(run_id, tags=[Tag(PARENT_RUN_ID, self._places.runs[parent])])
        self._relate(run, run_id)
        if run.info.status is not RunStatus.RUNNING or run.info.end_time is not None:
            self._store.update_run(run_id, status=run.info.status, end_time=run.info.end_time)
        if differing := "; ".join(differences(self._source, run, self._target, self._places.models)):
            self.brought.problems.append(f"the run {run_id} is not what was brought, import again: {differing}")
            return
        is_deleted = run.info.lifecycle_stage is LifecycleStage.DELETED
        with self._into_trash(run_id) if is_deleted else nullcontext():
            self._store.delete_tag(run_id, UNFINISHED)

    @contextmanager
    def _into_trash(self, run_id: str) -> Iterator[None]:
        """Move a run to the trash after the block; if all is stopped before, the next import does it."""
        experiment_id = self._store.get_run(run_id).info.experiment_id
        self._store.set_experiment_tag(experiment_id, Tag(INTO_TRASH, run_id))
        yield
        self._store.delete_run(run_id)
        self._store.delete_experiment_tag(experiment_id, INTO_TRASH)

    def _relate(self, run: Run, run_id: str | None) -> None:
        """Say which logged models a run read and made, as far as it is not said there."""
        wanted = {each.model_id: None for each in run.inputs.model_inputs}
        steps = {each.model_id: each.step for each in run.outputs.model_outputs}
        if run_id is None or not (wanted or steps):
            return
        there = self._store.get_run(run_id)
        read = {each.model_id for each in there.inputs.model_inputs}
        made = {each.model_id for each in there.outputs.model_outputs}
        inputs = [ModelInput(model) for model in self._known(run, "read", wanted) if model not in read]
        outputs = [
            ModelOutput(model, step) for model, step in self._known(run, "made", steps).items() if model not in made
        ]
        if inputs:
            self._store.log_inputs(run_id, models=inputs)
        if outputs:
            self._store.log_outputs(run_id, outputs)

    def _known(self, run: Run, did: str, models: Mapping[str, T]) -> dict[str, T]:
        """What is said of those of some logged models that are in the store, by their ids there; others are told."""
        known = {}
        for model, said in models.items():
            there = self._models.find(model)
            if there is not None:
                known[there] = said
            else:
                self.brought.problems.append(
                    f"the run {run.info.run_id} {did} the logged model {model}, which is neither among what is "
                    "brought nor there already"
                )
        return known


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
