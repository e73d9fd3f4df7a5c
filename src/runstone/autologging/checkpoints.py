"""States of a network that are kept with the run while it trains."""

import json
import shutil
from collections.abc import Callable, Mapping
from math import inf, isfinite
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from msgspec import Struct

from runstone.autologging.logbook import Logbook
from runstone.autologging.options import Options
from runstone.entities.names import shown
from runstone.errors import InvalidValue

_FOLDER = "checkpoints"
_MODES = ("min", "max")


class CheckpointOptions(Options, frozen=True, kw_only=True):
    """Choices of libraries whose networks can be kept while they train.

    Attributes:
        checkpoint: Whether that is done.
        checkpoint_monitor: The metric that says which state is the best.
        checkpoint_mode: ``min`` where less of it is better, ``max`` where more is.
        checkpoint_save_best_only: Whether only the best state is kept, instead of all.
        checkpoint_save_weights_only: Whether the state of the optimizer is left out.
        checkpoint_save_freq: When a state is looked at: each ``epoch``, or after so many steps.
    """

    checkpoint: bool = True
    checkpoint_monitor: str = "val_loss"
    checkpoint_mode: str = "min"
    checkpoint_save_best_only: bool = True
    checkpoint_save_weights_only: bool = False
    checkpoint_save_freq: str | int = "epoch"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.checkpoint_mode not in _MODES:
            raise InvalidValue(f"checkpoint_mode is min or max; got {shown(self.checkpoint_mode)}")
        freq = self.checkpoint_save_freq
        if freq != "epoch" and (not isinstance(freq, int) or isinstance(freq, bool) or freq < 1):
            raise InvalidValue(f"checkpoint_save_freq is 'epoch' or a number of steps, at least 1; got {shown(freq)}")


class Place(Struct, frozen=True):
    """Where in a training a state is from.

    Attributes:
        epoch: The epoch, from zero.
        step: How many steps were made before it.
    """

    epoch: int
    step: int


class Checkpoints:
    """Keeps states of one training. Where that fails a warning says so, no more are kept, and all else is logged."""

    def __init__(self, book: Logbook, options: CheckpointOptions, suffixes: tuple[str, str]) -> None:
        """Begin.

        Args:
            book: That of the training.
            options: What the user has chosen.
            suffixes: How the files end: those of a whole state, and those of weights alone.
        """
        self._book, self._options, self._attempt = book, options, book.apart()
        self._suffix = suffixes[1] if options.checkpoint_save_weights_only else suffixes[0]
        self._best = inf if options.checkpoint_mode == "min" else -inf
        self._looked_at = 0
        self._is_measured, self._lacking = False, list[str]()
        book.at_end(lambda: self._attempt(self._tell_of_lack))

    def after_step(self, place: Place, metrics: Mapping[str, Any], save: Callable[[Path], object]) -> None:
        """Keep the state after a step, if it is one after which states are looked at.

        Args:
            place: Where it is from.
            metrics: What was measured by now.
            save: Writes it to a file.
        """
        freq = self._options.checkpoint_save_freq
        if isinstance(freq, int) and place.step % freq == 0 and place.step != self._looked_at:
            self._looked_at = place.step  # a step may be told of several times
            self._attempt(lambda: self._keep(place, metrics, save))

    def after_epoch(self, place: Place, metrics: Mapping[str, Any], save: Callable[[Path], object]) -> None:
        """The same after an epoch."""
        if self._options.checkpoint_save_freq == "epoch":
            self._attempt(lambda: self._keep(place, metrics, save))

    def _keep(self, place: Place, measured: Mapping[str, Any], save: Callable[[Path], object]) -> None:
        metrics = {key: float(value) for key, value in measured.items()}
        name, folder = "checkpoint", f"{_FOLDER}/epoch_{place.epoch}"
        if self._options.checkpoint_save_freq != "epoch":
            folder = f"{_FOLDER}/global_step_{place.step}"
        if self._options.checkpoint_save_best_only:
            if not self._is_best(metrics):
                return
            name, folder = "latest_checkpoint", _FOLDER
        made = Path(mkdtemp(prefix="runstone-"))
        try:
            save(made / f"{name}{self._suffix}")
            told = {key: value if isfinite(value) else str(value) for key, value in metrics.items()}
            told |= {"epoch": place.epoch, "global_step": place.step}
            (made / f"{name}_metrics.json").write_text(json.dumps(told, indent=1), "utf-8")
            self._book.client.log_artifacts(self._book.run_id, made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _is_best(self, metrics: Mapping[str, float]) -> bool:
        """Whether this is the best so far; no state is, where what it goes by was not measured, or is NaN."""
        value = metrics.get(self._options.checkpoint_monitor)
        if value is None:
            self._lacking = sorted(metrics)
            return False
        self._is_measured = True
        better = value < self._best if self._options.checkpoint_mode == "min" else value > self._best
        if better:
            self._best = value
        return better

    def _tell_of_lack(self) -> None:
        """Say that nothing was kept, where what was wanted was never measured; most trainings have no ``val_loss``."""
        monitor = self._options.checkpoint_monitor
        if self._lacking and not self._is_measured and monitor != CheckpointOptions().checkpoint_monitor:
            known = ", ".join(self._lacking)
            raise InvalidValue(
                f"no checkpoint was kept: checkpoint_monitor is {shown(monitor)}, and what is measured is {known}"
            )
