"""Logged models and registered models in a folder of MLflow."""

import re
from collections.abc import Iterator
from pathlib import Path

from runstone.bridge.mlflow_files import Files, number_of, text_of
from runstone.entities import (
    LoggedModel,
    LoggedModelData,
    LoggedModelInfo,
    LoggedModelMetric,
    ModelAlias,
    ModelTag,
    ModelVersion,
    Param,
    RegisteredModel,
    Tag,
)
from runstone.entities.logged_model import LoggedModelStatus, status_word
from runstone.entities.states import model_stage

# What MLflow leaves of a version that was deleted.
_GONE = "Deleted_Internal"
_VERSION = re.compile(r"version-\d+")
_LOGGED_MODEL = re.compile(r"models:/+(m-[0-9a-f]{32})")
_STATUS = {1: LoggedModelStatus.PENDING, 2: LoggedModelStatus.READY, 3: LoggedModelStatus.FAILED}


def logged_model(files: Files, folder: Path, experiment_id: str) -> LoggedModel | None:
    """A logged model; ``None`` where it was deleted."""
    meta = files.meta(folder)
    if meta.get("lifecycle_stage") == "deleted":
        return None
    return LoggedModel(
        info=LoggedModelInfo(
            model_id=folder.name,
            experiment_id=experiment_id,
            name=text_of(meta, "name"),
            creation_timestamp_ms=number_of(meta, "creation_timestamp"),
            last_updated_timestamp_ms=number_of(meta, "last_updated_timestamp"),
            artifact_uri=text_of(meta, "artifact_location"),
            status_word=status_word(_STATUS.get(number_of(meta, "status"), LoggedModelStatus.PENDING)),
            model_type=text_of(meta, "model_type"),
            source_run_id=text_of(meta, "source_run_id"),
            tag_list=files.things(Tag, folder / "tags"),
        ),
        data=LoggedModelData(
            params=files.things(Param, folder / "params"),
            metrics=sorted(_metrics(files, folder), key=lambda each: (each.timestamp, each.step, each.key)),
        ),
    )


def registered_model(files: Files, folder: Path) -> RegisteredModel:
    """A registered model, without its versions."""
    meta = files.meta(folder)
    made = number_of(meta, "creation_timestamp")
    return RegisteredModel(
        name=text_of(meta, "name"),
        creation_timestamp=made,
        last_updated_timestamp=number_of(meta, "last_updated_timestamp") or made,
        description=text_of(meta, "description"),
        tag_list=files.things(ModelTag, folder / "tags"),
        alias_list=files.things(ModelAlias, folder / "aliases"),
    )


def versions(files: Files, folder: Path) -> Iterator[ModelVersion]:
    """Versions of a registered model, by number, but for deleted ones."""
    aliases = files.things(ModelAlias, folder / "aliases")
    numbered = [(int(each.name.removeprefix("version-")), each) for each in files.folders(folder, _VERSION)]
    for number, each in sorted(numbered):
        with files.telling(each):
            version = _version(files, each, number, [each.alias for each in aliases if each.version == str(number)])
            if version is not None:
                yield version


def _version(files: Files, folder: Path, number: int, aliases: list[str]) -> ModelVersion | None:
    meta = files.meta(folder)
    stage = text_of(meta, "current_stage") or "None"
    if stage == _GONE:
        return None
    source = text_of(meta, "source")
    logged = _LOGGED_MODEL.fullmatch(source)
    made = number_of(meta, "creation_timestamp")
    return ModelVersion(
        name=text_of(meta, "name"),
        version=str(number),
        creation_timestamp=made,
        last_updated_timestamp=number_of(meta, "last_updated_timestamp") or made,
        current_stage=model_stage(stage),
        description=text_of(meta, "description"),
        source=text_of(meta, "storage_location") or source,
        run_id=text_of(meta, "run_id"),
        tag_list=files.things(ModelTag, folder / "tags"),
        run_link=text_of(meta, "run_link"),
        aliases=aliases,
        user_id=text_of(meta, "user_id"),
        status_message=text_of(meta, "status_message"),
        model_id=logged[1] if logged else "",
    )


def _metrics(files: Files, folder: Path) -> Iterator[LoggedModelMetric]:
    for key, file in files.named(folder / "metrics"):
        for number, words in files.lines(file):
            with files.telling(f"{file}, line {number}"):
                yield LoggedModelMetric(
                    key=key,
                    value=float(words[1]),
                    timestamp=int(words[0]),
                    step=int(words[2]),
                    run_id=words[3],
                    dataset_name=" ".join(words[4:-1]),
                    dataset_digest=words[-1] if len(words) > 5 else "",
                    model_id=folder.name,
                )
