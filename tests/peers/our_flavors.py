"""Models of each flavor by Runstone: its own are saved, and those of MLflow are loaded.

Run by a Python that has Runstone and the libraries; takes the steps of `passages.py` as JSON.
"""

import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from runstone.pyfunc import load_model
from tests.peers.flavor_examples import example, plain

warnings.simplefilter("ignore")


def save(folder: Path, names: list[str]) -> None:
    for name in names:
        made = example(name)
        answer = plain(made.native(made.model, made.rows))
        module = importlib.import_module(f"runstone.{made.flavor}")
        module.save_model(made.model, str(folder / name), input_example=made.rows, **made.ours)
        (folder / f"{name}.json").write_text(json.dumps(answer))


def load(folder: Path, names: list[str]) -> None:
    seen: dict[str, Any] = {}
    for name in names:
        made = example(name)
        place = str(folder / name)
        native = importlib.import_module(f"runstone.{made.flavor}").load_model(place)
        answer = plain(load_model(place).predict(made.rows))
        seen[name] = {"pyfunc": answer, "native": plain(made.native(native, made.rows))}
    (folder / "seen.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    for step, folder, names in json.loads(sys.argv[1]):
        {"save": save, "load": load}[step](Path(folder), names)
