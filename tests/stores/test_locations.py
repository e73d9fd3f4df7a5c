"""Where artifacts are, as the store computes it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runstone.errors import LoggedModelNotFound, RunNotFound
from runstone.stores.sql.driver import driver_of
from runstone.stores.sql.store import SqlStore


def location_of(store: SqlStore) -> str:
    return store.get_experiment("0").artifact_location


def test_artifacts_are_beside_the_database_unless_told(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/a b.db")) as store:
        assert location_of(store) == f"{tmp_path}/runstone-artifacts/0"
        run = store.create_run("0").info
        assert run.artifact_uri == f"{tmp_path}/runstone-artifacts/0/{run.run_id}/artifacts"


@pytest.mark.parametrize("root", ["mlflow-artifacts:/", "s3://bucket/folder", "s3://bucket/folder/", "/data/x"])
def test_artifacts_are_below_the_given_root(tmp_path: Path, root: str) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db", artifact_root=root)) as store:
        assert location_of(store) == root.rstrip("/") + "/0"


def test_relative_root_starts_at_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with closing(SqlStore("sqlite:///sub/runstone.db", artifact_root="files")) as store:
        assert location_of(store) == f"{tmp_path}/files/0"


def test_recorded_root_holds_where_none_is_given(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri, artifact_root="mlflow-artifacts:/")) as server:
        server.record_artifact_root("s3://bucket/folder")
        assert location_of(server) == "mlflow-artifacts:/0"

    with closing(SqlStore(uri)) as store:
        assert location_of(store) == "s3://bucket/folder/0"


def test_recorded_root_is_told_whatever_root_is_given(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db", artifact_root="mlflow-artifacts:/")) as store:
        before = store.artifact_root()

        store.record_artifact_root(str(tmp_path / "files"))

        assert before == f"{tmp_path}/runstone-artifacts"
        assert store.artifact_root() == f"{tmp_path}/files"


def test_recorded_folder_beside_the_database_moves_with_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    with closing(SqlStore(f"sqlite:///{old}/runstone.db")) as store:
        store.record_artifact_root(str(old / "artifacts"))
        run = store.create_run("0").info.run_id

    shutil.move(old, new)

    with closing(SqlStore(f"sqlite:///{new}/runstone.db")) as store:
        assert store.get_run(run).info.artifact_uri == f"{new}/artifacts/0/{run}/artifacts"


def test_recorded_folder_elsewhere_stays_where_it_is(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/sub/runstone.db")) as store:
        store.record_artifact_root(str(tmp_path / "elsewhere"))

        assert location_of(store) == f"{tmp_path}/elsewhere/0"


def test_place_of_its_own_survives_another_root(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/runstone.db"
    with closing(SqlStore(uri)) as store:
        id = store.create_experiment("own", artifact_location="s3://bucket/own/")

    with closing(SqlStore(uri, artifact_root="mlflow-artifacts:/")) as store:
        assert store.get_experiment(id).artifact_location == "s3://bucket/own"
        run = store.create_run(id).info
        assert run.artifact_uri == f"s3://bucket/own/{run.run_id}/artifacts"


def test_relative_place_of_an_experiment_starts_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with closing(SqlStore("sqlite:///runstone.db")) as store:
        id = store.create_experiment("own", artifact_location="files/own")

        assert store.get_experiment(id).artifact_location == f"{tmp_path}/files/own"


def test_folder_is_recorded_whole_in_a_database_that_is_no_file(
    postgres_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(SqlStore(postgres_uri)) as store:
        before = store.artifact_root()
        store.record_artifact_root("files")

    monkeypatch.chdir("/")
    with closing(SqlStore(postgres_uri)) as store:
        assert before == f"{tmp_path}/runstone-artifacts"
        assert location_of(store) == f"{tmp_path}/files/0"


def test_place_of_files_is_told_without_a_look_at_what_was_logged(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/runstone.db", artifact_root="mlflow-artifacts:/")) as store:
        elsewhere = store.create_experiment("elsewhere", artifact_location="s3://bucket/folder/")
        runs = [store.create_run(experiment).info for experiment in ("0", elsewhere)]
        models = [store.create_logged_model(experiment).info for experiment in ("0", elsewhere)]
        statements: list[str] = []
        driver = store._session.read(driver_of)  # the connection that the next query takes as well
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(statements.append)

        of_runs = [store.run_artifact_uri(run.run_id) for run in runs]
        of_models = [store.logged_model_artifact_uri(model.model_id) for model in models]

        store.delete_logged_model(models[0].model_id)
        with pytest.raises(RunNotFound):
            store.run_artifact_uri("nobody")
        with pytest.raises(LoggedModelNotFound):
            store.logged_model_artifact_uri(models[0].model_id)
    assert of_runs == [run.artifact_uri for run in runs]
    assert of_models == [model.artifact_uri for model in models]
    assert not [statement for statement in statements if "latest" in statement or "metric" in statement]
