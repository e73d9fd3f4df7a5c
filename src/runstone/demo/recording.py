"""Logs trainings through the client, and remembers what was logged so that it can be verified."""

import getpass
import json
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runstone.client import model_logging
from runstone.client.client import Client
from runstone.client.model_logging import Entry
from runstone.demo.interruption import uninterrupted
from runstone.entities import LifecycleStage, Metric, Param, RunStatus
from runstone.entities.tag import NOTE, PARENT_RUN_ID, SOURCE_NAME, SOURCE_TYPE, USER
from runstone.errors import BackendUnavailable
from runstone.flavors.saving import Extras
from runstone.flavors.sklearn import SklearnFlavor

FAILURE = "failure.txt"


@dataclass(slots=True)
class LoggedRun:
    """What was logged to one run.

    Attributes:
        run_id: The run.
        name: Its name.
        experiment_id: Its experiment.
        status: How it ended.
        params: Params.
        metrics: Every value of each metric, in the order logged.
        files: SHA-256 of each artifact, by path.
        models: For each logged model rows, and what it predicted from them.
    """

    run_id: str
    name: str
    experiment_id: str
    status: RunStatus = RunStatus.RUNNING
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, list[Metric]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    models: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def last(self, metric: str) -> float:
        """The latest value of a metric."""
        return self.metrics[metric][-1].value


class Recorder:
    """Opens runs, and knows all of them; as a context manager it leaves none open when the block is broken off.

    Attributes:
        client: The handle that everything is logged through.
        runs: What was logged, in the order of the runs' starts.
    """

    def __init__(self, client: Client, tell: Callable[[str], None]) -> None:
        """Begin with no runs.

        Args:
            client: Where to log to.
            tell: Called with a sentence for each run that ends.
        """
        self.client = client
        self.runs: list[LoggedRun] = []
        self._tell = tell

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End the runs that were started, but not entered or not left."""
        for run in self.runs:
            if run.status is RunStatus.RUNNING:
                # Where the server is gone nothing can be said to it, and the error that is under way says more.
                with suppress(BackendUnavailable):
                    self.client.set_terminated(run.run_id, RunStatus.KILLED.value)

    def experiment(self, name: str, note: str) -> str:
        """The id of the experiment with this name; it is made if none in use has it.

        Args:
            name: The name.
            note: Markdown that stands on the page of an experiment that is made.
        """
        found = self.client.get_experiment_by_name(name)
        if found is not None and found.lifecycle_stage is LifecycleStage.ACTIVE:
            return found.experiment_id
        return self.client.create_experiment(name, tags={NOTE: note})

    def run(
        self, experiment_id: str, name: str, *, params: Mapping[str, Any], note: str, parent: str | None = None
    ) -> "Recording":
        """Start a run; as a context manager it ends with the block.

        Args:
            experiment_id: Its experiment.
            name: Its name.
            params: What it is trained with.
            note: Markdown that stands on its page.
            parent: Run that it is nested in.
        """
        tags = {NOTE: note, USER: getpass.getuser(), SOURCE_NAME: "runstone demo", SOURCE_TYPE: "LOCAL"}
        if parent is not None:
            tags[PARENT_RUN_ID] = parent
        with uninterrupted():  # or the server would have a run that nobody here knows
            made = self.client.create_run(experiment_id, run_name=name, tags=tags)
            logged = LoggedRun(made.info.run_id, name, experiment_id)
            self.runs.append(logged)
        recording = Recording(self.client, logged, self._tell)
        recording.params(params)
        return recording


class Recording:
    """One run that is being logged to.

    Attributes:
        logged: What was logged so far.
    """

    def __init__(self, client: Client, logged: LoggedRun, tell: Callable[[str], None]) -> None:
        self.logged = logged
        self._client = client
        self._tell = tell
        self._folder = Path()
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        """Make room for files."""
        self._folder = Path(tempfile.mkdtemp(prefix="runstone-demo-"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End the run: finished, failed with its traceback kept, or killed by Ctrl-C."""
        status = RunStatus.FINISHED
        if isinstance(error, Exception):
            status = RunStatus.FAILED
            self.text(FAILURE, "".join(traceback.format_exception(error)))
        elif error is not None:
            status = RunStatus.KILLED
        with uninterrupted():
            try:
                self._upload()
                self._client.set_terminated(self.logged.run_id, status.value)
                self.logged.status = status
            finally:
                shutil.rmtree(self._folder)
        self._tell(self._summary())

    def params(self, params: Mapping[str, Any]) -> None:
        """Log params."""
        made = [Param(key, value) for key, value in params.items()]
        self._client.log_batch(self.logged.run_id, params=made)
        self.logged.params |= {param.key: param.value for param in made}

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Log one value of each metric.

        Args:
            values: Value by name.
            step: Epoch, number of trees, or position on a path.
        """
        self._log([(step, values)])

    def curve(self, values: Iterable[Mapping[str, float]], *, first_step: int = 1) -> None:
        """Log several values of each metric at once, for what is known only when all has been trained.

        Args:
            values: Values by name, a step each.
            first_step: Step of the first ones.
        """
        self._log(list(enumerate(values, start=first_step)))

    def _log(self, steps: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        now = time.time_ns() // 1_000_000
        points = [Metric(key, float(value), now, step) for step, values in steps for key, value in values.items()]
        self._client.log_batch(self.logged.run_id, metrics=points)
        for point in points:
            self.logged.metrics.setdefault(point.key, []).append(point)

    def place(self, path: str) -> Path:
        """Where to write an artifact of this name; it is uploaded when the run ends."""
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def text(self, path: str, text: str) -> None:
        """Keep a text as an artifact."""
        self.place(path).write_text(text, encoding="utf-8")

    def json(self, path: str, value: Any) -> None:
        """Keep a value as an artifact in JSON."""
        self.text(path, json.dumps(value, indent=2))

    def model(self, model: Any, rows: Any) -> None:
        """Keep a trained model as a logged model.

        Args:
            model: A fitted scikit-learn estimator.
            rows: What it predicts from.
        """
        entry = Entry(name="model", run_id=self.logged.run_id, params=self.logged.params)
        extras = Extras(input_example=rows[:5])
        info = model_logging.log(self._client, self.logged.experiment_id, entry, SklearnFlavor(), model, extras)
        self.logged.models[info.model_id] = (rows, model.predict(rows))

    def _upload(self) -> None:
        files = sorted(file for file in self._folder.rglob("*") if file.is_file())
        for file in files:
            path = file.relative_to(self._folder)
            inside = path.parent.as_posix()
            self._client.log_artifact(self.logged.run_id, str(file), None if inside == "." else inside)
            self.logged.files[path.as_posix()] = sha256(file.read_bytes()).hexdigest()

    def _summary(self) -> str:
        seconds = time.monotonic() - self._begun
        values = {key: points[-1].value for key, points in self.logged.metrics.items()}
        shown = [f"{key} {values[key]:.4g}" for key in list(values)[-1:]]
        state = self.logged.status.value.lower()
        return f"{state:<9} {self.logged.name:<34} {seconds:4.1f} s  {', '.join(shown)}".rstrip()
