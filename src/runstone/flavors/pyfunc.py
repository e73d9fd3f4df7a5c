"""Models of a user's own: a class made of ``PythonModel``, or a function."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidValue
from runstone.flavors import pickles, python_model
from runstone.flavors.base import Predict, Saved
from runstone.flavors.python_model import PythonModel, PythonModelContext

_FILE = "python_model.pkl"


class PyfuncFlavor:
    """Keeps instances of ``PythonModel``, and functions."""

    name: ClassVar[str] = "pyfunc"
    argument: ClassVar[str] = "python_model"
    loader_module: ClassVar[str] = "mlflow.pyfunc.model"
    modules: ClassVar[tuple[str, ...]] = ("cloudpickle",)

    def accepts(self, model: object) -> bool:
        """Whether it is a ``PythonModel``, or a function."""
        return isinstance(model, PythonModel) or inspect.isfunction(model)

    def save(self, model: Any, folder: Path, *, model_config: dict[str, Any] | None = None) -> Saved:
        """Write ``python_model.pkl``.

        Raises:
            InvalidValue: It is no such model, or cannot be pickled.
        """
        import cloudpickle

        if not self.accepts(model):
            raise InvalidValue(
                f"python_model is an instance of a class made of runstone.pyfunc.PythonModel, or a function; "
                f"got {type(model).__name__}"
            )
        cloudpickle.register_pickle_by_value(python_model)  # so that MLflow opens it without us
        try:
            pickles.dump(model, folder / _FILE)
        finally:
            cloudpickle.unregister_pickle_by_value(python_model)
        return Saved(
            flavor={},
            pyfunc={
                "cloudpickle_version": cloudpickle.__version__,
                "code": None,
                "config": model_config,
                "python_model": _FILE,
                "streamable": False,
            },
            modules=pickles.modules(folder / _FILE),
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Always: such a model is code."""
        return f"{settings.get('python_model') or 'what it loads with'} is code"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The object, ready to predict."""
        model = pickles.load(folder / settings.get("python_model", _FILE))
        artifacts = {name: str(folder / each["path"]) for name, each in (settings.get("artifacts") or {}).items()}
        context = PythonModelContext(artifacts, settings.get("config"))
        if not inspect.isfunction(model):
            model.load_context(context)
        return _Ready(model, context)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls ``predict``, or the function."""
        ready = model if isinstance(model, _Ready) else _Ready(model, PythonModelContext({}, None))
        return ready.predict


class _Ready:
    """A model with its context."""

    def __init__(self, model: Any, context: PythonModelContext) -> None:
        self.model = model
        self.context = context

    def predict(self, rows: Any, params: dict[str, Any] | None) -> Any:
        if inspect.isfunction(self.model):
            return self.model(rows)
        taken = inspect.signature(self.model.predict).parameters
        arguments = (self.context, rows) if "context" in taken else (rows,)
        return self.model.predict(*arguments, **({"params": params} if "params" in taken else {}))
