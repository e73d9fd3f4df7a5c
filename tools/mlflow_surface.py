"""The public functions of the genuine MLflow with their arguments, as ``spec/mlflow-surface.json`` holds them.

Run it with a Python that has MLflow, from outside of this repository's environment::

    python tools/mlflow_surface.py > spec/mlflow-surface.json

It imports nothing of this repository, and writes down facts only: names, kinds and defaults of arguments.
"""

import importlib
import inspect
import json
import sys
from collections.abc import Iterable
from typing import Any

Argument = dict[str, Any]


def main() -> int:
    """Print the surface as JSON."""
    mlflow = importlib.import_module("mlflow")
    artifacts = importlib.import_module("mlflow.artifacts")
    own = [name for name, thing in vars(artifacts).items() if getattr(thing, "__module__", "") == artifacts.__name__]
    surface = {
        "version": mlflow.__version__,
        "module": functions(mlflow, mlflow.__all__),
        "artifacts": functions(artifacts, own),
        "client": functions(mlflow.MlflowClient, dir(mlflow.MlflowClient)),
    }
    json.dump(surface, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


def functions(owner: Any, names: Iterable[str]) -> dict[str, list[Argument]]:
    """The arguments of each public function among these names of a module or a class."""
    return {
        name: arguments(getattr(owner, name))
        for name in sorted(set(names))
        if not name.startswith("_") and inspect.isfunction(getattr(owner, name, None))
    }


def arguments(function: Any) -> list[Argument]:
    """Name and kind of each argument in order, and its default where it has one; ``self`` is left out."""
    return [
        {"name": parameter.name, "kind": parameter.kind.name}
        | ({} if parameter.default is parameter.empty else {"default": plain(parameter.default)})
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self" and not parameter.name.startswith("_")  # what is private may go at any time
    ]


def plain(default: Any) -> Any:
    """A default as JSON has it: itself, or its text."""
    return default if default is None or type(default) in {bool, int, float, str} else str(default)


if __name__ == "__main__":
    sys.exit(main())
