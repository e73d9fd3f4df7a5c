"""Models of scikit-learn: by skops where it can, as a pickle where it must."""

import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import loading, saving
from runstone.flavors.saving import Extras
from runstone.flavors.sklearn import SklearnFlavor
from runstone.models import manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9], "leaves": [5, 4, 7, 3]})
FLAVOR = SklearnFlavor()


def fitted() -> LogisticRegression:
    return LogisticRegression().fit(ROWS, [1, 0, 1, 0])


class TestBySkops(FlavorCases):
    flavor = FLAVOR
    needs = ("scikit-learn", "skops")
    takes_arrays = False  # fitted to names, it warns when it gets none

    def example(self) -> tuple[Any, Any]:
        return fitted(), ROWS


class TestByCloudpickle(FlavorCases):
    flavor = FLAVOR
    options: ClassVar[dict[str, Any]] = {"serialization_format": "cloudpickle"}
    needs = ("numpy", "scikit-learn")
    runs_code = True
    takes_arrays = False

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


def test_class_in_place_of_an_estimator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="has a method fit; got the class LogisticRegression itself"):
        saving.save(FLAVOR, LogisticRegression, tmp_path / "model", Extras())


def test_skops_is_not_forced_on_what_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"skops.*leave serialization_format out"):
        saving.save(
            FLAVOR,
            FunctionTransformer(lambda rows: rows),
            tmp_path / "model",
            Extras(),
            serialization_format="skops",
            pyfunc_predict_fn="transform",
        )

    assert list(tmp_path.iterdir()) == []


def test_network_and_its_optimizer_run_no_code_when_they_are_opened(tmp_path: Path) -> None:
    model = MLPClassifier((3,), max_iter=5000, random_state=0).fit(ROWS, [1, 0, 1, 0])

    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    predicted = loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False).predict(ROWS)
    np.testing.assert_array_equal(predicted, model.predict(ROWS))


def test_trees_of_a_stranger_need_trust(tmp_path: Path) -> None:
    model = RandomForestClassifier(3, random_state=0).fit(ROWS, [1, 0, 1, 0])

    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    with pytest.raises(UntrustedModel, match=r"sklearn\.tree\._tree\.Tree"):
        loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False)
    predicted = loading.load(tmp_path / "model", uri="here", trust=True).predict(ROWS)
    np.testing.assert_array_equal(predicted, model.predict(ROWS))


def test_file_does_not_vouch_for_its_own_types(tmp_path: Path) -> None:
    saving.save(FLAVOR, fitted(), tmp_path / "model", Extras())
    found = Model.load(tmp_path / "model")
    found.flavors["sklearn"]["skops_trusted_types"] = ["posix.system"]
    found.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(UntrustedModel, match=r"posix\.system"):
        loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False)


class Forgets(LinearRegression):  # type: ignore[misc]  # scikit-learn ships no types
    """Goes into a pickle, and does not come out of it."""

    def __setstate__(self, state: Any) -> None:
        raise KeyError("coef_")


def test_model_that_does_not_come_back_is_refused_with_an_example(tmp_path: Path) -> None:
    model = Forgets().fit(ROWS, [1, 0, 1, 0])

    with pytest.raises(
        InvalidValue, match=r"cannot be loaded from what was saved: 'model\.pkl' cannot be unpickled: Key"
    ):
        saving.save(FLAVOR, model, tmp_path / "model", Extras(input_example=ROWS))

    assert list(tmp_path.iterdir()) == []


def test_model_that_does_not_come_back_is_told_when_it_is_loaded(tmp_path: Path) -> None:
    saving.save(FLAVOR, Forgets().fit(ROWS, [1, 0, 1, 0]), tmp_path / "model", Extras())

    with pytest.raises(
        InvalidModel, match=r"model\.pkl' cannot be unpickled: KeyError in test_sklearn\.py, line \d+: 'coef_'"
    ):
        loading.load(tmp_path / "model", uri="here", trust=True)
