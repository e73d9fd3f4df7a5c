"""What goes into a bundle: an experiment, or some runs, with all that belongs to them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from runstone.bridge import bundle_format as layout
from runstone.bridge.copies import by_number, is_copy, named_by
from runstone.bridge.logged_models import has_files
from runstone.bridge.marks import LACKS_FILES, UNFINISHED
from runstone.bridge.places import Places
from runstone.bridge.source import Files
from runstone.bridge.store_source import StoreSource
from runstone.entities import (
    Experiment,
    LifecycleStage,
    LoggedModel,
    LoggedModelData,
    Metric,
    ModelVersion,
    RegisteredModel,
    Run,
    RunData,
    Tag,
)
from runstone.entities.tag import MODEL_HISTORY
from runstone.errors import InvalidState, InvalidValue, RunNotFound


class Folder(Struct, frozen=True):
    """The files of a run or a logged model.

    Attributes:
        name: Their folder in the bundle.
        whose: What they belong to, such as ``run 17``.
        uri: Where the source has them.
        has_some: Whether it is known that there are some.
        lacks_some: Whether an import could not bring all of them.
        is_unfinished: Whether an import has not finished what they belong to.
    """

    name: str
    whose: str
    uri: str
    has_some: bool
    lacks_some: bool
    is_unfinished: bool


class Selection:
    """Runs of some experiments, with the logged models that they made and the versions that were made of both.

    Whoever logs need not stop: runs that begin after these were asked for first are none of them.

    Args:
        source: Where they are.
        experiments: Their experiments, each with the runs that are wanted; all runs for ``None``.

    Raises:
        InvalidState: An experiment is in the trash.
    """

    def __init__(self, source: StoreSource, experiments: Sequence[tuple[Experiment, Sequence[Run] | None]]) -> None:
        self._source = source
        self._wanted = sorted(experiments, key=lambda each: int(each[0].experiment_id))
        self._places = Places()
        for experiment, _ in experiments:
            if experiment.lifecycle_stage is LifecycleStage.DELETED:
                raise InvalidState(
                    f"the experiment {experiment.name!r} is in the trash; take it out with `runstone experiments "
                    f"restore {experiment.experiment_id}` first"
                )

    @property
    def run_ids(self) -> list[str]:
        """Ids of the runs, sorted."""
        return sorted(self._folders_of_runs)

    def experiments(self) -> Iterator[Experiment]:
        """The experiments, without the places of their files."""
        for experiment, _ in self._wanted:
            yield replace(experiment, artifact_location="")

    def runs(self) -> Iterator[Run]:
        """The runs, without values of metrics; the places of their files are those in the bundle."""
        for run in self._runs():
            yield replace(
                run,
                info=replace(run.info, artifact_uri=layout.files_of_run(run.info.run_id)),
                data=RunData(param_list=run.data.param_list, tag_list=_without_lacks(run.data.tag_list)),
            )

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run."""
        return self._source.metrics(run_id)

    def logged_models(self) -> Iterator[LoggedModel]:
        """The logged models, with what these runs measured of them, and runs of experiments that are not here."""
        for model in self._models:
            metrics = [metric for metric in model.metrics if self._measures(metric.run_id)]
            yield replace(
                model,
                info=replace(
                    model.info,
                    artifact_uri=layout.files_of_model(model.model_id),
                    tag_list=_without_lacks(model.info.tag_list),
                ),
                data=LoggedModelData(params=model.data.params, metrics=metrics),
            )

    def registered_models(self) -> Iterator[RegisteredModel]:
        """The registered models that have a version here, with the aliases of these versions."""
        for model, versions in self._registered:
            numbers = {version.version for version in versions}
            aliases = [alias for alias in model.alias_list if alias.version in numbers]
            yield replace(model, latest_versions=[], alias_list=aliases)

    def model_versions(self) -> Iterator[ModelVersion]:
        """Versions of registered models that were made of these runs and logged models."""
        for run_id, folder in self._folders_of_runs.items():
            self._place(run_id, folder.uri, folder.name)
        for model in self._models:
            self._place(model.model_id, model.artifact_location, layout.files_of_model(model.model_id))
        here = by_number(version for _, versions in self._registered for version in versions)
        for version in here.values():
            is_alone = is_copy(version) and named_by(version) not in here
            found = self._source.placed(version) if is_alone else version
            yield replace(found, source=self._places.of_version(found))

    def folders(self) -> Iterator[Folder]:
        """The folders of files."""
        yield from self._folders_of_runs.values()
        for model in self._models:
            yield Folder(
                layout.files_of_model(model.model_id),
                whose=f"logged model {model.model_id}",
                uri=model.artifact_location,
                has_some=has_files(model),
                lacks_some=LACKS_FILES in model.tags,
                is_unfinished=UNFINISHED in model.tags,
            )

    def files(self, folder: Folder) -> Files:
        """The files of a folder."""
        return self._source.files(folder.uri)

    def _place(self, thing_id: str, uri: str, folder: str) -> None:
        self._places.folders[uri] = self._places.homes[thing_id] = folder

    @cached_property
    def _folders_of_runs(self) -> dict[str, Folder]:
        """The folder of each run's files, by its id; says once and for all which runs are meant."""
        return {
            run.info.run_id: Folder(
                layout.files_of_run(run.info.run_id),
                whose=f"run {run.info.run_id}",
                uri=run.info.artifact_uri,
                has_some=MODEL_HISTORY in run.data.tags,
                lacks_some=LACKS_FILES in run.data.tags,
                is_unfinished=UNFINISHED in run.data.tags,
            )
            for run in self._told_runs()
        }

    def _runs(self) -> Iterator[Run]:
        left = set(self._folders_of_runs)
        for run in self._told_runs():
            if run.info.run_id in left:
                left.remove(run.info.run_id)
                yield run
        for run_id in sorted(left):  # a server that counts its pages by offsets may have passed over one
            yield self._source.run(run_id)

    def _told_runs(self) -> Iterator[Run]:
        for experiment, runs in self._wanted:
            yield from self._source.runs(experiment.experiment_id) if runs is None else runs

    def _is_elsewhere(self, run: Run) -> bool:
        """Whether a run is of another experiment, where all runs of one are wanted."""
        return all(runs is None and run.info.experiment_id != each.experiment_id for each, runs in self._wanted)

    @cached_property
    def _measuring(self) -> dict[str, bool]:
        return dict.fromkeys(self.run_ids, True)

    @cached_property
    def _models(self) -> list[LoggedModel]:
        runs = set(self.run_ids)
        named = [run for _, wanted in self._wanted if wanted is not None for run in wanted]
        made = {output.model_id for run in named for output in run.outputs.model_outputs}
        return [
            model
            for experiment, wanted in self._wanted
            for model in self._source.logged_models(experiment.experiment_id)
            if model.source_run_id in runs
            or (model.model_id in made if wanted is not None else not self._is_of_later_run(model))
        ]

    def _measures(self, run_id: str) -> bool:
        """Whether values of logged models that a run measured belong to them here."""
        if run_id not in self._measuring:
            with suppress(RunNotFound):
                self._measuring[run_id] = self._is_elsewhere(self._source.run(run_id))
        return self._measuring.get(run_id, False)

    def _is_of_later_run(self, model: LoggedModel) -> bool:
        """Whether a logged model, made by none of the runs, was made by one that has begun since."""
        try:
            run = self._source.run(model.source_run_id) if model.source_run_id else None
        except RunNotFound:
            return False
        return run is not None and run.info.experiment_id == model.experiment_id

    @cached_property
    def _registered(self) -> list[tuple[RegisteredModel, list[ModelVersion]]]:
        runs = set(self.run_ids)
        models = {model.model_id for model in self._models}
        found = []
        for model in self._source.registered_models():
            versions = [
                version
                for version in self._source.model_versions(model.name)
                if version.run_id in runs or version.model_id in models
            ]
            if versions:
                found.append((model, versions))
        return found


def _without_lacks(tags: Iterable[Tag]) -> list[Tag]:
    """Tags without the mark of missing files: the bundle tells these itself, and whoever takes it marks them anew."""
    return [tag for tag in tags if tag.key != LACKS_FILES]


def of_experiment(source: StoreSource, experiment: Experiment) -> Selection:
    """The selection of an experiment with all its runs.

    Raises:
        InvalidState: It is in the trash.
    """
    return Selection(source, [(experiment, None)])


def of_runs(source: StoreSource, run_ids: Iterable[str]) -> Selection:
    """The selection of these runs.

    Raises:
        InvalidState: The experiment of one is in the trash.
        InvalidValue: None is named.
        RunNotFound: One is not there.
    """
    wanted = set(run_ids)
    if not wanted:
        raise InvalidValue("a bundle holds one run at least; name an experiment, or runs")
    by_experiment: dict[str, list[Run]] = {}
    for run_id in sorted(wanted):
        run = source.run(run_id)
        by_experiment.setdefault(run.info.experiment_id, []).append(run)
    return Selection(source, [(source.experiment(number), runs) for number, runs in by_experiment.items()])
