"""A model is logged with one call, and found again by any of its names."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runstone
import runstone.sklearn
from runstone.entities import LoggedModelStatus
from runstone.errors import InvalidState, InvalidValue, NotFound, RunstoneError, UnknownFlavor
from runstone.models import Model

pytestmark = pytest.mark.usefixtures("chosen")

ROWS = pd.DataFrame({"height": [1.0, 2.0, 3.0]})


@pytest.fixture
def model() -> LinearRegression:
    return LinearRegression().fit(ROWS, [2.0, 4.0, 6.0])


def test_logged_model_belongs_to_the_active_run(model: LinearRegression) -> None:
    with runstone.start_run() as run:
        info = runstone.sklearn.log_model(model, name="line", input_example=ROWS, params={"depth": 1}, step=3)

    logged = runstone.get_logged_model(info.model_id)
    assert (logged.name, logged.status, logged.source_run_id) == ("line", "READY", run.info.run_id)
    assert (logged.params, logged.tags["runstone.flavor"]) == ({"depth": "1"}, "sklearn")
    [output] = runstone.get_run(run.info.run_id).outputs.model_outputs
    assert (output.model_id, output.step) == (info.model_id, 3)


def test_model_tells_what_is_known_of_it(model: LinearRegression, tmp_path: Path) -> None:
    with runstone.start_run():
        info = runstone.sklearn.log_model(model, name="line")
        runstone.log_metric("rmse", 0.5, model_id=info.model_id)
    runstone.sklearn.save_model(model, str(tmp_path / "saved"), mlflow_model=Model(metadata={"owner": "crops"}))

    logged = runstone.models.get_model_info(info.model_uri)
    saved = runstone.models.get_model_info(str(tmp_path / "saved"))

    assert (info.metrics, [(metric.key, metric.value) for metric in logged.metrics]) == ([], [("rmse", 0.5)])
    assert logged.creation_timestamp == runstone.get_logged_model(info.model_id).creation_timestamp
    assert (logged.name, logged.mlflow_version) == ("line", None)
    assert (saved.name, saved.creation_timestamp, saved.metrics, saved.tags) == ("", None, [], {})
    assert saved.metadata == {"owner": "crops"}


def test_logged_model_needs_no_run(model: LinearRegression) -> None:
    info = runstone.log_model(model, "line")

    assert info.run_id is None
    assert runstone.active_run() is None
    assert list(runstone.pyfunc.load_model(info.model_uri).predict(ROWS)) == pytest.approx([2.0, 4.0, 6.0])


def test_model_is_loaded_by_each_of_its_names(model: LinearRegression) -> None:
    with runstone.start_run() as run:
        info = runstone.sklearn.log_model(model, "line", registered_model_name="growth")
    runstone.Client().set_registered_model_alias("growth", "best", "1")

    for uri in (
        info.model_uri,
        f"runs:/{run.info.run_id}/line",
        "models:/growth/1",
        "models:/growth@best",
        "models:/growth/latest",
        info.artifact_path,
    ):
        assert runstone.load_model(uri).coef_ == pytest.approx([2.0]), uri


def test_model_that_cannot_be_kept_leaves_nothing_behind(model: LinearRegression) -> None:
    with pytest.raises(InvalidValue, match="does not predict from its input_example"):
        runstone.sklearn.log_model(model, name="line", input_example=pd.DataFrame({"other": ["a"]}))

    assert runstone.search_logged_models(output_format="list") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"registered_model_name": "a/b"}, "the name of a registered model holds neither '/' nor ':'; got 'a/b'"),
        ({"registered_model_name": ""}, "the name of a registered model is not empty"),
        ({"step": "last"}, "the step of a model is an integer; got 'last', a str"),
        ({"tags": {"..": 1}}, "the tag name '..' is not a plain path"),
        ({"metadata": {"lock": object()}}, "'MLmodel' holds plain values"),
    ],
)
@pytest.mark.parametrize("verb", [runstone.log_model, runstone.sklearn.log_model])
def test_wrong_argument_logs_nothing(verb: Any, options: dict[str, Any], message: str, model: LinearRegression) -> None:
    with runstone.start_run(), pytest.raises(InvalidValue, match=re.escape(message)):
        verb(model, name="line", **options)

    assert runstone.search_logged_models(output_format="list") == []


def test_model_whose_files_cannot_be_stored_is_marked_as_failed(model: LinearRegression, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runstone.set_tracking_uri(f"sqlite:///{tmp_path}/own.db")
    experiment = runstone.create_experiment("no room", artifact_location=str(tmp_path / "file" / "artifacts"))

    with (
        runstone.start_run(experiment_id=experiment) as run,
        pytest.raises(RunstoneError, match="leads through a file"),
    ):
        runstone.sklearn.log_model(model, name="line")

    found: Any = runstone.search_logged_models([experiment], output_format="list")
    assert [logged.status for logged in found] == [LoggedModelStatus.FAILED]
    assert not runstone.get_run(run.info.run_id).outputs.model_outputs


def test_model_of_no_flavor_is_refused() -> None:
    with pytest.raises(UnknownFlavor, match=r"no flavor keeps models of type builtins\.dict"):
        runstone.log_model({"a": 1})


def test_model_that_was_begun_gets_its_files_once(model: LinearRegression) -> None:
    begun = runstone.initialize_logged_model("line")

    info = runstone.sklearn.log_model(model, model_id=begun.model_id)

    assert info.model_id == begun.model_id
    assert runstone.get_logged_model(begun.model_id).status == "READY"
    with pytest.raises(InvalidState, match="READY already"):
        runstone.sklearn.log_model(model, model_id=begun.model_id)


def test_names_that_say_two_things_are_refused(model: LinearRegression) -> None:
    with pytest.raises(InvalidValue, match="two words for the same"):
        runstone.sklearn.log_model(model, "a", name="b")


def test_absent_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        runstone.load_model("models:/nobody/1")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        runstone.load_model(str(tmp_path / "nowhere"))
