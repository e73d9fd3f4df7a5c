"""Models of a user's own: a class made of ``PythonModel``, a function, a script, or a module that loads some files."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import imports, libraries, namespaces, packing, pickles, scripts, stand_ins
from runstone.flavors.base import Predict, Saved
from runstone.flavors.custom import Custom, made_of
from runstone.flavors.python_model import PythonModel, PythonModelContext
from runstone.models.scripts import config_of

_FILE = "python_model.pkl"
_DATA = "data"
_LOADS = "_load_pyfunc"


class PyfuncFlavor:
    """Keeps instances of ``PythonModel``, functions, scripts, and files with a module that loads them."""

    name: ClassVar[str] = "pyfunc"
    argument: ClassVar[str] = "python_model"
    loader_module: ClassVar[str] = "mlflow.pyfunc.model"
    modules: ClassVar[tuple[str, ...]] = ("cloudpickle",)

    def accepts(self, model: object) -> bool:
        """Whether it is a ``PythonModel``, or a function."""
        return isinstance(model, PythonModel) or inspect.isroutine(model)

    def save(
        self,
        model: Any,
        folder: Path,
        *,
        loader_module: str | None = None,
        data_path: str | None = None,
        artifacts: Mapping[str, str] | None = None,
        model_config: str | Path | Mapping[str, Any] | None = None,
        streamable: bool | None = None,
    ) -> Saved:
        """Write ``python_model.pkl``, or the script, or the files that a module loads.

        Args:
            model: The ``PythonModel``, the function, or the path of a script that calls ``set_model``.
            folder: The model's folder.
            loader_module: Instead of a model: a module with a function ``_load_pyfunc(path)``, which gives an object
                with ``predict``.
            data_path: File or folder whose path ``_load_pyfunc`` gets.
            artifacts: Files and folders that the model reads, by the names it knows them by: their paths.
            model_config: Settings that the model finds as ``context.model_config``: a dict, or the path of a YAML file.
            streamable: Whether it answers bit by bit; ``None`` for whether it has ``predict_stream``.

        Raises:
            InvalidValue: It is no such model, or cannot be pickled.
            LocalFileNotFound: A file is not there.
        """
        settings: dict[str, Any] = {"code": None}
        if model_config is not None:
            settings["config"] = config_of("model_config", model_config)
        if artifacts:
            settings["artifacts"] = packing.copy_artifacts(artifacts, folder)
        if loader_module is not None or data_path is not None:
            return _save_loader(model, folder, loader_module, data_path, settings)
        if isinstance(model, str | Path):
            return _save_script(Path(model), folder, settings, streamable=streamable)
        return _save_pickle(model, folder, settings, streamable=streamable)

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Always: such a model is code."""
        file = settings.get("python_model") or settings.get("model_code_path")
        return f"{Path(str(file)).name} is code" if file else f"the module {settings.get('loader_module')!r} loads it"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The object, ready to predict.

        Raises:
            InvalidModel: The files cannot be read, or code in them fails.
        """
        loader = str(settings.get("loader_module") or self.loader_module)
        if loader not in {self.loader_module, scripts.LOADER}:
            return _loaded_by(loader, folder, settings)
        artifacts = _artifacts(folder, settings)
        config = settings.get("config")
        if loader == scripts.LOADER:
            model = made_of(scripts.load(folder, settings).models[0])
        else:
            file = libraries.file_of(folder, settings, "python_model", _FILE)
            model = pickles.load(file, python=settings.get("python_version"))
        context = PythonModelContext(artifacts, config)
        model.load_context(context)
        return Custom(model, context)

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Calls ``predict``, or the function."""
        if isinstance(model, Custom):
            return model.predict
        return Custom(made_of(model), PythonModelContext({}, settings.get("config"))).predict


def _save_pickle(model: Any, folder: Path, settings: dict[str, Any], *, streamable: bool | None) -> Saved:
    import cloudpickle

    made = made_of(model)
    custom = Custom(made, PythonModelContext({}, settings.get("config")))
    used = pickles.dump(made, folder / _FILE, instead=custom.predict.instead())
    settings |= {
        "cloudpickle_version": cloudpickle.__version__,
        "python_model": _FILE,
        "streamable": _streamable(custom, wanted=streamable),
    }
    return Saved(
        flavor={},
        pyfunc=settings,
        modules=pickles.modules(folder / _FILE) | used,
        signature=custom.signature,
        takes_params=custom.predict.takes_params,
    )


def _save_script(script: Path, folder: Path, settings: dict[str, Any], *, streamable: bool | None) -> Saved:
    scripts.copy(script, folder)
    settings |= {"loader_module": scripts.LOADER, "model_code_path": script.name}
    with stand_ins.namespace(folder, packing.CODE).loading():
        said = scripts.load(folder, settings)
        custom = Custom(made_of(said.models[0]), PythonModelContext({}, said.config))
    if said.config is not None:
        settings["config"] = said.config  # what it used, so that it has the same wherever it is loaded
    settings["streamable"] = _streamable(custom, wanted=streamable)
    used = imports.of_source(folder / script.name)
    return Saved(
        flavor={},
        pyfunc=settings,
        modules=used,
        signature=custom.signature,
        takes_params=custom.predict.takes_params,
    )


def _save_loader(
    model: Any, folder: Path, loader_module: Any, data_path: str | None, settings: dict[str, Any]
) -> Saved:
    if model is not None or loader_module is None:
        raise InvalidValue(
            "a model is either python_model, or loader_module with the files at data_path; "
            f"got python_model={shown(model)}, loader_module={loader_module!r}, data_path={data_path!r}"
        )
    if not isinstance(loader_module, str):
        raise InvalidValue(
            f"loader_module is the name of a module; got {shown(loader_module)}; write python_model=... for a model"
        )
    if data_path is not None:
        place = Path(_DATA) / Path(data_path).resolve().name
        packing.copy("data_path", Path(data_path), folder, place)
        settings["data"] = place.as_posix()
    with stand_ins.namespace(folder, packing.CODE).loading():
        _loader(loader_module, InvalidValue)
    settings |= {"loader_module": loader_module, "streamable": False}
    return Saved(flavor={}, pyfunc=settings, modules=frozenset({loader_module.partition(".")[0]}))


def _streamable(custom: Custom, *, wanted: bool | None) -> bool:
    if wanted and not custom.is_streamable:
        raise InvalidValue("streamable=True needs a method predict_stream(context, model_input, params=None)")
    return custom.is_streamable if wanted is None else wanted


def _artifacts(folder: Path, settings: Mapping[str, Any]) -> dict[str, str]:
    """Of the files that a model reads their paths on this machine, by the names that it knows them by."""
    found = settings.get("artifacts") or {}
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise InvalidModel(f"'artifacts' of a model says of each file its path; got {shown(found)}")
    return {name: str(libraries.file_of(folder, each, "path")) for name, each in found.items()}


def _loaded_by(loader: str, folder: Path, settings: Mapping[str, Any]) -> Any:
    load = getattr(_loader(loader, InvalidModel), _LOADS)
    data = libraries.file_of(folder, settings, "data") if settings.get("data") else folder
    config = {"model_config": settings.get("config")} if "model_config" in inspect.signature(load).parameters else {}
    loaded = load(str(data), **config)
    if not callable(getattr(loaded, "predict", None)):
        raise InvalidModel(f"{loader}.{_LOADS} gives an object with a method predict; got {shown(loaded)}")
    return Custom(loaded, PythonModelContext({}, settings.get("config")))


def _loader(loader: str, kind: type[InvalidValue]) -> Any:
    try:
        module = namespaces.current().module(loader)
    except (ImportError, TypeError, ValueError) as error:  # the last two for dots where no name is
        raise kind(
            f"loader_module {loader!r} cannot be imported: {error}; name its file in code_paths, or install it"
        ) from error
    if not callable(getattr(module, _LOADS, None)):
        raise kind(f"loader_module {loader!r} has no function {_LOADS}(path)")
    return module
