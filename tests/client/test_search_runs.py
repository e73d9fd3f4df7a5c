"""`search_runs` of the module: frames and lists, at both kinds of address."""

import math
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest

import runstone
from runstone.client import Client, choices
from runstone.entities import ViewType
from runstone.errors import InvalidFilter, InvalidValue

pd = pytest.importorskip("pandas")
pytestmark = pytest.mark.usefixtures("chosen")

BASE = ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]


@pytest.fixture
def runs(chosen: Client) -> list[str]:
    """Ids of three runs that have ended, in the order of their start."""
    ids = []
    for number in range(3):
        run = chosen.create_run(choices.experiment_id(), start_time=1000 + number, run_name=f"run {number}")
        chosen.log_metric(run.info.run_id, "acc", number / 10)
        chosen.log_param(run.info.run_id, "n", number)
        chosen.set_terminated(run.info.run_id)
        ids.append(run.info.run_id)
    return ids


def test_frame_has_a_row_for_each_run_and_a_column_for_each_name(runs: list[str]) -> None:
    with runstone.start_run() as still_open:
        runstone.log_metric("only here", 1)
        frame = runstone.search_runs()

    assert list(frame["run_id"]) == [still_open.info.run_id, *reversed(runs)]
    assert list(frame.columns[:6]) == BASE
    assert {"metrics.acc", "metrics.only here", "params.n", "tags.mlflow.runName"} <= set(frame.columns)
    assert list(frame["status"]) == ["RUNNING", "FINISHED", "FINISHED", "FINISHED"]
    assert frame["metrics.acc"].dtype == "float64"
    assert frame["metrics.acc"].isna().tolist() == [True, False, False, False]
    assert frame["params.n"].tolist()[1:] == ["2", "1", "0"]
    assert str(frame["start_time"].dt.tz) == "UTC"
    assert frame["end_time"].isna().tolist() == [True, False, False, False]


def test_times_of_a_frame_are_those_of_the_runs(runs: list[str]) -> None:
    frame = runstone.search_runs()

    info = runstone.get_run(frame["run_id"][0]).info
    assert frame["start_time"][0].timestamp() * 1000 == pytest.approx(info.start_time)
    assert frame["end_time"][0].timestamp() * 1000 == pytest.approx(info.end_time)


def test_frame_without_runs_has_the_columns_of_all_runs() -> None:
    frame = runstone.search_runs()

    assert list(frame.columns) == BASE
    assert frame.empty


def test_list_filter_order_and_length(runs: list[str]) -> None:
    found = runstone.search_runs(
        filter_string="metrics.acc > 0", order_by=["metrics.acc ASC"], max_results=1, output_format="list"
    )

    assert [run.info.run_id for run in found] == [runs[1]]


def test_deleted_runs_are_found_when_asked_for(runs: list[str]) -> None:
    runstone.delete_run(runs[0])

    for view in (2, ViewType.DELETED_ONLY):
        found = runstone.search_runs(run_view_type=view, output_format="list")
        assert [run.info.run_id for run in found] == [runs[0]]
    assert len(runstone.search_runs(run_view_type=3, output_format="list")) == 3


def test_experiments_are_named_by_id_by_name_or_all(runs: list[str], caplog: pytest.LogCaptureFixture) -> None:
    here = runstone.get_run(runs[0]).info.experiment_id
    name = runstone.get_experiment(here).name
    runstone.set_experiment(f"elsewhere {uuid4()}")

    by_default = runstone.search_runs(output_format="list")
    by_id = runstone.search_runs([here], output_format="list")
    by_name = runstone.search_runs(experiment_names=[name, "no such name"], output_format="list")
    everywhere = runstone.search_runs(search_all_experiments=True, output_format="list")

    assert by_default == []
    assert [run.info.run_id for run in by_id] == [run.info.run_id for run in by_name] == runs[::-1]
    assert {*runs} <= {run.info.run_id for run in everywhere}
    assert runstone.search_runs(experiment_names=["no such name"], output_format="list") == []
    assert caplog.messages == ["no experiment has the name 'no such name': no run of it is found"] * 2


@pytest.mark.parametrize(
    "arguments",
    [
        {"output_format": "csv"},
        {"max_results": 0},
        {"max_results": None},
        {"experiment_ids": ["0"], "experiment_names": ["Default"]},
        {"experiment_names": "Default"},
        {"experiment_ids": [None]},
        {"experiment_ids": {"a": 1}},
        {"run_view_type": "SOME"},
        {"order_by": "metrics.acc"},
    ],
)
def test_bad_search_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        runstone.search_runs(**arguments)


def test_bad_filter_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidFilter) as caught:
        runstone.search_runs(filter_string="metrics.acc >> 1")

    assert caught.value.position == 13


def test_frame_without_pandas_is_refused_with_the_way_out() -> None:
    script = (
        "import sys; sys.modules['pandas'] = None\n"
        "import runstone\n"
        "try:\n    runstone.search_runs()\n"
        "except runstone.RunstoneError as error:\n    print(error)\n"
        "print(runstone.search_runs(output_format='list'))\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "pip install pandas" in ended.stdout
    assert ended.stdout.endswith("[]\n")


def test_frame_of_polars_holds_the_same(runs: list[str]) -> None:
    with runstone.start_run() as still_open:
        runstone.log_metric("only here", float("nan"))
    frame = runstone.search_runs(output_format="polars")

    assert frame["run_id"].to_list() == [still_open.info.run_id, *reversed(runs)]
    assert frame.columns[:6] == BASE
    assert frame["metrics.acc"].to_list() == [None, 0.2, 0.1, 0.0]
    assert math.isnan(frame["metrics.only here"][0])
    assert frame["params.n"].to_list() == [None, "2", "1", "0"]
    assert frame["start_time"][3].timestamp() == 1.0


def test_search_that_finds_nothing_gives_a_frame_of_polars_without_rows() -> None:
    frame = runstone.search_runs(["4711"], output_format="polars")

    assert (frame.height, frame.columns) == (0, BASE)
