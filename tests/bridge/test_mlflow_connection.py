"""Databases that are none of an MLflow that is known: refused in one sentence, and left as they are."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runstone.bridge.fence import Fence
from runstone.bridge.mlflow_connection import REVISIONS
from runstone.bridge.mlflow_database import MlflowDatabase
from runstone.errors import BackendError, InvalidValue, RunstoneError, SchemaMismatch

TABLES = """
CREATE TABLE alembic_version (version_num TEXT);
CREATE TABLE experiments (experiment_id INTEGER, name TEXT, artifact_location TEXT, lifecycle_stage TEXT,
    creation_time INTEGER, last_update_time INTEGER, workspace TEXT);
CREATE TABLE experiment_tags (key TEXT, value TEXT, experiment_id INTEGER);
CREATE TABLE runs (run_uuid TEXT, name TEXT, user_id TEXT, status TEXT, start_time INTEGER, end_time INTEGER,
    artifact_uri TEXT, lifecycle_stage TEXT, experiment_id INTEGER);
CREATE TABLE metrics (key TEXT, value REAL, timestamp INTEGER, step INTEGER, is_nan BOOLEAN, run_uuid TEXT);
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE registered_models (name TEXT, creation_time INTEGER, last_updated_time INTEGER, description TEXT,
    workspace TEXT);
CREATE TABLE registered_model_tags (key TEXT, value TEXT, name TEXT, workspace TEXT);
CREATE TABLE model_version_tags (key TEXT, value TEXT, name TEXT, version INTEGER, workspace TEXT);
CREATE TABLE model_versions (name TEXT, version INTEGER, creation_time INTEGER, last_updated_time INTEGER,
    description TEXT, user_id TEXT, current_stage TEXT, source TEXT, run_id TEXT, run_link TEXT,
    status_message TEXT, workspace TEXT);
"""


def database(folder: Path, script: str) -> str:
    """A database that a script makes."""
    with closing(sqlite3.connect(folder / "other.db")) as made:
        made.executescript(script)
    return f"sqlite:///{folder / 'other.db'}"


def refusal(address: str, kind: type[RunstoneError]) -> str:
    """The message with which an address is refused."""
    with pytest.raises(kind) as caught:
        MlflowDatabase(address, Fence([]))
    return caught.value.message


def test_newer_revision_is_refused_with_the_newest_known(tmp_path: Path) -> None:
    address = database(tmp_path, f"{TABLES} INSERT INTO alembic_version VALUES ('ffffffffffff')")

    message = refusal(address, SchemaMismatch)

    assert "an MLflow that is not known (revision ffffffffffff)" in message
    assert f"the newest one that is known is {REVISIONS[-1]}, of MLflow 3.17.2; upgrade Runstone" in message


def test_revision_of_mlflow_1_is_refused_with_the_way_out(tmp_path: Path) -> None:
    address = database(tmp_path, f"{TABLES} INSERT INTO alembic_version VALUES ('bd07f7e963c5')")

    assert "`mlflow db upgrade`" in refusal(address, SchemaMismatch)


def test_database_without_a_revision_is_refused(tmp_path: Path) -> None:
    assert "(revision none)" in refusal(database(tmp_path, TABLES), SchemaMismatch)


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    assert "of another program" in refusal(database(tmp_path, "CREATE TABLE t (a INTEGER)"), SchemaMismatch)


def test_empty_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").touch()

    assert "holds no tables" in refusal(f"sqlite:///{tmp_path}/other.db", SchemaMismatch)


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"not a database" * 1000)

    assert "other.db" in refusal(f"sqlite:///{tmp_path}/other.db", BackendError)


def test_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert "there is no database" in refusal(f"sqlite:///{tmp_path}/other.db", BackendError)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("address", ["mysql://host/mlflow", "mlflow.db"])
def test_other_address_is_refused_with_what_is_wanted(address: str) -> None:
    assert "'postgresql://USER@HOST/DATABASE'; got" in refusal(address, InvalidValue)


def test_things_of_other_workspaces_have_their_workspace_behind_their_name(tmp_path: Path) -> None:
    address = database(
        tmp_path,
        f"""{TABLES} INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}');
        INSERT INTO experiments VALUES (1, 'same', '/a', 'active', 1, 1, 'default'),
            (2, 'same', '/b', 'active', 1, 1, 'x');
        INSERT INTO registered_models VALUES ('m', 1, 1, '', 'default'), ('m', 1, 1, '', 'x');
        INSERT INTO model_versions (name, version, source, workspace)
            VALUES ('m', 1, '/a', 'default'), ('m', 1, '/b', 'x');
        """,
    )

    with closing(MlflowDatabase(address, Fence([]))) as source:
        experiments = {each.experiment_id: each.name for each in source.experiments()}
        models = {
            each.name: [version.source for version in source.model_versions(each.name)]
            for each in source.registered_models()
        }

    assert experiments == {"1": "same", "2": "same (x)"}
    assert models == {"m": ["/a"], "m (x)": ["/b"]}
