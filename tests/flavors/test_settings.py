"""Whatever stands in ``MLmodel``, a model is loaded or refused in words."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runstone.errors import RunstoneError
from runstone.flavors import loading, resolve, saving
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import RUNSTONE, Model
from runstone.pyfunc import PythonModel, save_model
from tests.peers.flavor_examples import LIGHT

STRANGE: list[Any] = [3, ["a"], {"a": 1}, {"a": {"path": "../../text"}}, "../x", "no"]
# What nobody asks for when a model is loaded.
NOT_ASKED = {"env", "python_version", "cloudpickle_version", "streamable", "config"}
LOADER = """
class Answer:
    def predict(self, rows):
        return 1

def _load_pyfunc(path):
    return Answer()
"""


class Reads(PythonModel):
    def load_context(self, context: Any) -> None:
        self.text = Path(context.artifacts["text"]).read_text("utf-8")

    def predict(self, model_input: Any) -> Any:
        return self.text


def custom(folder: Path) -> None:
    save_model(str(folder), python_model=Reads(), artifacts={"text": "text"}, code_paths=["loader.py"], model_config={})


def script(folder: Path) -> None:
    save_model(str(folder), python_model="script.py")


def loader(folder: Path) -> None:
    save_model(str(folder), loader_module="loader", data_path="text", code_paths=["loader.py"])


def of_flavor(name: str) -> Callable[[Path], None]:
    def save(folder: Path) -> None:
        made = LIGHT[name]()
        saving.save(resolve.named(made.flavor), made.model, folder, Extras(), **made.ours)

    return save


MAKERS = {
    **{each.__name__: each for each in (custom, script, loader)},
    **{
        name: of_flavor(name)
        for name in ("sklearn_regression", "xgboost_estimator", "lightgbm_estimator", "catboost_json", "onnx_matrix")
    },
}


@pytest.fixture(params=sorted(MAKERS))
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("wheat")
    Path("loader.py").write_text(LOADER)
    Path("script.py").write_text("from runstone.models import set_model\nset_model(lambda model_input: model_input)\n")
    MAKERS[request.param](tmp_path / "model")
    return tmp_path / "model"


def spoiled(model: Model) -> Iterator[Model]:
    """The model with one setting after the other spoiled in each way."""
    for block, settings in model.flavors.items():
        for key in () if block == RUNSTONE else {*settings, "code", "artifacts"} - NOT_ASKED:
            for value in STRANGE:
                changed = copy.deepcopy(model)
                changed.flavors[block][key] = value
                yield changed


def test_strange_settings_are_refused_in_words(folder: Path) -> None:
    refused = 0

    for model in spoiled(Model.load(folder)):
        model.save(folder)
        manifest.write(folder)
        try:
            loading.load(folder, uri="here", trust=True)
        except RunstoneError:
            refused += 1

    assert refused > 10
