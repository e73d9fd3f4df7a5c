"""Models of LightGBM: boosters by its own format, estimators by skops where it can."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import lightgbm
import numpy as np
import pandas as pd
import pytest

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.lightgbm import LightgbmFlavor
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import PYFUNC, Model
from runstone.testing.flavors import FlavorCases

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9] * 6, "leaves": [5, 4, 7, 3] * 6})
GROWN = [1, 0, 1, 0] * 6
SMALL: dict[str, Any] = {"min_child_samples": 1, "verbose": -1, "num_threads": 1}
FLAVOR = LightgbmFlavor()


def estimator(**options: Any) -> Any:
    return lightgbm.LGBMClassifier(n_estimators=2, **SMALL, **options).fit(ROWS, GROWN)


def booster() -> Any:
    return lightgbm.train({"objective": "binary", **SMALL}, lightgbm.Dataset(ROWS, GROWN), num_boost_round=3)


class TestBooster(FlavorCases):
    flavor = FLAVOR
    needs = ("lightgbm",)

    def example(self) -> tuple[Any, Any]:
        return booster(), ROWS


class TestEstimatorBySkops(FlavorCases):
    flavor = FLAVOR
    needs = ("lightgbm", "scikit-learn", "skops")
    takes_arrays = False  # fitted to names, it warns when it gets none

    def example(self) -> tuple[Any, Any]:
        return estimator(), ROWS


class TestEstimatorByCloudpickle(FlavorCases):
    flavor = FLAVOR
    options: ClassVar[dict[str, Any]] = {"serialization_format": "cloudpickle"}
    needs = ("lightgbm", "numpy", "scikit-learn")
    runs_code = True
    takes_arrays = False

    def example(self) -> tuple[Any, Any]:
        return estimator(), ROWS


def test_estimator_is_of_lightgbm_before_it_is_of_scikit_learn() -> None:
    assert resolve.of_model(estimator()).name == "lightgbm"


def test_params_reach_predict(tmp_path: Path) -> None:
    saving.save(FLAVOR, booster(), tmp_path / "model", Extras(input_example=(ROWS, {"raw_score": False})))

    loaded = loading.load(tmp_path / "model", uri="here", trust=False)

    wanted = booster().predict(ROWS, raw_score=True)
    np.testing.assert_array_equal(loaded.predict(ROWS, params={"raw_score": True}), wanted)


def halfway(wanted: Any, found: Any) -> Any:
    return found - wanted, np.ones_like(found)


IN_A_LAMBDA: Any = lambda wanted, found: (found - wanted, np.ones_like(found))  # noqa: E731 - what is tested


def test_objective_of_ones_own_becomes_a_pickle(tmp_path: Path) -> None:
    model = estimator(objective=IN_A_LAMBDA)

    saving.save(FLAVOR, model, tmp_path / "model", Extras())

    assert (tmp_path / "model" / "model.pkl").is_file()
    with pytest.raises(UntrustedModel, match=r"model\.pkl is a pickle"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)


def test_objective_that_another_python_compiled_is_not_run(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    saving.save(FLAVOR, estimator(objective=IN_A_LAMBDA), folder, Extras())
    told = Model.load(folder)
    told.flavors[PYFUNC]["python_version"] = "3.99.1"
    told.save(folder)
    manifest.write(folder)

    with pytest.raises(InvalidModel, match=r"code that Python 3\.99\.1 compiled"):
        loading.load(folder, uri="here", trust=True)


def test_types_that_the_maker_alone_vouches_for_need_trust(tmp_path: Path) -> None:
    saving.save(FLAVOR, estimator(), tmp_path / "model", Extras(), skops_trusted_types=["builtins.eval"])

    with pytest.raises(UntrustedModel, match=r"model\.skops has types of its own: builtins\.eval"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (estimator, {"serialization_format": "joblib"}, "is one of skops, cloudpickle, pickle; got 'joblib'"),
        (lightgbm.LGBMClassifier, {}, "the LGBMClassifier is not fitted; call fit first"),
        (
            lambda: estimator(objective=halfway),
            {"serialization_format": "skops"},
            "halfway; name them in skops_trusted_types if they are yours, or leave serialization_format out",
        ),
        (
            lambda: estimator(objective=IN_A_LAMBDA),
            {"serialization_format": "skops"},
            "leave serialization_format out",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(
    model: Callable[[], Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        saving.save(FLAVOR, model(), tmp_path / "model", Extras(), **options)

    assert list(tmp_path.iterdir()) == []


def test_trees_that_were_cut_off_are_not_taken_for_fewer(tmp_path: Path) -> None:
    saving.save(FLAVOR, booster(), tmp_path / "model", Extras())
    file = tmp_path / "model" / "model.lgb"
    file.write_text(file.read_text().partition("\nend of trees\n")[0])
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"model\.lgb.*it was cut off"):
        loading.load(tmp_path / "model", uri="here", trust=False)


def test_garbage_before_the_end_is_refused(tmp_path: Path) -> None:
    saving.save(FLAVOR, booster(), tmp_path / "model", Extras())
    (tmp_path / "model" / "model.lgb").write_text("tree\noats\nend of trees\n")
    manifest.write(tmp_path / "model")

    with pytest.raises(InvalidModel, match=r"model\.lgb.*cannot be read by lightgbm"):
        loading.load(tmp_path / "model", uri="here", trust=False)


def test_folder_of_mlflow_2_needs_trust_for_its_pickle(tmp_path: Path) -> None:
    saving.save(FLAVOR, estimator(), tmp_path / "model", Extras(), serialization_format="cloudpickle")
    model = Model.load(tmp_path / "model")
    del model.flavors["lightgbm"]["serialization_format"]  # which MLflow 2 does not write
    model.save(tmp_path / "model")
    manifest.write(tmp_path / "model")

    with pytest.raises(UntrustedModel, match=r"model\.pkl is a pickle"):
        loading.load(tmp_path / "model", uri="s3://there", trust=False)
    assert loading.load(tmp_path / "model", uri="here", trust=True).predict(ROWS[:2]).tolist() == [1, 0]
