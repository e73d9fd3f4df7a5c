"""Models of a user's own: a class made of ``PythonModel``, or a function."""

import inspect
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidValue, LocalFileNotFound
from runstone.flavors import pickles
from runstone.flavors.base import Predict, Saved
from runstone.flavors.calls import Call
from runstone.flavors.python_model import FunctionModel, PythonModel, PythonModelContext

_FILE = "python_model.pkl"


class PyfuncFlavor:
    """Keeps instances of ``PythonModel``, and functions."""

    name: ClassVar[str] = "pyfunc"
    argument: ClassVar[str] = "python_model"
    loader_module: ClassVar[str] = "mlflow.pyfunc.model"
    modules: ClassVar[tuple[str, ...]] = ("cloudpickle",)

    def accepts(self, model: object) -> bool:
        """Whether it is a ``PythonModel``, or a function."""
        return isinstance(model, PythonModel) or inspect.isroutine(model)

    def save(
        self,
        model: Any,
        folder: Path,
        *,
        artifacts: Mapping[str, str] | None = None,
        model_config: dict[str, Any] | None = None,
    ) -> Saved:
        """Write ``python_model.pkl``, and the files that the model needs.

        Args:
            model: The ``PythonModel``, or the function.
            folder: The model's folder.
            artifacts: Files and folders that the model reads, by the names it knows them by: their paths.
            model_config: Settings that the model finds as ``context.model_config``.

        Raises:
            InvalidValue: It is no such model, or cannot be pickled.
            LocalFileNotFound: A file is not there.
        """
        import cloudpickle

        ready = Custom(_made(model), PythonModelContext({}, model_config))
        pickles.dump(ready.model, folder / _FILE)
        config: dict[str, Any] = {} if model_config is None else {"config": model_config}
        if artifacts:
            config["artifacts"] = _packed(artifacts, folder)
        return Saved(
            flavor={},
            pyfunc={
                "cloudpickle_version": cloudpickle.__version__,
                "code": None,
                **config,
                "python_model": _FILE,
                "streamable": ready.is_streamable,
            },
            modules=pickles.modules(folder / _FILE),
            signature=ready.predict.signature,
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Always: such a model is code."""
        return f"{settings.get('python_model') or 'what it loads with'} is code"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The object, ready to predict."""
        artifacts = {name: str(folder / each["path"]) for name, each in (settings.get("artifacts") or {}).items()}
        context = PythonModelContext(artifacts, settings.get("config"))
        loaded = Custom(pickles.load(folder / settings.get("python_model", _FILE)), context)
        loaded.model.load_context(context)
        return loaded

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Calls ``predict``, or the function."""
        if isinstance(model, Custom):
            return model.predict
        return Custom(_made(model), PythonModelContext({}, settings.get("config"))).predict


class Custom:
    """A model of a user's own with its context.

    Attributes:
        model: The ``PythonModel``.
        context: What it was loaded with.
        is_streamable: Whether it answers bit by bit.
    """

    def __init__(self, model: Any, context: PythonModelContext) -> None:
        self.model = model
        self.context = context
        self.is_streamable = getattr(type(model), "predict_stream", None) is not PythonModel.predict_stream
        self.predict = Call(model.func if isinstance(model, FunctionModel) else model.predict, context)
        if self.is_streamable:
            self.predict_stream = Call(model.predict_stream, context)


def _packed(artifacts: Mapping[str, str], folder: Path) -> dict[str, dict[str, str]]:
    """Copy the files of a model; returns where each is, as ``MLmodel`` says it."""
    places = {}
    for number, (name, given) in enumerate(artifacts.items()):
        source = Path(given)
        if not source.exists():
            raise LocalFileNotFound(str(source))
        place = Path("artifacts") / source.resolve().name
        if (folder / place).exists():
            place = Path("artifacts") / str(number) / source.resolve().name
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, folder / place)
        else:
            shutil.copy2(source, folder / place)
        places[name] = {"path": place.as_posix(), "uri": str(given)}
    return places


def _made(model: Any) -> PythonModel:
    """A model as it is kept."""
    if isinstance(model, type):
        raise InvalidValue(f"python_model is an instance; got the class {model.__name__}: write {model.__name__}()")
    if isinstance(model, PythonModel):
        if type(model).predict is PythonModel.predict:
            raise InvalidValue(f"{type(model).__name__} has no method predict(context, model_input, params=None)")
        return model
    if callable(model):
        return FunctionModel(model)
    raise InvalidValue(
        f"python_model is an instance of a class made of runstone.pyfunc.PythonModel, or a function; got {shown(model)}"
    )
