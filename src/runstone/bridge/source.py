"""What things are brought from."""

from collections.abc import Iterator
from typing import Protocol

from runstone.artifacts.base import Pieces
from runstone.entities import (
    ArtifactPath,
    Experiment,
    FileInfo,
    LoggedModel,
    Metric,
    ModelVersion,
    RegisteredModel,
    Run,
)


class Files(Protocol):
    """Files that are only read; an ``ArtifactRepository`` is one."""

    def read(self, path: ArtifactPath) -> Pieces:
        """The bytes of a file.

        Raises:
            ArtifactNotFound: There is no such file.
        """
        ...

    def list(self, path: ArtifactPath = ArtifactPath()) -> list[FileInfo]:
        """What is in a folder, by path; paths are relative to the root. A folder that is not there is empty."""
        ...


class Source(Protocol):
    """Experiments, runs and registered models that are only read.

    Ids are the source's own. Things in the trash are told too, with their ``lifecycle_stage``. What a source has not,
    such as logged models before MLflow 3, it tells none of.

    Attributes:
        name: What it is called in messages; no password is in it.
        problems: What it holds and could not tell so far, and why, in one sentence each.
    """

    name: str
    problems: list[str]

    def experiments(self) -> Iterator[Experiment]:
        """All experiments, in the order in which they were made."""
        ...

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment with params, tags, inputs and outputs, by id. Their metrics may be left out."""
        ...

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has, found quicker than by reading them; some may turn out to be unreadable."""
        ...

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run, those of one metric together, read as they are asked for."""
        ...

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment, by id, but for deleted ones."""
        ...

    def registered_models(self) -> Iterator[RegisteredModel]:
        """All registered models, by name; their ``latest_versions`` may be left out."""
        ...

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model, by number; ``source`` is where the files are, as far as that is known."""
        ...

    def files(self, uri: str) -> Files:
        """The files below an ``artifact_uri`` that this source told.

        Raises:
            InvalidValue: Nobody knows the scheme of the URI.
            Unsupported: It needs an extra that is not installed.
        """
        ...

    def close(self) -> None:
        """Give back connections and files."""
        ...
