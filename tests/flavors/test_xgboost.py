"""Models of XGBoost: boosters and estimators, by its own formats."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
import xgboost

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.saving import Extras
from runstone.flavors.xgboost import XgboostFlavor
from runstone.models import manifest
from runstone.models.format import Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9], "leaves": [5, 4, 7, 3]})
GROWN = [1, 0, 1, 0]
FLAVOR = XgboostFlavor()


def estimator() -> Any:
    return xgboost.XGBClassifier(n_estimators=3, min_child_weight=0).fit(ROWS, GROWN)


def booster() -> Any:
    return xgboost.train({"max_depth": 2, "min_child_weight": 0}, xgboost.DMatrix(ROWS, GROWN), num_boost_round=3)


class TestEstimator(FlavorCases):
    flavor = FLAVOR
    needs = ("scikit-learn", "xgboost-cpu")

    def example(self) -> tuple[Any, Any]:
        return estimator(), ROWS


class TestBoosterByJson(FlavorCases):
    flavor = FLAVOR
    options: ClassVar[dict[str, Any]] = {"model_format": "json"}
    needs = ("xgboost-cpu",)
    takes_arrays = False  # a booster that was fitted to names asks for them

    def example(self) -> tuple[Any, Any]:
        return booster(), ROWS


class TestEstimatorOfArrays(FlavorCases):
    flavor = FLAVOR

    def example(self) -> tuple[Any, Any]:
        rows = ROWS.to_numpy()
        return xgboost.XGBRegressor(n_estimators=2, min_child_weight=0).fit(rows, GROWN), rows


def test_params_reach_predict(tmp_path: Path) -> None:
    rows = (ROWS, {"output_margin": True})
    saving.save(FLAVOR, booster(), tmp_path / "model", Extras(input_example=rows))

    loaded = loading.load(tmp_path / "model", uri="here", trust=False)

    wanted = booster().predict(xgboost.DMatrix(ROWS), output_margin=False)
    np.testing.assert_array_equal(loaded.predict(ROWS, params={"output_margin": False}), wanted)


def test_categories_are_taken(tmp_path: Path) -> None:
    rows = ROWS.assign(kind=pd.Categorical(["a", "b", "a", "b"]))
    matrix = xgboost.DMatrix(rows, GROWN, enable_categorical=True)
    model = xgboost.train({"min_child_weight": 0}, matrix, num_boost_round=2)

    saving.save(FLAVOR, model, tmp_path / "model", Extras(input_example=rows))

    predicted = loading.load(tmp_path / "model", uri="here", trust=False).predict(rows)
    np.testing.assert_array_equal(predicted, model.predict(matrix))


def test_class_of_ones_own_is_left_to_scikit_learn(tmp_path: Path) -> None:
    class Mine(xgboost.XGBClassifier):
        pass

    model = Mine()

    assert not FLAVOR.accepts(model)
    assert resolve.of_model(model).name == "sklearn"
    with pytest.raises(InvalidValue, match=r"xgb_model is a Booster.*Mine.*runstone\.sklearn"):
        saving.save(FLAVOR, model, tmp_path / "model", Extras())


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (estimator, {"model_format": "xgb"}, "model_format is one of ubj, json; got 'xgb'"),
        (xgboost.XGBClassifier, {}, "the XGBClassifier is not fitted; call fit first"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    model: Callable[[], Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, model(), tmp_path / "model", Extras(), **options)

    assert list(tmp_path.iterdir()) == []


def spoiled(folder: Path, **settings: Any) -> Path:
    """A folder with other settings of the flavor."""
    saving.save(FLAVOR, estimator(), folder, Extras())
    model = Model.load(folder)
    model.flavors["xgboost"] |= settings
    model.save(folder)
    manifest.write(folder)
    return folder


def test_class_that_is_not_of_the_library_needs_trust(tmp_path: Path) -> None:
    place = spoiled(tmp_path / "model", model_class="subprocess.Popen")

    with pytest.raises(UntrustedModel, match=r"it is of the class subprocess\.Popen, which is not xgboost's"):
        loading.load(place, uri="s3://there", trust=False)


def test_model_of_another_flavor_says_what_it_can_be_loaded_as(tmp_path: Path) -> None:
    saving.save(FLAVOR, estimator(), tmp_path / "model", Extras())

    with pytest.raises(InvalidModel, match=r"none of sklearn: it can be loaded as python_function, xgboost$"):
        loading.load_native(resolve.named("sklearn"), tmp_path / "model", uri="here", trust=False)


def test_class_that_is_not_there_is_named(tmp_path: Path) -> None:
    place = spoiled(tmp_path / "model", model_class="xgboost.sklearn.XGBOracle")

    with pytest.raises(InvalidModel, match=r"of the class 'xgboost\.sklearn\.XGBOracle', which is not here"):
        loading.load(place, uri="here", trust=False)


def test_file_outside_of_the_folder_is_not_opened(tmp_path: Path) -> None:
    place = spoiled(tmp_path / "model", data="../secret.ubj")

    with pytest.raises(InvalidModel, match=r"'data' of a model is a path inside its folder; got '\.\./secret\.ubj'"):
        loading.load(place, uri="here", trust=False)
