"""Pipelines of Spark ML, in one session on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyspark
import pytest
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.base import Transformer
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import SQLTransformer, VectorAssembler
from pyspark.sql import SparkSession

from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import loading, resolve, saving
from runstone.flavors.saving import Extras
from runstone.flavors.spark import SparkFlavor, _session
from runstone.models import manifest
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9], "leaves": [5.0, 4.0, 7.0, 3.0]})
RIPE = [1.0, 0.0, 1.0, 0.0]
FLAVOR = SparkFlavor()
_LOAD = """
import sys
from runstone.errors import Unsupported
from runstone.pyfunc import load_model

try:
    load_model(sys.argv[1])
except Unsupported as error:
    print(error)
"""
VECTORS = {"inputCols": ["height", "leaves"], "outputCol": "features"}


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[SparkSession]:
    made = _session()
    yield made
    made.stop()


def pipeline() -> PipelineModel:
    stages = [VectorAssembler(**VECTORS), LogisticRegression(maxIter=3)]
    return Pipeline(stages=stages).fit(_session().createDataFrame(ROWS.assign(label=RIPE)))


@pytest.fixture(scope="module")
def fitted(session: SparkSession) -> PipelineModel:
    return pipeline()


class TestSpark(FlavorCases):
    flavor = FLAVOR
    needs = ("pyspark",)
    runs_code = True
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        return pipeline(), ROWS

    def main_file(self, folder: Path) -> Path:
        return next((folder / "sparkml" / "metadata").glob("part-*"))

    def test_damaged_model_is_refused(self, saved: Path) -> None:
        place = self.main_file(saved)
        place.write_bytes(place.read_bytes()[:20])
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"sparkml' cannot be read by spark: .*damaged"):
            loading.load(saved, uri="here", trust=True)

    def test_missing_file_is_named(self, saved: Path) -> None:
        (saved / "sparkml").rename(saved / "elsewhere")
        manifest.write(saved)

        with pytest.raises(InvalidModel, match=r"has no file .*sparkml"):
            loading.load(saved, uri="here", trust=True)


def test_answers_are_a_list_of_the_predictions(fitted: PipelineModel) -> None:
    assert FLAVOR.predictor(fitted, {})(ROWS, None) == RIPE


def test_model_is_found_by_itself(fitted: PipelineModel) -> None:
    assert resolve.of_model(fitted).name == "spark"


def test_single_stage_comes_back_as_a_pipeline_and_takes_lists(fitted: PipelineModel, tmp_path: Path) -> None:
    lists = pd.DataFrame({"features": ROWS.to_numpy().tolist()})

    saving.save(FLAVOR, fitted.stages[1], tmp_path / "my model", Extras(input_example=lists))

    native = loading.load_native(FLAVOR, tmp_path / "my model", uri="here", trust=True)
    assert isinstance(native, PipelineModel)
    assert loading.load(tmp_path / "my model", uri="here", trust=True).predict(lists) == RIPE


def test_prediction_of_another_name_is_the_answer(fitted: PipelineModel) -> None:
    model = PipelineModel([fitted.stages[0], fitted.stages[1].copy().setPredictionCol("ripe")])

    assert FLAVOR.predictor(model, {})(ROWS, None) == RIPE


def test_stage_that_only_transforms_answers_with_what_it_writes() -> None:
    answers = FLAVOR.predictor(VectorAssembler(**VECTORS), {})(ROWS, None)

    assert [list(each) for each in answers] == ROWS.to_numpy().tolist()


def test_stage_that_predicts_nothing_is_named() -> None:
    predict = FLAVOR.predictor(SQLTransformer(statement="SELECT height FROM __THIS__"), {})

    with pytest.raises(InvalidValue, match=r"SQLTransformer, the last stage, has no column of predictions"):
        predict(ROWS, None)


def test_arrays_are_refused(fitted: PipelineModel) -> None:
    with pytest.raises(InvalidValue, match=r"takes a frame of pandas; got a numpy\.ndarray"):
        FLAVOR.predictor(fitted, {})(ROWS.to_numpy(), None)


def test_pipeline_that_was_not_fitted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"got a pyspark\.ml\.pipeline\.Pipeline; call fit first"):
        saving.save(FLAVOR, Pipeline(stages=[]), tmp_path / "model", Extras())


def test_stage_that_spark_cannot_write_is_refused(tmp_path: Path) -> None:
    class Mine(Transformer):
        def _transform(self, dataset: Any) -> Any:
            return dataset

    with pytest.raises(InvalidValue, match=r"spark cannot write the model: .*Mine"):
        saving.save(FLAVOR, Mine(), tmp_path / "model", Extras())

    assert list(tmp_path.iterdir()) == []


def test_folder_of_mlflow_2_predicts_what_its_maker_said() -> None:
    place = Path(__file__).parents[3] / "spec" / "models" / "mlflow-2-spark"
    wanted = json.loads((place / "expected.json").read_text())

    found = loading.load(place / "model", uri="spec", trust=True).predict(pd.DataFrame(wanted["rows"]))

    assert found == wanted["predictions"]


def test_missing_java_is_named(fitted: PipelineModel, tmp_path: Path) -> None:
    saving.save(FLAVOR, fitted, tmp_path / "model", Extras())
    variables = {**os.environ, "JAVA_HOME": "/nowhere"}

    command = [sys.executable, "-c", _LOAD, str(tmp_path / "model")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)

    assert done.stdout.startswith(f"Spark {pyspark.__version__} could not start Java, which it runs in: install a Java")
