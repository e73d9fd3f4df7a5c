"""Files of a stranger's database: read only below folders that were allowed, and told where there are none."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runstone.artifacts.resolve import repository
from runstone.bridge.brought import Brought
from runstone.bridge.importing import bring, measured
from runstone.bridge.marks import LACKS_FILES
from runstone.bridge.mlflow_connection import REVISIONS
from runstone.bridge.resolve import open_source
from runstone.entities import ArtifactPath, LifecycleStage
from runstone.errors import InvalidValue, LocalFileNotFound, SchemaMismatch
from tests.bridge.stores import export, new_store, put_file
from tests.bridge.test_mlflow_connection import TABLES, database
from tests.bridge.test_mlflow_folder import put

DATABASES = Path(__file__).parents[2] / "spec" / "databases"
RUN = "a" * 32
MODEL = "m-" + "b" * 32
MODELS = """
CREATE TABLE logged_models (model_id TEXT, name TEXT, artifact_location TEXT, creation_timestamp_ms INTEGER,
    last_updated_timestamp_ms INTEGER, status INTEGER, model_type TEXT, source_run_id TEXT, experiment_id INTEGER,
    lifecycle_stage TEXT);
CREATE TABLE logged_model_tags (model_id TEXT, tag_key TEXT, tag_value TEXT);
CREATE TABLE logged_model_params (model_id TEXT, param_key TEXT, param_value TEXT);
CREATE TABLE logged_model_metrics (model_id TEXT, metric_name TEXT, metric_value REAL, metric_timestamp_ms INTEGER,
    metric_step INTEGER, dataset_name TEXT, dataset_digest TEXT, run_id TEXT);
"""


def stranger(folder: Path, *, of_run: object, of_model: object = "", stage: str = "active", tag: str = "t") -> str:
    """A database of MLflow with a run and a logged model whose files are said to be in these folders."""
    folder.mkdir(exist_ok=True)
    model = f"('{MODEL}', 'm', '{of_model}', 1, 1, 2, '', '{RUN}', 1, 'active')"
    script = f"""{TABLES} {MODELS}
    INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}');
    INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (1, 'strange', 'active');
    INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id, artifact_uri)
        VALUES ('{RUN}', 'r', 'FINISHED', 1, '{stage}', 1, '{of_run}');
    INSERT INTO tags VALUES ('{tag}', '[]', '{RUN}');
    """
    return database(folder, script + (f"INSERT INTO logged_models VALUES {model};" if of_model else ""))


def brought_from(address: str, target: tuple[str, Any], *allowed: Path) -> Brought:
    with closing(open_source(address, allowed)) as source:
        return bring(source, target[1], tracking_uri=target[0])


@pytest.mark.parametrize("named", ["{secret}", "file://{secret}", "{within}/../../secret", "{within}/link"])
def test_files_outside_of_the_folder_of_the_database_stay_where_they_are(tmp_path: Path, named: str) -> None:
    secret, within = tmp_path / "secret", tmp_path / "source" / "mlruns"
    put(secret / "key.txt", "hidden")
    within.mkdir(parents=True)
    (within / "link").symlink_to(secret)
    address = stranger(tmp_path / "source", of_run=named.format(secret=secret, within=within))

    with new_store("sqlite", tmp_path) as target:
        brought = brought_from(address, target)
        files = repository(target[1].get_run(RUN).info.artifact_uri).list()

    [problem] = brought.problems
    assert problem == (
        f"the files of the run {RUN} were left out: {secret} is outside of {tmp_path / 'source'}; if the files "
        f"there may be read, import again with `--allow-artifacts-under {secret}`"
    )
    assert (brought.runs, brought.files, files) == (1, 0, [])


@pytest.mark.parametrize("stage", ["active", "deleted"])
def test_next_import_brings_files_that_were_allowed_since(tmp_path: Path, stage: str) -> None:
    put(tmp_path / "secret" / "run" / "key.txt", "hidden")
    put(tmp_path / "secret" / "model" / "MLmodel", "flavors: {}")
    secret = tmp_path / "secret"
    address = stranger(tmp_path / "source", of_run=secret / "run", of_model=secret / "model", stage=stage)

    with new_store("sqlite", tmp_path) as target:
        first = brought_from(address, target)
        marked = target[1].get_run(RUN)
        second = brought_from(address, target, tmp_path / "secret")
        third = brought_from(address, target)
        run = target[1].get_run(RUN)
        [model] = target[1].search_logged_models([run.info.experiment_id])
        note = b"".join(repository(run.info.artifact_uri).read(ArtifactPath("key.txt")))
        record = b"".join(repository(model.artifact_location).read(ArtifactPath("MLmodel")))

    assert (len(first.problems), second.problems, third.problems) == (2, [], [])
    assert (first.files, second.files, third.files) == (0, 2, 0)
    assert (note, record) == (b"hidden", b"flavors: {}")
    assert LACKS_FILES in marked.data.tags
    assert LACKS_FILES not in run.data.tags
    assert LACKS_FILES not in model.tags
    assert run.info.lifecycle_stage == LifecycleStage(stage)


def test_folder_that_is_not_there_is_told_and_counted(tmp_path: Path) -> None:
    address = stranger(tmp_path / "source", of_run="/gone/1/artifacts")

    with closing(open_source(address)) as source:
        dry = measured(source)
    with new_store("sqlite", tmp_path) as target:
        brought = brought_from(address, target)

    assert (
        dry.notes
        == brought.notes
        == [f"the run {RUN} has no folder /gone/1/artifacts: it has no files, or they are elsewhere now"]
    )
    assert dry.problems == brought.problems == []


def test_folder_that_is_not_there_is_a_loss_where_there_were_files(tmp_path: Path) -> None:
    address = stranger(tmp_path / "source", of_run="/gone/1", of_model="/gone/2", tag="mlflow.log-model.history")

    with new_store("sqlite", tmp_path) as target:
        brought = brought_from(address, target)

    assert [problem.partition(":")[0] for problem in brought.problems] == [
        f"the files of the run {RUN} were left out",
        f"the files of the logged model {MODEL} were left out",
    ]
    assert brought.notes == []


@pytest.mark.parametrize("below", [f"mlruns/1/{RUN}/artifacts", f"mlruns/1/models/{MODEL}/artifacts"])
def test_folder_that_all_runs_share_is_the_one_to_allow(tmp_path: Path, below: str) -> None:
    (tmp_path / below).mkdir(parents=True)
    address = stranger(tmp_path / "source", of_run=tmp_path / below)

    with closing(open_source(address)) as source, pytest.raises(InvalidValue) as refused:
        source.files(str(tmp_path / below))

    assert refused.value.message.endswith(f"`--allow-artifacts-under {tmp_path}/mlruns`")


def test_older_database_of_runstone_is_refused_untouched(tmp_path: Path) -> None:
    file = tmp_path / "runstone.db"
    with closing(sqlite3.connect(file)) as driver:
        driver.executescript((DATABASES / "0012.sql").read_text(encoding="utf-8"))
    before = file.read_bytes()

    with pytest.raises(SchemaMismatch, match="runstone db upgrade"):
        open_source(f"sqlite:///{file}")

    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["runstone.db"]


def test_database_of_runstone_names_no_other_folders_either(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path / "origin") as (address, store):
        put_file(address, str(tmp_path / "secret"), "key.txt", b"hidden")
        run = store.create_run(store.create_experiment("far", artifact_location=str(tmp_path / "secret")))

    with closing(open_source(address)) as source:
        with pytest.raises(LocalFileNotFound):
            source.files(run.info.artifact_uri)
        with pytest.raises(InvalidValue, match="is outside of"):
            source.files(str(tmp_path / "secret"))


def test_server_names_folders_beside_the_working_directory_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for each in ("mlruns/1", "mlartifacts/1", "other"):
        (tmp_path / each).mkdir(parents=True)

    with new_store("rest", tmp_path) as (address, _), closing(open_source(address)) as source:
        assert source.files(str(tmp_path / "mlruns" / "1")).list() == []
        assert source.files(str(tmp_path / "mlartifacts" / "1")).list() == []
        with pytest.raises(InvalidValue, match="is outside of"):
            source.files(str(tmp_path / "other"))


def test_bundle_takes_no_other_folders(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path) as (address, store):
        store.create_experiment("one")
        bundle = export(address, store, "one", tmp_path / "a.zip")

    with pytest.raises(InvalidValue, match="has its files in itself"):
        open_source(str(bundle), [tmp_path])


def test_address_with_a_driver_is_fenced_too(tmp_path: Path) -> None:
    address = stranger(tmp_path, of_run="/gone").replace("sqlite:", "SQLite+pysqlite:")

    with closing(open_source(address)) as source, pytest.raises(InvalidValue, match="is outside of"):
        source.files("/")
