"""Some experiments of a source alone."""

from collections.abc import Iterator, Sequence

from runstone.bridge.source import Files, Source
from runstone.entities import Experiment, LoggedModel, Metric, ModelVersion, RegisteredModel, Run
from runstone.errors import ExperimentNotFound


class Chosen:
    """Experiments of these names, and versions of registered models that were made of their runs and logged models.

    Does what ``Source`` says. Registered models are those of the runs and logged models that were told before, so ask
    for them last.

    Args:
        source: What has them, and maybe others.
        names: The names of the experiments.

    Raises:
        ExperimentNotFound: There is none of one of the names.
    """

    def __init__(self, source: Source, names: Sequence[str]) -> None:
        self.name = source.name
        self.problems = source.problems
        self._source = source
        self._names = frozenset(names)
        self._told: set[str] = set()
        found = {experiment.name for experiment in source.experiments()}
        for name in names:
            if name not in found:
                raise ExperimentNotFound(name, by="name")

    def experiments(self) -> Iterator[Experiment]:
        """The chosen experiments; all of a name, where one is in the trash."""
        return (experiment for experiment in self._source.experiments() if experiment.name in self._names)

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment."""
        for run in self._source.runs(experiment_id):
            self._told.add(run.info.run_id)
            yield run

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has."""
        return self._source.count_runs(experiment_id)

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run."""
        return self._source.metrics(run_id)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment."""
        for model in self._source.logged_models(experiment_id):
            self._told.add(model.model_id)
            yield model

    def registered_models(self) -> Iterator[RegisteredModel]:
        """Registered models with a version that was made of what is chosen."""
        return (model for model in self._source.registered_models() if any(self.model_versions(model.name)))

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model that were made of what is chosen."""
        for version in self._source.model_versions(name):
            if version.run_id in self._told or version.model_id in self._told:
                yield version

    def files(self, uri: str) -> Files:
        """The files below a URI."""
        return self._source.files(uri)

    def close(self) -> None:
        """Close the source."""
        self._source.close()
