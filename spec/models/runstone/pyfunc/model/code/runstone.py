"""Stands for Runstone in the code of a model, where MLflow alone is installed.

A model whose code imports ``runstone`` gets this file as ``code/runstone.py``, where MLflow finds it. It has MLflow's
things under our names; where Runstone is installed, it steps aside for it. Runstone itself never looks at it.
"""

import importlib
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from pathlib import Path

NAME = "runstone"
_MODULES = ("artifacts", "data", "models", "pyfunc", "sklearn", "types", "types.schema")


def _installed() -> ModuleSpec | None:
    here = Path(__file__).resolve().parent
    return PathFinder.find_spec(NAME, [place for place in sys.path if Path(place).resolve() != here])


def _stand_in() -> None:
    spec = _installed()
    if spec is not None and spec.loader is not None:
        sys.modules[NAME] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[NAME])
        return
    sys.modules[NAME] = importlib.import_module("mlflow")
    for name in _MODULES:
        sys.modules[f"{NAME}.{name}"] = importlib.import_module(f"mlflow.{name}")


if __name__ == NAME:
    _stand_in()
