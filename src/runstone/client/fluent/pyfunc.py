"""Models of a user's own, and every model loaded so that it predicts the same way; as ``runstone.pyfunc``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runstone.client import arguments
from runstone.client.fluent import models
from runstone.client.fluent.models import load_pyfunc as load_model
from runstone.client.model_logging import Entry, ModelInfo
from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.flavors import resolve, saving
from runstone.flavors.python_model import PythonModel, PythonModelContext
from runstone.flavors.saving import Extras
from runstone.models.format import Model
from runstone.models.predictor import PyFuncModel
from runstone.models.signature import ModelSignature


def save_model(
    path: str,
    code_paths: Sequence[str] | None = None,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: dict[str, Any] | None = None,
    *,
    extra_files: Sequence[str] | None = None,
) -> Model:
    """Save a model of your own as a folder that MLflow loads as well.

    Args:
        path: The folder, which is not there yet or is empty.
        code_paths: Files and folders of modules that the model needs and no package brings.
        conda_env: A conda environment, as a dict or the path of a file.
        python_model: An instance of a class made of ``PythonModel``, or a function.
        artifacts: Files and folders that the model reads, by the names it knows them by: their paths.
        signature: What it takes and gives; found from the example if ``None``, left out if ``False``.
        input_example: Rows to try it with; a pair of rows and a dict of params for a model with params.
        pip_requirements: Lines for pip, or the path of a file with them, instead of those that are found.
        extra_pip_requirements: Such lines besides those that are found.
        metadata: What else is to be known of it; what JSON can hold.
        model_config: Settings that the model finds as ``context.model_config``.
        extra_files: Files kept beside it.

    Raises:
        AlreadyExists: Something is in the folder.
        InvalidValue: The model, or something of what goes with it, cannot be kept; nothing is written then.
    """
    extras = Extras(
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        conda_env=conda_env,
        code_paths=code_paths,
        metadata=metadata,
        extra_files=extra_files,
    )
    place = Path(arguments.local_path("path", _no_model("path", path)))
    flavor = resolve.named("pyfunc")
    return saving.save(flavor, python_model, place, extras, artifacts=artifacts, model_config=model_config)


def log_model(  # noqa: PLR0913 - the arguments are MLflow's
    artifact_path: str | None = None,
    code_paths: Sequence[str] | None = None,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int = 300,  # noqa: ARG001
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: dict[str, Any] | None = None,
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
        code_paths: As for ``save_model``, as are all that are not told of here.
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
    extras = Extras(
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        conda_env=conda_env,
        code_paths=code_paths,
        metadata=metadata,
        extra_files=extra_files,
    )
    if artifact_path is not None:
        _no_model("name", artifact_path)
        if name not in {None, artifact_path}:
            raise InvalidValue(
                f"name and artifact_path are two words for the same; got {shown(name)} and {shown(artifact_path)}"
            )
    return models.log_model(
        resolve.named("pyfunc"),
        python_model,
        Entry(
            name=name or artifact_path,
            params=params,
            tags=tags,
            model_type=model_type,
            step=step,
            model_id=model_id,
            run_id=run_id,
        ),
        extras,
        registered_model_name=registered_model_name,
        artifacts=artifacts,
        model_config=model_config,
    )


def _no_model(what: str, given: Any) -> Any:
    """The first argument, which is not the model; MLflow has this order, and other flavors another one."""
    if isinstance(given, PythonModel) or callable(given):
        raise InvalidValue(f"the first argument is the {what}; write python_model={shown(given)}")
    return given


__all__ = ["PyFuncModel", "PythonModel", "PythonModelContext", "load_model", "log_model", "save_model"]
