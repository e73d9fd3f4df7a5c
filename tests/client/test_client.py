"""The handle: the same verbs with the same results at both kinds of address."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runstone.client import Client, RunOperations
from runstone.client.runs import now_ms
from runstone.entities import LifecycleStage, Metric, Page, Param, RunStatus, Tag, ViewType
from runstone.errors import (
    ExperimentDeleted,
    ExperimentExists,
    ExperimentNotFound,
    InvalidFilter,
    InvalidPageToken,
    InvalidValue,
    NotFound,
    ParamChanged,
    RunDeleted,
    RunNotFound,
    Unsupported,
)

NO_RUN = "0" * 32


def test_experiment_is_made_with_its_tags_and_found(client: Client) -> None:
    made = client.create_experiment("with tags", tags={"team": "risk", "year": 2026})

    found = client.get_experiment(made)
    assert found.name == "with tags"
    assert found.tags == {"team": "risk", "year": "2026"}
    assert client.get_experiment_by_name("with tags") == found
    assert client.get_experiment_by_name("no such name") is None


def test_artifact_location_is_where_artifacts_go(client: Client, tmp_path: Path) -> None:
    location = f"{tmp_path}/place"
    if client.tracking_uri.startswith("http"):
        with pytest.raises(Unsupported, match="folder of the server"):
            client.create_experiment("with a place", artifact_location=location)
        return

    made = client.create_experiment("with a place", artifact_location=location)
    client.log_text(client.create_run(made).info.run_id, "text", "a.txt")

    assert list((tmp_path / "place").rglob("a.txt"))


def test_experiment_is_renamed_tagged_deleted_and_restored(client: Client, experiment_id: str) -> None:
    client.rename_experiment(experiment_id, f"renamed {experiment_id}")
    client.set_experiment_tag(experiment_id, "a", 1)
    client.set_experiment_tag(experiment_id, "b", 2)
    client.delete_experiment_tag(experiment_id, "a")
    client.delete_experiment(experiment_id)
    deleted = client.get_experiment(experiment_id)
    client.restore_experiment(experiment_id)

    assert deleted.lifecycle_stage is LifecycleStage.DELETED
    found = client.get_experiment(experiment_id)
    assert (found.name, found.tags, found.lifecycle_stage) == (
        f"renamed {experiment_id}",
        {"b": "2"},
        LifecycleStage.ACTIVE,
    )


def test_experiments_are_searched_page_by_page(client: Client) -> None:
    for number in range(3):
        client.create_experiment(f"paged {number}")
    arguments: dict[str, Any] = {"filter_string": "name LIKE 'paged %'", "order_by": ["name DESC"], "max_results": 2}

    first = client.search_experiments(**arguments)
    second = client.search_experiments(**arguments, page_token=first.token)

    assert [experiment.name for experiment in first] == ["paged 2", "paged 1"]
    assert [experiment.name for experiment in second] == ["paged 0"]
    assert second.token is None


@pytest.mark.parametrize("view", [2, "DELETED_ONLY", ViewType.DELETED_ONLY])
def test_view_type_is_taken_by_name_and_by_number(client: Client, experiment_id: str, view: Any) -> None:
    client.delete_experiment(experiment_id)

    found = client.search_experiments(view_type=view)

    assert experiment_id in [experiment.experiment_id for experiment in found]


def test_run_is_made_with_name_time_and_tags(client: Client, experiment_id: str) -> None:
    made = client.create_run(experiment_id, start_time=5, tags={"mlflow.user": "ada", "n": 1}, run_name="first")

    run = client.get_run(made.info.run_id)
    assert (run.info.run_name, run.info.start_time, run.info.user_id) == ("first", 5, "ada")
    assert run.info.status is RunStatus.RUNNING
    assert run.data.tags == {"mlflow.user": "ada", "n": "1", "mlflow.runName": "first"}


def test_run_without_a_name_and_a_time_is_given_both(client: Client, experiment_id: str) -> None:
    before = now_ms()

    run = client.create_run(experiment_id)

    assert run.info.run_name
    assert before <= run.info.start_time <= now_ms()


def test_metrics_params_and_tags_are_read_back(client: Client, run_id: str) -> None:
    client.log_metric(run_id, "loss", 0.5, step=1, timestamp=10)
    client.log_metric(run_id, "loss", math.nan, step=2, timestamp=20)
    client.log_metric(run_id, "loss", -math.inf, step=3, timestamp=30)
    assert client.log_param(run_id, "layers", [1, 2]) == [1, 2]
    client.set_tag(run_id, "none", None)

    run = client.get_run(run_id)
    history = client.get_metric_history(run_id, "loss")
    assert run.data.metrics == {"loss": -math.inf}
    assert run.data.params == {"layers": "[1, 2]"}
    assert run.data.tags["none"] == "None"
    assert [(metric.timestamp, metric.step) for metric in history] == [(10, 1), (20, 2), (30, 3)]
    assert history[0].value == 0.5
    assert math.isnan(history[1].value)


def test_step_and_time_are_filled_in(client: Client, run_id: str) -> None:
    before = now_ms()

    client.log_metric(run_id, "loss", 1)

    [metric] = client.get_metric_history(run_id, "loss")
    assert metric.step == 0
    assert before <= metric.timestamp <= now_ms()


def test_numbers_of_numpy_are_numbers(client: Client, run_id: str) -> None:
    numpy = pytest.importorskip("numpy")

    client.log_metric(run_id, "loss", numpy.float32(0.5), step=numpy.int64(7), timestamp=numpy.int32(8))

    assert client.get_metric_history(run_id, "loss") == [Metric("loss", 0.5, 8, 7)]


def test_batch_beyond_the_limits_is_sent_in_several(client: Client, run_id: str) -> None:
    metrics = [Metric("m", float(step), 1, step) for step in range(2500)]
    params = [Param(f"p{number}", number) for number in range(250)]  # type: ignore[arg-type]  # turned into text
    tags = [Tag(f"t{number}", "x") for number in range(120)]

    client.log_batch(run_id, metrics, params, tags)

    run = client.get_run(run_id)
    assert [metric.step for metric in client.get_metric_history(run_id, "m")] == list(range(2500))
    assert len(run.data.params) == 250
    assert len([key for key in run.data.tags if key.startswith("t")]) == 120


def test_param_with_two_values_in_one_call_is_refused_before_anything_is_sent(client: Client, run_id: str) -> None:
    params = [*(Param(f"p{number}", "1") for number in range(150)), Param("p0", "2")]

    with pytest.raises(ParamChanged, match="'p0'") as caught:
        client.log_batch(run_id, [Metric("m", 1.0, 1, 0)], params, [Tag("t", "x")])

    data = client.get_run(run_id).data
    assert (data.metrics, data.params, data.tags.get("t")) == ({}, {}, None)
    assert (caught.value.run_id, caught.value.key) == (run_id, "p0")


def test_conflict_among_many_params_leaves_no_metric(client: Client, run_id: str) -> None:
    client.log_param(run_id, "p149", "another")
    params = [Param(f"p{number}", "1") for number in range(150)]

    with pytest.raises(ParamChanged, match="'p149'"):
        client.log_batch(run_id, [Metric("m", 1.0, 1, step) for step in range(1500)], params)

    assert client.get_run(run_id).data.metrics == {}


def test_conflict_among_many_tags_and_metrics_leaves_no_metric(client: Client, run_id: str) -> None:
    client.log_param(run_id, "p", "another")
    tags = [Tag(f"t{number}", "x") for number in range(250)]

    with pytest.raises(ParamChanged, match="'p'"):
        client.log_batch(run_id, [Metric("m", 1.0, 1, 0)], [Param("p", "1")], tags)

    assert client.get_run(run_id).data.metrics == {}


def test_logging_that_need_not_wait_gives_something_to_wait_on(client: Client, run_id: str) -> None:
    given = [
        client.log_metric(run_id, "m", 1, synchronous=False),
        client.log_param(run_id, "p", 1, synchronous=False),
        client.set_tag(run_id, "t", 1, synchronous=False),
        client.log_batch(run_id, synchronous=False),
    ]

    for operations in given:
        assert isinstance(operations, RunOperations)
        operations.wait()
    assert client.log_metric(run_id, "m", 1) is None
    assert client.get_run(run_id).data.params == {"p": "1"}


def test_param_is_written_once_with_one_value(client: Client, run_id: str) -> None:
    client.log_param(run_id, "lr", 0.1)
    client.log_param(run_id, "lr", "0.1")

    with pytest.raises(ParamChanged, match=r"0\.2"):
        client.log_param(run_id, "lr", 0.2)

    assert client.get_run(run_id).data.params == {"lr": "0.1"}


def test_tag_is_replaced_and_deleted(client: Client, run_id: str) -> None:
    client.set_tag(run_id, "stage", "first")
    client.set_tag(run_id, "stage", "second")
    replaced = client.get_run(run_id).data.tags["stage"]

    client.delete_tag(run_id, "stage")

    assert replaced == "second"
    assert "stage" not in client.get_run(run_id).data.tags
    with pytest.raises(NotFound):
        client.delete_tag(run_id, "stage")


def test_run_is_updated_ended_deleted_and_restored(client: Client, run_id: str) -> None:
    client.update_run(run_id, status="SCHEDULED", name="another")
    client.update_run(run_id)
    updated = client.get_run(run_id).info
    client.set_terminated(run_id, "FAILED", end_time=updated.start_time + 5)
    client.delete_run(run_id)
    deleted = client.get_run(run_id).info
    client.restore_run(run_id)

    assert (updated.status, updated.run_name) == (RunStatus.SCHEDULED, "another")
    assert (deleted.status, deleted.lifecycle_stage) == (RunStatus.FAILED, LifecycleStage.DELETED)
    restored = client.get_run(run_id).info
    assert (restored.end_time, restored.lifecycle_stage) == (updated.start_time + 5, LifecycleStage.ACTIVE)


def test_run_ends_finished_and_now_unless_said(client: Client, run_id: str) -> None:
    before = now_ms()

    client.set_terminated(run_id)

    info = client.get_run(run_id).info
    assert info.status is RunStatus.FINISHED
    assert info.end_time is not None
    assert before <= info.end_time <= now_ms()


def test_parent_of_a_nested_run_is_found(client: Client, experiment_id: str, run_id: str) -> None:
    nested = client.create_run(experiment_id, tags={"mlflow.parentRunId": run_id})

    parent = client.get_parent_run(nested.info.run_id)

    assert parent is not None
    assert parent.info.run_id == run_id
    assert client.get_parent_run(run_id) is None


def test_runs_are_searched_page_by_page(client: Client, experiment_id: str) -> None:
    for number in range(3):
        client.log_metric(client.create_run(experiment_id).info.run_id, "acc", number)
    arguments: dict[str, Any] = {"filter_string": "metrics.acc >= 0", "order_by": ["metrics.acc DESC"]}

    first = client.search_runs([experiment_id], max_results=2, **arguments)
    second = client.search_runs([experiment_id], max_results=2, **arguments, page_token=first.token)

    assert [run.data.metrics["acc"] for run in [*first, *second]] == [2, 1, 0]
    with pytest.raises(InvalidPageToken):
        client.search_runs([experiment_id], page_token="made up")
    with pytest.raises(InvalidFilter):
        client.search_runs([experiment_id], "metrics.acc >")


def test_pages_are_asked_for_until_the_token_is_none_as_with_mlflow(client: Client, experiment_id: str) -> None:
    made = {client.create_run(experiment_id).info.run_id for _ in range(3)}

    found: list[str] = []
    token: str | None = None
    while len(found) < 9:
        page = client.search_runs([experiment_id], max_results=2, page_token=token)
        found += [run.info.run_id for run in page]
        token = page.token
        if token is None:
            break

    assert (len(found), set(found)) == (3, made)
    assert len(client.search_runs([experiment_id], page_token="")) == 3  # the first page, as with None


def test_every_page_that_is_the_last_has_no_token(client: Client, run_id: str) -> None:
    client.log_metric(run_id, "a", 1)
    pages: list[Page[Any]] = [
        client.search_experiments(),
        client.search_runs(["0"]),
        client.search_logged_models(["0"]),
        client.search_registered_models(),
        client.search_model_versions(),
        client.list_webhooks(),
        client.get_metric_history(run_id, "a"),
    ]

    assert [page.token for page in pages] == [None] * 7


@pytest.mark.parametrize("form", [str, int, lambda named: [named], lambda named: (int(named),)])
def test_experiments_to_search_are_named_by_one_id_or_several(
    client: Client, experiment_id: str, run_id: str, form: Callable[[str], Any]
) -> None:
    found = client.search_runs(form(experiment_id))

    assert [run.info.run_id for run in found] == [run_id]


def test_verbs_of_a_missing_run_say_so(client: Client) -> None:
    for call in (
        lambda: client.get_run(NO_RUN),
        lambda: client.get_parent_run(NO_RUN),
        lambda: client.log_metric(NO_RUN, "m", 1, synchronous=True),
        lambda: client.log_param(NO_RUN, "p", 1, synchronous=True),
        lambda: client.set_tag(NO_RUN, "t", 1, synchronous=True),
        lambda: client.set_terminated(NO_RUN),
        lambda: client.delete_run(NO_RUN),
        lambda: client.restore_run(NO_RUN),
        lambda: client.log_text(NO_RUN, "text", "a.txt"),
        lambda: client.list_artifacts(NO_RUN),
    ):
        with pytest.raises(RunNotFound):
            call()


def test_deleted_run_takes_nothing(client: Client, run_id: str) -> None:
    client.log_text(run_id, "text", "a.txt")
    client.delete_run(run_id)

    for call in (
        lambda: client.log_metric(run_id, "m", 1, synchronous=True),
        lambda: client.log_param(run_id, "p", 1, synchronous=True),
        lambda: client.set_tag(run_id, "t", 1, synchronous=True),
        lambda: client.update_run(run_id, "FAILED"),
        lambda: client.log_text(run_id, "text", "a.txt"),
    ):
        with pytest.raises(RunDeleted):
            call()
    assert [file.path for file in client.list_artifacts(run_id)] == ["a.txt"]


def test_missing_and_deleted_experiments_are_refused(client: Client, experiment_id: str) -> None:
    client.delete_experiment(experiment_id)

    with pytest.raises(ExperimentDeleted):
        client.create_run(experiment_id)
    with pytest.raises(ExperimentNotFound):
        client.create_run("987654321")
    with pytest.raises(ExperimentNotFound):
        client.get_experiment("987654321")
    with pytest.raises(ExperimentNotFound):
        client.delete_experiment("987654321")


def test_taken_name_is_refused(client: Client) -> None:
    client.create_experiment("taken")

    with pytest.raises(ExperimentExists, match="taken"):
        client.create_experiment("taken")


BAD_VALUES: list[tuple[str, tuple[Any, ...]]] = [
    ("log_metric", ("loss", "0.5")),
    ("log_metric", ("loss", None)),
    ("log_metric", ("loss", 1, -1)),
    ("log_metric", ("loss", 1, "now")),
    ("log_metric", ("loss", 1, 1, 1.5)),
    ("log_metric", ("loss", 1, 1, 2**63)),
    ("log_metric", ("loss", 1, 1, True)),
    ("log_metric", ("", 1)),
    ("log_metric", ("k" * 251, 1)),
    ("log_metric", ("a/../b", 1)),
    ("log_metric", (None, 1)),
    ("log_param", ("", 1)),
    ("log_param", ("a;b", 1)),
    ("log_param", ("p", "v" * 6001)),
    ("set_tag", ("/t", 1)),
    ("set_tag", ("t", "v" * 8001)),
    ("log_batch", ([Param("p", "1")],)),
    ("log_batch", ((), (), ["t"])),
    ("log_batch", (5,)),
    ("log_inputs", (5,)),
    ("set_terminated", ("DONE",)),
    ("set_terminated", ("FINISHED", "now")),
    ("update_run", ("DONE",)),
    ("update_run", (None, 5)),
]


@pytest.mark.parametrize(("verb", "arguments"), BAD_VALUES)
def test_bad_value_raises_at_the_call_and_writes_nothing(
    client: Client, run_id: str, verb: str, arguments: tuple[Any, ...]
) -> None:
    before = client.get_run(run_id)

    with pytest.raises(InvalidValue):
        getattr(client, verb)(run_id, *arguments)

    assert client.get_run(run_id) == before


@pytest.mark.parametrize("bad", ["", None, 1.5, True, b"run"])
def test_id_that_is_none_is_refused(client: Client, bad: Any) -> None:
    with pytest.raises(InvalidValue):
        client.get_run(bad)
    with pytest.raises(InvalidValue):
        client.get_experiment(bad)


@pytest.mark.parametrize(
    "arguments",
    [
        {"max_results": 0},
        {"max_results": "many"},
        {"max_results": 50_001},
        {"order_by": "name"},
        {"order_by": [1]},
        {"filter_string": 1},
        {"view_type": "SOME"},
        {"view_type": 4},
    ],
)
def test_bad_search_is_refused(client: Client, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        client.search_experiments(**arguments)


def test_bad_tags_are_refused(client: Client) -> None:
    with pytest.raises(InvalidValue, match="dict"):
        client.create_experiment("bad tags", tags=[("a", 1)])  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidValue):
        client.create_experiment("bad tags", tags={"": 1})

    assert client.get_experiment_by_name("bad tags") is None


def test_what_is_not_offered_yet_is_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="workspace_store_uri"):
        Client("sqlite:///a.db", workspace_store_uri="sqlite:///b.db")


def test_client_tells_its_address(client: Client, address: str) -> None:
    assert client.tracking_uri == address
    assert repr(client) == f"Client({address!r})"
