"""The module's verbs about models of any flavor: logged and loaded."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from runstone.client import choices, context, model_logging
from runstone.client.fluent.lineage import remember
from runstone.client.fluent.model_files import client_of
from runstone.client.fluent.registry import register_model
from runstone.client.model_folders import fetched
from runstone.client.model_logging import Entry, ModelInfo
from runstone.entities.names import check_int64, model_name, shown
from runstone.errors import InvalidValue
from runstone.flavors import loading, resolve
from runstone.flavors.base import Flavor
from runstone.flavors.saving import Extras
from runstone.models import requests
from runstone.models.predictor import PyFuncModel
from runstone.workers import fresh


def log_model(
    flavor: Flavor, model: Any, entry: Entry, extras: Extras, *, registered_model_name: str | None, **options: Any
) -> ModelInfo:
    """Save a model and keep it in the store as a logged model, of the active run if no other is named.

    Args:
        flavor: The flavor that keeps it.
        model: The model.
        entry: What it is besides its files.
        extras: What goes with it.
        registered_model_name: The registered model that gets it as a version; ``None`` for none.
        **options: The flavor's own.

    Raises:
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is logged then.
        Unsupported: A registered model is named, and there is no registry, as offline; nothing is logged then.
        RunstoneError: The store could not take it; the logged model is marked as failed.
    """
    check_int64("the step of a model", entry.step)  # before the model is saved, as all that can be
    client, experiment_id = choices.client(), None
    opened = context.active()
    if opened is not None and entry.run_id in {None, opened.run.info.run_id}:
        client, experiment_id = opened.client, opened.run.info.experiment_id
        entry = dataclasses.replace(entry, run_id=opened.run.info.run_id)
    elif entry.run_id is not None:
        experiment_id = client.get_run(entry.run_id).info.experiment_id
    if registered_model_name is not None:
        model_name(registered_model_name)
        client._check_registry()  # offline there is none: before the model is kept
    info = model_logging.log(client, experiment_id or choices.experiment_id(), entry, flavor, model, extras, **options)
    remember(info.model_id)
    if registered_model_name is None:
        return info
    return replace(info, registered_model_version=register_model(info.model_uri, registered_model_name).version)


def load_pyfunc(
    model_uri: str,
    suppress_warnings: bool = False,  # noqa: ARG001  # MLflow's argument; there are none
    dst_path: str | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
    *,
    env: str | None = None,
    trust: bool = False,
) -> PyFuncModel:
    """Load a model so that it predicts the same way whatever library it is of.

    Args:
        model_uri: ``models:/NAME/VERSION``, ``models:/NAME@ALIAS``, ``models:/MODEL_ID``, ``runs:/RUN_ID/NAME``, a
            path, or a place that clients reach themselves, such as ``s3://bucket/path``.
        suppress_warnings: Has no meaning here: there are none.
        dst_path: Folder that files from elsewhere are put into.
        model_config: Settings of a model of your own that are to be others than it was saved with: a dict, or the path
            of a YAML file.
        env: ``"fresh"`` lets it predict in a process of its own, with the packages that it was saved with; ``None`` in
            this one.
        trust: Whether code out of its files may run though they are neither on this machine nor in the chosen store.

    Raises:
        EnvironmentFailed: With ``env="fresh"``, what it needs cannot be installed.
        InvalidModel: There is no model, or it cannot be read.
        ModelChanged: A file is not the one that was saved.
        NotFound: There is no such model in the store.
        UntrustedModel: It runs code, and is not trusted.
    """
    if env not in {None, "fresh"}:
        raise InvalidValue(
            f"env is None, for this process, or 'fresh', for an environment of its own; got {shown(env)}"
        )
    found = fetched(client_of(model_uri), model_uri, dst_path)
    try:
        load = loading.load if env is None else fresh.load
        model = load(found.path, uri=model_uri, trust=trust or found.own, model_config=model_config)
    except BaseException:
        found.discard()
        raise
    model.when_closed(found.discard)
    return model


def validate_serving_input(model_uri: str, serving_input: str | Mapping[str, Any], *, trust: bool = False) -> Any:
    """Let a model answer a request as it would when it is served.

    Args:
        model_uri: As ``load_model`` takes it.
        serving_input: The body of the request: JSON, or what it says.
        trust: As ``load_model`` takes it.

    Returns:
        What the model answers.

    Raises:
        InvalidValue: It is no request.
        SignatureMismatch: The rows, or the params, are not what the signature says.
        RunstoneError: The model cannot be loaded, as ``runstone.pyfunc.load_model`` says.
    """
    with load_pyfunc(model_uri, trust=trust) as model:
        return model.predict(*requests.read(serving_input, signature=model.metadata.signature))


def load_native(flavor_name: str | None, model_uri: str, *, trust: bool = False, dst_path: str | None = None) -> Any:
    """Load a model as its library knows it; by the flavor that it was saved by if ``flavor_name`` is ``None``.

    The other arguments, and the errors, are those of :func:`load_pyfunc`.
    """
    flavor = None if flavor_name is None else resolve.named(flavor_name)
    found = fetched(client_of(model_uri), model_uri, dst_path)
    try:
        return loading.load_native(flavor, found.path, uri=model_uri, trust=trust or found.own)
    except BaseException:
        found.discard()
        raise
