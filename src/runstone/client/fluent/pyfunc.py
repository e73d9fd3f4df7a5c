"""Models of a user's own, and every model loaded so that it predicts the same way; as ``runstone.pyfunc``."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from runstone.client import arguments
from runstone.client.fluent import models
from runstone.client.fluent.artifacts import download_artifacts
from runstone.client.fluent.model_files import client_of
from runstone.client.fluent.models import load_pyfunc as load_model
from runstone.client.model_folders import fetched
from runstone.client.model_logging import Entry, ModelInfo, only_name
from runstone.entities.names import shown
from runstone.errors import ArtifactNotFound, InvalidValue
from runstone.flavors import resolve, saving
from runstone.flavors.packing import Fetched
from runstone.flavors.python_model import PythonModel, PythonModelContext
from runstone.flavors.saving import Extras
from runstone.models import requirements
from runstone.models.format import PYFUNC, Model
from runstone.models.predictor import PyFuncModel
from runstone.models.signature import ModelSignature


def save_model(  # noqa: PLR0913 - the arguments are MLflow's
    path: str,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: Sequence[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    mlflow_model: Model | None = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
    streamable: bool | None = None,
    *,
    extra_files: Sequence[str] | None = None,
) -> Model:
    """Save a model of your own as a folder that MLflow loads as well.

    Args:
        path: The folder, which is not there yet or is empty.
        loader_module: Instead of a model: a module with a function ``_load_pyfunc(path)``, which gives an object with
            ``predict``.
        data_path: File or folder whose path ``_load_pyfunc`` gets.
        code_paths: Files and folders of modules that the model needs and no package brings.
        infer_code_paths: Whether those of them that are imported here are found, and packed too.
        conda_env: A conda environment, as a dict or the path of a file.
        mlflow_model: What ``MLmodel`` says of it already.
        python_model: An instance of a class made of ``PythonModel``, a function, or the path of a script that calls
            ``runstone.models.set_model``.
        artifacts: Files and folders that the model reads, by the names it knows them by: paths, and addresses such as
            ``runs:/RUN_ID/file``, ``models:/NAME/1`` and ``s3://bucket/file``, which are fetched.
        signature: What it takes and gives; found from the example if ``None``, left out if ``False``.
        input_example: Rows to try it with; a pair of rows and a dict of params for a model with params.
        pip_requirements: Lines for pip, or the path of a file with them, instead of those that are found.
        extra_pip_requirements: Such lines besides those that are found.
        metadata: What else is to be known of it; what JSON can hold.
        model_config: Settings that the model finds as ``context.model_config``: a dict, or the path of a YAML file.
        streamable: Whether it answers bit by bit; ``None`` for whether it has ``predict_stream``.
        extra_files: Files kept beside it.

    Raises:
        AlreadyExists: Something is in the folder.
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is written then.
    """
    given = locals()
    place = Path(arguments.local_path("path", _no_model("path", path)))
    flavor, extras = resolve.named("pyfunc"), Extras(**_those_of(Extras, given))
    with _options(given) as options:
        return saving.save(flavor, python_model, place, extras, about=mlflow_model, **options)


def log_model(  # noqa: PLR0913 - the arguments are MLflow's
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: Sequence[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
    streamable: bool | None = None,
    name: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    *,
    run_id: str | None = None,
    extra_files: Sequence[str] | None = None,
) -> ModelInfo:
    """Keep a model of your own as a logged model, of the active run if there is one.

    Args:
        artifact_path: MLflow's older word for ``name``.
        loader_module: As for ``save_model``.
        data_path: As for ``save_model``.
        code_paths: As for ``save_model``.
        infer_code_paths: As for ``save_model``.
        conda_env: As for ``save_model``.
        python_model: As for ``save_model``.
        artifacts: As for ``save_model``.
        registered_model_name: The registered model that gets it as a version; made if there is none.
        signature: As for ``save_model``.
        input_example: As for ``save_model``.
        await_registration_for: Has no meaning here: a version is ready at once.
        pip_requirements: As for ``save_model``.
        extra_pip_requirements: As for ``save_model``.
        metadata: As for ``save_model``.
        model_config: As for ``save_model``.
        streamable: As for ``save_model``.
        name: A name for people.
        params: Params of the logged model.
        tags: Tags of the logged model.
        model_type: What kind of model it is, in a word.
        step: Step of the run at which it was made.
        model_id: A logged model that ``initialize_logged_model`` made, and that gets its files now.
        run_id: The run that made it; the active one if ``None``.
        extra_files: As for ``save_model``.

    Returns:
        What was logged; its ``model_uri`` is what ``load_model`` takes.

    Raises:
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is logged then.
    """
    given = locals()
    if artifact_path is not None:
        _no_model("name", artifact_path)
    entry = Entry(**{**_those_of(Entry, given), "name": only_name(name, artifact_path)})
    flavor, extras = resolve.named("pyfunc"), Extras(**_those_of(Extras, given))
    with _options(given) as options:
        return models.log_model(
            flavor, python_model, entry, extras, registered_model_name=registered_model_name, **options
        )


def get_model_dependencies(model_uri: str, format: str = "pip") -> str:
    """The file that says what a model needs to be installed.

    Args:
        model_uri: As for ``load_model``.
        format: ``"pip"`` for ``requirements.txt``, ``"conda"`` for ``conda.yaml``.

    Returns:
        Its path; the file is a copy, unless the model is on this machine.

    Raises:
        InvalidValue: The format is another.
        NotFound: There is no such model, or it has no such file.
    """
    names = {"pip": requirements.REQUIREMENTS, "conda": requirements.CONDA}
    if format not in names:
        raise InvalidValue(f"format is one of {', '.join(map(repr, names))}; got {shown(format)}")
    file = fetched(client_of(model_uri), model_uri).path / names[format]
    if not file.is_file():
        raise ArtifactNotFound(f"{names[format]} of the model {model_uri}")
    return str(file)


def add_to_model(
    model: Model,
    loader_module: str,
    data: str | None = None,
    code: str | None = None,
    conda_env: str | None = None,
    python_env: str | None = None,
    model_config: dict[str, Any] | None = None,
    model_code_path: str | None = None,
    **settings: Any,
) -> Model:
    """Say in ``MLmodel`` how a model predicts, for flavors of your own that write their folders themselves.

    Args:
        model: What ``MLmodel`` says so far; changed.
        loader_module: The module with ``_load_pyfunc(path)``.
        data: Path that it gets, as seen from the model's folder; the folder itself if ``None``.
        code: Where modules are that the model brings, as seen from its folder.
        conda_env: The file of its conda environment, as seen from its folder.
        python_env: The file of its Python environment, as seen from its folder.
        model_config: Settings of the model.
        model_code_path: Its script, as seen from its folder.
        **settings: What ``_load_pyfunc`` finds in ``MLmodel`` besides.

    Returns:
        ``model``.
    """
    said: dict[str, Any] = {"loader_module": loader_module, "python_version": platform.python_version(), **settings}
    files = {"conda": conda_env, "virtualenv": python_env}
    env = {name: file for name, file in files.items() if file is not None}
    more = {"data": data, "code": code, "config": model_config, "model_code_path": model_code_path, "env": env or None}
    return model.add_flavor(PYFUNC, **said, **{name: value for name, value in more.items() if value is not None})


def _those_of(kind: type[Extras | Entry], given: Mapping[str, Any]) -> dict[str, Any]:
    """Of a verb's arguments those that go together."""
    return {each.name: given[each.name] for each in fields(kind)}


@contextmanager
def _options(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments that only this flavor has; files that the model reads are brought here where they are elsewhere."""
    options = {name: given[name] for name in ("loader_module", "data_path", "artifacts", "model_config", "streamable")}
    if not isinstance(options["artifacts"], Mapping):
        yield options
        return
    with TemporaryDirectory(prefix="runstone-artifacts-") as folder:
        files = enumerate(options["artifacts"].items())
        yield options | {"artifacts": {name: _here(uri, Path(folder) / str(number)) for number, (name, uri) in files}}


def _here(uri: Any, folder: Path) -> Any:
    if not isinstance(uri, str) or len(urlsplit(uri).scheme) < 2:  # one letter is a drive of Windows
        return uri
    folder.mkdir()
    return Fetched(Path(download_artifacts(uri, dst_path=folder)), uri)


def _no_model(what: str, given: Any) -> Any:
    """The first argument, which is not the model; MLflow has this order, and other flavors another one."""
    if isinstance(given, PythonModel) or callable(given):
        raise InvalidValue(f"the first argument is the {what}; write python_model={shown(given)}")
    return given


_LEFT_OUT = {
    "spark_udf": "predictions on Spark",
    **dict.fromkeys(("ChatAgent", "ChatModel", "ResponsesAgent"), "chat models and agents"),
}


def __getattr__(name: str) -> Any:
    """Say what is not there, to scripts that were written for MLflow."""
    absent = f"module 'runstone.pyfunc' has no attribute {name!r}"
    if name in _LEFT_OUT:
        absent += f": {_LEFT_OUT[name]} are left to MLflow; 'import mlflow' works with a Runstone server"
    raise AttributeError(absent, name=name)


__all__ = [
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "add_to_model",
    "get_model_dependencies",
    "load_model",
    "log_model",
    "save_model",
]
