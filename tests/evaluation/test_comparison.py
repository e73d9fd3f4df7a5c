"""Two models on the same examples."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression
from statsmodels.api import OLS
from statsmodels.stats.contingency_tables import mcnemar

import runstone
from runstone.errors import InvalidValue, ThresholdsNotMet
from runstone.evaluation import comparison
from runstone.evaluation.document import Comparison
from runstone.evaluation.examples import Examples
from runstone.evaluation.numbers import Numbers
from runstone.evaluation.options import Options
from tests.evaluation.conftest import PLAIN

DRAWN = {**PLAIN, "resamples": 100}


def compared(data: Any, model_type: str = "regressor", **config: Any) -> Comparison:
    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type=model_type,
        baseline_model="other",
        evaluator_config={**DRAWN, **config},
    ).evaluation.comparison
    assert found is not None
    return found


def test_better_classifier_is_told_apart_by_mcnemar(patients: pd.DataFrame, classifier: Any) -> None:
    data = patients[["age", "dose", "ill"]]
    other = LogisticRegression().fit(data[["dose"]], data["ill"])

    result = runstone.evaluate(
        classifier,
        data,
        targets="ill",
        model_type="classifier",
        baseline_model=lambda rows: other.predict_proba(rows[["dose"]]),
        evaluator_config={**DRAWN, "pictures": True},
    )

    found = result.evaluation.comparison
    assert found is not None
    assert found.test is not None
    ours = classifier.predict(data[["age", "dose"]]) == data["ill"]
    theirs = other.predict(data[["dose"]]) == data["ill"]
    won, lost = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    assert found.test.name == "mcnemar_exact"
    assert found.test.counts == {"candidate_alone": won, "baseline_alone": lost}
    assert found.test.p_value == stats.binomtest(won, won + lost).pvalue
    area = found.metrics["roc_auc"]
    assert area.candidate == result.metrics["roc_auc"]
    assert area.difference == pytest.approx(result.metrics["roc_auc"] - (area.baseline or 0))
    assert area.low is not None
    assert area.low > 0
    assert area.better == found.metrics["log_loss"].better == "candidate"
    assert result.tables["comparison"]["metric"].tolist() == list(found.metrics)
    assert {"comparison", "comparison_plot"} <= set(result.artifacts)


def test_same_predictions_differ_in_nothing() -> None:
    data = {"y": [0, 1, 1, 0], "guess": [0, 1, 0, 0], "other": [0, 1, 0, 0]}

    found = compared(data, "classifier")

    assert found.baseline == "other"
    assert found.test is not None
    assert found.test.p_value == 1
    assert {difference.difference for difference in found.metrics.values()} == {0}
    assert {difference.better for difference in found.metrics.values()} == {None}


def test_column_of_the_other_model_is_no_feature(houses: pd.DataFrame, regressor: Any) -> None:
    data = houses.assign(other=houses["price"].mean())

    found = runstone.evaluate(
        regressor, data, targets="price", model_type="regressor", baseline_model="other", evaluator_config=DRAWN
    ).evaluation.comparison

    assert found is not None
    assert found.test is not None
    assert found.test.name == "paired_permutation"
    assert found.test.p_value < 0.01
    assert found.metrics["mean_absolute_error"].better == "candidate"
    assert found.metrics["r2_score"].better == "candidate"


@pytest.mark.parametrize("model_type", ["regressor", "forecaster"])
def test_one_example_tells_no_models_apart(model_type: str) -> None:
    found = compared({"y": [1.0], "guess": [1.1], "other": [1.3]}, model_type)

    assert found.metrics["mean_absolute_error"].difference == pytest.approx(-0.2)
    assert found.test is not None
    assert found.test.p_value == 1
    assert found.test.statistic == (None if model_type == "forecaster" else pytest.approx(0.01 - 0.09))


def test_worse_model_is_told_as_such() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=60)
    data = {"y": y, "guess": y + random.normal(size=60), "other": y + 0.1 * random.normal(size=60)}

    found = compared(data)

    assert found.metrics["root_mean_squared_error"].better == "baseline"
    assert found.metrics["r2_score"].better == "baseline"


def test_without_resamples_there_is_no_verdict() -> None:
    found = compared({"y": [1.0, 2.0], "guess": [1.0, 2.0], "other": [2.0, 2.0]}, resamples=0)

    assert found.metrics["mean_absolute_error"].difference == -0.5
    assert found.metrics["mean_absolute_error"].better is None


def test_equal_numbers_have_the_largest_p_value() -> None:
    data = {"y": [1.0, 2.0, 3.0], "guess": [1.0, 2.0, 4.0], "other": [1.0, 2.0, 2.0]}

    regressed, forecast = compared(data), compared(data, "forecaster")

    assert regressed.test is not None
    assert forecast.test is not None
    assert regressed.test.p_value == forecast.test.p_value == 1


def losses_test(losses: Any, horizon: int = 1) -> Any:
    """The test of Diebold and Mariano of a series of losses, by models whose squared errors differ by them."""
    losses = np.asarray(losses, dtype=float)
    zeros = np.zeros(len(losses))
    ours = Numbers(zeros, np.sqrt(np.maximum(losses, 0)), None)
    theirs = Numbers(zeros, np.sqrt(np.maximum(-losses, 0)), None)
    frame = pd.DataFrame({"h": np.full(len(losses), horizon)})
    return comparison.diebold_mariano(ours, theirs, Examples(frame, None, [], None), Options(horizon="h"))


def test_diebold_mariano_of_one_step_is_a_t_test_of_the_losses() -> None:
    losses = np.random.default_rng(5).normal(0.3, 1, 40)

    found = losses_test(losses)

    # With one step ahead the correction turns the divisor n of the variance into n - 1: a t test.
    wanted = stats.ttest_1samp(losses, 0)
    assert found.statistic == pytest.approx(wanted.statistic)
    assert found.p_value == pytest.approx(wanted.pvalue)


def test_diebold_mariano_of_several_steps_takes_in_autocovariances() -> None:
    losses = np.array([1.0, 2.0, 0.5, 1.5, -0.5, 1.0, 2.5, 0.0, 1.0, 0.5])

    found = losses_test(losses, horizon=2)

    n, h = 10, 2
    centred = losses - losses.mean()
    variance = (centred @ centred + 2 * (centred[1:] @ centred[:-1])) / n
    correction = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert found.statistic == pytest.approx(losses.mean() / np.sqrt(variance / n) * correction)


def test_variance_that_is_not_positive_is_taken_without_autocovariances() -> None:
    losses = np.array([1.0, -0.8] * 8)

    assert losses_test(losses, horizon=2).statistic == pytest.approx(losses_test(losses).statistic)


def test_constant_difference_is_no_chance() -> None:
    assert losses_test([1.0] * 10).p_value == 0


def test_diebold_mariano_holds_its_level() -> None:
    random = np.random.default_rng(1)

    rejected = [losses_test(random.normal(size=30)).p_value < 0.05 for _ in range(400)]

    assert 0.02 < np.mean(rejected) < 0.09


def test_losses_of_one_time_are_averaged() -> None:
    random = np.random.default_rng(2)
    y = random.normal(size=20)
    once = {"t": np.arange(20), "y": y, "guess": y + random.normal(size=20), "other": y + 2 * random.normal(size=20)}
    twice = {name: np.r_[values, values] for name, values in once.items()}

    one, two = compared(once, "forecaster", time="t").test, compared(twice, "forecaster", time="t").test

    assert one is not None
    assert two is not None
    assert one.statistic == pytest.approx(two.statistic)
    assert "over 20 times" in two.about


def test_threshold_compares_with_the_other_model(houses: pd.DataFrame, regressor: Any) -> None:
    wanted = {"r2_score": runstone.MetricThreshold(min_absolute_change=0.1, greater_is_better=True)}

    with pytest.raises(ThresholdsNotMet, match=r"r2_score is .*; wanted: r2_score >= .* better than"):
        runstone.evaluate(
            regressor,
            houses,
            targets="price",
            model_type="regressor",
            baseline_model=regressor,
            validation_thresholds=wanted,
            evaluator_config=DRAWN,
        )


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("gone", "there is no column 'gone'"),
        (3, "a model has a method predict"),
        (lambda rows: [5] * len(rows), "5, in row 0 of the predictions, is none of the labels 0, 1"),
        (lambda rows: [1], "the data has 4 rows, and the model gave 1 predictions"),
    ],
)
def test_other_model_that_does_not_fit_is_refused(other: Any, told: str) -> None:
    data = pd.DataFrame({"y": [0, 1, 1, 0], "guess": [0, 1, 0, 0], "x": 1.0})

    with pytest.raises(InvalidValue, match=told):
        runstone.evaluate(
            data=data,
            targets="y",
            predictions="guess",
            model_type="classifier",
            baseline_model=other,
            evaluator_config=DRAWN,
        )


def test_models_that_order_their_labels_differently_are_compared() -> None:
    class Backwards:
        classes_ = np.array(["yes", "no"])

        def predict(self, rows: pd.DataFrame) -> Any:
            return np.where(rows["x"] > 0, "yes", "no")

        def predict_proba(self, rows: pd.DataFrame) -> Any:
            told = np.where(rows["x"] > 0, 0.9, 0.2)
            return np.column_stack([told, 1 - told])

    data = pd.DataFrame({"y": ["yes", "no", "yes", "no"], "guess": ["yes"] * 4, "p": 0.5, "x": [1.0, -1.0, 2.0, -2.0]})

    found = runstone.evaluate(
        data=data,
        targets="y",
        predictions="guess",
        model_type="classifier",
        baseline_model=Backwards(),
        evaluator_config={**DRAWN, "probabilities": "p"},
    ).evaluation.comparison

    assert found is not None
    assert found.metrics["roc_auc"].baseline == 1


def test_test_that_does_not_weigh_says_so(houses: pd.DataFrame, regressor: Any) -> None:
    found = runstone.evaluate(
        regressor,
        houses,
        targets="price",
        model_type="regressor",
        baseline_model=lambda rows: rows["size"],
        evaluator_config={**PLAIN, "sample_weights": np.ones(200)},
    ).evaluation

    assert found.notes == ["the test of the difference lets all examples count the same, without sample_weights"]


def test_tests_are_those_of_statsmodels(houses: pd.DataFrame) -> None:
    random = np.random.default_rng(5)
    data = pd.DataFrame({"y": random.normal(size=80)})
    data["ours"], data["theirs"] = data["y"] + random.normal(size=80), data["y"] + 1.3 * random.normal(size=80)
    lost = (data["y"] - data["ours"]) ** 2 - (data["y"] - data["theirs"]) ** 2
    signs = (data > 0).astype(int)
    ours, theirs = signs["ours"] == signs["y"], signs["theirs"] == signs["y"]

    def p_value(rows: pd.DataFrame, model_type: str) -> float:
        compared = runstone.evaluate(
            data=rows,
            targets="y",
            predictions="ours",
            model_type=model_type,
            baseline_model="theirs",
            evaluator_config=PLAIN,
        ).evaluation.comparison
        assert compared is not None
        assert compared.test is not None
        return compared.test.p_value

    assert p_value(signs, "classifier") == pytest.approx(mcnemar(pd.crosstab(ours, theirs), exact=True).pvalue)
    # Of one step ahead the corrected test of Diebold and Mariano is the t-test of the losses.
    assert p_value(data, "forecaster") == pytest.approx(OLS(lost, np.ones(80)).fit().pvalues.iloc[0])
