"""A model is verified: its files, its environment, its answers."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.errors import InvalidModel
from runstone.flavors import saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.python_model import PythonModel
from runstone.flavors.saving import Extras
from runstone.models import example, manifest, requirements
from runstone.workers.verification import Outcome, verify

SPEC = Path(__file__).parents[2] / "spec" / "models"
ROWS = pd.DataFrame({"height": [1.0, 2.0, 3.0], "level": pd.Categorical(["a", "b", "a"])})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    model = LinearRegression().fit(ROWS[["height"]], [2.0, 4.0, 6.0])
    runstone.sklearn.save_model(model, str(tmp_path / "model"), input_example=ROWS[["height"]])
    return tmp_path / "model"


def outcomes(folder: Path, **options: Any) -> dict[str, tuple[str, list[str]]]:
    found = verify(folder, uri="the model", **{"quick": True, "trust": True, **options})
    return {check.name: (str(check.outcome), check.details) for check in found.checks}


def custom(folder: Path, model: PythonModel, **extras: Any) -> Path:
    saving.save(PyfuncFlavor(), model, folder, Extras(**extras))
    return folder


def test_model_that_is_as_it_was_passes_in_a_new_environment(saved: Path) -> None:
    found = runstone.models.verify_model(str(saved))

    assert found.has_passed
    assert [(check.name, check.outcome) for check in found.checks] == [
        ("files", Outcome.PASSED),
        ("environment", Outcome.PASSED),
        ("answers", Outcome.PASSED),
    ]
    assert found.checks[1].details[0].startswith("Python 3.")


def test_quick_look_makes_no_environment(saved: Path) -> None:
    found = outcomes(saved)

    assert found["environment"] == ("skipped", ["left out, as was wanted"])
    assert found["answers"] == ("passed", ["it answers its example as when it was saved"])


def test_changed_files_are_listed_and_nothing_runs(saved: Path) -> None:
    (saved / "requirements.txt").write_text("evil\n")
    (saved / "new").touch()
    (saved / "conda.yaml").unlink()

    found = outcomes(saved, quick=False)

    assert found["files"] == ("failed", ["conda.yaml is missing", "new was added", "requirements.txt was changed"])
    assert found["environment"][0] == found["answers"][0] == "skipped"
    assert not verify(saved, uri="the model", quick=True, trust=True).has_passed


def test_nothing_of_a_stranger_runs(saved: Path) -> None:
    found = outcomes(saved, trust=False)

    assert found["files"][0] == "passed"
    assert found["answers"][0] == "skipped"
    assert "comes from a place that is not yours" in found["answers"][1][0]


def test_other_answers_are_told(saved: Path) -> None:
    example.expect(saved, ROWS[["height"]], numpy.array([2.0, 4.0, 7.0]))
    manifest.write(saved)

    found = outcomes(saved)

    assert found["answers"][0] == "failed"
    assert found["answers"][1][0].startswith("row 2: ")


def test_lock_that_cannot_be_installed_is_told(saved: Path) -> None:
    (saved / requirements.LOCK).write_text("numpy==0.0.1\n")
    manifest.write(saved)

    found = outcomes(saved, quick=False)

    assert found["environment"][0] == "failed"
    assert "numpy" in found["environment"][1][0]
    assert found["answers"] == ("skipped", ["there is no environment to answer in"])


def test_failure_of_the_model_is_told(tmp_path: Path) -> None:
    here = os.getpid()

    class Once(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            if os.getpid() != here:
                raise RuntimeError("no longer")
            return model_input

    folder = custom(tmp_path / "model", Once(), input_example=ROWS)

    assert outcomes(folder)["answers"] == ("failed", ["RuntimeError: no longer"])


def test_model_without_an_example_is_loaded_and_has_no_answers(tmp_path: Path) -> None:
    class Same(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return model_input

    folder = custom(tmp_path / "model", Same())

    assert outcomes(folder)["answers"] == (
        "skipped",
        ["it can be loaded; it was saved without an example: give input_example="],
    )
    (folder / "python_model.pkl").write_bytes(b"")
    manifest.write(folder)
    assert outcomes(folder)["answers"][0] == "failed"


def test_folder_of_mlflow_answers_its_example_and_has_no_hashes_to_compare() -> None:
    for maker in ("mlflow-2", "mlflow-3"):
        found = outcomes(SPEC / maker / "sklearn" / "model")

        assert found["files"] == ("skipped", ["there is no manifest.json, as in folders that MLflow saved"])
        assert found["answers"] == ("passed", ["it answers its example; what it once answered was not kept"])


def test_damaged_example_of_mlflow_is_told(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SPEC / "mlflow-3" / "sklearn" / "model", tmp_path / "model"))
    for content in ("[", "\udcff"):
        (folder / example.INPUT).write_bytes(content.encode("utf-8", "surrogateescape"))

        with pytest.raises(InvalidModel, match=r"the example in '.*model' cannot be read: "):
            outcomes(folder)


def test_example_keeps_types_and_params(tmp_path: Path) -> None:
    class Plus(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return model_input.assign(height=model_input["height"] + (params or {}).get("by", 0))

    folder = custom(tmp_path / "model", Plus(), input_example=(ROWS, {"by": 2}))
    kept = example.self_test(folder)

    assert kept is not None
    pd.testing.assert_frame_equal(kept.data, ROWS)
    assert kept.params == {"by": 2}
    pd.testing.assert_frame_equal(kept.expected, ROWS.assign(height=ROWS["height"] + 2))
    assert outcomes(folder)["answers"][0] == "passed"


def test_answer_that_cannot_be_kept_is_left_out(tmp_path: Path) -> None:
    class Odd(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return {1, 2} if not isinstance(model_input, list) else [1]

    folder = custom(tmp_path / "model", Odd(), input_example={"a": 1}, signature=False)

    kept = example.self_test(folder)

    assert kept is not None
    assert not kept.is_answered


def test_damaged_example_is_told(saved: Path) -> None:
    for content in ("{}", "[", json.dumps({"data": {"kind": "frame", "part": 3}, "tables": []})):
        (saved / "example" / "typed-inputs.json").write_text(content)
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"the example in .* cannot be read"):
            outcomes(saved)


def test_manifest_that_is_missing_is_told(saved: Path) -> None:
    (saved / manifest.MANIFEST).unlink()

    assert outcomes(saved)["files"] == ("failed", ["there is no manifest.json, which Runstone wrote with the model"])
