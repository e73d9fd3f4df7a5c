"""What every flavor must do: its models come back from their folder in another process and predict the same.

Make a class of ``FlavorCases`` in a test file, and pytest runs the cases::

    from runstone.testing.flavors import FlavorCases


    class TestMine(FlavorCases):
        flavor = MyFlavor()

        def example(self):
            return my_fitted_model(), my_rows()
"""

import pickle
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import numpy
import pytest

from runstone.errors import InvalidModel, ModelChanged
from runstone.flavors import loading, saving
from runstone.flavors.base import Flavor
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import PYFUNC, Model

_PREDICT = """
import pickle, sys
from runstone.pyfunc import load_model

with open(sys.argv[2], "rb") as file:
    rows = pickle.load(file)
predicted = load_model(sys.argv[1]).predict(rows)
with open(sys.argv[3], "wb") as file:
    pickle.dump(predicted, file)
"""


class FlavorCases(ABC):
    """The cases.

    Attributes:
        flavor: The flavor.
        options: Options of its own to save with.
    """

    flavor: ClassVar[Flavor]
    options: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def example(self) -> tuple[Any, Any]:
        """A small fitted model, and rows to predict from."""

    @pytest.fixture
    def saved(self, tmp_path: Path) -> Path:
        """The folder of the example, saved."""
        model, rows = self.example()
        saving.save(self.flavor, model, tmp_path / "model", Extras(input_example=rows), **self.options)
        return tmp_path / "model"

    def predicted(self, model: Any, rows: Any) -> Any:
        """What the example predicts before it is saved."""
        return self.flavor.predictor(model, {})(rows, None)

    def test_it_knows_its_models(self) -> None:
        model, _ = self.example()

        accepted = self.flavor.accepts(model)

        assert accepted
        assert not self.flavor.accepts({"no": "model"})

    def test_loaded_model_predicts_the_same(self, saved: Path) -> None:
        model, rows = self.example()

        predicted = loading.load(saved, uri=str(saved), trust=True).predict(rows)

        numpy.testing.assert_array_equal(numpy.asarray(predicted), numpy.asarray(self.predicted(model, rows)))

    def test_another_process_predicts_the_same(self, saved: Path, tmp_path: Path) -> None:
        model, rows = self.example()
        (tmp_path / "rows").write_bytes(pickle.dumps(rows))

        subprocess.run([sys.executable, "-c", _PREDICT, saved, tmp_path / "rows", tmp_path / "out"], check=True)

        predicted = pickle.loads((tmp_path / "out").read_bytes())
        numpy.testing.assert_array_equal(numpy.asarray(predicted), numpy.asarray(self.predicted(model, rows)))

    def test_native_model_comes_back(self, saved: Path) -> None:
        model, _ = self.example()

        found = loading.load_native(self.flavor, saved, uri=str(saved), trust=True)

        assert type(found) is type(model)

    def test_folder_says_what_it_holds(self, saved: Path) -> None:
        found = Model.load(saved)

        assert found.flavors[PYFUNC]["loader_module"] == self.flavor.loader_module
        assert found.signature is not None
        assert found.saved_input_example_info is not None

    def test_folder_says_what_it_needs(self, saved: Path) -> None:
        lines = (saved / "requirements.txt").read_text().splitlines()

        assert lines
        assert all("==" in line for line in lines)
        assert not any(line.startswith("runstone") for line in lines)

    def test_every_file_is_in_the_manifest(self, saved: Path) -> None:
        found = manifest.check(saved)

        assert found is not None
        assert {"MLmodel", "requirements.txt"} <= {file.path for file in found.files}

    def test_changed_file_is_refused(self, saved: Path) -> None:
        with (saved / "requirements.txt").open("a") as file:
            file.write("more\n")

        with pytest.raises(ModelChanged, match="requirements"):
            loading.load(saved, uri=str(saved), trust=True)

    def test_damaged_model_is_refused(self, saved: Path) -> None:
        place = saved / self.main_file(Model.load(saved))
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=place.name):
            loading.load(saved, uri=str(saved), trust=True)

    def main_file(self, model: Model) -> str:
        """The file with the model itself, as seen from its folder."""
        settings = model.flavors[PYFUNC]
        return str(settings.get("model_path") or settings.get("data") or settings.get("python_model"))
