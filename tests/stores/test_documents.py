"""Whole runs and experiments out of rows."""

from math import inf, isnan, nan

from sqlalchemy import event

from runstone.entities import Experiment, LifecycleStage, Metric, Param, RunStatus, Tag
from runstone.stores.sql.documents import load_experiments, load_runs
from runstone.stores.sql.tables import DELETED
from tests.stores.small_store import SmallExperiment, SmallRun, SmallStore, artifact_uri_of, connected


def test_run_is_loaded_whole_with_its_data_by_key() -> None:
    with connected() as connection:
        store = SmallStore(connection, [SmallExperiment(7)])
        store.add(
            SmallRun(
                "ab" * 16,
                experiment_id=7,
                name="first",
                user_id="anna",
                start_time=10,
                end_time=20,
                metrics={"z": 1.5, "a": inf, "Z": -0.0},
                params={"é": "", "b": "1"},
                tags={"t": "x"},
            )
        )

        (run,) = load_runs(connection, [1], artifact_uri_of)

        assert run.info.run_id == run.info.run_uuid == "ab" * 16
        assert (run.info.run_name, run.info.user_id, run.info.experiment_id) == ("first", "anna", "7")
        assert (run.info.status, run.info.lifecycle_stage) == (RunStatus.FINISHED, LifecycleStage.ACTIVE)
        assert (run.info.start_time, run.info.end_time) == (10, 20)
        assert run.info.artifact_uri == f"mlflow-artifacts:/7/{'ab' * 16}/artifacts"
        assert run.data.metric_list == [Metric("Z", -0.0, 4, 3), Metric("a", inf, 4, 3), Metric("z", 1.5, 4, 3)]
        assert run.data.param_list == [Param("b", "1"), Param("é", "")]
        assert run.data.tag_list == [Tag("t", "x")]


def test_nan_comes_back_as_nan() -> None:
    with connected() as connection:
        SmallStore(connection).add(SmallRun("ab" * 16, metrics={"loss": nan}))

        (run,) = load_runs(connection, [1], artifact_uri_of)

        assert isnan(run.data.metrics["loss"])


def test_bare_run_has_no_data_and_no_end() -> None:
    with connected() as connection:
        SmallStore(connection).add(SmallRun("ab" * 16, status="RUNNING", stage=DELETED))

        (run,) = load_runs(connection, [1], artifact_uri_of)

        assert run.info.end_time is None
        assert run.info.lifecycle_stage is LifecycleStage.DELETED
        assert (run.data.metrics, run.data.params, run.data.tags) == ({}, {}, {})


def test_runs_come_in_the_order_asked_for_and_unknown_ids_are_left_out() -> None:
    with connected() as connection:
        store = SmallStore(connection, [SmallExperiment(1), SmallExperiment(2, "b", artifact_location="s3://bucket")])
        for number in range(3):
            store.add(SmallRun(f"{number:032x}", experiment_id=1 + number % 2, params={"n": str(number)}))

        runs = load_runs(connection, [3, 99, 1, 2], artifact_uri_of)

        assert [run.data.params["n"] for run in runs] == ["2", "0", "1"]
        assert runs[2].info.artifact_uri == f"s3://bucket/{1:032x}/artifacts"


def test_number_of_statements_does_not_grow_with_the_number_of_runs() -> None:
    with connected() as connection:
        store = SmallStore(connection)
        for number in range(50):
            store.add(SmallRun(f"{number:032x}", metrics={f"m{number}": 1.0}))
        seen: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))

        runs = load_runs(connection, range(1, 51), artifact_uri_of)

        assert len(runs) == 50
        assert len(seen) == 6


def test_no_ids_load_nothing() -> None:
    with connected() as connection:
        assert load_runs(connection, [], artifact_uri_of) == []
        assert load_experiments(connection, [], artifact_uri_of) == []


def test_more_ids_than_a_statement_takes_are_loaded() -> None:
    with connected() as connection:
        SmallStore(connection).add(SmallRun("ab" * 16))

        runs = load_runs(connection, range(40_000, 0, -1), artifact_uri_of)

        assert [run.info.run_id for run in runs] == ["ab" * 16]


def test_experiments_are_loaded_whole_in_the_order_asked_for() -> None:
    with connected() as connection:
        SmallStore(
            connection,
            [
                SmallExperiment(0, "Default", created_at=1, updated_at=2, tags={"b": "2", "a": "1"}),
                SmallExperiment(5, "old", DELETED, "s3://bucket/old", 3, 4),
            ],
        )

        found = load_experiments(connection, [5, 3, 0], artifact_uri_of)

        assert found == [
            Experiment(
                experiment_id="5",
                name="old",
                artifact_location="s3://bucket/old",
                lifecycle_stage=LifecycleStage.DELETED,
                creation_time=3,
                last_update_time=4,
            ),
            Experiment(
                experiment_id="0",
                name="Default",
                artifact_location="mlflow-artifacts:/0",
                lifecycle_stage=LifecycleStage.ACTIVE,
                creation_time=1,
                last_update_time=2,
                tag_list=[Tag("a", "1"), Tag("b", "2")],
            ),
        ]
