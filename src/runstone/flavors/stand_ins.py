"""What a model's code finds under the name ``mlflow``: Runstone's things by MLflow's names.

So a model that was made with MLflow loads where MLflow is not installed. Where it is installed, it gives what Runstone
has not.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from runstone.errors import RunstoneError, Unsupported
from runstone.flavors.namespaces import Namespace
from runstone.flavors.python_model import FunctionModel, PythonModel, PythonModelContext

MLFLOW = "mlflow"
_RUNSTONE = __name__.partition(".")[0]

# Where ours are, if not at the same place.
_PLACES = {
    "mlflow": "",
    "mlflow.entities": "entities",
    "mlflow.exceptions": "errors",
    "mlflow.models": "models",
    "mlflow.models.model": "models",
    "mlflow.models.model_config": "models",
    "mlflow.models.signature": "models",
    "mlflow.pyfunc": "pyfunc",
    "mlflow.pyfunc.model": "flavors.python_model",
    "mlflow.tracking": "",
    "mlflow.types": "types",
    "mlflow.types.schema": "types.schema",
}

_NAMES: dict[tuple[str, str], Any] = {
    ("mlflow.exceptions", "MlflowException"): RunstoneError,
    ("mlflow.pyfunc.model", "_FunctionPythonModel"): FunctionModel,
}

# What a pickle calls these, which stand in a module of MLflow's.
OF_MLFLOW = {
    PythonModel: ("mlflow.pyfunc.model", "PythonModel"),
    PythonModelContext: ("mlflow.pyfunc.model", "PythonModelContext"),
    FunctionModel: ("mlflow.pyfunc.model", "_FunctionPythonModel"),
}

_made: dict[str, ModuleType] = {}


def module(name: str) -> ModuleType:
    """A module of MLflow's, by its full name.

    Raises:
        ModuleNotFoundError: Neither Runstone nor an installed MLflow has it.
    """
    if name in _made:
        return _made[name]
    if _ours(name) is not None:
        return _made.setdefault(name, _StandIn(name))
    if _is_installed():
        return importlib.import_module(name)
    raise ModuleNotFoundError(f"{name!r} is a module of MLflow, which is not installed; {_told(name)}", name=name)


def named(module_name: str, name: str) -> Any:
    """What a pickle means by a name in a module of MLflow's.

    Parts of MLflow that are its own affair, as the checks that it puts around ``predict``, are let in, but cannot be
    called: the functions inside them are taken out.

    Raises:
        ImportError: Neither Runstone nor an installed MLflow has the module.
        AttributeError: As for the module, and the name.
    """
    if (module_name, name) in _NAMES:
        return _NAMES[module_name, name]
    if name.startswith("_") or module_name.startswith("mlflow.pyfunc.utils"):
        return _placeholder(module_name, name)
    found: Any = module(module_name)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def namespace(folder: Path, code: str | None) -> Namespace:
    """A namespace for the code of a model, in which ours stand in for MLflow's.

    Args:
        folder: The model's folder.
        code: Where its code is, as seen from there; ``None`` for none.
    """
    return Namespace(folder / code if code else None, {MLFLOW: module})


class _StandIn(ModuleType):
    """A module of MLflow's with ours in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"What Runstone has of {name}.")
        self.__path__: list[str] = []

    def __getattr__(self, attribute: str) -> Any:
        name = self.__name__
        if (name, attribute) in _NAMES:
            return _NAMES[name, attribute]
        inner = f"{name}.{attribute}"
        if inner in _made or inner in _PLACES:
            return module(inner)
        found = getattr(_ours(name), attribute, _made)  # any object that can be no attribute
        if found is not _made:
            return module(inner) if isinstance(found, ModuleType) and _ours(inner) is not None else found
        if not attribute.startswith("__") and _is_installed():
            return getattr(importlib.import_module(name), attribute)
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}; {_told(name)}", name=attribute, obj=self)


def _ours(name: str) -> ModuleType | None:
    """The module of Runstone's that stands in for one of MLflow's."""
    inner = _PLACES.get(name, name.removeprefix("mlflow."))
    full = f"{_RUNSTONE}.{inner}" if inner else _RUNSTONE
    if name not in _PLACES and full not in sys.modules:
        return None
    return importlib.import_module(full)


def _placeholder(module_name: str, name: str) -> type:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise Unsupported(f"the model calls {module_name}.{name}, a part of MLflow that Runstone does not have")

    return type(name, (), {"__init__": refuse, "__module__": module_name})


def _is_installed() -> bool:
    return MLFLOW in sys.modules or find_spec(MLFLOW) is not None


def _told(name: str) -> str:
    return (
        f"Runstone stands in for {MLFLOW} in a model's code and has no such thing; "
        f"pip install {MLFLOW} if the model needs {name}"
    )
