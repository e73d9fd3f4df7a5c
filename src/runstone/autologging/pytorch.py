"""Autologging of PyTorch Lightning: ``Trainer.fit``, imported from ``lightning`` or from ``pytorch_lightning``."""

from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from runstone.autologging import boosters, models
from runstone.autologging.checkpoints import CheckpointOptions, Checkpoints, Place
from runstone.autologging.curves import Curves
from runstone.autologging.fits import Call, Choice, Watch, chosen
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook
from runstone.autologging.options import check_count
from runstone.autologging.patches import Patches


class PytorchOptions(CheckpointOptions, frozen=True, kw_only=True):
    """Choices for PyTorch Lightning.

    Attributes:
        log_every_n_epoch: Log the metrics of each epoch that is a multiple of it.
        log_every_n_step: Log the metrics of each such step as well; of none if ``None``.
    """

    log_every_n_epoch: int = 1
    log_every_n_step: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count("log_every_n_epoch", self.log_every_n_epoch)
        check_count("log_every_n_step", self.log_every_n_step)


def autolog(
    log_every_n_epoch: int = 1,
    log_every_n_step: int | None = None,
    log_models: bool = True,
    log_datasets: bool = True,
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
    log_model_signatures: bool = True,
) -> None:
    """Log every ``Trainer.fit`` of PyTorch Lightning from now on: params, the metrics of each epoch and the module.

    Args:
        log_every_n_epoch: Log the metrics of each epoch that is a multiple of it.
        log_every_n_step: Log the metrics of each such step as well; of none if ``None``.
        log_models: Whether the module is logged.
        log_datasets: Whether the run says what it was trained on, where that is a dataset of tensors.
        disable: ``True`` logs nothing any more, and puts Lightning's own function back.
        exclusive: Whether a fit within a run that you have started is not logged.
        disable_for_unsupported_versions: Whether a version of Lightning that is not tested is left alone.
        silent: Whether no warning is given either.
        registered_model_name: Name in the registry that each model becomes a version of.
        extra_tags: Tags of every run that is logged to.
        checkpoint: Whether states of the module are kept with the run while it trains.
        checkpoint_monitor: The metric that says which state is the best.
        checkpoint_mode: ``min`` where less of it is better, ``max`` where more is.
        checkpoint_save_best_only: Whether only the best state is kept, instead of all.
        checkpoint_save_weights_only: Whether the state of the optimizer is left out.
        checkpoint_save_freq: When a state is looked at: each ``epoch``, or after so many steps.
        log_model_signatures: Whether the module says what it takes and gives, where it trains on a dataset of tensors.

    Raises:
        InvalidValue: One of the tags breaks a rule, or a number or a choice about checkpoints is none.
    """
    LIBRARY.choose(**locals())


def _patch(library: Library, module: ModuleType, patches: Patches) -> None:
    if module.__name__ in {"lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer"}:
        patches.method(module.Trainer, "fit", chosen(library, _choose))


def _choose(call: Call) -> Watch | Choice:
    """What is logged of a call: all by the first process, where Lightning starts the whole script in several."""
    return _fit if call.args[0].is_global_zero else Choice.NOTHING


def _fit(book: Logbook, call: Call) -> Generator[Call, Any, None]:
    trainer, given = call.args[0], call.arguments()
    book.params({"epochs": trainer.max_epochs})
    rows = _log_data(book, given.get("train_dataloaders"))
    observer = Observer(book)
    trainer.callbacks.append(observer)
    try:
        yield call
    finally:
        if observer in trainer.callbacks:
            trainer.callbacks.remove(observer)
    module = trainer.lightning_module
    if trainer.is_global_zero and module is not None:
        if not observer.has_told:  # processes of their own may have trained
            observer.tell(trainer, trainer.current_epoch - 1)
        size = sum(each.numel() for each in module.parameters())
        book.file("model_summary.txt").write_text(f"{module}\n\n{size} parameters\n", "utf-8")
        models.log(book, "pytorch", module, rows, lambda rows: _answer(module, rows))


class Observer:
    """Among the callbacks of a trainer, and does nothing for most of what they are called for.

    In another process, where Lightning may train, it does nothing at all.

    Attributes:
        has_told: Whether it was told of any epoch.
    """

    state_key = "runstone.autolog"

    def __init__(self, book: Logbook) -> None:
        """Begin.

        Args:
            book: That of the fit.
        """
        self._book = book
        self.has_told = False
        self._measured: dict[str, Any] = {}
        assert isinstance(book.options, PytorchOptions)
        self._epochs = Curves(book, every=book.options.log_every_n_epoch)
        self._every_step = book.options.log_every_n_step
        self._steps = Curves(book, every=self._every_step)
        self._options = book.options
        self._checkpoints = Checkpoints(book, book.options, (".pth", ".weights.pth"))
        book.at_end(self._epochs.close)
        if self._every_step is not None:
            book.at_end(self._steps.close)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Absent, ()

    def __getattr__(self, hook: str) -> Any:
        if hook.startswith("__"):
            raise AttributeError(hook)
        return _nothing

    def on_train_start(self, trainer: Any, module: Any) -> None:
        """Log how it is optimized."""
        if trainer.is_global_zero:
            self._book.attempt(lambda: self._log_optimizer(trainer, module))

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        """Log the metrics of an epoch, those of its validation included."""
        del module
        if trainer.is_global_zero:
            self._book.attempt(lambda: self.tell(trainer, trainer.current_epoch))
            self._keep(trainer, self._checkpoints.after_epoch)

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        """Log the metrics of a step."""
        if self._options.checkpoint_save_freq != "epoch":
            self._keep(trainer, self._checkpoints.after_step)
        if self._every_step is not None and trainer.is_global_zero:
            self._book.attempt(lambda: self._tell_of_step(trainer))

    def _tell_of_step(self, trainer: Any) -> None:
        step = trainer.global_step
        if self._every_step is not None and step % self._every_step == 0:
            values = {key: float(value) for key, value in trainer.callback_metrics.items() if key.endswith("_step")}
            self._steps.add(step, values)

    def tell(self, trainer: Any, epoch: int) -> None:
        """Log what the trainer has measured since it was told last; it holds on to all that it ever measured."""
        self.has_told = True
        before, measured = self._measured, dict(trainer.callback_metrics)
        self._measured = measured
        per_step = self._every_step is not None
        self._epochs.add(
            epoch,
            {
                key: float(value)
                for key, value in measured.items()
                if value is not before.get(key) and not (per_step and key.endswith("_step"))
            },
        )

    def _keep(self, trainer: Any, keep: Callable[..., None]) -> None:
        """Keep the state of now; where several processes train, they would all have to write it."""

        def save(path: Path) -> None:
            trainer.save_checkpoint(path, weights_only=self._options.checkpoint_save_weights_only)

        if self._options.checkpoint and trainer.world_size == 1:
            keep(Place(trainer.current_epoch, trainer.global_step), trainer.callback_metrics, save)

    def _log_optimizer(self, trainer: Any, module: Any) -> None:
        if trainer.optimizers:
            optimizer = trainer.optimizers[0]
            self._book.params({"optimizer_name": type(optimizer).__name__, **optimizer.defaults})
        self._book.defaults(dict(module.hparams))


class _Absent:
    """What becomes of an ``Observer`` elsewhere."""

    state_key = Observer.state_key

    def __getattr__(self, hook: str) -> Any:
        if hook.startswith("__"):
            raise AttributeError(hook)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """What a callback does that has nothing to do."""


def _log_data(book: Logbook, loader: Any) -> Any:
    """Say what is trained on, where that is tensors; returns some rows of it."""
    from torch.utils.data import TensorDataset

    data = getattr(loader, "dataset", None)
    if not isinstance(data, TensorDataset):
        return None
    try:
        features, *others = (tensor.detach().cpu().numpy() for tensor in data.tensors)
    except TypeError:  # tensors of a type that NumPy has not, such as bfloat16
        return None
    boosters.log_data(book, features, others[0] if others else None)
    return models.some_rows(features) if book.options.log_models else None


def _answer(module: Any, rows: Any) -> Any:
    """What a module says of rows, and it is left as it was."""
    import torch

    trains = [(part, part.training) for part in module.modules()]
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            return module.eval()(torch.as_tensor(rows).to(module.device)).cpu().numpy()
    finally:
        for part, mode in trains:
            part.training = mode


LIBRARY = Library(
    "pytorch",
    ("lightning", "pytorch_lightning"),
    ("lightning", "pytorch-lightning"),
    ("2.4", "3"),
    _patch,
    PytorchOptions,
)
