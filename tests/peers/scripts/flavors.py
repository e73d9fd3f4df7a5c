"""Models of each flavor by the genuine package: its own are saved, and ours are loaded.

Run by either version of MLflow; takes folders of libraries, and the steps of `passages.py`, both as JSON.
"""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow  # type: ignore[import-not-found]  # the genuine package is in an environment of its own

sys.path.insert(0, str(Path(__file__).parents[3]))
# Libraries that this environment does not have itself; last, so that what it has goes first.
sys.path.extend(json.loads(sys.argv.pop(1)))

from tests.peers.flavor_examples import example, plain

warnings.simplefilter("ignore")


def save(folder: Path, names: list[str]) -> None:
    for name in names:
        made = example(name)
        options = dict(made.theirs)
        if mlflow.__version__.startswith("2."):
            options.pop("serialization_format", None)
        module = importlib.import_module(f"mlflow.{made.flavor}")
        answer = plain(made.native(made.model, made.rows))
        # Requirements are given, for MLflow starts a process for each model to find them.
        module.save_model(
            made.model,
            str(folder / name),
            input_example=made.rows if made.shown else None,
            pip_requirements=[made.flavor],
            **options,
        )
        (folder / f"{name}.json").write_text(json.dumps(answer))


def load(folder: Path, names: list[str]) -> None:
    seen: dict[str, Any] = {}
    for name in names:
        made = example(name)
        place = str(folder / name)
        native = importlib.import_module(f"mlflow.{made.flavor}").load_model(place)
        loaded = mlflow.pyfunc.load_model(place)
        seen[name] = {
            "pyfunc": plain(loaded.predict(made.rows)),
            "native": plain(made.native(native, made.rows)),
            "signature": loaded.metadata.signature is not None,
            "example": plain(loaded.input_example) == plain(made.rows),
        }
    (folder / "seen.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    for step, folder, names in json.loads(sys.argv[1]):
        {"save": save, "load": load}[step](Path(folder), names)
