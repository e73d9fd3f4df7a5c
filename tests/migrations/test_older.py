"""A database that a former Runstone filled, on both engines: upgraded, it holds what it held."""

from contextlib import closing

from sqlalchemy import create_engine, text

from runstone.entities import Metric, RunStatus, ViewType
from runstone.stores.sql.migrations.commands import check, current, upgrade
from runstone.stores.sql.revisions import HEAD
from runstone.stores.sql.store import SqlStore

FIRST, OFFLINE = "3c206b5ff3224595802826b855aaa0cb", "5f2d7c9e7a3b4a61b6d0f3c2e1a49d80"


def test_older_database_is_sound_once_it_is_upgraded(older_uri: str) -> None:
    before = current(older_uri)

    upgrade(older_uri)

    assert (before, current(older_uri)) == ("0012", HEAD)
    assert check(older_uri) == []


def test_older_database_keeps_what_it_holds(older_uri: str) -> None:
    upgrade(older_uri)

    with closing(SqlStore(older_uri)) as store:
        experiment = store.get_experiment("1")
        run = store.get_run(FIRST)
        curve = store.metric_history(FIRST, "curve")
        [forest] = store.search_logged_models(["1"])
        [dataset] = run.inputs.dataset_inputs
        runs = store.search_runs(["1"], view_type=ViewType.ALL, order_by=["attributes.start_time ASC"])
        version = store.get_model_version_by_alias("churn", "best")
        refused = store.journal_refusals(OFFLINE)

    assert (experiment.name, experiment.tags) == ("churn", {"team": "blue"})
    assert (run.info.run_name, run.info.status, run.data.params) == ("first", RunStatus.FINISHED, {"lr": "0.1"})
    assert run.data.metrics["accuracy"] == 0.75
    assert [(point.step, point.value) for point in curve] == [(step, 1 / (step + 1)) for step in range(300)]
    assert (forest.info.name, dataset.dataset.name) == ("forest", "rows")
    assert [found.info.run_name for found in runs] == ["first", "offline", "gone"]
    assert (version.version, version.run_id) == ("1", FIRST)
    assert [refusal.n for refusal in refused] == [2]


def test_older_database_takes_changes_once_it_is_upgraded(older_uri: str) -> None:
    upgrade(older_uri)

    with closing(SqlStore(older_uri)) as store:
        store.log_batch(OFFLINE, metrics=[Metric("loss", 0.5, 13, 2)])
        run = store.create_run(store.create_experiment("next")).info.run_id
        store.delete_run(run)
        found = store.search_runs(["1"], filter_string="metrics.loss = 0.5")

    assert [each.info.run_id for each in found] == [OFFLINE]


def test_older_versions_whose_source_is_a_logged_model_are_found_by_it(older_uri: str) -> None:
    engine = create_engine(older_uri)
    with engine.begin() as connection:
        model_id = connection.scalar(text("SELECT uuid FROM logged_model"))
        connection.execute(text("UPDATE model_version SET source = :source"), {"source": f"models:/{model_id}"})
    engine.dispose()

    upgrade(older_uri)

    with closing(SqlStore(older_uri)) as store:
        [version] = store.search_model_versions(filter_string=f"model_id = '{model_id}'")
    assert (version.name, version.model_id) == ("churn", model_id)
