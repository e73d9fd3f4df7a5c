"""The module verbs: which run and which experiment are meant when none is named."""

import os
import subprocess
import sys
import threading
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

import runstone
from runstone.client import Client, context
from runstone.entities import RunStatus
from runstone.errors import (
    InvalidState,
    InvalidValue,
    NotFound,
    RunDeleted,
    RunNotFound,
)
from runstone.stores.resolve import open_store

pytestmark = pytest.mark.usefixtures("chosen")


def status_of(run: runstone.ActiveRun) -> RunStatus:
    return runstone.get_run(run.info.run_id).info.status


def test_with_block_ends_the_run_finished() -> None:
    with runstone.start_run(run_name="first") as run:
        assert runstone.active_run() is run
        assert status_of(run) is RunStatus.RUNNING

    assert runstone.active_run() is None
    assert status_of(run) is RunStatus.FINISHED
    assert runstone.get_run(run.info.run_id).info.run_name == "first"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("bad"), RunStatus.FAILED),
        (SystemExit(), RunStatus.FINISHED),
        (SystemExit(0), RunStatus.FINISHED),
        (SystemExit(3), RunStatus.FAILED),
        (SystemExit("bad"), RunStatus.FAILED),
        (SystemExit([]), RunStatus.FAILED),
        (KeyboardInterrupt(), RunStatus.KILLED),
        (GeneratorExit(), RunStatus.FINISHED),
    ],
)
def test_what_leaves_the_block_decides_the_state(error: BaseException, status: RunStatus) -> None:
    with pytest.raises(type(error)), runstone.start_run() as run:
        raise error

    assert status_of(run) is status


def test_run_has_the_tags_that_mlflow_sets() -> None:
    with runstone.start_run(tags={"n": 1}, description="*why*") as run:
        tags = runstone.get_run(run.info.run_id).data.tags

    assert tags["n"] == "1"
    assert tags["mlflow.note.content"] == "*why*"
    assert tags["mlflow.source.type"] == "LOCAL"
    assert tags["mlflow.source.name"]
    assert tags["mlflow.runName"] == run.info.run_name


def test_user_is_the_one_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_USER", "ada")

    with runstone.start_run() as run:
        pass

    assert run.info.user_id == "ada"
    assert run.data.tags["mlflow.user"] == "ada"


def test_values_go_to_the_active_run() -> None:
    with runstone.start_run() as run:
        runstone.log_param("a", 1)
        runstone.log_params({"b": 2.5, "c": None})
        runstone.log_metric("x", 0.5, step=3)
        runstone.log_metrics({"y": 1, "z": 2}, step=4, timestamp=9)
        runstone.set_tag("t", True)
        runstone.set_tags({"u": 1, "v": 2})
        runstone.delete_tag("u")

    found = runstone.get_run(run.info.run_id).data
    assert found.params == {"a": "1", "b": "2.5", "c": "None"}
    assert found.metrics == {"x": 0.5, "y": 1.0, "z": 2.0}
    assert (found.tags["t"], found.tags["v"], found.tags.get("u")) == ("True", "2", None)
    assert [(metric.step, metric.timestamp) for metric in found.metric_list if metric.key in "yz"] == [(4, 9)] * 2


def test_logging_without_a_run_starts_one() -> None:
    runstone.log_metric("x", 1)

    run = runstone.active_run()
    assert run is not None
    assert runstone.get_run(run.info.run_id).data.metrics == {"x": 1}


def test_another_run_can_be_named(chosen: Client) -> None:
    other = chosen.create_run("0").info.run_id
    with runstone.start_run() as run:
        runstone.log_metric("x", 1, run_id=other)
        runstone.log_metrics({"y": 1}, run_id=other)
        runstone.log_params({"p": 1}, run_id=other)
        runstone.log_text("text", "a.txt", run_id=other)

    assert chosen.get_run(other).data.metrics == {"x": 1, "y": 1}
    assert [file.path for file in chosen.list_artifacts(other)] == ["a.txt"]
    assert chosen.get_run(run.info.run_id).data.metrics == {}


def test_second_run_wants_nested() -> None:
    with runstone.start_run() as run, pytest.raises(InvalidState, match=r"end_run\(\).*nested=True"):
        runstone.start_run()

    assert status_of(run) is RunStatus.FINISHED


def test_nested_without_an_active_run_has_no_parent() -> None:
    with runstone.start_run(nested=True) as run:
        pass

    assert runstone.get_parent_run(run.info.run_id) is None


def test_parent_can_be_named_without_an_active_run(chosen: Client) -> None:
    parent = chosen.create_run("0").info.run_id

    with runstone.start_run(parent_run_id=parent) as run:
        pass

    assert run.data.tags["mlflow.parentRunId"] == parent
    assert run.info.experiment_id == "0"


def test_parent_that_cannot_be_is_refused(chosen: Client) -> None:
    deleted = chosen.create_run("0").info.run_id
    chosen.delete_run(deleted)

    with pytest.raises(RunNotFound):
        runstone.start_run(parent_run_id="0" * 32)
    with pytest.raises(RunDeleted):
        runstone.start_run(parent_run_id=deleted)
    with runstone.start_run(), pytest.raises(InvalidState, match="leave parent_run_id out"):
        runstone.start_run(nested=True, parent_run_id=deleted)

    assert runstone.active_run() is None


def test_leaving_a_block_ends_the_runs_left_open_in_it() -> None:
    with runstone.start_run() as outer:
        inner = runstone.start_run(nested=True)

    assert runstone.active_run() is None
    assert (status_of(inner), status_of(outer)) == (RunStatus.FINISHED, RunStatus.FINISHED)


def test_run_ended_within_its_block_keeps_its_state() -> None:
    with runstone.start_run() as run:
        runstone.end_run("KILLED")

    assert status_of(run) is RunStatus.KILLED


def test_error_that_leaves_the_block_is_not_hidden_by_a_run_that_cannot_be_ended(
    chosen: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        with runstone.start_run() as run:
            chosen.delete_run(run.info.run_id)
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        fail()

    assert runstone.active_run() is None
    assert "could not be ended" in caplog.text


def test_outer_run_is_ended_even_where_the_inner_cannot_be(chosen: Client) -> None:
    outer = runstone.start_run()
    inner = runstone.start_run(nested=True)
    chosen.delete_run(inner.info.run_id)

    with pytest.raises(RunDeleted), outer:
        pass

    assert runstone.active_run() is None
    assert status_of(outer) is RunStatus.FINISHED


def test_ending_without_a_run_does_nothing() -> None:
    runstone.end_run()

    assert runstone.active_run() is None


@pytest.mark.parametrize("status", ["DONE", "RUNNING", "", None, 3])
def test_bad_end_is_refused_and_the_run_stays_active(status: Any) -> None:
    run = runstone.start_run()

    with pytest.raises(InvalidValue):
        runstone.end_run(status)

    assert runstone.active_run() is run


def test_run_that_cannot_be_ended_is_active_no_more(chosen: Client) -> None:
    run = runstone.start_run()
    chosen.delete_run(run.info.run_id)

    with pytest.raises(RunDeleted):
        runstone.end_run()

    assert runstone.active_run() is None


def test_run_is_resumed_with_new_name_and_tags() -> None:
    with runstone.start_run() as first:
        runstone.log_metric("x", 1)

    with runstone.start_run(first.info.run_id, run_name="again", tags={"n": 2}, description="more") as second:
        assert status_of(second) is RunStatus.RUNNING
        runstone.log_metric("x", 2, step=1)

    found = runstone.get_run(first.info.run_id)
    assert second.info.run_id == first.info.run_id
    assert (found.info.run_name, found.info.status) == ("again", RunStatus.FINISHED)
    assert (found.data.tags["n"], found.data.tags["mlflow.note.content"]) == ("2", "more")
    assert found.data.metrics == {"x": 2}


def test_run_that_cannot_be_resumed_is_refused(chosen: Client) -> None:
    deleted = chosen.create_run("0").info.run_id
    chosen.delete_run(deleted)
    other = chosen.create_run("0").info.run_id

    with pytest.raises(RunDeleted):
        runstone.start_run(deleted)
    with pytest.raises(RunNotFound):
        runstone.start_run("0" * 32)
    with pytest.raises(InvalidValue, match="leave experiment_id out"):
        runstone.start_run(other, experiment_id="1")


def test_setting_names_the_run_to_resume_once(chosen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named = chosen.create_run("0").info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", named)

    with runstone.start_run() as first, runstone.start_run(nested=True) as nested:
        pass
    with runstone.start_run() as second:
        pass

    assert first.info.run_id == named
    assert named not in {nested.info.run_id, second.info.run_id}


def test_setting_names_the_run_until_it_could_be_resumed(chosen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named = chosen.create_run("0").info.run_id
    chosen.delete_run(named)
    monkeypatch.setenv("RUNSTONE_RUN_ID", named)

    for _ in range(2):
        with pytest.raises(RunDeleted):
            runstone.log_metric("loss", 1)
    chosen.restore_run(named)
    with runstone.start_run() as run:
        pass

    assert run.info.run_id == named


@pytest.mark.parametrize("name", ["RUNSTONE_RUN_ID", "MLFLOW_RUN_ID"])
def test_child_processes_do_not_inherit_the_run_that_was_resumed(
    chosen: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "f" * 32)
    monkeypatch.setenv(name, chosen.create_run("0").info.run_id)
    child = f"import runstone; print(runstone.start_run(parent_run_id={os.environ[name]!r}).info.run_id)"

    with runstone.start_run() as run:
        started = [sys.executable, "-c", child]
        settings = os.environ | {"RUNSTONE_TRACKING_URI": chosen.tracking_uri}
        said = subprocess.run(started, env=settings, capture_output=True, text=True, check=True).stdout.strip()

    assert chosen.get_run(said).data.tags["mlflow.parentRunId"] == run.info.run_id != said
    assert "mlflow.parentRunId" not in chosen.get_run(run.info.run_id).data.tags


def test_setting_that_names_the_parent_is_not_the_run(chosen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named = chosen.create_run("0").info.run_id
    monkeypatch.setenv("RUNSTONE_RUN_ID", named)

    with runstone.start_run(parent_run_id=named) as child:
        pass
    with runstone.start_run() as run:
        pass

    assert child.info.run_id != named
    assert child.data.tags["mlflow.parentRunId"] == named
    assert run.info.run_id == named


def test_run_cannot_be_its_own_parent(chosen: Client) -> None:
    run_id = chosen.create_run("0").info.run_id

    with pytest.raises(InvalidValue, match="its own parent"):
        runstone.start_run(run_id=run_id, parent_run_id=run_id)

    assert "mlflow.parentRunId" not in chosen.get_run(run_id).data.tags


def test_description_is_given_once() -> None:
    with pytest.raises(InvalidValue, match="given twice"):
        runstone.start_run(description="a", tags={"mlflow.note.content": "b"})
    with pytest.raises(InvalidValue, match="description"):
        runstone.start_run(description=5)  # type: ignore[arg-type]  # on purpose


def test_run_whose_tags_are_bad_is_not_made() -> None:
    with pytest.raises(InvalidValue):
        runstone.start_run(tags={"": 1})
    with pytest.raises(InvalidValue):
        runstone.start_run(tags=["a"])  # type: ignore[arg-type]  # on purpose

    assert runstone.search_runs(output_format="list") == []


def test_each_thread_has_runs_of_its_own() -> None:
    seen: dict[str, Any] = {}

    def work() -> None:
        seen["before"] = runstone.active_run()
        with runstone.start_run(run_name="in a thread") as run:
            seen["run"] = run

    with runstone.start_run() as outer:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert runstone.active_run() is outer
        last = runstone.last_active_run()

    assert seen["before"] is None
    assert runstone.get_parent_run(seen["run"].info.run_id) is None
    assert last is not None
    assert last.info.run_id == outer.info.run_id


def test_last_active_run_has_its_facts_of_now() -> None:
    with runstone.start_run() as run:
        runstone.log_metric("x", 1)

    last = runstone.last_active_run()
    assert last is not None
    assert last.info.run_id == run.info.run_id
    assert (last.info.status, last.data.metrics) == (RunStatus.FINISHED, {"x": 1})


def test_active_run_is_logged_to_where_it_was_started(address: str, tmp_path: Any) -> None:
    with runstone.start_run() as run:
        runstone.set_tracking_uri(f"sqlite:///{tmp_path}/other.db")
        runstone.log_metric("x", 1)
        runstone.log_text("text", "a.txt")

    assert Client(address).get_run(run.info.run_id).data.metrics == {"x": 1}
    assert Client(address).get_run(run.info.run_id).info.status is RunStatus.FINISHED


def test_deleted_things_are_restored() -> None:
    chosen = runstone.set_experiment(f"restored {uuid4()}")
    with runstone.start_run() as run:
        pass

    runstone.delete_run(run.info.run_id)
    gone = runstone.search_runs(output_format="list")
    runstone.restore_run(run.info.run_id)
    runstone.delete_experiment(chosen.experiment_id)
    runstone.restore_experiment(chosen.experiment_id)

    assert gone == []
    assert [found.info.run_id for found in runstone.search_runs(output_format="list")] == [run.info.run_id]


@pytest.mark.parametrize("verb", ["log_params", "log_metrics", "set_tags", "set_experiment_tags"])
def test_verbs_of_many_values_want_a_dict(verb: str) -> None:
    with pytest.raises(InvalidValue, match="dict"):
        getattr(runstone, verb)([1])

    assert runstone.active_run() is None


@pytest.mark.parametrize("key", [["loss"], None, 7])
def test_name_that_is_no_text_is_refused_within_a_run(key: Any) -> None:
    with runstone.start_run():
        runstone.log_metric("loss", 0.5)

        with pytest.raises(InvalidValue, match="metric"):
            runstone.log_metric(key, 0.5)


@pytest.mark.parametrize(
    ("verb", "arguments"), [("log_metric", ("x", "1")), ("log_param", ("", 1)), ("set_tag", (None, 1))]
)
def test_bad_value_starts_no_run(verb: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidValue):
        getattr(runstone, verb)(*arguments)

    assert runstone.active_run() is None


def test_logging_that_need_not_wait_gives_something_to_wait_on() -> None:
    for given in (
        runstone.log_metric("x", 1, synchronous=False),
        runstone.log_param("p", 1, synchronous=False),
        runstone.set_tags({"t": 1}, synchronous=False),
    ):
        assert isinstance(given, runstone.RunOperations)
        given.wait()
    assert runstone.log_param("p", 1, synchronous=True) == 1


def test_all_that_was_logged_is_stored_when_flushing_returns(address: str) -> None:
    with runstone.start_run() as run, closing(open_store(address)) as store:
        runstone.log_metric("loss", 0.5)
        runstone.log_text("text", "note.txt")

        runstone.flush_async_logging()
        runstone.flush_artifact_async_logging()

        assert [metric.value for metric in store.metric_history(run.info.run_id, "loss")] == [0.5]
        assert runstone.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "text"


@pytest.mark.parametrize("name", ["RUNSTONE_RUN_ID", "MLFLOW_RUN_ID", "RUNSTONE_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_ID"])
def test_setting_that_names_what_is_not_there_is_told(address: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    context.forget_choices()
    monkeypatch.setenv("RUNSTONE_TRACKING_URI", address)
    monkeypatch.setenv(name, "nonsense")

    with pytest.raises(NotFound, match=f"has the id that {name} names, 'nonsense'"):
        runstone.start_run()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RUNSTONE_CAPTURE_GIT", "yess"),
        ("RUNSTONE_CAPTURE_CODE", "yess"),
        ("RUNSTONE_CAPTURE_ENVIRONMENT", "yess"),
        ("RUNSTONE_CAPTURE_CONSOLE", "yess"),
        ("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "yess"),
        ("RUNSTONE_SYSTEM_METRICS_SAMPLING_INTERVAL", "often"),
        ("RUNSTONE_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "0"),
        ("RUNSTONE_JOURNAL_FSYNC", "sometimes"),
        ("RUNSTONE_JOURNAL_MAX_MB", "0"),
        ("RUNSTONE_JOURNAL_WAIT", "1s"),
    ],
)
def test_run_is_not_made_where_a_setting_cannot_be_read(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.delenv("RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING", raising=False)
    monkeypatch.setenv(name, text)
    with pytest.raises(InvalidValue, match=f"{name}='{text}' cannot be read"):
        runstone.start_run()
    monkeypatch.delenv(name)

    assert runstone.search_runs(output_format="list") == []
    assert runstone.active_run() is None


def test_mistyped_setting_does_not_use_up_the_run_to_resume(chosen: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = runstone.start_run()
    runstone.end_run()
    monkeypatch.setenv("RUNSTONE_RUN_ID", ended.info.run_id)
    monkeypatch.setenv("RUNSTONE_CAPTURE_CONSOLE", "yess")

    with pytest.raises(InvalidValue, match="RUNSTONE_CAPTURE_CONSOLE"):
        runstone.start_run()

    assert chosen.get_run(ended.info.run_id).info.status is RunStatus.FINISHED
    assert os.environ["RUNSTONE_RUN_ID"] == ended.info.run_id
