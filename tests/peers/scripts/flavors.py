"""Models of each flavor by the genuine package: its own are saved, and ours are loaded.

Run by either version of MLflow; takes `save FOLDER NAMES` or `load FOLDER FILE NAMES`.
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

from tests.peers.flavor_examples import ALL, plain

warnings.simplefilter("ignore")


def save(folder: Path, names: list[str]) -> None:
    for name in names:
        example = ALL[name]()
        options = dict(example.theirs)
        if mlflow.__version__.startswith("2."):
            options.pop("serialization_format", None)
        module = importlib.import_module(f"mlflow.{example.flavor}")
        answer = plain(example.native(example.model, example.rows))
        # Requirements are given, for MLflow starts a process for each model to find them.
        module.save_model(
            example.model,
            str(folder / name),
            input_example=example.rows if example.shown else None,
            pip_requirements=[example.flavor],
            **options,
        )
        (folder / f"{name}.json").write_text(json.dumps(answer))


def load(folder: Path, told: Path, names: list[str]) -> None:
    seen: dict[str, Any] = {}
    for name in names:
        example = ALL[name]()
        place = str(folder / name)
        native = importlib.import_module(f"mlflow.{example.flavor}").load_model(place)
        loaded = mlflow.pyfunc.load_model(place)
        seen[name] = {
            "pyfunc": plain(loaded.predict(example.rows)),
            "native": plain(example.native(native, example.rows)),
            "signature": loaded.metadata.signature is not None,
            "example": plain(loaded.input_example) == plain(example.rows),
        }
    told.write_text(json.dumps(seen))


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(Path(sys.argv[2]), sys.argv[3:])
    else:
        load(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
