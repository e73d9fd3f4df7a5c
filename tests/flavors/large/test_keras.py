"""Models of Keras 3, with PyTorch to compute."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.keras import KerasFlavor
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2], "leaves": [5.0, 4.0, 7.0]}, dtype="float32")
FLAVOR = KerasFlavor()


def dense(*more: Any) -> Any:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1), *more])


class TestKeras(FlavorCases):
    flavor = FLAVOR
    needs = ("keras", "torch")
    takes_arrays = False  # an array gives an array

    def example(self) -> tuple[Any, Any]:
        return dense(), ROWS

    def main_file(self, folder: Path) -> Path:
        return folder / "data" / "model.keras"


def test_model_is_of_keras_before_it_is_of_what_computes() -> None:
    assert resolve.of_model(dense()).name == "keras"


def test_layer_that_is_code_needs_trust(tmp_path: Path) -> None:
    model = dense(keras.layers.Lambda(lambda each: each * 2))
    wanted = model.predict(ROWS.to_numpy(), verbose=0)

    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    with pytest.raises(UntrustedModel, match="a layer of it is a function in its file"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)
    loaded = loading.load(tmp_path / "model", uri="here", trust=True)
    np.testing.assert_array_equal(loaded.predict(ROWS.to_numpy()), wanted)


def test_params_are_those_of_predict() -> None:
    predict = FLAVOR.predictor(dense(), {})

    assert predict(ROWS.to_numpy(), {"batch_size": 1}).shape == (3, 1)


def test_what_keras_cannot_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="keras cannot write the model"):
        saving.save(FLAVOR, dense(), tmp_path / "model", Extras(), save_model_kwargs={"zipped": True, "more": 1})


@pytest.mark.parametrize("backend", ["evil", None, ["torch"]])
def test_strange_backend_is_refused_before_keras_is_told(backend: Any, tmp_path: Path) -> None:
    saving.save(FLAVOR, dense(), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    model.flavors["keras"]["keras_backend"] = backend
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(
        InvalidModel, match="'keras_backend' of a model is one of jax, numpy, openvino, tensorflow, torch"
    ):
        loading.load(tmp_path / "model", uri="here", trust=True)
