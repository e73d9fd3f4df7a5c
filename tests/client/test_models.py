"""The verbs of the client about registered models and versions, on a database and on a server."""

from pathlib import Path
from uuid import uuid4

import pytest

from runstone.client import Client
from runstone.entities import ModelStage
from runstone.errors import (
    InvalidValue,
    ModelAliasNotFound,
    ModelVersionNotFound,
    RegisteredModelExists,
    RegisteredModelNotFound,
    Unsupported,
)
from runstone.stores import resolve

SOURCE = "s3://bucket/model"


@pytest.fixture
def name(client: Client) -> str:
    """A registered model with two versions."""
    made = f"model {uuid4()}"
    client.create_registered_model(made)
    client.create_model_version(made, f"{SOURCE}/1")
    client.create_model_version(made, f"{SOURCE}/2")
    return made


def test_registered_model_is_made_and_found(client: Client) -> None:
    name = f"model {uuid4()}"

    made = client.create_registered_model(name, tags={"team": "risk", "year": 2026}, description="why")

    assert made == client.get_registered_model(name)
    assert made.tags == {"team": "risk", "year": "2026"}
    assert client.search_registered_models(f"name = '{name}'") == [made]
    with pytest.raises(RegisteredModelExists):
        client.create_registered_model(name)


def test_registered_model_is_changed(client: Client, name: str) -> None:
    client.set_registered_model_tag(name, "a", 1)
    client.set_registered_model_tag(name, "b", 2)
    client.delete_registered_model_tag(name, "b")
    client.update_registered_model(name, "new")

    renamed = client.rename_registered_model(name, f"{name} renamed")

    assert (renamed.description, renamed.tags) == ("new", {"a": "1"})
    client.delete_registered_model(renamed.name)
    with pytest.raises(RegisteredModelNotFound):
        client.get_registered_model(renamed.name)


def test_version_is_made_with_all_that_is_known_of_it(client: Client, name: str, run_id: str) -> None:
    source = f"runs:/{run_id}/model"

    made = client.create_model_version(
        name, source, run_id, tags={"a": 1}, run_link="https://runs.example", description="third", await_creation_for=0
    )

    assert made == client.get_model_version(name, 3)
    assert (made.version, made.source, made.run_id, made.tags) == ("3", source, run_id, {"a": "1"})
    assert (made.run_link, made.description) == ("https://runs.example", "third")
    assert client.get_model_version_download_uri(name, "3") == source


def test_version_is_changed(client: Client, name: str) -> None:
    client.set_model_version_tag(name, "1", "a", 1)
    client.set_model_version_tag(name, 1, "b", 2)
    client.delete_model_version_tag(name, 1, "b")

    changed = client.update_model_version(name, 1, "new")

    assert (changed.description, changed.tags) == ("new", {"a": "1"})
    client.delete_model_version(name, 1)
    with pytest.raises(ModelVersionNotFound):
        client.get_model_version(name, 1)


def test_tag_may_name_the_stage_instead_of_the_version(client: Client, name: str) -> None:
    client.set_model_version_tag(name, key="a", value="1", stage="none")
    client.set_model_version_tag(name, key="b", value="2", stage="None")
    client.delete_model_version_tag(name, key="b", stage="None")

    assert client.get_model_version(name, 2).tags == {"a": "1"}
    with pytest.raises(ModelVersionNotFound):
        client.set_model_version_tag(name, key="a", value="1", stage="Production")
    with pytest.raises(InvalidValue, match="one of version and stage"):
        client.set_model_version_tag(name, key="a", value="1")


def test_stages_and_latest_versions(client: Client, name: str) -> None:
    client.transition_model_version_stage(name, 1, "Production")
    moved = client.transition_model_version_stage(name, "2", "production", archive_existing_versions=True)

    assert moved.current_stage == "Production"
    assert client.get_model_version(name, 1).current_stage is ModelStage.ARCHIVED
    assert [version.version for version in client.get_latest_versions(name)] == ["1", "2"]
    assert [version.version for version in client.get_latest_versions(name, ["Production"])] == ["2"]
    assert client.get_model_version_stages(name, 1) == ["None", "Staging", "Production", "Archived"]
    with pytest.raises(InvalidValue, match="Archived"):
        client.get_latest_versions(name, ["bogus"])


def test_alias_stands_for_a_version(client: Client, name: str) -> None:
    client.set_registered_model_alias(name, "champion", 2)

    assert client.get_model_version_by_alias(name, "champion").version == "2"
    assert client.get_registered_model(name).aliases == {"champion": "2"}
    client.delete_registered_model_alias(name, "champion")
    with pytest.raises(ModelAliasNotFound):
        client.get_model_version_by_alias(name, "champion")


def test_search_of_versions_has_pages(client: Client, name: str) -> None:
    text = f"name = '{name}'"

    first = client.search_model_versions(text, 1, ["version_number ASC"])
    second = client.search_model_versions(text, 1, ["version_number ASC"], first.token)

    assert [version.version for version in (*first, *second)] == ["1", "2"]
    assert second.token is None
    assert len(client.search_model_versions(text)) == 2


def test_what_is_not_offered_yet_is_refused_by_name(client: Client, name: str) -> None:
    with pytest.raises(Unsupported, match="deployment_job_id"):
        client.create_registered_model("x", deployment_job_id="1")
    with pytest.raises(Unsupported, match="deployment_job_id"):
        client.update_registered_model(name, deployment_job_id="1")


def test_wrong_type_is_refused_at_the_callers_line(client: Client, name: str) -> None:
    with pytest.raises(InvalidValue, match="the name of a registered model is a string"):
        client.get_registered_model(5)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidValue, match="the version of a model"):
        client.get_model_version(name, 1.5)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidValue, match="the name of a tag"):
        client.set_model_version_tag(name, 1)


def test_models_may_be_kept_elsewhere_than_runs(tmp_path: Path) -> None:
    client = Client(f"sqlite:///{tmp_path}/runs.db", registry_uri=f"sqlite:///{tmp_path}/models.db")

    client.create_registered_model("churn")

    assert Client(f"sqlite:///{tmp_path}/models.db").get_registered_model("churn").name == "churn"
    with pytest.raises(RegisteredModelNotFound):
        Client(f"sqlite:///{tmp_path}/runs.db").get_registered_model("churn")


class _NoRegistry:
    """A tracking store of somebody else, which keeps no models."""

    def __init__(self, uri: str) -> None: ...

    def close(self) -> None:
        """Nothing is open."""


def test_store_without_a_registry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(resolve.BUILT_IN, "bare", f"{__name__}:_NoRegistry")

    with pytest.raises(Unsupported, match="no registered models"):
        Client("bare://x").get_registered_model("churn")
