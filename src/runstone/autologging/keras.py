"""Autologging of Keras: ``fit`` of every model, on any backend."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models
from runstone.autologging.checkpoints import CheckpointOptions, Checkpoints, Place
from runstone.autologging.curves import Curves
from runstone.autologging.fits import Call, watched
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.patches import Patches

# Arguments of `fit` that are no params: data, and what is done besides.
_NO_PARAMS = ("self", "x", "y", "validation_data", "callbacks", "verbose")


class KerasOptions(CheckpointOptions, frozen=True, kw_only=True):
    """Choices for Keras.

    Attributes:
        log_every_epoch: Whether the metrics of each epoch are logged.
        log_every_n_steps: Log the metrics of each step that is a multiple of it as well; of none if ``None``.
    """

    log_every_epoch: bool = True
    log_every_n_steps: int | None = None


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
        InvalidValue: One of the tags breaks a rule, or a choice about checkpoints is none.
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
    book.params({f"optimizer_{name}": value for name, value in model.optimizer.get_config().items()})
    features, targets = given.get("x"), given.get("y")
    if hasattr(features, "shape"):
        boosters.log_data(book, features, targets)
    rows = models.some_rows(features) if book.options.log_models else None

    yield _observed(book, call, given.get("callbacks"))

    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    book.file("model_summary.txt").write_text("\n".join(lines) + "\n", "utf-8")
    with _random_numbers_kept():
        models.log(book, "keras", model, rows, lambda rows: model.predict(rows, verbose=0))


@contextmanager
def _random_numbers_kept() -> Iterator[None]:
    """Leave PyTorch's source of random numbers as it was: on that backend predicting draws from it."""
    import keras

    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    with torch.random.fork_rng(devices=[]):
        yield


def _observed(book: Logbook, call: Call, callbacks: Any) -> Call:
    """The call with a callback that tells of each epoch, unless the user has made a list of Keras's own."""
    from keras.callbacks import Callback, CallbackList

    assert isinstance(book.options, KerasOptions)
    options: KerasOptions = book.options
    epochs, steps = Curves(book, every=1), Curves(book, every=options.log_every_n_steps)
    book.at_end(epochs.close)
    if isinstance(callbacks, CallbackList):
        return call

    class Observer(Callback):  # type: ignore[misc]  # it is not in this environment
        seen = 0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if options.log_every_epoch:
                book.attempt(lambda: epochs.add(epoch, logs or {}))

    class StepObserver(Observer):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            del batch
            values = {f"batch_{name}": value for name, value in (logs or {}).items()}
            if self.seen % (options.log_every_n_steps or 1) == 0:
                book.attempt(lambda: steps.add(self.seen, values))
            self.seen += 1

    observer = Observer() if options.log_every_n_steps is None else StepObserver()
    others = [] if callbacks is None else list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
    return call.having(callbacks=[observer, *_keepers(book, options), *others])


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
            book.attempt(lambda: keep(Place(self.epoch, int(self.model.optimizer.iterations)), logs or {}, self.save))

        def save(self, path: Path) -> None:
            with _random_numbers_kept():
                (self.model.save_weights if options.checkpoint_save_weights_only else self.model.save)(path)

    class StepKeeper(Keeper):  # batches cost more where a callback is told of them
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            del batch
            self.look(checkpoints.after_step, logs)

    return [Keeper() if options.checkpoint_save_freq == "epoch" else StepKeeper()]


LIBRARY = Library("keras", ("keras",), ("keras",), ("3.5", "4"), _patch, KerasOptions)
