"""Models of ONNX, which predict by ONNX Runtime."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

from runstone.errors import InvalidValue
from runstone.flavors import loading, saving
from runstone.flavors.onnx import OnnxFlavor
from runstone.flavors.saving import Extras
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2], "leaves": [5.0, 4.0, 7.0]}, dtype="float32")
FLAVOR = OnnxFlavor()


def graph(
    inputs: dict[str, tuple[int, list[int | None]]],
    outputs: dict[str, tuple[int, list[int | None]]],
    *nodes: Any,
    weights: Any = (),
) -> Any:
    """A model with inputs of these types and shapes, and outputs of these types."""
    made = helper.make_graph(
        list(nodes),
        "sums",
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in outputs.items()],
        list(weights),
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def one_matrix(width: int = 1) -> Any:
    weights = numpy_helper.from_array(np.arange(2 * width, dtype="float32").reshape(2, width) + 1, "w")
    node = helper.make_node("MatMul", ["rows", "w"], ["sum"])
    kind = TensorProto.FLOAT
    return graph({"rows": (kind, [None, 2])}, {"sum": (kind, [None, width])}, node, weights=[weights])


def two_columns(kind: int = TensorProto.FLOAT) -> Any:
    inputs: dict[str, tuple[int, list[int | None]]] = {name: (kind, [None, 1]) for name in ("height", "leaves")}
    return graph(inputs, {"sum": (kind, [None, 1])}, helper.make_node("Add", ["height", "leaves"], ["sum"]))


class TestOneInput(FlavorCases):
    flavor = FLAVOR
    needs = ("onnx", "onnxruntime")
    takes_arrays = False  # an array gives a dict of arrays

    def example(self) -> tuple[Any, Any]:
        return one_matrix(), ROWS


class TestTensorsInADict(FlavorCases):
    flavor = FLAVOR

    def example(self) -> tuple[Any, Any]:
        return two_columns(), {name: ROWS[[name]].to_numpy() for name in ROWS}


def test_columns_go_to_the_inputs_of_their_names(tmp_path: Path) -> None:
    saving.save(FLAVOR, two_columns(), tmp_path / "model", Extras(input_example=ROWS))

    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS)

    pd.testing.assert_frame_equal(predicted, pd.DataFrame({"sum": ROWS["height"] + ROWS["leaves"]}))


def test_answers_of_more_than_a_column_come_as_arrays() -> None:
    answer = FLAVOR.predictor(one_matrix(width=3), {})(ROWS, None)

    assert {name: found.shape for name, found in answer.items()} == {"sum": (3, 3)}


def test_whole_numbers_and_longer_ones_are_taken_for_what_the_graph_wants() -> None:
    predict = FLAVOR.predictor(one_matrix(), {})

    answers = [predict(np.array([[1, 2]], dtype=kind), None)["sum"].tolist() for kind in ("int64", "float64")]

    assert answers == [[[5.0]], [[5.0]]]


def test_texts_reach_the_graph() -> None:
    node = helper.make_node("StringConcat", ["first", "last"], ["whole"])
    inputs: dict[str, tuple[int, list[int | None]]] = {name: (TensorProto.STRING, [None]) for name in ("first", "last")}
    model = graph(inputs, {"whole": (TensorProto.STRING, [None])}, node)
    model.opset_import[0].version = 20

    answer = FLAVOR.predictor(model, {})(pd.DataFrame({"first": ["win"], "last": ["ter"]}), None)

    assert answer["whole"].tolist() == ["winter"]


def test_model_of_scikit_learn_predicts_as_ever(tmp_path: Path) -> None:
    from skl2onnx import to_onnx

    fitted = LogisticRegression().fit(ROWS.to_numpy(), [1, 0, 1])
    model = to_onnx(fitted, ROWS.to_numpy(), target_opset=17)
    saving.save(FLAVOR, model, tmp_path / "model", Extras(input_example=ROWS.to_numpy()))

    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS.to_numpy())

    assert predicted["output_label"].tolist() == fitted.predict(ROWS.to_numpy()).tolist()


def test_long_tensors_go_into_a_file_of_their_own_and_stay_in_the_model(tmp_path: Path) -> None:
    model = one_matrix(width=2000)

    saving.save(FLAVOR, model, tmp_path / "split", Extras())
    saving.save(FLAVOR, model, tmp_path / "whole", Extras(), save_as_external_data=False)

    assert (tmp_path / "split" / "model.onnx.data").stat().st_size == 16_000
    assert not (tmp_path / "whole" / "model.onnx.data").exists()
    answers = [loading.load(tmp_path / place, uri="here", trust=False).predict(ROWS) for place in ("split", "whole")]
    np.testing.assert_array_equal(answers[0]["sum"], answers[1]["sum"])


def test_options_of_the_session_are_kept(tmp_path: Path) -> None:
    options = {
        "execution_mode": "sequential",
        "graph_optimization_level": 99,
        "intra_op_num_threads": 1,
        "extra_session_config": {"session.intra_op.allow_spinning": "0"},
    }

    saving.save(
        FLAVOR, one_matrix(), tmp_path / "model", Extras(input_example=ROWS),
        onnx_session_options=options, onnx_execution_providers=["CPUExecutionProvider"],
    )  # fmt: skip

    block = Model.load(tmp_path / "model").flavors["onnx"]
    assert block["onnx_session_options"] == options
    assert block["providers"] == ["CPUExecutionProvider"]
    assert loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS).shape == (3, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threads": 2}, "onnx_session_options are execution_mode, extra_session_config"),
        ({"execution_mode": "quick"}, "execution_mode is one of parallel, sequential; got 'quick'"),
        ({"execution_mode": []}, "execution_mode is one of parallel, sequential; got []"),
        ({"graph_optimization_level": "all"}, "graph_optimization_level of onnx_session_options cannot be 'all': "),
        ({"extra_session_config": 3}, "extra_session_config of onnx_session_options cannot be 3: "),
        ({"inter_op_num_threads": "two"}, "inter_op_num_threads of onnx_session_options cannot be 'two': "),
    ],
)
def test_unknown_option_of_the_session_is_refused(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, one_matrix(), tmp_path / "model", Extras(), onnx_session_options=options)


def test_model_that_breaks_the_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="breaks the rules of onnx"):
        saving.save(FLAVOR, onnx.ModelProto(), tmp_path / "model", Extras())


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[["height"]], "the model takes 'height', 'leaves', and 'leaves' is not there; got ['height']"),
        (ROWS.to_numpy(), "give a dict or a frame with these"),
        (ROWS.assign(leaves=["five", "four", "seven"]), "'leaves' takes values of type float; got"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        FLAVOR.predictor(two_columns(), {})(rows, None)


def test_numbers_with_fractions_are_not_cut_to_whole_ones() -> None:
    with pytest.raises(InvalidValue, match="'height' takes values of type int64; got float32"):
        FLAVOR.predictor(two_columns(TensorProto.INT64), {})(ROWS, None)
