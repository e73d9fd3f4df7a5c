"""A model that predicts in an environment of its own, which has what the model was saved with."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from runstone import environments
from runstone.config import WORKER_TIMEOUT
from runstone.entities.names import shown_address
from runstone.errors import Unsupported, UntrustedModel
from runstone.flavors import loading
from runstone.models.format import PYFUNC, Model
from runstone.models.predictor import PyFuncModel
from runstone.workers import start as first_file
from runstone.workers.needs import needs
from runstone.workers.process import Worker

_START = first_file.__file__


class WorkerModel(PyFuncModel):
    """A model in a process of its own: rows in, predictions out, as from any loaded model.

    The process ends with :meth:`close`, with the ``with`` block, or when nobody holds the model any more.
    """

    def __init__(self, model: Model, worker: Worker) -> None:
        super().__init__(model, worker, worker.predict)
        self._worker = worker

    def close(self) -> None:
        """End the process, also while another thread waits for an answer, and let go of files that were fetched."""
        self._worker.close()
        super().close()

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for some rows; the process checks them against the signature.

        Args:
            data: A frame of pandas or polars, an array, a dict or a list, as the signature says.
            params: Params of this call; those of the signature have defaults.

        Raises:
            InvalidState: The process has ended.
            InvalidValue: The data are of a kind that cannot be sent.
            PredictionFailed: The model's code failed.
            SignatureMismatch: The rows, or the params, are not what the signature says.
            WorkerFailed: The process ended, or took longer than ``RUNSTONE_WORKER_TIMEOUT``.
        """
        return self._worker.predict(data, params)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Generator[Any]:
        """Predictions one after the other; the process makes each when it is asked for.

        The arguments, and the errors, are those of :meth:`predict`; what the model's code raises may come with each.

        Raises:
            Unsupported: The model does not answer so.
        """
        return self._worker.predict_stream(data, params)

    def unwrap_python_model(self) -> NoReturn:
        """Not offered: the object is in the other process.

        Raises:
            Unsupported: Always.
        """
        raise Unsupported("the model is in a process of its own; load it without env='fresh' to have the object")

    def get_raw_model(self) -> NoReturn:
        """Not offered: the object is in the other process.

        Raises:
            Unsupported: Always.
        """
        self.unwrap_python_model()


def load(
    folder: Path, *, uri: str, trust: bool, model_config: str | Path | Mapping[str, Any] | None = None
) -> WorkerModel:
    """Load a model in an environment of its own, which is made if it is not there yet.

    Args:
        folder: The model's folder.
        uri: Where it came from, for messages.
        trust: Whether what it brings may run: its code, and the packages that it asks for.
        model_config: Settings of a model of a user's own that are to be others than it was saved with.

    Raises:
        InvalidValue: The model was saved without such a setting.
        InvalidModel: The folder is no model, or says not what it needs.
        ModelChanged: A file is not the one that was saved.
        UntrustedModel: It is not trusted.
        EnvironmentFailed: What it needs cannot be installed.
        WorkerFailed: The process ended, or took longer than ``RUNSTONE_WORKER_TIMEOUT``.
        PredictionFailed: Its code failed when it was loaded.
    """
    model = loading.read(folder)
    if not trust:
        raise UntrustedModel(uri, "env='fresh' installs the packages that it asks for")
    loading.configure(model, model_config)
    what = f"the model at {shown_address(uri)}"
    python = environments.environment(needs(model, folder, uri), what=what)
    config = None if model_config is None else model.flavors[PYFUNC]["config"]
    return start(model, folder, python, what=what, config=config)


def start(model: Model, folder: Path, python: Path, *, what: str, config: dict[str, Any] | None = None) -> WorkerModel:
    """Load a model in a process of its own.

    Args:
        model: What its file ``MLmodel`` says.
        folder: Its folder.
        python: The Python that runs it.
        what: Its name in messages.
        config: Settings in the place of those that it was saved with; ``None`` for those.

    Raises:
        WorkerFailed: The process ended, or took too long.
        PredictionFailed: The model's code failed when it was loaded.
    """
    command = [str(python), "-I", "-X", "utf8", _START, str(folder.resolve())]
    return WorkerModel(model, Worker(command, what=what, config=config, timeout=WORKER_TIMEOUT.get()))
