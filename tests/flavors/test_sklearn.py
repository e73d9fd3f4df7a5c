"""Models of scikit-learn: by skops where it can, as a pickle where it must."""

import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from runstone.errors import InvalidValue, UntrustedModel
from runstone.flavors import loading, saving
from runstone.flavors.saving import Extras
from runstone.flavors.sklearn import SklearnFlavor
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9], "leaves": [5, 4, 7, 3]})
FLAVOR = SklearnFlavor()


def fitted() -> LogisticRegression:
    return LogisticRegression().fit(ROWS, [1, 0, 1, 0])


class TestBySkops(FlavorCases):
    flavor = FLAVOR

    def example(self) -> tuple[Any, Any]:
        return fitted(), ROWS


class TestByCloudpickle(FlavorCases):
    flavor = FLAVOR
    options: ClassVar[dict[str, Any]] = {"serialization_format": "cloudpickle"}

    def example(self) -> tuple[Any, Any]:
        return fitted(), ROWS


def test_model_of_known_types_runs_no_code_when_it_is_opened(tmp_path: Path) -> None:
    saving.save(FLAVOR, fitted(), tmp_path / "model", Extras())

    predicted = loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False).predict(ROWS)

    assert (tmp_path / "model" / "model.skops").is_file()
    assert list(predicted) == [1, 0, 1, 0]


def test_model_with_a_function_becomes_a_pickle_that_needs_trust(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(lambda rows: rows * 2), LogisticRegression()).fit(ROWS, [1, 0, 1, 0])

    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    with pytest.raises(UntrustedModel, match=r"'s3://bucket/model'.*model.pkl is a pickle.*trust=True"):
        loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False)
    assert loading.load(tmp_path / "model", uri="s3://bucket/model", trust=True).predict(ROWS).shape == (4,)


def test_method_that_predicts_can_be_chosen(tmp_path: Path) -> None:
    saving.save(FLAVOR, fitted(), tmp_path / "model", Extras(), pyfunc_predict_fn="predict_proba")

    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(ROWS)

    np.testing.assert_array_equal(predicted, fitted().predict_proba(ROWS))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"serialization_format": "joblib"}, "serialization_format is one of skops, cloudpickle, pickle; got 'joblib'"),
        ({"pyfunc_predict_fn": "guess"}, "LogisticRegression has no 'guess'"),
    ],
)
def test_wrong_option_is_refused_and_nothing_is_written(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, fitted(), tmp_path / "model", Extras(), **options)

    assert list(tmp_path.iterdir()) == []


def test_skops_is_not_forced_on_what_it_does_not_know(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()).fit(ROWS, [1, 0, 1, 0])

    with pytest.raises(InvalidValue, match="skops"):
        saving.save(
            FLAVOR,
            FunctionTransformer(lambda rows: rows),
            tmp_path / "a",
            Extras(),
            serialization_format="skops",
            pyfunc_predict_fn="transform",
        )
    saving.save(FLAVOR, model, tmp_path / "b", Extras())

    assert Model.load(tmp_path / "b").flavors["sklearn"]["serialization_format"] in {"skops", "cloudpickle"}
