"""Folders in which MLflow keeps experiments and runs, ``mlruns``, as a source; nothing in them is changed."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from runstone.artifacts import resolve
from runstone.artifacts.base import ArtifactRepository
from runstone.artifacts.local import LocalRepository
from runstone.bridge import mlflow_folder_models as models
from runstone.bridge.datasets import dataset
from runstone.bridge.fence import Fence
from runstone.bridge.mlflow_files import LARGEST_DATASET, Files, fields_of, number_of, text_of
from runstone.entities import (
    DatasetInput,
    Experiment,
    InputTag,
    LifecycleStage,
    LoggedModel,
    Metric,
    ModelInput,
    ModelOutput,
    ModelVersion,
    Param,
    RegisteredModel,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    Tag,
)
from runstone.entities.names import check_key
from runstone.entities.states import run_status
from runstone.entities.tag import RUN_NAME
from runstone.errors import InvalidValue, LocalFileNotFound

_TRASH = ".trash"
_EXPERIMENT = re.compile(r"\d+")
_RUN = re.compile("[0-9a-f]{32}")


def is_mlflow_folder(path: str | os.PathLike[str]) -> bool:
    """Whether MLflow keeps experiments in a folder."""
    return any((each / "meta.yaml").is_file() for each in Path(path).glob("[0-9]*")) or (Path(path) / _TRASH).is_dir()


class MlflowFolder:
    """A folder of MLflow 1, 2 or 3; does what ``Source`` says.

    Where the folder has been moved since, artifacts are found below it all the same. A file that cannot be read, or
    holds what MLflow never writes there, is told in ``problems``; the rest is read.

    Attributes:
        problems: What was left out, one sentence each.
    """

    def __init__(self, path: str | os.PathLike[str], allowed: Sequence[Path] = ()) -> None:
        """Open it.

        Args:
            path: The folder, often called ``mlruns``.
            allowed: Other folders below which files may be read.

        Raises:
            LocalFileNotFound: There is no such folder.
            InvalidValue: MLflow keeps no experiments in it.
        """
        self._root = Path(os.path.realpath(path))
        self.name = os.fspath(path)
        if not self._root.is_dir():
            raise LocalFileNotFound(self.name)
        if not is_mlflow_folder(self._root):
            raise InvalidValue(
                f"{self.name} is no folder of MLflow: wanted folders of experiments, such as 0/meta.yaml, found none"
            )
        self.problems: list[str] = []
        self._files = Files(self._root, self.problems)
        self._fence = Fence([self._root, *allowed])
        self._folders: dict[str, Path] = {}
        self._runs: dict[str, Path] = {}
        self._models: dict[str, Path] = {}

    def experiments(self) -> Iterator[Experiment]:
        """All experiments, by the time they were made; those in the trash too."""
        found: list[Experiment] = []
        parents = self._root, self._root / _TRASH
        for folder in [folder for parent in parents for folder in self._files.folders(parent, _EXPERIMENT)]:
            with self._files.telling(folder):
                experiment = self._experiment(folder)
                self._folders[experiment.experiment_id] = folder
                found.append(experiment)
        yield from sorted(found, key=lambda each: (each.creation_time, int(each.experiment_id)))

    def runs(self, experiment_id: str) -> Iterator[Run]:
        """Runs of an experiment, by id, without their metrics."""
        for folder in self._folders_of_runs(experiment_id):
            with self._files.telling(folder):
                run = self._run(folder, experiment_id)
                self._runs[run.info.run_id] = folder
                yield run

    def count_runs(self, experiment_id: str) -> int:
        """How many runs an experiment has."""
        return len(self._folders_of_runs(experiment_id))

    def metrics(self, run_id: str) -> Iterator[Metric]:
        """Every value of every metric of a run, by name of the metric, in the order in which they were logged."""
        for key, file in self._files.named(self._folder_of_run(run_id) / "metrics"):
            with self._files.telling(file):
                check_key("metric", key)
                yield from self._values(key, file)

    def _values(self, key: str, file: Path) -> Iterator[Metric]:
        for number, words in self._files.lines(file):
            with self._files.telling(f"{file}, line {number}"):
                yield _metric(key, words)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Logged models of an experiment, by id, but for deleted ones; none before MLflow 3."""
        for folder in self._files.folders(self._folder(experiment_id) / "models"):
            with self._files.telling(folder):
                model = models.logged_model(self._files, folder, experiment_id)
                if model is not None:
                    yield model

    def registered_models(self) -> Iterator[RegisteredModel]:
        """All registered models, by name."""
        for folder in self._files.folders(self._root / "models"):
            with self._files.telling(folder):
                model = models.registered_model(self._files, folder)
                self._models[model.name] = folder
                yield model

    def model_versions(self, name: str) -> Iterator[ModelVersion]:
        """Versions of a registered model, by number, but for deleted ones."""
        yield from models.versions(self._files, self._models[name])

    def files(self, uri: str) -> ArtifactRepository:
        """The files below a URI. Those that only a server could give raise ``InvalidValue``."""
        place = self._files.place(uri)
        if place is None:
            return resolve.repository(uri)
        self._fence.check(place)
        return LocalRepository(place)

    def close(self) -> None:
        """Nothing is open between two calls."""

    def _folder(self, experiment_id: str) -> Path:
        if not self._folders:
            list(self.experiments())
        return self._folders[experiment_id]

    def _folders_of_runs(self, experiment_id: str) -> list[Path]:
        return self._files.folders(self._folder(experiment_id), _RUN)

    def _folder_of_run(self, run_id: str) -> Path:
        if run_id not in self._runs:
            for experiment in self.experiments():
                list(self.runs(experiment.experiment_id))
        return self._runs[run_id]

    def _experiment(self, folder: Path) -> Experiment:
        meta = self._files.meta(folder)
        made = number_of(meta, "creation_time")
        return Experiment(
            experiment_id=folder.name,
            name=text_of(meta, "name"),
            artifact_location=text_of(meta, "artifact_location"),
            lifecycle_stage=LifecycleStage.DELETED if folder.parent.name == _TRASH else LifecycleStage.ACTIVE,
            creation_time=made,
            last_update_time=number_of(meta, "last_update_time") or made,
            tag_list=self._files.things(Tag, folder / "tags"),
        )

    def _run(self, folder: Path, experiment_id: str) -> Run:
        meta = self._files.meta(folder)
        ended = meta.get("end_time")
        info: dict[str, Any] = {} if ended is None else {"ended_at": number_of(meta, "end_time")}
        tags = self._files.things(Tag, folder / "tags")
        return Run(
            info=RunInfo(
                run_id=folder.name,
                run_uuid=folder.name,
                run_name=text_of(meta, "run_name") or next((tag.value for tag in tags if tag.key == RUN_NAME), ""),
                experiment_id=experiment_id,
                user_id=text_of(meta, "user_id"),
                status=run_status(meta.get("status", RunStatus.RUNNING)),
                start_time=number_of(meta, "start_time"),
                artifact_uri=text_of(meta, "artifact_uri"),
                lifecycle_stage=LifecycleStage(meta.get("lifecycle_stage", "active")),
                **info,
            ),
            data=RunData(
                param_list=self._files.things(Param, folder / "params"),
                tag_list=tags,
            ),
            inputs=self._inputs(folder),
            outputs=RunOutputs(
                model_outputs=[
                    ModelOutput(text_of(meta, "destination_id"), number_of(meta, "step"))
                    for meta in self._files.metas(folder / "outputs")
                ]
            ),
        )

    def _inputs(self, folder: Path) -> RunInputs:
        found = list(self._files.metas(folder / "inputs"))
        datasets = []
        for meta in found:
            if meta.get("source_type") == "DATASET":
                with self._files.telling(folder / "inputs"):
                    datasets.append(self._dataset(folder.parent, meta))
        return RunInputs(
            dataset_inputs=sorted(datasets, key=lambda each: (each.dataset.name, each.dataset.digest)),
            model_inputs=[
                ModelInput(model)
                for model in sorted(
                    {text_of(meta, "source_id") for meta in found if meta.get("source_type") == "MODEL"}
                )
            ],
        )

    def _dataset(self, experiment: Path, use: dict[str, Any]) -> DatasetInput:
        folder = experiment / "datasets" / Path(text_of(use, "source_id")).name
        meta = self._files.meta(folder, most=LARGEST_DATASET)
        return DatasetInput(
            tags=[InputTag(name, value) for name, value in sorted(fields_of(use, "tags").items())],
            dataset=dataset(
                *(text_of(meta, each) for each in ("name", "digest", "source_type")),
                tell=self._files.tell,
                **{each: text_of(meta, each) for each in ("source", "schema", "profile")},
            ),
        )


def _metric(key: str, words: list[str]) -> Metric:
    """A value of a metric from the words of its line: time, value, step, and name and digest of a dataset, if any.

    Raises:
        InvalidValue: It is the end of one line and the beginning of another, as a write that was cut off leaves them.
        ValueError: One of its words is no number.
    """
    if len(words) == 4:
        raise InvalidValue("it has 4 words, where a value has 2, 3 or more than 4; it was left out")
    if len(words) == 5 and words[4].isdecimal() and _is_number(words[3]):
        raise InvalidValue("it holds two values, or a part of one; it was left out")
    step = int(words[2]) if len(words) > 2 else 0  # MLflow 0.9 and before kept none
    return Metric(key, float(words[1]), int(words[0]), step)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
