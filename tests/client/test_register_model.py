"""The module's verbs about registered models, copies of versions, and where they are kept."""

from pathlib import Path
from uuid import uuid4

import pytest

import runstone
from runstone.client import Client
from runstone.client.connection import open_stores
from runstone.errors import InvalidValue, LoggedModelNotFound, ModelVersionNotFound, RunNotFound, Unsupported
from runstone.stores.lineage import LineageStore

SOURCE = "s3://bucket/model"


@pytest.fixture
def name() -> str:
    return f"model {uuid4()}"


def test_files_of_a_run_are_registered_under_a_new_name(chosen: Client, name: str) -> None:
    with runstone.start_run() as run:
        runstone.log_text("weights", "model/weights.txt")

    first = runstone.register_model(f"runs:/{run.info.run_id}/model", name, tags={"team": "risk"})
    second = runstone.register_model(f"runs:/{run.info.run_id}/model", name)

    assert (first.version, second.version) == ("1", "2")
    assert (first.run_id, first.tags) == (run.info.run_id, {"team": "risk"})
    assert first.source == chosen.get_run(run.info.run_id).info.artifact_uri + "/model"


def test_place_of_a_clients_own_is_registered_as_it_is(chosen: Client, name: str) -> None:
    made = runstone.register_model(SOURCE, name)

    assert (made.source, made.run_id) == (SOURCE, "")


def test_logged_model_is_registered_with_its_run(chosen: Client, name: str) -> None:
    with runstone.start_run() as run:
        pass
    store = open_stores.get(chosen.tracking_uri)
    assert isinstance(store, LineageStore)
    logged = store.create_logged_model(run.info.experiment_id, name="logged", source_run_id=run.info.run_id)

    made = runstone.register_model(f"models:/{logged.model_id}", name)
    copy = chosen.copy_model_version(f"models:/{name}/1", f"copy of {name}")
    # As clients of MLflow 3 do it.
    named = chosen.create_model_version(name, f"models:/{logged.model_id}", model_id=logged.model_id)

    assert (named.source, named.model_id) == (f"models:/{logged.model_id}", logged.model_id)
    assert named.run_id == run.info.run_id
    assert chosen.get_model_version_download_uri(name, "2") == logged.artifact_location
    with pytest.raises(LoggedModelNotFound):
        chosen.create_model_version(name, f"models:/m-{'0' * 32}")
    assert (made.model_id, made.run_id, made.source) == (logged.model_id, run.info.run_id, named.source)
    assert copy.model_id == logged.model_id
    with pytest.raises(LoggedModelNotFound):
        chosen.create_model_version(name, SOURCE, model_id="m-1")


def test_versions_are_found_by_their_logged_model(chosen: Client, name: str) -> None:
    logged, other = (runstone.create_external_model(each) for each in ("logged", "other"))
    runstone.register_model(f"models:/{logged.model_id}", name)
    # Its source is the model, whoever made the version.
    named = chosen.create_model_version(name, f"models:/{logged.model_id}")
    runstone.register_model(f"models:/{other.model_id}", name)

    found = chosen.search_model_versions(f"model_id = '{logged.model_id}'", order_by=["version_number"])
    both = chosen.search_model_versions(f"model_id IN ('{logged.model_id}', '{other.model_id}')")

    assert named.model_id == logged.model_id
    assert [version.version for version in found] == ["1", "2"]
    assert len(both) == 3


def test_what_cannot_be_registered_is_refused(chosen: Client, name: str) -> None:
    with pytest.raises(InvalidValue, match="RUN_ID"):
        runstone.register_model("runs:/", name)
    with pytest.raises(RunNotFound):
        runstone.register_model(f"runs:/{'0' * 32}/model", name)
    with pytest.raises(Unsupported, match="packed environments"):
        runstone.register_model(SOURCE, name, env_pack="databricks_model_serving")


def test_all_that_match_are_found(chosen: Client, name: str) -> None:
    for number in range(3):
        runstone.register_model(f"{SOURCE}/{number}", name)
    runstone.set_model_version_tag(name, "2", "checked", "yes")

    wanted = f"name = '{name}'"
    versions = runstone.search_model_versions(filter_string=wanted, order_by=["version_number DESC"])

    assert [found.version for found in versions] == ["3", "2", "1"]
    assert [found.version for found in runstone.search_model_versions(2, wanted, ["version_number"])] == ["1", "2"]
    assert [found.name for found in runstone.search_registered_models(filter_string=wanted)] == [name]
    tagged = runstone.search_model_versions(filter_string=f"{wanted} AND tags.checked = 'yes'")
    assert [found.version for found in tagged] == ["2"]
    with pytest.raises(InvalidValue):
        runstone.search_model_versions(0)


@pytest.mark.parametrize("which", ["/1", "@champion", "/Production", "/latest"])
def test_version_is_copied_with_what_it_has(client: Client, name: str, which: str) -> None:
    client.create_registered_model(name)
    client.create_model_version(name, SOURCE, "run", {"k": "v"}, "http://link", "why")
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "1", "Production")

    copy = client.copy_model_version(f"models:/{name}{which}", f"copy of {name}")
    again = client.copy_model_version(f"models:/{name}{which}", f"copy of {name}")

    assert (copy.name, copy.version, again.version) == (f"copy of {name}", "1", "2")
    assert (copy.run_id, copy.tags, copy.run_link, copy.description) == ("run", {"k": "v"}, "http://link", "why")
    assert copy.source == f"models:/{name}/1"
    assert client.get_model_version_download_uri(copy.name, "1") == SOURCE


def test_version_that_is_not_there_is_not_copied(client: Client, name: str) -> None:
    client.create_registered_model(name)

    for uri in (f"models:/{name}/1", f"models:/{name}/latest", f"models:/{name}/Staging"):
        with pytest.raises(ModelVersionNotFound):
            client.copy_model_version(uri, "copy")
    for uri in (SOURCE, "models:/", f"models:/{name}", f"models:/{name}/odd"):
        with pytest.raises(InvalidValue):
            client.copy_model_version(uri, "copy")


def test_registered_models_may_be_kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    runs, models = f"sqlite:///{tmp_path}/runs.db", f"sqlite:///{tmp_path}/models.db"
    runstone.set_tracking_uri(runs)
    same = runstone.get_registry_uri()

    runstone.set_registry_uri(models)
    runstone.register_model(SOURCE, name)

    assert (same, runstone.get_registry_uri()) == (runs, models)
    assert [found.name for found in Client(models).search_registered_models()] == [name]
    assert Client(runs, runs).search_registered_models() == []
    runstone.set_registry_uri("")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", models)
    assert [found.name for found in runstone.search_registered_models()] == [name]
    with pytest.raises(InvalidValue, match="scheme"):
        runstone.set_registry_uri("nowhere")


def test_version_of_a_logged_model_moves_with_its_folder(tmp_path: Path, name: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    runstone.set_tracking_uri(f"sqlite:///{here}/runstone.db")
    with runstone.start_run():
        logged = runstone.create_external_model("tree")
    runstone.register_model(f"models:/{logged.model_id}", name)

    here.rename(there)

    moved = Client(f"sqlite:///{there}/runstone.db")
    place = moved.get_logged_model(logged.model_id).artifact_location
    assert place.startswith(str(there))
    assert moved.get_model_version_download_uri(name, 1) == place
