"""What cannot be pickled is named by the way to it, and nothing is written."""

import re
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from runstone.errors import InvalidValue
from runstone.flavors import pickles
from runstone.pyfunc import PythonModel, save_model

LOCK = threading.Lock()


class Holds(PythonModel):
    def __init__(self, part: Any) -> None:
        self.part = part

    def predict(self, context: Any, model_input: Any) -> Any:
        return model_input


class UsesGlobal(PythonModel):
    def predict(self, context: Any, model_input: Any) -> Any:
        with LOCK:
            return model_input


class Inner:
    def __init__(self, part: Any) -> None:
        self.deep = {"first": 1, "second": [0, part]}


def with_closure(lock: Any) -> Any:
    return lambda model_input: (lock, model_input)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Holds(threading.Lock()), "Holds.part, a lock"),
        (lambda: Holds(Inner(threading.Lock())), "Holds.part.deep['second'][1], a lock"),
        (lambda: Holds(sqlite3.connect(":memory:")), "Holds.part, a Connection"),
        (lambda: Holds(number for number in (1, 2)), "Holds.part, a generator"),
        (UsesGlobal, "UsesGlobal.predict uses LOCK, a lock"),
        (lambda: with_closure(threading.Lock()), "FunctionModel.func uses lock, a lock"),
    ],
)
def test_part_that_cannot_be_pickled_is_named(make: Any, place: str, tmp_path: Path) -> None:
    model = make()

    with pytest.raises(InvalidValue, match=re.escape(f"cannot be pickled, because of {place}: ") + ".*load_context"):
        save_model(str(tmp_path / "model"), python_model=model)
    assert list(tmp_path.iterdir()) == []

    if isinstance(model, Holds) and isinstance(model.part, sqlite3.Connection):
        model.part.close()


def test_open_file_is_named(tmp_path: Path) -> None:
    with (
        (tmp_path / "log.txt").open("w") as opened,
        pytest.raises(InvalidValue, match=r"because of Holds\.part, a TextIO"),
    ):
        save_model(str(tmp_path / "model"), python_model=Holds(opened))


def test_plain_pickle_names_it_too(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"because of Inner\.deep\['second'\]\[1\], a lock"):
        pickles.dump(Inner(threading.Lock()), tmp_path / "file.pkl", plain=True)
