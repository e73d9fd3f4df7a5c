"""What every flavor must do: its models come back from their folder in another process and predict the same.

Make a class of ``FlavorCases`` in a test file, and pytest runs the cases::

    from runstone.testing.flavors import FlavorCases


    class TestMine(FlavorCases):
        flavor = MyFlavor()

        def example(self):
            return my_fitted_model(), my_rows()
"""

import pickle
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy
import pytest

from runstone.errors import InvalidModel, InvalidValue, ModelChanged, Unsupported, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.base import Flavor
from runstone.flavors.saving import Extras
from runstone.models import example as examples
from runstone.models import manifest
from runstone.models.format import MLMODEL, PYFUNC, RUNSTONE, Model

_PREDICT = """
import pickle, sys
from runstone.pyfunc import load_model

with open(sys.argv[2], "rb") as file:
    rows = pickle.load(file)
predicted = load_model(sys.argv[1]).predict(rows)
with open(sys.argv[3], "wb") as file:
    pickle.dump(predicted, file)
"""


@dataclass(frozen=True)
class Example:
    """A fitted model, rows, what it predicts from them, and the folder that it was saved to."""

    model: Any
    rows: Any
    predicted: Any
    folder: Path


class FlavorCases(ABC):
    """The cases.

    Attributes:
        flavor: The flavor.
        options: Options of its own to save with.
        needs: Names of the packages that the requirements of the example list besides pandas, all of them.
        runs_code: Whether opening the example runs code out of its files.
        takes_arrays: Whether it predicts from the values of a frame as from the frame.
    """

    flavor: ClassVar[Flavor]
    options: ClassVar[dict[str, Any]] = {}
    needs: ClassVar[tuple[str, ...] | None] = None
    runs_code: ClassVar[bool] = False
    takes_arrays: ClassVar[bool] = True

    @abstractmethod
    def example(self) -> tuple[Any, Any]:
        """A small fitted model, and rows to predict from."""

    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, tmp_path_factory: pytest.TempPathFactory) -> Example:
        """The example, saved once for all cases."""
        model, rows = cls().example()
        folder = tmp_path_factory.mktemp("flavor") / "model"
        predicted = cls().predicted(model, rows)
        saving.save(cls.flavor, model, folder, Extras(input_example=rows), **cls.options)
        return Example(model, rows, predicted, folder)

    @pytest.fixture
    def saved(self, made: Example, tmp_path: Path) -> Path:
        """A folder of the example that a case may spoil."""
        return Path(shutil.copytree(made.folder, tmp_path / "model"))

    def predicted(self, model: Any, rows: Any) -> Any:
        """What the example predicts before it is saved."""
        return self.flavor.predictor(model, {})(rows, None)

    def main_file(self, folder: Path) -> Path:
        """The file with the model itself."""
        settings = Model.load(folder).flavors[PYFUNC]
        return folder / str(settings.get("model_path") or settings.get("data") or settings.get("python_model"))

    def test_it_knows_its_models(self, made: Example) -> None:
        accepted = self.flavor.accepts(made.model)

        assert accepted
        assert not self.flavor.accepts({"no": "model"})

    def test_loaded_model_predicts_the_same(self, made: Example) -> None:
        loaded = loading.load(made.folder, uri="here", trust=True)

        assert_same(loaded.predict(made.rows), made.predicted)

    def test_another_process_predicts_the_same(self, made: Example, tmp_path: Path) -> None:
        (tmp_path / "rows").write_bytes(pickle.dumps(made.rows))

        files = [str(made.folder), str(tmp_path / "rows"), str(tmp_path / "out")]
        subprocess.run([sys.executable, "-c", _PREDICT, *files], check=True)

        assert_same(pickle.loads((tmp_path / "out").read_bytes()), made.predicted)

    def test_arrays_predict_as_frames_do(self, made: Example) -> None:
        rows = made.rows.to_numpy() if self.takes_arrays and hasattr(made.rows, "to_numpy") else made.rows

        predicted = self.flavor.predictor(made.model, {})(rows, None)

        assert_same(predicted, made.predicted)

    def test_native_model_comes_back(self, made: Example) -> None:
        found = loading.load_native(self.flavor, made.folder, uri="here", trust=True)

        assert type(found) is type(made.model)

    def test_it_is_found_by_what_it_saved(self, made: Example) -> None:
        saved = Model.load(made.folder)

        found = resolve.of_loader(self.flavor.loader_module) or resolve.native(saved)

        assert type(found) is type(self.flavor)

    def test_folder_says_what_it_holds(self, made: Example) -> None:
        found = Model.load(made.folder)

        assert found.flavors[PYFUNC]["loader_module"] == self.flavor.loader_module
        assert found.flavors[RUNSTONE]["flavor"] == self.flavor.name
        assert found.signature is not None
        assert found.signature.outputs is not None
        assert found.saved_input_example_info is not None

    def test_folder_has_what_the_example_gives(self, made: Example) -> None:
        kept = examples.self_test(made.folder)

        assert kept is not None
        assert_same(kept.expected, made.predicted)

    def test_folder_says_what_it_needs(self, made: Example) -> None:
        lines = (made.folder / "requirements.txt").read_text("utf-8").splitlines()

        names = {line.partition("==")[0] for line in lines}
        assert names
        assert all("==" in line for line in lines)
        assert "runstone" not in names
        if self.needs is not None:
            assert names - {"pandas"} == set(self.needs)

    def test_every_file_is_in_the_manifest(self, made: Example) -> None:
        found = manifest.check(made.folder)

        assert found is not None
        assert {"MLmodel", "requirements.txt"} <= {file.path for file in found.files}

    def test_code_runs_for_those_who_trust_alone(self, made: Example) -> None:
        if not self.runs_code:
            assert_same(loading.load(made.folder, uri="s3://there", trust=False).predict(made.rows), made.predicted)
            return
        with pytest.raises(UntrustedModel, match=r"'s3://there'.*trust=True"):
            loading.load(made.folder, uri="s3://there", trust=False)

    def test_other_models_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidValue, match=self.flavor.argument):
            saving.save(self.flavor, {"no": "model"}, tmp_path / "model", Extras())

        assert list(tmp_path.iterdir()) == []

    def test_missing_library_is_named(self, made: Example, monkeypatch: pytest.MonkeyPatch) -> None:
        if type(self.flavor).__module__.startswith(self.flavor.modules[0]):
            return  # a library that brings its flavor itself is there
        monkeypatch.setitem(sys.modules, self.flavor.modules[0], None)

        with pytest.raises(Unsupported, match=f"{self.flavor.modules[0]}.*install"):
            loading.load(made.folder, uri="here", trust=True)

    def test_changed_file_is_refused(self, saved: Path) -> None:
        with (saved / "requirements.txt").open("a") as file:
            file.write("more\n")

        with pytest.raises(ModelChanged, match="requirements"):
            loading.load(saved, uri="here", trust=True)

    def test_damaged_model_is_refused(self, saved: Path) -> None:
        place = self.main_file(saved)
        place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=place.name):
            loading.load(saved, uri="here", trust=True)

    def test_missing_file_is_named(self, saved: Path) -> None:
        place = self.main_file(saved)
        place.unlink()
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=place.name):
            loading.load(saved, uri="here", trust=True)

    def test_newer_layout_is_refused(self, saved: Path) -> None:
        text = (saved / MLMODEL).read_text("utf-8")
        (saved / MLMODEL).write_text(text.replace("format: 1\n", "format: 1000\n"), "utf-8")
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"layout 1000.*upgrade"):
            loading.load(saved, uri="here", trust=True)


def assert_same(found: Any, wanted: Any) -> None:
    """Two answers of a model are of the same kind, and equal in each value."""
    if isinstance(wanted, Mapping):
        assert found.keys() == wanted.keys()
        for name in wanted:
            assert_same(found[name], wanted[name])
        return
    assert type(found) is type(wanted)
    numpy.testing.assert_array_equal(numpy.asarray(found), numpy.asarray(wanted))
