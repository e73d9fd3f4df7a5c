"""A small fitted model of each flavor, its rows, and how its own library predicts: the same for us and for MLflow.

Imported by whichever Python runs, so it knows neither of the two.
"""

import atexit
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

# Keras asks this when it is imported; transformers fetch nothing; Spark's Java is ready sooner if it optimizes less.
os.environ |= {"KERAS_BACKEND": "torch", "HF_HUB_OFFLINE": "1", "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"}
ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9] * 6, "leaves": [5.0, 4.0, 7.0, 3.0] * 6})
GROWN = [1, 0, 1, 0] * 6
TREES: dict[str, Any] = {"n_estimators": 3, "max_depth": 2, "n_jobs": 1}


@dataclass(frozen=True)
class Example:
    """A model, what it predicts from, and how.

    Attributes:
        flavor: The flavor's name.
        model: The model.
        rows: What ``predict`` takes, and the example that is saved with it.
        native: How its library predicts from the rows.
        ours: Options to save with by Runstone.
        theirs: Options to save with by MLflow 3.
        shown: Whether MLflow saves the rows as an example; it fails for keras.
    """

    flavor: str
    model: Any
    rows: Any
    native: Callable[[Any, Any], Any] = lambda model, rows: model.predict(rows)
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] = field(default_factory=dict)
    shown: bool = True


def sklearn_regression() -> Example:
    from sklearn.linear_model import LinearRegression

    return Example("sklearn", LinearRegression().fit(ROWS, GROWN), ROWS)


def sklearn_probabilities() -> Example:
    from sklearn.linear_model import LogisticRegression

    options = {"pyfunc_predict_fn": "predict_proba", "serialization_format": "cloudpickle"}
    model = LogisticRegression().fit(ROWS, GROWN)
    return Example("sklearn", model, ROWS, lambda model, rows: model.predict_proba(rows), ours=options, theirs=options)


def xgboost_estimator() -> Example:
    import xgboost

    return Example("xgboost", xgboost.XGBClassifier(**TREES).fit(ROWS, GROWN), ROWS)


def xgboost_booster() -> Example:
    import xgboost

    model = xgboost.train({"max_depth": 2}, xgboost.DMatrix(ROWS, GROWN), num_boost_round=3)
    options = {"model_format": "json"}
    return Example(
        "xgboost", model, ROWS, lambda model, rows: model.predict(xgboost.DMatrix(rows)), ours=options, theirs=options
    )


def lightgbm_estimator() -> Example:
    import lightgbm

    return Example("lightgbm", lightgbm.LGBMRegressor(min_child_samples=1, verbose=-1, **TREES).fit(ROWS, GROWN), ROWS)


def lightgbm_booster() -> Example:
    import lightgbm

    params = {"objective": "binary", "min_child_samples": 1, "verbose": -1, "num_threads": 1}
    return Example("lightgbm", lightgbm.train(params, lightgbm.Dataset(ROWS, GROWN), num_boost_round=3), ROWS)


def catboost_classifier() -> Example:
    import catboost

    options: dict[str, Any] = {"iterations": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
    return Example("catboost", catboost.CatBoostClassifier(**options).fit(ROWS, GROWN), ROWS)


def catboost_json() -> Example:
    import catboost

    options: dict[str, Any] = {"iterations": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
    model = catboost.CatBoostRegressor(**options).fit(ROWS, GROWN)
    return Example("catboost", model, ROWS, ours={"format": "json"}, theirs={"format": "json"})


def statsmodels_regression() -> Example:
    import statsmodels.api

    return Example("statsmodels", statsmodels.api.OLS(GROWN, ROWS.to_numpy()).fit(), ROWS.to_numpy())


def statsmodels_series() -> Example:
    from statsmodels.tsa.arima.model import ARIMA

    def native(model: Any, rows: Any) -> Any:
        return model.predict(start=rows["start"].iloc[0], end=rows["end"].iloc[0])

    fitted = ARIMA(np.array([5.0, 6, 7, 6, 5, 6, 7, 6, 5, 6, 7, 6]), order=(1, 0, 0)).fit()
    return Example("statsmodels", fitted, pd.DataFrame({"start": [8], "end": [14]}), native)


def onnx_matrix() -> Example:
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(np.array([[1], [10]], dtype="float32"), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["rows", "w"], ["sum"])],
        "sums",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)

    def native(model: Any, rows: Any) -> Any:
        session = onnxruntime.InferenceSession(model.SerializeToString())
        (answer,) = session.run(None, {"rows": rows.to_numpy("float32")})
        return pd.DataFrame({"sum": answer.ravel()})

    return Example("onnx", model, ROWS.astype("float32"), native)


LIGHT: dict[str, Callable[[], Example]] = {
    each.__name__: each
    for each in (
        sklearn_regression,
        sklearn_probabilities,
        xgboost_estimator,
        xgboost_booster,
        lightgbm_estimator,
        lightgbm_booster,
        catboost_classifier,
        catboost_json,
        statsmodels_regression,
        statsmodels_series,
        onnx_matrix,
    )
}


def pytorch_layers() -> Example:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).eval()

    def native(model: Any, rows: Any) -> Any:
        with torch.no_grad():
            return pd.DataFrame(model(torch.as_tensor(rows.to_numpy("float32"))).numpy())

    return Example("pytorch", model, ROWS.astype("float32"), native, theirs={"serialization_format": "pickle"})


def pytorch_graph() -> Example:
    import torch

    torch.manual_seed(0)
    options = {"serialization_format": "pt2"}

    def native(model: Any, rows: Any) -> Any:
        with torch.no_grad():
            return model(torch.as_tensor(rows)).numpy()

    model = torch.nn.Sequential(torch.nn.Linear(2, 1)).eval()
    return Example("pytorch", model, ROWS.to_numpy("float32"), native, ours=options, theirs=options)


def keras_dense() -> Example:
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])

    def native(model: Any, rows: Any) -> Any:
        return model.predict(rows, verbose=0)

    return Example("keras", model, ROWS.to_numpy("float32"), native, shown=False)


def prophet_growth() -> Example:
    from prophet import Prophet

    days = pd.DataFrame({"ds": pd.date_range("2026-03-01", periods=30), "y": np.arange(30.0)})
    model = Prophet(uncertainty_samples=0, daily_seasonality=False, yearly_seasonality=False).fit(days)
    later = pd.DataFrame({"ds": pd.date_range("2026-04-01", periods=3)})
    return Example("prophet", model, later, lambda model, rows: model.predict(rows))


def spacy_categories() -> Example:
    import spacy

    model = spacy.blank("en")
    architecture = {"@architectures": "spacy.TextCatBOW.v3", "ngram_size": 1, "length": 64}
    part = model.add_pipe(
        "textcat", config={"model": {**architecture, "exclusive_classes": True, "no_output_layer": False}}
    )
    part.add_label("field")
    part.add_label("sky")
    model.initialize()

    def native(model: Any, rows: Any) -> Any:
        return pd.DataFrame({"predictions": [model(text).cats for text in rows["text"]]})

    return Example("spacy", model, pd.DataFrame({"text": ["wheat and rye", "snow"]}), native)


def transformers_classes() -> Example:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast, pipeline

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "wheat", "rye", "snow"]
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    config = BertConfig(vocab_size=len(words), max_position_embeddings=16, **small)
    made = pipeline(
        "text-classification",
        model=BertForSequenceClassification(config).eval(),
        tokenizer=BertTokenizerFast(vocab={word: number for number, word in enumerate(words)}),
    )
    return Example("transformers", made, ["wheat rye", "snow rye"], lambda model, rows: pd.DataFrame(model(rows)))


def spark_pipeline() -> Example:
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.feature import VectorAssembler
    from pyspark.sql import SparkSession

    alone = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    session = SparkSession.builder.master("local[1]").config(map=alone).getOrCreate()
    atexit.register(session.stop)  # the same Java may be the next process's
    stages = [VectorAssembler(inputCols=list(ROWS), outputCol="features"), LogisticRegression(maxIter=3)]
    model = Pipeline(stages=stages).fit(session.createDataFrame(ROWS.assign(label=GROWN)))

    def native(model: Any, rows: Any) -> Any:
        return [row["prediction"] for row in model.transform(session.createDataFrame(rows)).collect()]

    return Example("spark", model, ROWS, native)


LARGE: dict[str, Callable[[], Example]] = {
    each.__name__: each
    for each in (
        pytorch_layers,
        pytorch_graph,
        keras_dense,
        prophet_growth,
        spacy_categories,
        transformers_classes,
        spark_pipeline,
    )
}
ALL = LIGHT | LARGE


@cache
def example(name: str) -> Example:
    """The example of a name, once for all that a process does with it."""
    return ALL[name]()


def plain(answer: Any) -> Any:
    """What a model answered, as JSON has it."""
    if isinstance(answer, pd.DataFrame):
        return {str(name): plain(answer[name].tolist()) for name in answer.columns}
    if isinstance(answer, dict):
        return {str(name): plain(value) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(value) for value in answer]
    if hasattr(answer, "isoformat"):
        return answer.isoformat()
    return answer.tolist() if hasattr(answer, "tolist") else answer
