"""What is logged of one fit: params, metrics, tags, data and files, each made such that a store takes it."""

import logging
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from runstone.autologging.guard import Attempt, Guard
from runstone.autologging.options import Options
from runstone.client.client import Client
from runstone.client.context import Open
from runstone.client.records import of_model
from runstone.client.runs import now_ms
from runstone.data import Dataset
from runstone.entities import DatasetInput, InputTag, Metric, Param, RunStatus, Tag
from runstone.entities.dataset import CONTEXT
from runstone.entities.names import MAX_KEY, MAX_PARAM_VALUE, writable
from runstone.entities.tag import PARENT_RUN_ID, USER

AUTOLOGGING = "mlflow.autologging"

_NOT_IN_A_NAME = re.compile(r"[^/\w.\- :]")
_MOST_ITEMS = 1000  # of a list that is written out as a param

_logger = logging.getLogger("runstone")


class Logbook:
    """Logs to the run of one fit.

    Attributes:
        options: What the user has chosen for the library.
        attempt: Does something of ours from a place that the library calls, which must never feel it.
        folder: Where files are put until the fit ends; ``None`` until there is one.
        last_step: The last step of the fit's curves, logged or not; ``None`` before the first.
    """

    def __init__(self, opened: Open, library: str, options: Options, guard: Guard) -> None:
        """Begin; nothing is logged yet.

        Args:
            opened: The run.
            library: The name of the library.
            options: What the user has chosen for it.
            guard: What stands around all that is done for the fit.
        """
        self._opened, self._library = opened, library
        self.options, self.attempt = options, guard.attempt
        self.folder: Path | None = None
        self.last_step: int | None = None
        self._last: list[Callable[[], object]] = []

    @property
    def client(self) -> Client:
        """What the run is logged through."""
        return self._opened.client

    @property
    def run_id(self) -> str:
        """The run."""
        return self._opened.run.info.run_id

    def params(self, values: Mapping[str, Any]) -> None:
        """Log params. Those that the run has with another value stay as they are, and a warning names them."""
        known = {**self._opened.run.data.params, **self._opened.journal.params}
        described = params(values)
        kept = [param.key for param in described if known.get(param.key, param.value) != param.value]
        new = [param for param in described if param.key not in known]
        if new:
            self._opened.client.log_batch(self.run_id, params=new)
        if kept and not self.options.silent:
            _logger.warning(
                "the run %s has other values of %s already, which stay: start a run for each fit to keep both",
                self.run_id,
                ", ".join(map(repr, kept[:5])) + (f" and {len(kept) - 5} more params" if len(kept) > 5 else ""),
            )

    def defaults(self, values: Mapping[str, Any]) -> None:
        """Log those params that the run does not have."""
        known = {**self._opened.run.data.params, **self._opened.journal.params}
        self.params({key: value for key, value in values.items() if name(key) not in known})

    def metrics(
        self, values: Mapping[str, float], step: int = 0, *, model_id: str | None = None, dataset: Dataset | None = None
    ) -> None:
        """Log metrics of one step.

        Args:
            values: By name.
            step: The step.
            model_id: The logged model whose metrics they are as well.
            dataset: What that was measured on.
        """
        points: Sequence[Metric] = _points(values, step)
        if model_id is not None:
            known = (dataset.name, dataset.digest) if dataset is not None else ()
            points = [of_model(point, model_id, *known) for point in points]
        self.points(points)

    def points(self, metrics: Sequence[Metric]) -> None:
        """Log values of metrics."""
        if metrics:
            self._opened.client.log_batch(self.run_id, metrics=metrics)

    def tags(self, values: Mapping[str, Any]) -> None:
        """Set tags."""
        if values:
            self._opened.client.log_batch(self.run_id, tags=[Tag(key, value) for key, value in values.items()])

    def input(self, dataset: Dataset, context: str) -> None:
        """Say what the fit reads.

        Args:
            dataset: The data.
            context: What it is read for: ``train`` or ``eval``.
        """
        self._opened.journal.log(datasets=[DatasetInput(tags=[InputTag(CONTEXT, context)], dataset=dataset.describe())])

    def file(self, file_name: str) -> Path:
        """Where a file is to be written that is stored with the run when the fit ends."""
        if self.folder is None:
            self.folder = Path(mkdtemp(prefix="runstone-"))
        return self.folder / file_name

    def child(
        self, values: Mapping[str, Any], metrics: Mapping[str, float], tags: Mapping[str, Any], *, name: str
    ) -> None:
        """Make a run that belongs to this one, and has ended.

        Args:
            values: Its params.
            metrics: Its metrics.
            tags: Its tags.
            name: Its name, for people.
        """
        run, client = self._opened.run, self._opened.client
        given = run.data.tags
        inherited = {key: given[key] for key in (USER, "mlflow.source.name", "mlflow.source.type") if key in given}
        all_tags = {**inherited, AUTOLOGGING: self._library, PARENT_RUN_ID: self.run_id, **tags}
        all_tags |= self.options.extra_tags or {}
        made = client.create_run(run.info.experiment_id, None, all_tags, writable(name))
        client.log_batch(made.info.run_id, metrics=_points(metrics, 0), params=params(values))
        client.set_terminated(made.info.run_id, RunStatus.FINISHED)

    def apart(self) -> Attempt:
        """A guard for what may fail, and end, without the rest of the fit."""
        return Guard(self._library, silent=self.options.silent).attempt

    def at_end(self, action: Callable[[], object]) -> None:
        """Do something when the fit has ended, well or not."""
        self._last.append(action)

    def end(self) -> None:
        """Do what was left for the end."""
        while self._last:
            self._last.pop()()

    def close(self) -> None:
        """Store the files."""
        if self.folder is not None:
            self._opened.client.log_artifacts(self.run_id, self.folder)

    def remove_folder(self) -> None:
        """Remove the files here, stored or not."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _points(values: Mapping[str, float], step: int) -> list[Metric]:
    now = now_ms()
    return [Metric(name(key), float(value), now, step) for key, value in values.items()]


def params(values: Mapping[str, Any]) -> list[Param]:
    """Values of any kind as params: their text, cut where it is longer than a store keeps.

    Example:
        >>> params({"C": 1.0, "a b(c)": None})
        [Param(key='C', value='1.0'), Param(key='a b_c_', value='None')]
    """
    return [Param(name(key), _text(value)) for key, value in values.items()]


def name(key: Any) -> str:
    """A name that a store takes: what cannot stand in one becomes an underscore."""
    text = _NOT_IN_A_NAME.sub("_", str(key))[:MAX_KEY].strip("/") or "_"
    parts = [part if part not in {"", ".", ".."} else "_" for part in text.split("/")]
    return "/".join(parts)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset | dict) and len(value) > _MOST_ITEMS:
        return f"a {type(value).__name__} of {len(value)} items"
    text = writable(str(value))
    return text if len(text) <= MAX_PARAM_VALUE else f"{text[: MAX_PARAM_VALUE - 3]}..."
