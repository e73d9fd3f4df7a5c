"""Models that are kept as the script that makes them."""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runstone.errors import InvalidModel, InvalidValue, LocalFileNotFound, RunstoneError
from runstone.flavors import namespaces
from runstone.models import scripts
from runstone.models.scripts import Said

LOADER = "mlflow.pyfunc.loaders.code_model"


def copy(script: Path, folder: Path) -> None:
    """Copy a script into a model's folder.

    Raises:
        InvalidValue: It is no file of Python's.
        LocalFileNotFound: It is not there.
    """
    if script.suffix != ".py":
        raise InvalidValue(
            f"python_model is an instance, a function, or the path of a script that ends with .py; got {str(script)!r}"
        )
    if not script.is_file():
        raise LocalFileNotFound(str(script))
    (folder / script.name).write_bytes(script.read_bytes())


def load(folder: Path, settings: Mapping[str, Any]) -> Said:
    """Run the script of a model; returns what it said.

    Args:
        folder: The model's folder.
        settings: The block ``python_function`` of ``MLmodel``.

    Raises:
        InvalidModel: It fails, or does not call ``set_model``.
    """
    name = Path(str(settings.get("model_code_path"))).name  # MLflow writes where it was when it was saved
    file = folder / name
    if not file.is_file():
        raise InvalidModel(f"the model has no file {str(file)!r}: its folder is not whole")
    try:
        with scripts.running(settings.get("config")) as said:
            namespaces.current().run(file)
    except RunstoneError:
        raise
    except ModuleNotFoundError as error:
        raise InvalidModel(
            f"the model's script {name!r} imports {error.name!r}, which is not here; name its file in code_paths when "
            "you save the model, or install what its requirements.txt lists"
        ) from error
    except Exception as error:
        where = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == str(file)]
        line = f" in line {where[-1]}" if where else ""
        raise InvalidModel(f"the model's script {name!r} fails{line}: {type(error).__name__}: {error}") from error
    if not said.models:
        raise InvalidModel(
            f"the model's script {name!r} does not say which object is the model; "
            "end it with runstone.models.set_model(...)"
        )
    return said
