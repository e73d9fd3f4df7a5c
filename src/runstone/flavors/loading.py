"""A model's folder into a model that predicts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from runstone.errors import InvalidModel, InvalidValue, UntrustedModel
from runstone.flavors import libraries, resolve, stand_ins
from runstone.flavors.base import Flavor
from runstone.models import manifest
from runstone.models.fields import Field
from runstone.models.format import FROM_HINTS, PYFUNC, RUNSTONE, SCHEMA, Model
from runstone.models.predictor import PyFuncModel
from runstone.models.schema import ColSpec, Schema
from runstone.models.scripts import config_of
from runstone.models.signature import ModelSignature


def load(
    folder: Path, *, uri: str, trust: bool, model_config: str | Path | Mapping[str, Any] | None = None
) -> PyFuncModel:
    """Load a model so that it predicts the same way whatever library it is of.

    Args:
        folder: The folder.
        uri: Where it came from, for messages.
        trust: Whether code out of its files may run.
        model_config: Settings of a model of a user's own that are to be others than it was saved with.

    Raises:
        InvalidValue: The model was saved without such a setting.
        InvalidModel: The folder is no model, or cannot be read.
        ModelChanged: A file is not the one that was saved.
        UntrustedModel: It runs code, and is not trusted.
        UnknownFlavor: No flavor here loads it.
    """
    model = read(folder)
    settings = model.flavors.get(PYFUNC)
    if settings is None:
        raise InvalidModel(f"the model at {uri!r} has no {PYFUNC!r} among its flavors: {', '.join(model.flavors)}")
    flavor = resolve.of_loader(str(settings.get("loader_module"))) or resolve.native(model)
    configure(model, model_config)
    native = _load(flavor, folder, model, uri=uri, trust=trust)
    return PyFuncModel(model, native, flavor.predictor(native, resolve.settings(model, flavor)))


def load_native(flavor: Flavor | None, folder: Path, *, uri: str, trust: bool) -> Any:
    """Load a model as its library knows it.

    Args:
        flavor: The flavor to load it by; the one that it was saved by if ``None``.
        folder: As for :func:`load`.
        uri: As for :func:`load`.
        trust: As for :func:`load`.

    Raises:
        InvalidModel: As :func:`load`, or it is none of this flavor.
        ModelChanged: As :func:`load`.
        UntrustedModel: As :func:`load`.
        UnknownFlavor: As :func:`load`.
    """
    model = read(folder)
    flavor = flavor or resolve.native(model)
    if flavor.name == "pyfunc":  # what a user's own model is, is what predicts
        return load(folder, uri=uri, trust=trust)
    return _load(flavor, folder, model, uri=uri, trust=trust)


def configure(model: Model, model_config: str | Path | Mapping[str, Any] | None) -> None:
    """Change settings of a model of a user's own.

    Args:
        model: What its file ``MLmodel`` says, which is changed.
        model_config: The settings that are to be others; ``None`` for none.

    Raises:
        InvalidValue: The model was saved without such a setting, or they are no settings.
        LocalFileNotFound: The file that has them is not there.
    """
    if model_config is not None:
        settings = model.flavors.setdefault(PYFUNC, {})
        settings["config"] = _changed(settings.get("config") or {}, config_of("model_config", model_config))


def read(folder: Path) -> Model:
    """What a model's folder says of it, once its files are compared with what was recorded of them.

    Raises:
        InvalidModel: The folder is no model, or cannot be read.
        ModelChanged: A file is not the one that was saved.
    """
    model = Model.load(folder)
    if manifest.check(folder) is None and RUNSTONE in model.flavors:
        raise InvalidModel(
            f"the model in {str(folder)!r} was saved by Runstone, and has no {manifest.MANIFEST}: "
            "its folder is not whole"
        )
    typed = folder / SCHEMA
    if typed.is_file():  # says all that the block of the file MLmodel says, and more
        try:
            model.signature = ModelSignature.from_typed(json.loads(typed.read_bytes()))
        except (ValueError, RecursionError) as error:
            raise InvalidModel(f"{str(typed)!r} cannot be read: {error}") from error
    elif model.others.get(FROM_HINTS) and model.signature is not None and model.signature.inputs is not None:
        columns = (each for each in model.signature.inputs if isinstance(each, ColSpec))
        model.signature.inputs = Schema(
            (ColSpec.from_field(_lenient(each.field)) for each in columns), container="list"
        )
    return model


def _lenient(field: Field) -> Field:
    """A field that may do without its parts: MLflow says of each that it is needed, and lets the class decide."""
    parts = None if field.fields is None else tuple(replace(_lenient(each), required=False) for each in field.fields)
    return replace(field, fields=parts, items=None if field.items is None else _lenient(field.items))


def _load(flavor: Flavor, folder: Path, model: Model, *, uri: str, trust: bool) -> Any:
    settings = resolve.settings(model, flavor)
    why = flavor.runs_code(settings) or ("it brings code of its own" if settings.get("code") else "")
    if why and not trust:
        raise UntrustedModel(uri, why)
    code = str(libraries.file_of(folder, settings, "code").relative_to(folder)) if settings.get("code") else None
    with stand_ins.namespace(folder, code).loading():
        return flavor.load(folder, settings)


def _changed(config: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Settings of a model with some of them changed."""
    if unknown := [name for name in changes if name not in config]:
        known = f"it has {', '.join(map(repr, config))}" if config else "it has none"
        raise InvalidValue(
            f"the model has no setting {unknown[0]!r}: {known}; a model takes the settings that it was saved with: "
            "save it with model_config={...}"
        )
    return {**config, **changes}
