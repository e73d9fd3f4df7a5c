"""A model of any flavor, saved and kept as a logged model."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from runstone.client.client import Client
from runstone.client.connection import open_journals
from runstone.client.offline import OfflineClient
from runstone.entities import LoggedModel, LoggedModelStatus, ModelOutput
from runstone.entities.logged_model import LoggedModelMetric
from runstone.entities.names import shown
from runstone.entities.tag import FLAVOR
from runstone.errors import BackendUnavailable, InvalidState, InvalidValue, RunstoneError
from runstone.flavors import saving
from runstone.flavors.base import Flavor
from runstone.flavors.saving import Extras
from runstone.journal import keeping, models
from runstone.journal.models import ModelFacts
from runstone.models.format import Model


class ModelInfo(Struct, frozen=True, kw_only=True):
    """A model that was logged.

    Attributes:
        model_uri: ``models:/`` and its id; what ``load_model`` takes.
        model_id: Id of the logged model; empty for a model that was only saved.
        model_uuid: 32 hexadecimal digits.
        name: Its name.
        artifact_path: Where its files are.
        run_id: The run that made it; ``None`` for none.
        flavors: For each way to load the model, what that way needs to know.
        signature: What it takes and gives; ``None`` if nobody said.
        saved_input_example_info: Where its example is; ``None`` without one.
        metadata: What its maker wanted to be known.
        utc_time_created: When.
        creation_timestamp: Milliseconds since the Unix epoch, UTC; ``None`` for a model that was only saved.
        mlflow_version: The version of MLflow that saved it; ``None`` if that was none.
        registered_model_version: Its version in the registry; ``None`` if it was not registered.
        params: Its params, as texts.
        tags: Its tags.
        metrics: What was measured of it, in the order of logging.
    """

    model_uri: str
    model_id: str
    model_uuid: str
    name: str
    artifact_path: str
    run_id: str | None
    flavors: dict[str, Any]
    signature: Any
    saved_input_example_info: dict[str, Any] | None
    metadata: dict[str, Any] | None
    utc_time_created: str
    creation_timestamp: int | None = None
    mlflow_version: str | None = None
    registered_model_version: str | None = None
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: list[LoggedModelMetric] = []


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a logged model is besides its files; see ``initialize_logged_model``.

    Attributes:
        name: A name for people.
        params: Its params.
        tags: Its tags.
        model_type: What kind of model it is, in a word.
        step: Step of the run at which it was made.
        model_id: A logged model that was made before, and gets its files now.
        run_id: The run that made it; ``None`` for none.
    """

    name: str | None = None
    params: Mapping[str, Any] | None = None
    tags: Mapping[str, Any] | None = None
    model_type: str | None = None
    step: int = 0
    model_id: str | None = None
    run_id: str | None = None


def only_name(name: str | None, artifact_path: str | None) -> str | None:
    """The name of a model that is logged, for which MLflow has an older word.

    Raises:
        InvalidValue: The two differ.
    """
    if artifact_path is not None and name not in {None, artifact_path}:
        raise InvalidValue(
            f"name and artifact_path are two words for the same; got {shown(name)} and {shown(artifact_path)}"
        )
    return artifact_path if name is None else name


def log(
    client: Client, experiment_id: str, entry: Entry, flavor: Flavor, model: Any, extras: Extras, **options: Any
) -> ModelInfo:
    """Save a model and keep it in the store as a logged model.

    Args:
        client: The handle on the store.
        experiment_id: Its experiment.
        entry: What it is besides its files.
        flavor: The flavor that keeps it.
        model: The model.
        extras: What goes with it.
        **options: The flavor's own.

    Raises:
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is logged then.
        RunstoneError: The store could not take it; the logged model is marked as failed.
    """
    folder = Path(mkdtemp(prefix="runstone-model-"))
    try:
        # Before the store hears of it: what cannot be saved leaves nothing behind.
        saving.save(flavor, model, folder / "model", extras, **options)
        return _stored(client, experiment_id, entry, flavor, folder / "model")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stored(client: Client, experiment_id: str, entry: Entry, flavor: Flavor, folder: Path) -> ModelInfo:
    """Make a logged model of a folder; where the store does not answer, it is kept beside the journal of its run."""
    if isinstance(client, OfflineClient):
        return _filled(client, _entered(client, experiment_id, entry, flavor), entry, folder)
    logged = None
    try:
        open_journals.at(client._tracking_uri).check()  # soon, where the other calls wait and try again
        logged = _entered(client, experiment_id, entry, flavor)
        return _filled(client, logged, entry, folder)
    except BackendUnavailable as error:
        run_id = entry.run_id if logged is None else logged.source_run_id
        if not run_id or (logged is None and (entry.model_id is not None or not client._takes_ids())):
            if logged is not None:  # files may be away alone
                _fail(client, logged)
            raise  # there is no journal to keep it with, nobody knows what it is, or it could never be made
        journal = client._journal(run_id)
        keeping.keep_models(journal)
        keeper = OfflineClient(client.tracking_uri, sends=True, within=journal.folder.parents[1])
        if logged is None:
            kept = _entered(keeper, experiment_id, entry, flavor)
        else:
            models.make(journal.folder, ModelFacts(model_id=logged.model_id, name=logged.name))
            kept = keeper.get_logged_model(logged.model_id)
        info = _filled(keeper, kept, entry, folder)
        open_journals.at(client._tracking_uri).tell_away(error)
        return info


def _filled(client: Client, logged: LoggedModel, entry: Entry, folder: Path) -> ModelInfo:
    """Give a logged model its files."""
    try:
        saved = saving.adopt(
            folder,
            model_id=logged.model_id,
            run_id=logged.source_run_id or None,
            artifact_path=logged.artifact_location,
        )
        client.log_model_artifacts(logged.model_id, str(folder))
        if logged.source_run_id:
            client.log_outputs(logged.source_run_id, [ModelOutput(logged.model_id, entry.step)])
    except BackendUnavailable:
        raise
    except BaseException:
        _fail(client, logged)
        raise
    logged = client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    return info_of(saved, f"models:/{logged.model_id}", logged)


def _fail(client: Client, logged: LoggedModel) -> None:
    with suppress(RunstoneError):
        client.finalize_logged_model(logged.model_id, LoggedModelStatus.FAILED)


def _entered(client: Client, experiment_id: str, entry: Entry, flavor: Flavor) -> LoggedModel:
    tags = {FLAVOR: flavor.name, **(entry.tags or {})}
    if entry.model_id is None:
        return client.create_logged_model(experiment_id, entry.name, entry.run_id, tags, entry.params, entry.model_type)
    logged = client.get_logged_model(entry.model_id)
    if logged.status is not LoggedModelStatus.PENDING:
        raise InvalidState(f"the logged model {entry.model_id!r} is {logged.status} already; make another one")
    if entry.params:
        client.log_model_params(entry.model_id, entry.params)
    client.set_logged_model_tags(entry.model_id, tags)
    return logged


def info_of(saved: Model, model_uri: str, logged: LoggedModel | None) -> ModelInfo:
    """What is known of a model.

    Args:
        saved: What its file ``MLmodel`` says.
        model_uri: Where it is.
        logged: The logged model that it is; ``None`` for one that was only saved.
    """
    info = ModelInfo(
        model_uri=model_uri,
        model_id=saved.model_id or "",
        model_uuid=saved.model_uuid,
        name="",
        artifact_path=saved.artifact_path or model_uri,
        run_id=saved.run_id,
        flavors=saved.flavors,
        signature=saved.signature,
        saved_input_example_info=saved.saved_input_example_info,
        metadata=saved.metadata,
        utc_time_created=saved.utc_time_created,
        mlflow_version=saved.mlflow_version,
    )
    if logged is None:
        return info
    return replace(
        info,
        name=logged.name,
        creation_timestamp=logged.creation_timestamp,
        params=logged.params,
        tags=logged.tags,
        metrics=logged.metrics,
    )
