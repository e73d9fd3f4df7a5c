"""The module's verbs about registered models."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from runstone.artifacts import resolve
from runstone.client import arguments, choices, context, model_folders
from runstone.client.client import Client
from runstone.client.offline import OfflineClient
from runstone.entities import ModelVersion, RegisteredModel
from runstone.entities.page import all_pages
from runstone.errors import ArtifactNotFound, RegisteredModelExists, Unsupported


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int = 300,  # noqa: ARG001  # MLflow's argument; there is nothing to wait for
    *,
    tags: Mapping[str, Any] | None = None,
    env_pack: object = None,
) -> ModelVersion:
    """Add a version to a registered model, which is made if there is none of this name.

    Args:
        model_uri: What the run logged by a name, as ``runs:/RUN_ID/NAME``, a logged model as ``models:/MODEL_ID``,
            another version as ``models:/NAME/VERSION``, or a place that clients reach themselves, such as
            ``s3://bucket/path``.
        name: Name of the registered model.
        await_registration_for: Has no meaning here: a version is ready at once.
        tags: Tags to set on the version.
        env_pack: Not offered.

    Raises:
        InvalidValue: An argument breaks a rule.
        ModelNotFound: The run has no model, and no files, of this name.
        NotFound: There is no such run, or no such version as the URI says.
        Unsupported: ``env_pack`` was given, or the model waits for its server.

    Example:
        >>> register_model("s3://bucket/model", "churn").version
        '1'
    """
    arguments.refuse("packed environments", env_pack=env_pack)
    client = choices.client()
    source, run_id = arguments.text("the URI of a model", model_uri, may_be_empty=False), None
    if source.startswith("runs:"):
        run_id, path = arguments.run_uri(source)
        model = client._model_of(client.get_run(run_id), path)
        source = _of_run(client, source) if model is None else f"models:/{model.model_id}"
    model_id = None
    if logged := arguments.logged_model_id(source):
        if isinstance(context.client_of_model(logged), OfflineClient):
            raise Unsupported(f"the logged model {logged} waits for its server: register it once its run has ended")
        model = client.get_logged_model(logged)
        source, run_id, model_id = f"models:/{model.model_id}", model.source_run_id, model.model_id
    with suppress(RegisteredModelExists):  # it gets one more version
        client.create_registered_model(name)
    return client.create_model_version(name, source, run_id, tags, model_id=model_id)


def _of_run(client: Client, uri: str) -> str:
    """Where the files of a run are that a URI names."""
    place = model_folders.location(client, uri)
    repository = place.repository(client.tracking_uri)
    if not repository.list(place.path):
        try:
            repository.info(place.path)  # a single file
        except ArtifactNotFound:
            raise model_folders.absent(client, uri, resolve.joined(place.uri, place.path)) from None
    return resolve.joined(place.uri, place.path)


def search_registered_models(
    max_results: int | None = None, filter_string: str | None = None, order_by: list[str] | None = None
) -> list[RegisteredModel]:
    """All registered models that match, by name unless ordered. See ``Client.search_registered_models``.

    Args:
        max_results: Largest length of the list; ``None`` for all.
        filter_string: For example ``"name LIKE 'churn%'"``.
        order_by: For example ``["timestamp DESC"]``.

    Raises:
        InvalidFilter: The filter or the order cannot be read.
        InvalidValue: An argument is of a wrong type or out of range.
    """
    wanted = None if max_results is None else arguments.at_least_one("max_results", max_results)
    search = choices.client().search_registered_models
    pages = all_pages(lambda size, token: search(filter_string, size, order_by, token), at_once=1000, most=wanted)
    return list(pages)


def search_model_versions(
    max_results: int | None = None, filter_string: str | None = None, order_by: list[str] | None = None
) -> list[ModelVersion]:
    """All versions that match, the one changed last first unless ordered. See ``Client.search_model_versions``.

    Args:
        max_results: Largest length of the list; ``None`` for all.
        filter_string: For example ``"name = 'churn'"``.
        order_by: For example ``["version_number DESC"]``.

    Raises:
        InvalidFilter: The filter or the order cannot be read.
        InvalidValue: An argument is of a wrong type or out of range.
    """
    wanted = None if max_results is None else arguments.at_least_one("max_results", max_results)
    search = choices.client().search_model_versions
    pages = all_pages(lambda size, token: search(filter_string, size, order_by, token), at_once=10_000, most=wanted)
    return list(pages)


def set_model_version_tag(
    name: str, version: str | int | None = None, key: str | None = None, value: Any = None
) -> None:
    """Set one tag of a version; the value is turned into text. See ``Client.set_model_version_tag``.

    Raises:
        InvalidValue: The tag breaks a rule.
        ModelVersionNotFound: There is no such version.
    """
    choices.client().set_model_version_tag(name, version, key, value)
