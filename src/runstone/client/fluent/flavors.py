"""``runstone.sklearn`` and its like: for each flavor a module with ``save_model``, ``log_model`` and ``load_model``.

The three do the same for every flavor and differ in the options that the flavor takes, so they are made from it.
"""

import inspect
from collections.abc import Callable
from dataclasses import fields
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

from runstone.client import arguments
from runstone.client.fluent import models, pyfunc
from runstone.client.model_logging import Entry, ModelInfo, only_name
from runstone.flavors import resolve, saving
from runstone.flavors.base import Flavor
from runstone.flavors.saving import Extras
from runstone.models.format import Model

_EXTRAS = [each.name for each in fields(Extras)]
_ENTRY = [each.name for each in fields(Entry)]


def verbs(name: str, module: str) -> dict[str, Any]:
    """``save_model``, ``log_model`` and ``load_model`` of a flavor.

    Args:
        name: The flavor.
        module: The module that they are of.
    """
    flavor = resolve.named(name)
    made = (_save(flavor), _log(flavor), _load(flavor))
    for verb in made:
        verb.__module__ = module
    return {verb.__name__: verb for verb in made}


def log_model(model: Any, name: str | None = None, **options: Any) -> ModelInfo:
    """Keep a model as a logged model, by the flavor that knows its library; see ``runstone.sklearn.log_model``.

    Args:
        model: The model: an estimator, a booster, a network, a ``PythonModel`` or a function.
        name: A name for people.
        **options: As for ``log_model`` of that flavor.

    Raises:
        UnknownFlavor: No flavor keeps models of this type.
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is logged then.
    """
    flavor = resolve.of_model(model)
    if flavor.name == "pyfunc":
        return pyfunc.log_model(name=name, python_model=model, **options)
    logged: ModelInfo = _log(flavor)(model, name=name, **options)
    return logged


def save_model(model: Any, path: str, **options: Any) -> Model:
    """Save a model as a folder, by the flavor that knows its library; see ``runstone.sklearn.save_model``.

    Args:
        model: The model: an estimator, a booster, a network, a ``PythonModel`` or a function.
        path: The folder, which is not there yet or is empty.
        **options: As for ``save_model`` of that flavor.

    Raises:
        UnknownFlavor: No flavor keeps models of this type.
        AlreadyExists: Something is in the folder.
        InvalidValue: The model, or something of what goes with it, cannot be kept.
    """
    flavor = resolve.of_model(model)
    if flavor.name == "pyfunc":
        return pyfunc.save_model(path, python_model=model, **options)
    saved: Model = _save(flavor)(model, path, **options)
    return saved


def load_model(model_uri: str, dst_path: str | None = None, *, trust: bool = False) -> Any:
    """Load a model as the library knows it that it is of; ``runstone.pyfunc.load_model`` loads all alike.

    Args:
        model_uri: ``models:/NAME/VERSION``, ``models:/NAME@ALIAS``, ``models:/MODEL_ID``, ``runs:/RUN_ID/NAME``, a
            path, or a place that clients reach themselves, such as ``s3://bucket/path``.
        dst_path: Folder that files from elsewhere are put into.
        trust: Whether code out of its files may run though they are neither on this machine nor in the chosen store.

    Raises:
        InvalidModel: There is no model, or it cannot be read.
        NotFound: There is no such model in the store.
        UntrustedModel: It runs code, and is not trusted.
    """
    return models.load_native(None, model_uri, trust=trust, dst_path=dst_path)


def _save(flavor: Flavor) -> Callable[..., Any]:
    def save_model(given: dict[str, Any]) -> Model:
        path = arguments.local_path("path", given["path"])
        about = given.get("mlflow_model")
        model = given[flavor.argument]
        return saving.save(flavor, model, Path(path), _extras(given), about=about, **_options(flavor, given))

    first = [_positional(flavor.argument, Any), _positional("path", str)]
    described = _keyword("mlflow_model", None, Model | None)
    about = f"""Save a model of the flavor {flavor.name} as a folder that MLflow loads as well.

    Args:
        {flavor.argument}: The model.
        path: The folder, which is not there yet or is empty.
{_told(flavor)}        mlflow_model: What ``MLmodel`` says of it already.

    Raises:
        AlreadyExists: Something is in the folder.
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is written then.
    """
    taken = [*first, *_own(flavor), *_shared(), described]
    return _verb(save_model, Signature(taken, return_annotation=Model), about)


def _log(flavor: Flavor) -> Callable[..., Any]:
    def log_model(given: dict[str, Any]) -> ModelInfo:
        name = only_name(given.get("name"), given.pop("artifact_path", None))
        entry = Entry(**{**{each: given[each] for each in _ENTRY if each in given}, "name": name})
        return models.log_model(
            flavor,
            given[flavor.argument],
            entry,
            _extras(given),
            registered_model_name=given.get("registered_model_name"),
            **_options(flavor, given),
        )

    first = [
        _positional(flavor.argument, Any),
        _positional("artifact_path", str | None, None),
        _keyword("name", None, str | None),
    ]
    named = [_keyword(each.name, each.default, each.type) for each in fields(Entry) if each.name != "name"]
    registering = [
        _keyword("registered_model_name", None, str | None),
        _keyword("await_registration_for", 300, int),
    ]
    about = f"""Keep a model of the flavor {flavor.name} as a logged model, of the active run if there is one.

    Args:
        {flavor.argument}: The model.
        artifact_path: MLflow's older word for ``name``.
        name: A name for people.
        params: Params of the logged model.
        tags: Tags of the logged model.
        model_type: What kind of model it is, in a word.
        step: Step of the run at which it was made.
        model_id: A logged model that ``initialize_logged_model`` made, and that gets its files now.
        run_id: The run that made it; the active one if ``None``.
        registered_model_name: The registered model that gets it as a version; made if there is none.
        await_registration_for: Has no meaning here: a version is ready at once.
{_told(flavor)}
    Returns:
        What was logged; its ``model_uri`` is what ``load_model`` takes.

    Raises:
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is logged then.
    """
    taken = [*first, *named, *registering, *_own(flavor), *_shared()]
    return _verb(log_model, Signature(taken, return_annotation=ModelInfo), about)


def _load(flavor: Flavor) -> Callable[..., Any]:
    def load_model(given: dict[str, Any]) -> Any:
        return models.load_native(flavor.name, **given)

    parameters = [
        _positional("model_uri", str),
        _positional("dst_path", str | None, None),
        _keyword("trust", False, bool),
    ]
    about = f"""Load a model of the flavor {flavor.name} as its library knows it.

    The arguments and the errors are those of ``runstone.load_model``.
    """
    return _verb(load_model, Signature(parameters, return_annotation=Any), about)


def _verb(body: Callable[[dict[str, Any]], Any], signature: Signature, about: str) -> Callable[..., Any]:
    def verb(*args: Any, **options: Any) -> Any:
        try:
            bound = signature.bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"{body.__name__}() {error}") from None
        return body(dict(bound.arguments))

    verb.__name__ = verb.__qualname__ = body.__name__
    verb.__doc__ = about
    verb.__signature__ = signature  # type: ignore[attr-defined]  # what inspect reads
    return verb


def _extras(given: dict[str, Any]) -> Extras:
    return Extras(**{name: given[name] for name in _EXTRAS if name in given})


def _options(flavor: Flavor, given: dict[str, Any]) -> dict[str, Any]:
    return {each.name: given[each.name] for each in _own(flavor) if each.name in given}


def _own(flavor: Flavor) -> list[Parameter]:
    taken = inspect.signature(flavor.save).parameters.values()
    return [each for each in taken if each.kind is Parameter.KEYWORD_ONLY and each.name not in _EXTRAS]


def _shared() -> list[Parameter]:
    return [_keyword(each.name, each.default, each.type) for each in fields(Extras)]


def _told(flavor: Flavor) -> str:
    """What the flavor's own docstring says of its options, and what all share."""
    written = inspect.getdoc(flavor.save) or ""
    listed = written.partition("Args:\n")[2].partition("\n\n")[0].splitlines()
    own: list[str] = []
    for line in listed:
        if (line.startswith("    ") and not line.startswith("     ")) or own:
            own.append(line)
    skipped = ("    model:", "    folder:")
    told = [f"    {line}" for line in own if not line.startswith(skipped)]
    shared = (inspect.getdoc(Extras) or "").partition("Attributes:\n")[2].splitlines()
    return "\n".join([*told, *(f"    {line}" for line in shared)]) + "\n"


def _positional(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def _keyword(name: str, default: Any, kind: Any) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
