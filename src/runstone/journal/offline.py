"""Runs without a store: made here, kept in a folder of journals, and read back from it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from time import time
from uuid import uuid4

from msgspec import UNSET
from msgspec.structs import replace

from runstone.entities import (
    DatasetInput,
    Entry,
    Experiment,
    LifecycleStage,
    Metric,
    ModelInput,
    ModelOutput,
    Page,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
    RunStatus,
    Tag,
)
from runstone.entities.tag import RUN_NAME
from runstone.errors import ExperimentNotFound, RunNotFound, SchemaMismatch, Unsupported
from runstone.journal import folder as folders
from runstone.journal import reader
from runstone.journal.folder import RunFacts
from runstone.journal.needs_store import NeedsStore
from runstone.journal.offline_models import OfflineModels


class OfflineStore(OfflineModels, NeedsStore):
    """The verbs of a store of runs and logged models that need no other run: what a training script calls.

    Values are logged by ``RunJournal``. An experiment is known by its name alone: its id is ``offline:`` and the name,
    until the run is sent. All other verbs raise ``Unsupported``.
    """

    def __init__(
        self,
        within: Path,
        tracking_uri: str,
        begin: Callable[[RunFacts], None],
        name_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Prepare; nothing is made yet.

        Args:
            within: Folder of journals.
            tracking_uri: Where the runs will belong.
            begin: Makes the folder of a run with its journal, both at once: a folder without one, of a run that was
                made here, is taken for left behind.
            name_of: The name of the experiment with an id, where it is known; else an empty text.
        """
        self._within, self._uri, self._begin, self._name_of = within, tracking_uri, begin, name_of

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Sequence[Tag] = (),
        created_at: int | None = None,
    ) -> str:
        """The id that stands for an experiment of this name, which is made when the first of its runs is sent."""
        if artifact_location is not None or tags or created_at is not None:
            raise Unsupported("an experiment that is made offline has a name only; give it the rest when online")
        return folders.BY_NAME + name

    def get_experiment(self, experiment_id: str) -> Experiment:
        """What stands for an experiment.

        Raises:
            ExperimentNotFound: It is named neither by an id nor by ``offline:`` and a name.
        """
        name = experiment_id.removeprefix(folders.BY_NAME)
        if name == experiment_id and not name.isdecimal():
            raise ExperimentNotFound(experiment_id)
        return Experiment(
            experiment_id=experiment_id,
            name="Default" if name == folders.ALWAYS else name,
            artifact_location=str(self._within),
            lifecycle_stage=LifecycleStage.ACTIVE,
            last_update_time=0,
            creation_time=0,
        )

    def get_experiment_by_name(self, name: str) -> Experiment:
        """What stands for an experiment of this name."""
        return self.get_experiment(folders.BY_NAME + name)

    def create_run(
        self,
        experiment_id: str,
        *,
        user_id: str = "",
        start_time: int | None = None,
        run_name: str = "",
        tags: Sequence[Tag] = (),
        run_id: str | None = None,
    ) -> Run:
        """Make a run.

        Raises:
            JournalFull: The folder cannot be written.
        """
        run_id = run_id or uuid4().hex
        named = next((tag.value for tag in tags if tag.key == RUN_NAME), "")
        run_name = run_name or named or f"offline-{run_id[:8]}"
        number, name = self._id_and_name(experiment_id)
        facts = RunFacts(
            run_id=run_id,
            tracking_uri=folders.seen_from(self._within, self._uri),
            is_new=True,
            experiment_id=number,
            experiment_name=name,
            run_name=run_name,
            user_id=user_id,
            start_time=int(time() * 1000) if start_time is None else start_time,
            tags=[*(tag for tag in tags if tag.key != RUN_NAME), Tag(RUN_NAME, run_name)],
        )
        self._begin(facts)
        return self.get_run(run_id)

    def get_run(self, run_id: str) -> Run:
        """A run of this folder, with what was logged to it here.

        Raises:
            RunNotFound: The folder has no such run.
        """
        folder, facts = self._facts(run_id)
        params: dict[str, Param] = {}
        tags = {tag.key: tag for tag in facts.tags}
        latest: dict[str, Metric] = {}
        datasets: dict[tuple[str, str], DatasetInput] = {}
        read: dict[str, ModelInput] = {}
        made: dict[str, ModelOutput] = {}
        info = _info(folder, facts)
        for entry in _entries(folder):
            params |= {param.key: param for param in entry.params}
            tags |= {tag.key: tag for tag in entry.tags}
            tags.pop(entry.deleted_tag, None)
            if entry.run_name:
                tags[RUN_NAME] = Tag(RUN_NAME, entry.run_name)
            for given in entry.datasets or ():
                datasets.setdefault((given.dataset.name, given.dataset.digest), given)
            read = {model.model_id: model for model in entry.model_inputs or ()} | read
            made = {model.model_id: model for model in entry.model_outputs or ()} | made
            for metric in entry.metrics:
                known = latest.get(metric.key)
                if known is None or _order(metric) >= _order(known):
                    latest[metric.key] = Metric(metric.key, metric.value, metric.timestamp, metric.step)
            info = replace(
                info,
                status=entry.status or info.status,
                run_name=entry.run_name or info.run_name,
                ended_at=info.ended_at if entry.end_time is None else entry.end_time,
            )
        name = tags[RUN_NAME].value if RUN_NAME in tags else info.run_name
        data = RunData(
            metric_list=[latest[key] for key in sorted(latest)],
            param_list=[params[key] for key in sorted(params)],
            tag_list=[tags[key] for key in sorted(tags)],
        )
        return Run(
            info=replace(info, run_name=name),
            data=data,
            inputs=RunInputs(list(datasets.values()), list(read.values())),
            outputs=RunOutputs(list(made.values())),
        )

    def place_of_files(self, run_id: str) -> Path:
        """The folder in which the files of a run are kept.

        Raises:
            RunNotFound: The folder has no such run.
        """
        folder, _ = self._facts(run_id)
        return folder / folders.ARTIFACTS

    def metric_history(
        self,
        run_id: str,
        key: str,
        *,
        max_results: int | None = None,  # noqa: ARG002  # all are here
        page_token: str = "",  # noqa: ARG002
    ) -> Page[Metric]:
        """Every value of a metric that was logged here, by time, then step, then value."""
        folder, _ = self._facts(run_id)
        found = [metric for entry in _entries(folder) for metric in entry.metrics if metric.key == key]
        return Page(sorted(found, key=lambda metric: (metric.timestamp, metric.step, metric.value)), "")

    def _facts(self, run_id: str) -> tuple[Path, RunFacts]:
        folder = folders.run_folder(self._within, run_id)
        try:
            facts = folders.facts_of(folder)
        except SchemaMismatch:
            if (folder / folders.FACTS).exists():
                raise
            raise RunNotFound(run_id) from None
        if not facts.is_run:
            raise RunNotFound(run_id)
        return folder, facts


def _info(folder: Path, facts: RunFacts) -> RunInfo:
    return RunInfo(
        run_id=facts.run_id,
        run_uuid=facts.run_id,
        run_name=facts.run_name,
        experiment_id=folders.experiment_of(facts),
        user_id=facts.user_id,
        status=RunStatus.RUNNING,
        start_time=facts.start_time,
        ended_at=UNSET,
        artifact_uri=str(folder / folders.ARTIFACTS),
        lifecycle_stage=LifecycleStage.ACTIVE,
    )


def _entries(folder: Path) -> Iterator[Entry]:
    return chain.from_iterable(map(reader.entries_of, folders.journals_of(folder)))


def _order(metric: Metric) -> tuple[int, int, float]:
    return metric.step, metric.timestamp, metric.value
