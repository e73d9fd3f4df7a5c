"""Networks of PyTorch: layers of its own open without running code, a class of a user's own needs trust."""

import re
import threading
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.pytorch import PytorchFlavor
from runstone.flavors.saving import Extras
from runstone.models import example, manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2], "leaves": [5.0, 4.0, 7.0]}, dtype="float32")
FLAVOR = PytorchFlavor()


def layers() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Dropout(0.9), nn.Linear(4, 1)).eval()


class Own(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(2, 1)

    def forward(self, rows: Any) -> Any:
        return self.inner(rows)


class InFolders(FlavorCases):
    flavor = FLAVOR

    def main_file(self, folder: Path) -> Path:
        [file] = (folder / "data").glob("model.*")
        return file


class TestLayers(InFolders):
    needs = ("torch",)
    takes_arrays = False  # an array gives an array

    def example(self) -> tuple[Any, Any]:
        return layers(), ROWS


class TestOwnClass(InFolders):
    runs_code = True

    def example(self) -> tuple[Any, Any]:
        torch.manual_seed(0)
        return Own(), ROWS.to_numpy()


class TestGraph(InFolders):
    options: ClassVar[dict[str, Any]] = {"serialization_format": "pt2"}
    needs = ("numpy", "torch")
    runs_code = True

    def example(self) -> tuple[Any, Any]:
        return layers(), ROWS.to_numpy()

    def test_native_model_comes_back(self, made: Any) -> None:
        found = loading.load_native(self.flavor, made.folder, uri="here", trust=True)

        assert isinstance(found, nn.Module)
        assert found(torch.ones(7, 2)).shape == (7, 1)


def test_network_is_in_evaluation_when_it_is_loaded(tmp_path: Path) -> None:
    saving.save(FLAVOR, layers().train(), tmp_path / "model", Extras())

    loaded = loading.load(tmp_path / "model", uri="here", trust=False)

    np.testing.assert_array_equal(loaded.predict(ROWS.to_numpy("float64")), loaded.predict(ROWS.to_numpy("float32")))


def test_example_leaves_the_network_as_it_was_and_is_answered_as_a_loaded_one_answers(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5)).train()
    before = model[1].running_mean.clone()

    saving.save(FLAVOR, model, tmp_path / "model", Extras(input_example=ROWS))

    assert model.training
    assert torch.equal(model[1].running_mean, before)
    test = example.self_test(tmp_path / "model")
    assert test is not None
    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS)
    pd.testing.assert_frame_equal(test.expected, predicted)


def test_layers_of_ones_own_do_not_pass_for_those_of_the_library(tmp_path: Path) -> None:
    saving.save(FLAVOR, Own(), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    model.flavors["pytorch"]["weights_only"] = True
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"model\.pth"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)


class Evil:
    def __reduce__(self) -> Any:
        return (print, ("boo",))


def test_function_of_the_standard_library_does_not_pass_either(tmp_path: Path) -> None:
    saving.save(FLAVOR, layers(), tmp_path / "model", Extras())
    torch.save(Evil(), tmp_path / "model" / "data" / "model.pth")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"was said to hold layers of PyTorch alone, and names builtins\.print"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)


class Hook:
    """Would make every network of the process call a function."""

    def __reduce__(self) -> Any:
        return (torch.nn.modules.module.register_module_forward_hook, (torch.nn.functional.relu,))


def test_function_beside_the_layers_does_not_pass_either(tmp_path: Path) -> None:
    saving.save(FLAVOR, layers(), tmp_path / "model", Extras())
    torch.save(Hook(), tmp_path / "model" / "data" / "model.pth")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"names torch\.nn\.modules\.module\.register_module_forward_hook"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)

    assert not torch.nn.modules.module._global_forward_hooks


def test_functions_that_layers_call_are_let_in(tmp_path: Path) -> None:
    model = nn.TransformerEncoderLayer(2, 1, 2, activation=nn.functional.relu, batch_first=True).eval()
    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    loaded = loading.load_native(FLAVOR, tmp_path / "model", uri="s3://there", trust=False)

    rows = torch.ones(1, 3, 2)
    assert torch.equal(loaded(rows), model(rows))


def test_folder_of_mlflow_needs_trust(tmp_path: Path) -> None:
    saving.save(FLAVOR, layers(), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    del model.flavors["pytorch"]["weights_only"]
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(UntrustedModel, match="data holds a pickle, or a graph with expressions that are evaluated"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)


def test_graph_can_run_code_when_it_is_read(tmp_path: Path) -> None:
    """Why a graph needs trust: what stands in it as an expression is evaluated. If this fails, it may need none."""
    saving.save(FLAVOR, layers(), tmp_path / "model", Extras(input_example=ROWS.to_numpy()), serialization_format="pt2")
    file = tmp_path / "model" / "data" / "model.pt2"
    inner = {name: zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()}
    with zipfile.ZipFile(file, "w") as made:
        for name, content in inner.items():
            touch = f"__import__('pathlib').Path('{tmp_path}/ran').touch()".encode()
            made.writestr(name, re.sub(rb'"expr_str": "[^"]*"', b'"expr_str": "' + touch + b'"', content))
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"model\.pt2"):
        loading.load(tmp_path / "model", uri="here", trust=True)

    assert (tmp_path / "ran").exists()


@pytest.mark.filterwarnings("error")
def test_rows_that_nobody_may_write_to_are_taken(tmp_path: Path) -> None:
    predict = FLAVOR.predictor(layers(), {})

    assert predict(ROWS, None).shape == predict(ROWS.to_numpy(), None).shape == (3, 1)


def branching() -> Any:
    class Branching(nn.Module):
        def forward(self, rows: Any) -> Any:
            return rows if rows.sum() > 0 else -rows

    return Branching()


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (layers, {"serialization_format": "onnx"}, "serialization_format is one of pickle, pt2; got 'onnx'"),
        (layers, {"serialization_format": "pt2"}, "on an input_example; give one, an array"),
        (branching, {"serialization_format": "pt2", "example": ROWS.to_numpy()}, "torch.export cannot follow"),
    ],
)
def test_what_cannot_be_kept_is_refused(model: Any, options: dict[str, Any], message: str, tmp_path: Path) -> None:
    rows = options.pop("example", None)

    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, model(), tmp_path / "model", Extras(input_example=rows), **options)

    assert list(tmp_path.iterdir()) == []


def test_network_with_a_lock_is_refused(tmp_path: Path) -> None:
    model = Own()
    model.lock = threading.Lock()

    with pytest.raises(InvalidValue, match=r"the network cannot be pickled: .*; keep what cannot be pickled"):
        saving.save(FLAVOR, model, tmp_path / "model", Extras())


def test_network_of_more_than_a_tensor_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"gives a tensor; this one gave a builtins\.tuple"):
        FLAVOR.predictor(nn.LSTM(2, 3), {})(np.ones((1, 2), "float32"), None)


def test_network_is_told_by_its_class() -> None:
    assert resolve.of_model(layers()).name == "pytorch"
