"""Models of each flavor by Runstone: its own are saved, and those of MLflow are loaded.

Run by a Python that has Runstone and the libraries; takes `save FOLDER NAMES` or `load FOLDER FILE NAMES`.
"""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from runstone.pyfunc import load_model
from tests.peers.flavor_examples import ALL, plain

warnings.simplefilter("ignore")


def save(folder: Path, names: list[str]) -> None:
    for name in names:
        example = ALL[name]()
        answer = plain(example.native(example.model, example.rows))
        module = importlib.import_module(f"runstone.{example.flavor}")
        module.save_model(example.model, str(folder / name), input_example=example.rows, **example.ours)
        (folder / f"{name}.json").write_text(json.dumps(answer))


def load(folder: Path, told: Path, names: list[str]) -> None:
    seen: dict[str, Any] = {}
    for name in names:
        example = ALL[name]()
        place = str(folder / name)
        native = importlib.import_module(f"runstone.{example.flavor}").load_model(place)
        answer = plain(load_model(place).predict(example.rows))
        seen[name] = {"pyfunc": answer, "native": plain(example.native(native, example.rows))}
    told.write_text(json.dumps(seen))


if __name__ == "__main__":
    if sys.argv[1] == "save":
        save(Path(sys.argv[2]), sys.argv[3:])
    else:
        load(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
