"""Files with a module of a user's own that loads them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.errors import InvalidModel, InvalidValue, LocalFileNotFound, Unsupported
from runstone.models.format import Model
from runstone.pyfunc import add_to_model, load_model, save_model

ROWS = pd.DataFrame({"height": [1.0, 2.0]})
LOADER = """
from pathlib import Path


def _load_pyfunc(path):
    return Scaled(float(Path(path).read_text()))


class Scaled:
    def __init__(self, by):
        self.by = by

    def predict(self, rows, params=None):
        return rows * self.by * (params or {}).get("more", 1)
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "scaled.py").write_text(LOADER)
    (tmp_path / "by.txt").write_text("3")
    return tmp_path


def save(folder: Path, **options: Any) -> Path:
    given: dict[str, Any] = {
        "loader_module": "scaled",
        "data_path": str(folder / "by.txt"),
        "code_paths": [str(folder / "scaled.py")],
        **options,
    }
    save_model(str(folder / "model"), **given)
    return folder / "model"


def test_module_loads_the_files(files: Path) -> None:
    folder = save(files, input_example=(ROWS, {"more": 2}))

    loaded = load_model(str(folder))

    assert loaded.predict(ROWS)["height"].tolist() == [6.0, 12.0]
    assert loaded.predict(ROWS, params={"more": 1})["height"].tolist() == [3.0, 6.0]
    assert type(loaded.get_raw_model()).__name__ == "Scaled"
    with pytest.raises(Unsupported, match="made of no PythonModel"):
        loaded.unwrap_python_model()


def test_module_may_take_the_settings(files: Path) -> None:
    (files / "scaled.py").write_text(
        "def _load_pyfunc(path, model_config=None):\n    return Model(model_config)\n\n"
        "class Model:\n    def __init__(self, config):\n        self.config = config\n"
        "    def predict(self, rows):\n        return self.config\n"
    )

    folder = save(files, model_config={"depth": 2})

    assert load_model(str(folder)).predict(ROWS) == {"depth": 2}
    assert load_model(str(folder), model_config={"depth": 3}).predict(ROWS) == {"depth": 3}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loader_module": None}, "a model is either python_model, or loader_module with the files at data_path"),
        ({"python_model": len}, "a model is either python_model, or loader_module"),
        ({"loader_module": len}, "loader_module is the name of a module; got .*; write python_model=... for a model"),
        ({"loader_module": "nowhere_to_be_found"}, "cannot be imported: No module.*name its file in code_paths"),
        ({"loader_module": "json"}, r"loader_module 'json' has no function _load_pyfunc\(path\)"),
    ],
)
def test_what_cannot_load_is_refused(options: dict[str, Any], message: str, files: Path) -> None:
    with pytest.raises(InvalidValue, match=message):
        save(files, **options)

    assert not (files / "model").exists()


def test_absent_data_is_refused(files: Path) -> None:
    with pytest.raises(LocalFileNotFound, match="absent"):
        save(files, data_path=str(files / "absent"))


def test_module_that_gives_no_model_is_told(files: Path) -> None:
    (files / "scaled.py").write_text("def _load_pyfunc(path):\n    return path\n")

    with pytest.raises(
        InvalidValue, match=r"cannot be loaded from what was saved: scaled._load_pyfunc gives an object"
    ):
        save(files, input_example=ROWS)
    with pytest.raises(InvalidModel, match=r"scaled._load_pyfunc gives an object with a method predict; got '"):
        load_model(str(save(files)))


def test_folder_of_a_flavor_of_ones_own_predicts(files: Path) -> None:
    (files / "mine" / "code").mkdir(parents=True)
    (files / "mine" / "code" / "scaled.py").write_text(LOADER)
    (files / "mine" / "by.txt").write_text("4")
    model = add_to_model(Model(), "scaled", data="by.txt", code="code", python_env="python_env.yaml", kind="mine")
    model.save(files / "mine")

    loaded = load_model(str(files / "mine"))

    assert loaded.predict(ROWS)["height"].tolist() == [4.0, 8.0]
    assert loaded.metadata.flavors["python_function"]["env"] == {"virtualenv": "python_env.yaml"}
    assert loaded.metadata.flavors["python_function"]["kind"] == "mine"
