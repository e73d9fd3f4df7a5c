"""Scores and metrics that a user computes after a fit are logged to its run."""

import gc
import pickle
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import catboost
import joblib
import lightgbm
import pandas as pd
import pytest
import xgboost
from sklearn import metrics
from sklearn.base import ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score
from sklearn.metrics import mean_squared_error as error_of
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runstone
import runstone.sklearn
from runstone.autologging.sklearn import autolog
from tests.autologging.runs import all_runs, only_run

DATA, KINDS = load_breast_cancer(return_X_y=True)
DATA = StandardScaler().fit_transform(DATA)[:, :6]
X_train, y_train, X_test, y_test = DATA[:400], KINDS[:400], DATA[400:], KINDS[400:]


def later_metrics() -> dict[str, float]:
    """What the only run has beside what its fit has found."""
    return {name: value for name, value in only_run().data.metrics.items() if not name.startswith("training_")}


def test_score_is_logged_with_the_name_of_its_data() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    test, train = model.score(X_test, y_test), model.score(X=X_train, y=y_train)
    some = model.score(X_test[:50], y_test[:50])

    assert later_metrics() == {
        "LogisticRegression_score_X_test": test,
        "LogisticRegression_score-2_X_train": train,
        "LogisticRegression_score-3_unknown_dataset": some,
    }


def test_metric_of_predictions_is_logged_wherever_its_function_was_imported() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)
    predicted = model.predict(X_test)

    first = accuracy_score(y_test, predicted)
    metrics.accuracy_score(y_true=y_test, y_pred=predicted)
    metrics.log_loss(y_test, model.predict_proba(X_test))

    found = later_metrics()
    assert found["accuracy_score_X_test"] == found["accuracy_score-2_X_test"] == first
    assert set(found) == {"accuracy_score_X_test", "accuracy_score-2_X_test", "log_loss_X_test"}


@pytest.mark.parametrize(
    "model", [LogisticRegression(), MLPClassifier((2,), max_iter=3, random_state=0)], ids=["array", "view"]
)
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_column_of_probabilities_is_known_as_predicted(model: Any) -> None:
    autolog(log_models=False)
    model.fit(X_train, y_train)

    area = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])

    assert later_metrics() == {"roc_auc_score_X_test": area}


def test_decision_function_is_known_as_predicted() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    roc_auc_score(y_test, model.decision_function(X_test))

    assert list(later_metrics()) == ["roc_auc_score_X_test"]


def test_data_of_the_same_name_is_told_apart_and_the_same_data_keeps_its_first_name() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    first = rows = pd.DataFrame(X_test).to_numpy()
    model.score(first, y_test)
    model.score(rows, y_test)
    first = X_test[:30]
    model.score(first, y_test[:30])

    names = sorted(name.partition("_score")[2] for name in later_metrics())
    assert names == ["-2_first", "-3_first-2", "_first"]


def test_arguments_that_say_more_are_kept_as_a_tag() -> None:
    autolog(log_models=False)
    predicted = LogisticRegression().fit(X_train, y_train).predict(X_test)

    f1_score(y_test, predicted)
    f1_score(
        y_test,
        predicted,
        average="macro",
    )

    tags = {key: text for key, text in only_run().data.tags.items() if key.startswith("runstone.metric.")}
    assert tags == {"runstone.metric.f1_score-2_X_test": "f1_score(y_test, predicted, average='macro')"}


def test_function_of_another_name_and_attribute_are_found_in_the_source() -> None:
    class Split:
        held_out = X_test

    autolog(log_models=False)
    model = Ridge().fit(X_train, y_train)

    error_of(y_test, model.predict(Split.held_out))

    assert list(later_metrics()) == ["mean_squared_error_held_out"]


def test_source_that_is_not_known_leaves_the_variables_of_the_module() -> None:
    autolog(log_models=False)
    names = {"model": LogisticRegression().fit(X_train, y_train), "held_out": X_test, "truth": y_test}

    exec("model.score(held_out, truth)\ndef use(): model.score(held_out[:9], truth[:9])\nuse()", names)

    assert set(later_metrics()) == {
        "LogisticRegression_score_held_out",
        "LogisticRegression_score-2_unknown_dataset",
    }


def test_variables_of_the_function_that_calls_are_left_alone() -> None:
    autolog(log_models=False)
    before = locals()

    model = LogisticRegression().fit(X_train, y_train)
    accuracy_score(y_test, model.predict(X_test))

    assert "model" not in before


def test_scorer_is_logged_as_what_it_counts() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    loss = metrics.get_scorer("neg_log_loss")(model, X_test, y_test)
    metrics.make_scorer(f1_score, pos_label=0)(model, X_test, y_test)

    scorer, held_out = metrics.make_scorer(partial(f1_score, average="micro")), X_test[:60]
    scorer(model, held_out, y_test[:60])

    found = later_metrics()
    assert found["log_loss_X_test"] == -loss
    assert set(found) == {"log_loss_X_test", "f1_score_X_test", "score_held_out"}


def test_search_is_scored_as_itself() -> None:
    autolog(log_models=False, max_tuning_runs=0)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring="f1").fit(X_train, y_train)

    search.score(X_test, y_test)
    accuracy_score(y_test, search.predict(X_test))

    assert {"GridSearchCV_score_X_test", "accuracy_score_X_test"} < set(later_metrics())


def test_clusters_that_a_fit_has_found_are_known_as_predicted() -> None:
    autolog(log_models=False)
    model = KMeans(2, n_init=1, random_state=0)

    labels = model.fit_predict(X_train)
    metrics.silhouette_score(X_train, labels)
    model.fit(X_test)
    metrics.silhouette_score(X_test, model.labels_)

    first, second = all_runs()
    assert "silhouette_score_X_train" in first.data.metrics
    assert "silhouette_score_X_test" in second.data.metrics


def test_transformed_data_is_known_as_made_by_its_model() -> None:
    autolog(log_models=False)
    model = PCA(2).fit(X_train)

    metrics.silhouette_score(model.transform(X_test), y_test)

    assert "silhouette_score_X_test" in later_metrics()


def test_what_scikit_learn_computes_for_itself_is_not_logged() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    permutation_importance(model, X_test, y_test, n_repeats=1)
    metrics.classification_report(y_test, model.predict(X_test))

    assert later_metrics() == {}


def test_predictions_of_nobody_and_truth_alone_are_not_logged() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)
    predicted = model.predict(X_test)

    accuracy_score(y_test, y_test)
    accuracy_score(y_test, predicted.copy())
    metrics.confusion_matrix(y_test, predicted)
    cross_val_score(LogisticRegression(), X_test, y_test, cv=2)

    (run, _) = all_runs()
    assert {name.partition("_")[0] for name in run.data.metrics} == {"training"}


def test_it_is_logged_to_the_run_of_the_fit_whichever_is_active() -> None:
    autolog(log_models=False)
    with runstone.start_run() as mine:
        model = LogisticRegression().fit(X_train, y_train)
        model.score(X_test, y_test)

    with runstone.start_run() as other:
        accuracy_score(y_test, model.predict(X_test))

    found = runstone.get_run(mine.info.run_id).data.metrics
    assert {"LogisticRegression_score_X_test", "accuracy_score_X_test"} < set(found)
    assert runstone.get_run(other.info.run_id).data.metrics == {}


def test_model_that_is_fitted_again_is_that_of_its_last_fit() -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)
    predicted = model.predict(X_test)

    model.fit(X_test, y_test)
    model.score(X_test, y_test)
    accuracy_score(y_test, predicted)

    first, second = all_runs()
    assert "accuracy_score_X_test" in first.data.metrics
    assert "LogisticRegression_score_X_test" in second.data.metrics


def test_metrics_belong_to_the_logged_model_too() -> None:
    autolog(log_model_signatures=False)
    model = LogisticRegression().fit(X_train, y_train)

    model.score(X_test, y_test)

    (made,) = only_run().outputs.model_outputs
    logged = runstone.get_logged_model(made.model_id)
    assert "LogisticRegression_score_X_test" in {metric.key for metric in logged.metrics or ()}


def test_it_can_be_switched_off() -> None:
    autolog(log_models=False, log_post_training_metrics=False)
    model = LogisticRegression().fit(X_train, y_train)

    model.score(X_test, y_test)
    accuracy_score(y_test, model.predict(X_test))

    assert only_run().data.metrics == {}


def test_nothing_is_logged_any_more_when_autologging_is_stopped() -> None:
    original = metrics.accuracy_score, vars(ClassifierMixin)["score"], LogisticRegression.predict_proba
    autolog(log_models=False)
    kept = metrics.accuracy_score
    model = LogisticRegression().fit(X_train, y_train)
    predicted = model.predict(X_test)

    autolog(disable=True)
    kept(y_test, predicted)
    model.score(X_test, y_test)

    assert later_metrics() == {}
    assert (metrics.accuracy_score, vars(ClassifierMixin)["score"], LogisticRegression.predict_proba) == original
    assert accuracy_score is original[0]


def test_neither_model_nor_data_nor_predictions_are_kept_alive() -> None:
    autolog(log_models=False)
    names: dict[str, Any] = {"make": LogisticRegression, "rows": X_train.copy(), "kinds": y_train, "count": f1_score}

    exec("model = make().fit(rows, kinds)\nmade = model.predict(rows)\ncount(kinds, made)", names)
    alive = [weakref.ref(names[name]) for name in ("model", "rows", "made")]
    names.clear()
    gc.collect()

    assert [reference() for reference in alive] == [None] * 3


def test_loop_of_scores_is_logged_up_to_a_hundred(complaints: list[str]) -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    for _ in range(150):
        model.score(X_test[:9], y_test[:9])

    assert len(later_metrics()) == 100
    (said,) = complaints
    assert said.endswith(" has 100 values of LogisticRegression_score, and gets no more")


def test_what_fails_of_it_is_told_once_and_the_score_is_given(
    complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    autolog(log_models=False)
    model = LogisticRegression().fit(X_train, y_train)

    with monkeypatch.context() as patch:  # and no longer: pytest reads the source of what fails
        patch.setattr("linecache.getlines", lambda _: 1 / 0)
        scores = [model.score(X_test, y_test) for _ in range(2)]

    assert scores[0] == scores[1] > 0.5
    assert complaints == ["a fit of sklearn is not logged as a whole, and goes on: ZeroDivisionError: division by zero"]


def test_metrics_and_scorers_are_pickled_as_the_places_where_they_are_found() -> None:
    plain, made = accuracy_score, metrics.make_scorer(accuracy_score)
    autolog(log_models=False, max_tuning_runs=0)
    parts = [accuracy_score, plain, made, metrics.make_scorer(accuracy_score), metrics.get_scorer("f1")]
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring=metrics.make_scorer(accuracy_score))

    with joblib.parallel_config(backend="loky", n_jobs=2):
        search.fit(X_train, y_train)
    pickled = [pickle.dumps(part) for part in (*parts, search)]
    autolog(disable=True)

    assert only_run().data.metrics["best_cv_score"] == search.best_score_
    loaded = [pickle.loads(text) for text in pickled]
    assert loaded[:2] == [accuracy_score] * 2 == [plain] * 2
    assert [scorer._score_func for scorer in (*loaded[2:4], loaded[5].scorer_)] == [accuracy_score] * 3
    assert b"runstone" not in b"".join(pickled)


def test_error_of_a_metric_is_its_own() -> None:
    autolog(log_models=False)
    predicted = LogisticRegression().fit(X_train, y_train).predict(X_test)

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        accuracy_score(y_test[:3], predicted)

    assert later_metrics() == {}


BOOSTERS: dict[str, Callable[[], Any]] = {
    "XGBClassifier": lambda: xgboost.XGBClassifier(n_estimators=2, n_jobs=1),
    "LGBMClassifier": lambda: lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1),
    "CatBoostClassifier": lambda: catboost.CatBoostClassifier(
        iterations=2, verbose=0, allow_writing_files=False, thread_count=1
    ),
}


@pytest.mark.parametrize("name", BOOSTERS)
def test_estimators_of_boosting_libraries_are_scored_too(name: str) -> None:
    runstone.autolog(log_models=False)
    model = make_pipeline(BOOSTERS[name]())[-1].fit(X_train, y_train)

    model.score(X_test, y_test)
    roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])

    assert {f"{name}_score_X_test", "roc_auc_score_X_test"} <= set(later_metrics())
