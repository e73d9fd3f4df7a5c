"""What the demonstration logs, and that the check finds whatever differs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runstone.client.client import Client
from runstone.demo.recording import FAILURE, Recorder
from runstone.demo.verification import differences
from runstone.entities import Metric, RunStatus
from runstone.server.listen import ServerOptions
from runstone.testing.server import running_server


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    options = ServerOptions(store_uri=f"sqlite:///{folder}/runs.db", artifacts_destination=str(folder / "artifacts"))
    with running_server(options) as address:
        yield address


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def recorder(address: str, told: list[str]) -> Recorder:
    return Recorder(Client(address), told.append)


def _record(recorder: Recorder) -> None:
    experiment_id = recorder.experiment("recorded", "A **note**.")
    with recorder.run(experiment_id, "outer", params={"depth": 3}, note="Outside.") as outer:
        outer.metrics({"loss": float("nan"), "accuracy": 0.5}, step=1)
        outer.curve([{"loss": 0.5}, {"loss": 0.25}], first_step=2)
        outer.text("notes/summary.md", "# It went well\n")
        with recorder.run(experiment_id, "inner", params={}, note="Inside.", parent=outer.logged.run_id) as inner:
            inner.json("report.json", {"right": 9})


def test_what_was_logged_is_what_the_server_has(recorder: Recorder, told: list[str]) -> None:
    _record(recorder)

    outer, inner = (recorder.client.get_run(run.run_id) for run in recorder.runs)

    assert list(differences(recorder.client, recorder.runs)) == []
    assert outer.data.params == {"depth": "3"}
    assert outer.data.metrics == {"loss": 0.25, "accuracy": 0.5}
    assert outer.data.tags["mlflow.note.content"] == "Outside."
    assert inner.data.tags["mlflow.parentRunId"] == outer.info.run_id
    assert set(recorder.runs[0].files) == {"notes/summary.md"}
    assert [sentence.split()[:2] for sentence in told] == [["finished", "inner"], ["finished", "outer"]]


def test_experiment_is_used_again_until_it_is_deleted(recorder: Recorder) -> None:
    first = recorder.experiment("again", "One.")
    second = recorder.experiment("again", "Two.")
    recorder.client.delete_experiment(first)
    third = recorder.experiment("again", "Three.")

    assert first == second
    assert third != first
    assert recorder.client.get_experiment(third).tags == {"mlflow.note.content": "Three."}


def test_run_that_fails_says_so_and_keeps_its_traceback(recorder: Recorder, tmp_path: Path) -> None:
    experiment_id = recorder.experiment("failing", "")

    with pytest.raises(ValueError, match="overflow"), recorder.run(experiment_id, "bad", params={}, note=""):
        raise ValueError("overflow")

    run = recorder.runs[-1]
    place = recorder.client.download_artifacts(run.run_id, FAILURE, str(tmp_path))
    assert recorder.client.get_run(run.run_id).info.status is RunStatus.FAILED
    assert "ValueError: overflow" in Path(place).read_text()
    assert list(differences(recorder.client, recorder.runs)) == []


def test_run_that_is_interrupted_is_killed(recorder: Recorder) -> None:
    experiment_id = recorder.experiment("interrupted", "")

    with pytest.raises(KeyboardInterrupt), recorder.run(experiment_id, "stopped", params={}, note=""):
        raise KeyboardInterrupt

    assert recorder.client.get_run(recorder.runs[-1].run_id).info.status is RunStatus.KILLED


def test_run_that_was_never_entered_is_ended_too(recorder: Recorder) -> None:
    recorder.run(recorder.experiment("never entered", ""), "forgotten", params={}, note="")

    with pytest.raises(KeyboardInterrupt), recorder:
        raise KeyboardInterrupt

    assert recorder.client.get_run(recorder.runs[-1].run_id).info.status is RunStatus.KILLED


def test_runs_of_others_are_left_alone(recorder: Recorder) -> None:
    experiment_id = recorder.experiment("others", "")
    other = recorder.client.create_run(experiment_id).info.run_id

    with pytest.raises(KeyboardInterrupt), recorder:
        raise KeyboardInterrupt

    assert recorder.client.get_run(other).info.status is RunStatus.RUNNING


def _tamper_state(client: Client, run_id: str) -> None:
    client.set_terminated(run_id, "FAILED")


def _tamper_param(client: Client, run_id: str) -> None:
    client.log_param(run_id, "planted", 1)


def _tamper_metric(client: Client, run_id: str) -> None:
    client.log_metric(run_id, "planted", 1.0)


def _tamper_history(client: Client, run_id: str) -> None:
    client.log_batch(run_id, [Metric("loss", 0.4, 1, 1)])


def _tamper_file(client: Client, run_id: str) -> None:
    client.log_text(run_id, "changed", "notes/summary.md")


def _tamper_listing(client: Client, run_id: str) -> None:
    client.delete_run(run_id)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (_tamper_state, "its state is FAILED, and was FINISHED"),
        (_tamper_param, "these params differ: planted"),
        (_tamper_metric, "planted"),
        (_tamper_history, "the metric 'loss' has 4 values, not the 3 that were logged"),
        (_tamper_file, "the artifact 'notes/summary.md' came back with other bytes"),
        (_tamper_listing, "1 of 2 runs are not listed"),
    ],
)
def test_difference_is_found_and_named(recorder: Recorder, tamper: object, found: str) -> None:
    _record(recorder)
    assert callable(tamper)

    tamper(recorder.client, recorder.runs[0].run_id)

    problems = list(differences(recorder.client, recorder.runs))
    assert len(problems) == 1
    assert found in problems[0]


def test_missing_artifact_is_found(recorder: Recorder) -> None:
    _record(recorder)

    recorder.runs[0].files["never.txt"] = "0" * 64

    assert [problem.partition(": ")[2] for problem in differences(recorder.client, recorder.runs)] == [
        "the artifact 'never.txt' is missing"
    ]
