"""Models of CatBoost, by its own formats."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import catboost
import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import loading, saving
from runstone.flavors.catboost import CatboostFlavor
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9], "leaves": [5, 4, 7, 3]})
GROWN = [1, 0, 1, 0]
SMALL: dict[str, Any] = {"iterations": 3, "depth": 2, "verbose": 0, "allow_writing_files": False, "thread_count": 1}
FLAVOR = CatboostFlavor()


def classifier() -> Any:
    return catboost.CatBoostClassifier(**SMALL).fit(ROWS, GROWN)


class TestClassifier(FlavorCases):
    flavor = FLAVOR
    needs = ("catboost",)

    def example(self) -> tuple[Any, Any]:
        return classifier(), ROWS


class TestByJson(FlavorCases):
    flavor = FLAVOR
    options: ClassVar[dict[str, Any]] = {"format": "json"}

    def example(self) -> tuple[Any, Any]:
        return catboost.CatBoost(SMALL).fit(ROWS, GROWN), ROWS


def test_params_reach_predict(tmp_path: Path) -> None:
    rows = (ROWS, {"prediction_type": "Class"})
    saving.save(FLAVOR, classifier(), tmp_path / "model", Extras(input_example=rows))

    loaded = loading.load(tmp_path / "model", uri="here", trust=False)

    predicted = loaded.predict(ROWS, params={"prediction_type": "Probability"})
    np.testing.assert_array_equal(predicted, classifier().predict_proba(ROWS))


class Mine(catboost.CatBoostClassifier):  # type: ignore[misc]  # the library has no types
    """A class of a user's own."""


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (classifier, {"format": "coreml"}, "format is one of cbm, json; got 'coreml'"),
        (catboost.CatBoostClassifier, {}, "the CatBoostClassifier is not fitted; call fit first"),
        (Mine, {}, "and of no class made of one; got a"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    model: Callable[[], Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, model(), tmp_path / "model", Extras(), **options)

    assert list(tmp_path.iterdir()) == []


def test_model_type_that_the_library_does_not_have_is_refused(tmp_path: Path) -> None:
    saving.save(FLAVOR, classifier(), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    model.flavors["catboost"]["model_type"] = "Pool"
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"'model_type' of a model of catboost is one of CatBoost, .*; got 'Pool'"):
        loading.load(tmp_path / "model", uri="here", trust=True)
