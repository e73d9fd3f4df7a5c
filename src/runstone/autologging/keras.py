"""Autologging of Keras: ``fit`` of every model, on any backend."""

import random
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models
from runstone.autologging.checkpoints import CheckpointOptions, Checkpoints, Place
from runstone.autologging.curves import Curves
from runstone.autologging.fits import Call, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import check_count
from runstone.autologging.patches import Patches

# Arguments of `fit` that are no params: data, and what is done besides.
_NO_PARAMS = ("self", "x", "y", "sample_weight", "validation_data", "callbacks", "verbose")


class KerasOptions(CheckpointOptions, frozen=True, kw_only=True):
    """Choices for Keras.

    Attributes:
        log_every_epoch: Whether the metrics of each epoch are logged.
        log_every_n_steps: Log the metrics of each step that is a multiple of it as well; of none if ``None``.
    """

    log_every_epoch: bool = True
    log_every_n_steps: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("log_every_n_steps", self.log_every_n_steps)


def autolog(
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    log_models: bool = True,
    log_model_signatures: bool = True,
    log_datasets: bool = True,
    log_input_examples: bool = False,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: Mapping[str, Any] | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: str | int = "epoch",
) -> None:
    """Log every ``fit`` of a model of Keras from now on: params, the metrics of each epoch, a summary and the model.

    Args:
        log_every_epoch: Whether the metrics of each epoch are logged.
        log_every_n_steps: Log the metrics of each step that is a multiple of it as well; of none if ``None``.
        log_models: Whether the model is logged.
        log_model_signatures: Whether the model says what it takes and gives.
        log_datasets: Whether the run says what it was trained on.
        log_input_examples: Whether a few rows of the training data are kept with the model.
        disable: ``True`` logs nothing any more, and puts Keras's own function back.
        exclusive: Whether a fit within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of Keras that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.
        checkpoint: Whether states of the model are kept with the run while it trains.
        checkpoint_monitor: The metric that says which state is the best.
        checkpoint_mode: ``min`` where less of it is better, ``max`` where more is.
        checkpoint_save_best_only: Whether only the best state is kept, instead of all.
        checkpoint_save_weights_only: Whether the state of the optimizer is left out.
        checkpoint_save_freq: When a state is looked at: each ``epoch``, or after so many steps.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number or a choice about checkpoints is none.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    if module.__name__ == "keras":  # all of it is there then
        for kind in module.Model.__mro__:
            if "fit" in vars(kind):
                patches.method(kind, "fit", watched(library, _fit))
                return


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    model, given = call.args[0], call.arguments()
    book.params({name: value for name, value in given.items() if name not in _NO_PARAMS})
    optimizer = getattr(model, "optimizer", None)  # without one Keras refuses to fit
    if optimizer is not None:
        book.params({f"optimizer_{name}": value for name, value in optimizer.get_config().items()})
    features, targets = given.get("x"), given.get("y")
    rows = None
    if hasattr(features, "shape"):  # a list is of several inputs
        boosters.log_data(book, features, targets)
        rows = models.some_rows(features) if book.options.log_models else None

    yield _observed(book, call, given.get("callbacks"))

    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    book.file("model_summary.txt").write_text("\n".join(lines) + "\n", "utf-8")
    with _random_numbers_kept():
        models.log(book, "keras", model, rows, lambda rows: _answer(model, rows))


def _answer(model: Any, rows: Any) -> Any:
    """What a model says of rows, where no layer, and no source of random numbers, keeps what came of it."""
    import keras
    import numpy as np

    with keras.StatelessScope():
        return keras.tree.map_structure(keras.ops.convert_to_numpy, model(np.asarray(rows), training=False))


@contextmanager
def _random_numbers_kept() -> Iterator[None]:
    """Leave the sources of random numbers as they were.

    Layers that are made, as when a model is loaded, draw their seeds from Python's; on the backend of PyTorch what is
    computed may draw from the library's.
    """
    import keras

    state = random.getstate()
    with ExitStack() as kept:
        kept.callback(random.setstate, state)
        if keras.backend.backend() == "torch":
            import torch

            kept.enter_context(torch.random.fork_rng(devices=[]))
        yield


def _observed(book: Logbook, call: Call, callbacks: Any) -> Call:
    """The call with a callback that tells of each epoch, unless the user has made a list of Keras's own."""
    from keras.callbacks import Callback, CallbackList

    assert isinstance(book.options, KerasOptions)
    options: KerasOptions = book.options
    every = options.log_every_n_steps
    epochs, steps = Curves(book, every=1), Curves(book, every=every)
    book.at_end(epochs.close)
    if isinstance(callbacks, CallbackList):
        return call

    class Observer(Callback):  # type: ignore[misc]  # it is not in this environment
        seen = 0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if options.log_every_epoch:
                book.attempt(lambda: epochs.add(epoch, _numbers(logs)))

    class StepObserver(Observer):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            del batch
            if every is not None and self.seen % every == 0:
                book.attempt(
                    lambda: steps.add(self.seen, {f"batch_{key}": value for key, value in _numbers(logs).items()})
                )
            self.seen += 1

    observer = Observer() if every is None else StepObserver()
    others = [] if callbacks is None else list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
    return call.having(callbacks=[observer, *_keepers(book, options), *others])


def _numbers(logs: Mapping[str, Any] | None) -> dict[str, float]:
    """What Keras tells a callback: a metric with a number for each class becomes as many, by their places."""
    import keras

    found: dict[str, float] = {}
    for name, value in (logs or {}).items():
        numbers = keras.ops.convert_to_numpy(value).ravel().tolist()
        one = len(numbers) == 1
        found |= {name if one else f"{name}_{place}": float(number) for place, number in enumerate(numbers)}
    return found


def _keepers(book: Logbook, options: KerasOptions) -> list[Any]:
    """A callback that keeps states of the model, if that is wanted."""
    from keras.callbacks import Callback

    if not options.checkpoint:
        return []
    checkpoints = Checkpoints(book, options, (".keras", ".weights.h5"))

    class Keeper(Callback):  # type: ignore[misc]  # it is not in this environment
        epoch = 0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            del logs
            self.epoch = epoch

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            del epoch
            self.look(checkpoints.after_epoch, logs)

        def look(self, keep: Any, logs: Any) -> None:
            book.attempt(lambda: keep(self.place(), _numbers(logs), self.save))

        def place(self) -> Place:
            return Place(self.epoch, int(self.model.optimizer.iterations))

        def save(self, path: Path) -> None:
            with _random_numbers_kept():
                (self.model.save_weights if options.checkpoint_save_weights_only else self.model.save)(path)

    class StepKeeper(Keeper):  # batches cost more where a callback is told of them
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            del batch
            self.look(checkpoints.after_step, logs)

    return [Keeper() if options.checkpoint_save_freq == "epoch" else StepKeeper()]


LIBRARY = Library("keras", ("keras",), ("keras",), ("3.5", "4"), _patch, KerasOptions)
