"""``runstone.autolog``: all libraries at once, now and when they are imported."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline

import runstone
from runstone.autologging.sklearn import autolog
from runstone.autologging.verbs import LIBRARIES, VERBS
from runstone.errors import InvalidValue
from tests.autologging.runs import all_runs, only_run

DATA = [[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0]


def test_all_libraries_are_watched() -> None:
    runstone.autolog(log_models=False)

    LinearRegression().fit(*DATA)

    assert only_run().data.tags["estimator_name"] == "LinearRegression"


def test_nothing_is_watched_any_more_and_functions_are_the_librarys_own() -> None:
    original, conditional = LinearRegression.fit, vars(Pipeline)["fit_predict"]

    runstone.autolog()
    assert LinearRegression.fit is not original
    assert vars(Pipeline)["fit_predict"] is not conditional
    runstone.autolog(disable=True)

    assert LinearRegression.fit is original
    assert vars(Pipeline)["fit_predict"] is conditional
    assert not any(type(finder).__name__ == "Arrivals" for finder in sys.meta_path)
    LinearRegression().fit(*DATA)
    assert all_runs() == []


def test_watching_twice_is_watching_once() -> None:
    original = LinearRegression.fit

    runstone.autolog(log_models=False)
    runstone.autolog(log_models=False, extra_tags={"which": "second"})
    LinearRegression().fit(*DATA)
    runstone.autolog(disable=True)

    assert only_run().data.tags["which"] == "second"
    assert LinearRegression.fit is original


def test_choice_by_name_goes_before_one_for_all() -> None:
    autolog(log_models=False, extra_tags={"which": "mine"})
    runstone.autolog(log_models=False, extra_tags={"which": "all"})

    LinearRegression().fit(*DATA)

    assert only_run().data.tags["which"] == "mine"


def test_library_can_be_left_out() -> None:
    runstone.autolog(exclude_flavors=["sklearn"])

    LinearRegression().fit(*DATA)

    assert all_runs() == []


def test_unknown_library_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"exclude_flavors names some of sklearn.*; got 'sklaern'"):
        runstone.autolog(exclude_flavors=["sklaern"])


def test_signature_and_name_are_kept() -> None:
    before = [inspect.signature(LinearRegression.fit), inspect.signature(Pipeline.fit_predict)]

    runstone.autolog()

    assert [inspect.signature(LinearRegression.fit), inspect.signature(Pipeline.fit_predict)] == before
    assert LinearRegression.fit.__qualname__ == "LinearRegression.fit"
    assert inspect.getdoc(LinearRegression.fit) == inspect.getdoc(LinearRegression.fit.__wrapped__)


def test_method_that_is_not_there_is_still_not_there() -> None:
    runstone.autolog()

    assert not hasattr(Pipeline([("last", LinearRegression())]), "fit_predict")


def test_library_that_is_imported_later_is_watched_and_none_is_imported(tmp_path: Path) -> None:
    code = f"""
import sys
import runstone
runstone.autolog(log_models=False)
assert not {{*{sorted(LIBRARIES)}, "numpy"}} & set(sys.modules)
from sklearn.linear_model import LinearRegression
import sklearn.cluster
LinearRegression().fit(*{DATA})
sklearn.cluster.KMeans(2, n_init=1).fit({DATA[0]})
"""

    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True)

    assert [run.data.tags["estimator_name"] for run in all_runs()] == ["LinearRegression", "KMeans"]


@pytest.mark.parametrize("name", VERBS)
def test_every_library_has_its_own_function_under_its_name(name: str) -> None:
    module = importlib.import_module(f"runstone.{name}")

    assert module is getattr(runstone, name)
    assert module.autolog is VERBS[name]
    assert "autolog" in module.__all__
    assert inspect.getdoc(module.autolog)


def test_library_that_cannot_be_watched_is_told_and_left_alone(
    complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def patch(*_: object) -> None:
        raise RuntimeError("this version is built otherwise")

    monkeypatch.setattr(LIBRARIES["sklearn"], "patch", patch)
    original = LinearRegression.fit

    runstone.autolog(exclude_flavors=[name for name in LIBRARIES if name != "sklearn"])

    assert LinearRegression.fit is original
    assert complaints == [
        "nothing is logged of sklearn: it could not be watched: RuntimeError('this version is built otherwise')"
    ]


@pytest.mark.parametrize(
    ("library", "chosen", "told"),
    [
        ("xgboost", {"log_every_n_iter": 0}, "log_every_n_iter is a whole number, at least 1, or None; got 0"),
        ("lightgbm", {"log_every_n_iter": 2.5}, "at least 1, or None; got 2.5"),
        ("keras", {"log_every_n_steps": 0}, "log_every_n_steps is a whole number"),
        ("pytorch", {"log_every_n_epoch": True}, "log_every_n_epoch is a whole number"),
        ("pytorch", {"log_every_n_step": -1}, "log_every_n_step is a whole number"),
        ("sklearn", {"max_tuning_runs": -1}, "max_tuning_runs is a whole number, at least 0, or None; got -1"),
    ],
)
def test_number_that_cannot_be_chosen_is_refused_at_once(library: str, chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidValue, match=told):
        VERBS[library](**chosen)
