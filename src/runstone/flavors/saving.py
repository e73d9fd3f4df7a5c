"""A model and what goes with it, into a folder: what all flavors share."""

import errno
import inspect
import json
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from runstone.entities.names import shown
from runstone.errors import (
    AlreadyExists,
    BackendError,
    InvalidModel,
    InvalidValue,
    LocalFileNotFound,
    RunstoneError,
    Unsupported,
)
from runstone.flavors import packing, resolve, stand_ins
from runstone.flavors.base import Flavor, Predict, Saved
from runstone.models import card, manifest, requirements
from runstone.models import example as examples
from runstone.models.enforcement import check_input, check_params
from runstone.models.format import FORMAT, FROM_HINTS, MLMODEL, PYFUNC, RUNSTONE, SCHEMA, Model
from runstone.models.signature import ModelSignature, infer_signature

# What the system says where a file cannot grow.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What may be saved with a model of any flavor.

    Attributes:
        signature: What it takes and gives; found from the example if ``None``, left out if ``False``.
        input_example: Rows to try it with; a pair of rows and a dict of params for a model with params.
        pip_requirements: Lines for pip, or the path of a file with them, instead of those that are found.
        extra_pip_requirements: Such lines besides those that are found.
        conda_env: A conda environment, as a dict or the path of a file.
        code_paths: Files and folders of modules that the model needs and no package brings.
        infer_code_paths: Whether those of them that are imported here are found, and packed too.
        metadata: What else is to be known of it; what JSON can hold.
        extra_files: Files kept beside it.
    """

    signature: ModelSignature | bool | None = None
    input_example: Any = None
    pip_requirements: Any = None
    extra_pip_requirements: Any = None
    conda_env: Any = None
    code_paths: Sequence[str] | None = None
    infer_code_paths: bool = False
    metadata: Mapping[str, Any] | None = None
    extra_files: Sequence[str] | None = None


def save(
    flavor: Flavor, model: Any, path: Path, extras: Extras, *, about: Model | None = None, **options: Any
) -> Model:
    """Write a model's folder; it is there as a whole, or not at all.

    Args:
        flavor: The flavor that keeps it.
        model: The model.
        path: The folder, which is not there yet or is empty.
        extras: What goes with it.
        about: What is known of it already, as its ids; what ``extras`` say goes before it.
        **options: The flavor's own.

    Raises:
        AlreadyExists: Something is in the folder.
        BackendError: There is no room for it.
        InvalidValue: The model, or something of what goes with it, cannot be kept; or the folder cannot be made.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise AlreadyExists(f"{str(path)!r} is there already and is not empty; choose another folder")
    if path.is_symlink() and not path.exists():
        raise InvalidValue(f"{str(path)!r} is a link to {str(path.readlink())!r}, which is not there; make that first")
    given: object = about
    if given is not None and not isinstance(given, Model):
        raise InvalidValue(f"mlflow_model is a runstone.models.Model that describes the model; got {shown(given)}")
    _check(extras)
    with _draft(path) as draft:
        saved = _write(flavor, model, draft, extras, about or Model(), options)
    saved.folder = path.absolute()
    return saved


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A folder to write into, whose files come to their place once all of them are there.

    It is beside the place; within it where that is there already, as it may be the root of a disk, or a link.
    """
    draft = (path if path.exists() else path.parent) / f".{path.name}-{uuid4().hex}"
    new = [each for each in draft.parents if not each.exists()]
    try:
        draft.mkdir(parents=True)
    except OSError as error:
        raise InvalidValue(
            f"the folder {str(path)!r} cannot be made: {error.strerror}; choose another place, or give write access"
        ) from error
    try:
        yield draft
        _put(draft, path)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise BackendError(f"the model cannot be written to {str(path)!r}: {error.strerror}; make room") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        for folder in new:
            with suppress(OSError):  # the model is in it, or something of somebody else's
                folder.rmdir()


def _put(draft: Path, path: Path) -> None:
    if draft.parent == path:
        for file in sorted(draft.iterdir(), key=lambda each: each.name == MLMODEL):  # without it, it is no model yet
            file.rename(path / file.name)
        return
    try:
        draft.rename(path)
    except OSError:
        if path.exists():
            raise AlreadyExists(f"{str(path)!r} was made by somebody else meanwhile; choose another folder") from None
        raise


def adopt(folder: Path, **ids: str | None) -> Model:
    """Write into a saved folder what became known since: ids, and where it is kept."""
    model = Model.load(folder)
    for name, value in ids.items():
        setattr(model, name, value)
    model.save(folder)
    manifest.amend(folder, MLMODEL)
    return model


def describe(folder: Path, signature: ModelSignature, into: Path) -> list[str]:
    """Write anew the files of a saved folder that say what the model takes and gives.

    Args:
        folder: The folder; it is only read.
        signature: What is to be said.
        into: An empty folder for the new files.

    Returns:
        The names of the files that are to take the place of those in ``folder``.

    Raises:
        Unsupported: Its signature is that of the type hints of ``predict``.
    """
    model = Model.load(folder)
    if model.others.get(FROM_HINTS):
        raise Unsupported(
            "the signature of this model is that of the type hints of its predict, which it checks its rows by; change "
            "the hints and save the model again"
        )
    model.signature = signature
    model.save(into)
    if not (folder / manifest.MANIFEST).is_file():  # as MLflow saves it, where nothing else says it
        return [MLMODEL]
    for name in (manifest.MANIFEST, requirements.REQUIREMENTS):
        shutil.copyfile(folder / name, into / name)
    _write_schema(into, signature)
    written = [MLMODEL, SCHEMA]
    if (folder / card.CARD).is_file():
        card.write(into, model)
        written.append(card.CARD)
    for name in written:
        manifest.amend(into, name)
    return [*written, manifest.MANIFEST]


def _write(flavor: Flavor, model: Any, folder: Path, extras: Extras, about: Model, options: dict[str, Any]) -> Model:
    if extras.code_paths:
        packing.copy_code(extras.code_paths, folder)
    if "input_example" in inspect.signature(flavor.save).parameters:
        options["input_example"] = extras.input_example
    saved = flavor.save(model, folder, **options)
    modules = packing.complete_code(folder, saved.modules, infer=extras.infer_code_paths)
    pyfunc = {
        "env": {"conda": requirements.CONDA, "virtualenv": requirements.PYTHON_ENV},
        "loader_module": flavor.loader_module,
        "python_version": platform.python_version(),
        **saved.pyfunc,
    }
    if (folder / packing.CODE).is_dir():
        pyfunc["code"] = packing.CODE
        if saved.flavor:
            saved.flavor["code"] = packing.CODE
    for file in extras.extra_files or ():
        packing.copy("extra_files", Path(file), folder, Path("extra_files", Path(file).resolve().name))
    about.add_flavor(PYFUNC, **pyfunc)
    if saved.flavor:
        about.add_flavor(flavor.name, **saved.flavor)
    about.add_flavor(RUNSTONE, format=FORMAT, flavor=flavor.name)
    _describe(about, extras, saved)
    if extras.input_example is not None:
        _keep_example(about, folder, extras, _reopened(flavor, folder, resolve.settings(about, flavor)))
    if about.signature is not None:
        _check_params_are_taken(about.signature, saved)
        _write_schema(folder, about.signature)
    _keep_requirements({*flavor.modules, *modules, *_data_modules(about, extras)}, folder, extras)
    card.write(folder, about)
    about.model_size_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    about.save(folder)
    manifest.write(folder)
    return about


def _describe(about: Model, extras: Extras, saved: Saved) -> None:
    """Say of a model what its user and its own code say of it; what is known of it already stays."""
    if extras.metadata is not None:
        about.metadata = dict(extras.metadata)
    if extras.signature is not None:
        about.signature = extras.signature if isinstance(extras.signature, ModelSignature) else None
    elif about.signature is None and saved.signature is not None:
        about.signature = saved.signature
        about.others[FROM_HINTS] = True  # without it, MLflow would make a frame of what comes
    about.saved_input_example_info = None  # an earlier one is in another folder


def _reopened(flavor: Flavor, folder: Path, settings: Mapping[str, Any]) -> Predict:
    """The model out of its folder, as whoever loads it will have it."""
    try:
        with stand_ins.namespace(folder, settings.get("code")).loading():
            return flavor.predictor(flavor.load(folder, settings), settings)
    except InvalidModel as error:
        said = str(error).replace(f"{folder}/", "")  # which is gone when somebody reads this
        raise InvalidValue(f"the model cannot be loaded from what was saved: {said}") from error
    except RunstoneError:
        raise
    except Exception as error:
        raise InvalidValue(
            f"the model cannot be loaded from what was saved: {type(error).__name__}: {error}; "
            "load_context may use what is in artifacts and in code_paths alone"
        ) from error


def _write_schema(folder: Path, signature: ModelSignature) -> None:
    (folder / SCHEMA).write_text(json.dumps(signature.to_typed(), indent=1) + "\n", "utf-8")


def _keep_example(about: Model, folder: Path, extras: Extras, predict: Predict) -> None:
    rows, params = examples.with_params(extras.input_example)
    about.saved_input_example_info = examples.write(folder, rows, params)
    try:
        answer = predict(*_checked(about, deepcopy(rows), params))  # some models write into their rows
    except RunstoneError:
        raise
    except Exception as error:
        raise InvalidValue(
            f"the model does not predict from its input_example: {type(error).__name__}: {error}; "
            "give rows as predict takes them"
        ) from error
    if about.signature is None and extras.signature is not False:
        about.signature = infer_signature(rows, answer, params)
    examples.expect(folder, rows, answer, params)


def _check_params_are_taken(signature: ModelSignature, saved: Saved) -> None:
    if signature.params and not saved.takes_params:
        names = ", ".join(repr(each.name) for each in signature.params)
        raise InvalidValue(
            f"the signature, or the example, has the params {names}, and predict takes none: add params=None to its "
            "arguments, or leave them out"
        )


def _checked(about: Model, rows: Any, params: dict[str, Any] | None) -> tuple[Any, dict[str, Any] | None]:
    """An example as the model will get it, once it is loaded."""
    if about.signature is None:
        return rows, params
    return check_input(about.signature, rows), check_params(about.signature, params) or None


def _data_modules(about: Model, extras: Extras) -> set[str]:
    """Modules of the data that it takes: without pandas no frame comes as far as the model."""
    rows = extras.input_example[0] if isinstance(extras.input_example, tuple) else extras.input_example
    found = {type(rows).__module__}
    if about.signature is not None and about.signature.inputs is not None and about.signature.inputs.has_input_names():
        found.add("pandas")
    return found


def _keep_requirements(modules: set[str], folder: Path, extras: Extras) -> None:
    conda = None if extras.conda_env is None else _conda(extras.conda_env)
    if conda is not None:
        nested = [each.get("pip") or () for each in conda.get("dependencies", ()) if isinstance(each, dict)]
        lines = requirements.complete("conda_env", [line for pip in nested for line in pip])
    elif extras.pip_requirements is not None:
        lines = requirements.complete("pip_requirements", extras.pip_requirements)
    else:
        lines = requirements.of_modules(modules)
        if extras.extra_pip_requirements is not None:
            more = requirements.complete("extra_pip_requirements", extras.extra_pip_requirements)
            named = {requirements.name_in(line) for line in more}
            lines = [line for line in lines if line.partition("=")[0] not in named] + more
    requirements.write(folder, lines, conda=conda)


def _conda(given: Any) -> dict[str, Any]:
    """A conda environment as a user gives it, read if it is a file."""
    import yaml

    found, why = given, ""
    if isinstance(given, str | Path):
        if not Path(given).is_file():
            raise LocalFileNotFound(str(given))
        try:
            found = yaml.safe_load(Path(given).read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            found, why = None, f": {error}"
    if not isinstance(found, dict) or not isinstance(found.get("dependencies", []), list):
        raise InvalidValue(
            "conda_env is a conda environment, as a dict or the path of a YAML file, with a list 'dependencies'; "
            f"got {shown(given)}{why}"
        )
    return found


def _check(extras: Extras) -> None:
    if extras.conda_env is not None and (extras.pip_requirements or extras.extra_pip_requirements):
        raise InvalidValue("conda_env says already what to install; leave it out, or the pip_requirements")
    if extras.pip_requirements is not None and extras.extra_pip_requirements is not None:
        raise InvalidValue(
            "pip_requirements replaces what is found, extra_pip_requirements adds to it; give one of them"
        )
    if extras.metadata is not None and not isinstance(extras.metadata, Mapping):
        raise InvalidValue(f"metadata is a dict of plain values; got {shown(extras.metadata)}")
    packing.check_paths("code_paths", extras.code_paths)
    packing.check_paths("extra_files", extras.extra_files)
    if extras.signature not in (None, False) and not isinstance(extras.signature, ModelSignature):
        raise InvalidValue(f"signature is what infer_signature gives, or False for none; got {shown(extras.signature)}")
