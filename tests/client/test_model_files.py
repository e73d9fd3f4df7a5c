"""What a model takes and gives is said after it was saved, and a request is tried before it is served."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.errors import InvalidValue, ModelChanged, SignatureMismatch, Unsupported
from runstone.models import (
    Model,
    ModelSignature,
    convert_input_example_to_serving_input,
    infer_signature,
    set_signature,
    sign_model,
    validate_serving_input,
    verify_model,
)
from runstone.pyfunc import PythonModel
from tests.models.keys import key_pair

ROWS = pd.DataFrame({"height": [1.0, 2.0, 3.0]})
SIGNATURE = infer_signature(ROWS.astype("Float64"), np.array([2.0]))


@pytest.fixture
def model() -> LinearRegression:
    return LinearRegression().fit(ROWS, [2.0, 4.0, 6.0])


def check_is_said(uri: str) -> None:
    assert runstone.models.get_model_info(uri).signature == SIGNATURE
    loaded = runstone.pyfunc.load_model(uri)  # compares each file with the manifest
    assert loaded.predict(ROWS) == pytest.approx([2.0, 4.0, 6.0])
    with pytest.raises(SignatureMismatch):
        loaded.predict(ROWS.rename(columns={"height": "width"}))


def test_signature_is_set_in_a_folder(model: LinearRegression) -> None:
    runstone.sklearn.save_model(model, "model")

    set_signature("model", SIGNATURE)

    check_is_said("model")
    assert "height" in Path("model/card.md").read_text()


@pytest.mark.usefixtures("chosen")
def test_signature_is_set_in_the_store(model: LinearRegression) -> None:
    with runstone.start_run() as run:
        first = runstone.sklearn.log_model(model, name="first", input_example=ROWS)
        second = runstone.sklearn.log_model(model, name="second")

    set_signature(first.model_uri, SIGNATURE)
    set_signature(f"runs:/{run.info.run_id}/second", SIGNATURE)

    check_is_said(first.model_uri)
    check_is_said(second.model_uri)


def test_signature_of_a_folder_of_mlflow_is_in_its_one_file(model: LinearRegression) -> None:
    runstone.sklearn.save_model(model, "model")
    for ours in ("manifest.json", "schema.json"):
        Path("model", ours).unlink(missing_ok=True)
    said = Model.load("model")
    del said.flavors["runstone"]
    said.save(Path("model"))
    before = {file.name for file in Path("model").iterdir()}

    set_signature("model", SIGNATURE)

    assert {file.name for file in Path("model").iterdir()} == before
    assert runstone.models.get_model_info("model").signature.inputs.input_names() == ["height"]


@pytest.mark.usefixtures("chosen")
def test_registered_version_gets_its_signature_by_the_logged_model(model: LinearRegression) -> None:
    logged = runstone.sklearn.log_model(model, name="line", registered_model_name="growth signed later")

    with pytest.raises(Unsupported, match="set the signature of the logged model"):
        set_signature("models:/growth signed later/1", SIGNATURE)

    set_signature(logged.model_uri, SIGNATURE)
    assert runstone.models.get_model_info("models:/growth signed later/1").signature == SIGNATURE


def test_signature_of_type_hints_stays() -> None:
    class Hinted(PythonModel):
        def predict(self, model_input: list[int]) -> list[int]:
            return model_input

    runstone.pyfunc.save_model("model", python_model=Hinted())

    with pytest.raises(Unsupported, match="change the hints and save the model again"):
        set_signature("model", SIGNATURE)


def test_signed_model_has_to_be_signed_again(model: LinearRegression, tmp_path: Path) -> None:
    private, public = key_pair(tmp_path, "ours")
    runstone.sklearn.save_model(model, "model")
    sign_model("model", private)

    with pytest.warns(UserWarning, match=r"'model' was signed by its owner as it was before: sign it again"):
        set_signature("model", SIGNATURE)

    assert not verify_model("model", quick=True, public_key=public).has_passed
    sign_model("model", private)
    assert verify_model("model", quick=True, public_key=public).has_passed


def test_changed_model_gets_no_signature(model: LinearRegression) -> None:
    runstone.sklearn.save_model(model, "model")
    Path("model/requirements.txt").write_text("other\n")

    with pytest.raises(ModelChanged, match=r"requirements.txt"):
        set_signature("model", SIGNATURE)


@pytest.mark.parametrize("wrong", [None, {"inputs": "[]"}])
def test_no_signature_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidValue, match="as infer_signature makes it; got"):
        set_signature("model", wrong)


@pytest.mark.parametrize("signature", [None, SIGNATURE])
@pytest.mark.parametrize(
    "request_body",
    [
        convert_input_example_to_serving_input(ROWS),
        '{"dataframe_records": [{"height": 1.0}, {"height": 2.0}, {"height": 3.0}]}',
        {"dataframe_split": {"columns": ["height"], "data": [[1.0], [2.0], [3.0]]}},
    ],
)
def test_request_is_answered_as_when_it_is_served(
    model: LinearRegression, signature: ModelSignature | None, request_body: Any
) -> None:
    runstone.sklearn.save_model(model, "model", signature=signature)

    assert validate_serving_input("model", request_body) == pytest.approx([2.0, 4.0, 6.0])


@pytest.mark.parametrize("kind", ["inputs", "instances"])
def test_lists_of_a_request_are_arrays_without_a_signature(kind: str) -> None:
    fitted = LinearRegression().fit([[1.0], [2.0]], [2.0, 4.0])
    runstone.sklearn.save_model(fitted, "model")

    assert validate_serving_input("model", {kind: [[3.0]]}) == pytest.approx([6.0])


def test_request_that_does_not_fit_the_signature_is_told(model: LinearRegression) -> None:
    runstone.sklearn.save_model(model, "model", signature=SIGNATURE)

    with pytest.raises(SignatureMismatch, match="height"):
        validate_serving_input("model", '{"dataframe_split": {"columns": ["width"], "data": [[1.0]]}}')
