"""Networks of PyTorch: as a pickle, which runs no code when all its layers are PyTorch's own, or as a graph."""

import inspect
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.flavors import libraries, pickles
from runstone.flavors.base import Predict, Saved

_FOLDER = "data"
_PICKLE = "model.pth"
_GRAPH = "model.pt2"
_FORMATS = ("pickle", "pt2")
# Older ones run code that stands in a file though they are told to read weights alone (CVE-2025-32434).
SAFE_FROM = (2, 6)
# The module by which MLflow opens a pickle, as it writes it beside it.
_MLFLOW_PICKLE = "mlflow.pytorch.pickle_module"


class PytorchFlavor:
    """Keeps instances of ``torch.nn.Module``."""

    name: ClassVar[str] = "pytorch"
    argument: ClassVar[str] = "pytorch_model"
    loader_module: ClassVar[str] = "mlflow.pytorch"
    modules: ClassVar[tuple[str, ...]] = ("torch",)

    def accepts(self, model: object) -> bool:
        """Whether it is a network."""
        return libraries.is_a(model, "torch.nn.modules.module.Module")

    def save(
        self, model: Any, folder: Path, *, serialization_format: str = "pickle", input_example: Any = None
    ) -> Saved:
        """Write ``data/model.pth`` or ``data/model.pt2``.

        Args:
            model: The network.
            folder: The model's folder.
            serialization_format: ``"pickle"``, which keeps the network as it is, or ``"pt2"``, which keeps the graph
                that ``torch.export`` finds when it runs it on the ``input_example``.
            input_example: An array, or a list of arrays for a network of several inputs.

        Raises:
            InvalidValue: The format is another, the model is none of PyTorch, or cannot be written so.
        """
        if not self.accepts(model):
            raise InvalidValue(f"pytorch_model is a torch.nn.Module; got a {libraries.class_name(type(model))}")
        if serialization_format not in _FORMATS:
            raise InvalidValue(
                f"serialization_format is one of {', '.join(_FORMATS)}; got {shown(serialization_format)}"
            )
        torch = _torch()
        place = folder / _FOLDER
        place.mkdir()
        weights_only, modules = False, frozenset[str]()
        if serialization_format == "pt2":
            _export(model, place / _GRAPH, input_example)
        else:
            weights_only, modules = _pickle(model, place / _PICKLE)
            (place / "pickle_module_info.txt").write_text(_MLFLOW_PICKLE, "utf-8")
        flavor: dict[str, Any] = {"code": None, "model_data": _FOLDER, "pytorch_version": str(torch.__version__)}
        if weights_only:
            flavor["weights_only"] = True
        return Saved(
            flavor=flavor,
            pyfunc={"config": {"device": None}, "data": _FOLDER, "pickle_module_name": _MLFLOW_PICKLE},
            modules=modules,
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:
        """Whether it is more than layers of PyTorch, or PyTorch is too old; reading a graph evaluates what is in it."""
        if settings.get("weights_only") is True:
            return libraries.outdated("torch", SAFE_FROM)
        return f"{settings.get('model_data', _FOLDER)} holds a pickle, or a graph with expressions that are evaluated"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The network, ready to predict and on the processor; of a graph, what ``torch.export`` makes of it.

        Raises:
            InvalidModel: The file cannot be read.
            Unsupported: PyTorch is not installed.
        """
        torch = _torch()
        place = libraries.file_of(folder, settings, "model_data", _FOLDER)
        if (place / _GRAPH).is_file() and settings.get("weights_only") is not True:
            with libraries.reading(place / _GRAPH, "torch"):
                return torch.export.load(place / _GRAPH).module()
        file = place / _PICKLE
        if not file.is_file():
            raise InvalidModel(f"{str(place)!r} has neither {_PICKLE} nor {_GRAPH}: the model's folder is not whole")
        with libraries.reading(file, "torch"):
            if settings.get("weights_only") is True:
                with torch.serialization.safe_globals(_layers(file)):
                    return torch.load(file, map_location="cpu", weights_only=True).eval()
            return torch.load(file, map_location="cpu", weights_only=False).eval()

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Calls the network: a frame comes back for a frame, an array for an array."""
        return lambda rows, params: _answered(model, rows)  # noqa: ARG005 - a network has no params


def _torch() -> Any:
    libraries.imported("torch.export", install="torch")
    return libraries.imported("torch", install="torch")


def _pickle(model: Any, file: Path) -> tuple[bool, frozenset[str]]:
    """Write a pickle; says whether all in it is PyTorch's own, and which modules it needs."""
    torch = _torch()
    with suppress(Exception):  # cloudpickle keeps more, and says what it cannot
        torch.save(model, file)
        if not _strange(file):
            return True, frozenset()
    try:
        torch.save(model, file, pickle_module=libraries.imported("cloudpickle", install="runstone[models]"))
    except Exception as error:
        raise InvalidValue(
            f"the network cannot be pickled: {error}; keep what cannot be pickled, such as open files, locks and "
            "connections, out of it"
        ) from error
    [inner] = [name for name in zipfile.ZipFile(file).namelist() if name.endswith("/data.pkl")]
    return False, pickles.modules(zipfile.Path(file, inner))


def _strange(file: Path) -> list[str]:
    """Full names in a pickle of what is neither allowed by PyTorch nor a layer or function of its."""
    named: list[str] = _torch().serialization.get_unsafe_globals_in_checkpoint(file)
    return [name for name in named if not name.startswith(("torch.nn.modules.", "torch.nn.functional."))]


def _layers(file: Path) -> list[Any]:
    """The layers and functions of PyTorch that a pickle names; nothing else may be in it."""
    torch = _torch()
    found = []
    for name in torch.serialization.get_unsafe_globals_in_checkpoint(file):
        each = libraries.named_class(name) if name not in _strange(file) else None
        is_layer = inspect.isclass(each) and issubclass(each, torch.nn.Module)
        # Those beside the layers are for the whole process, such as hooks that every network calls.
        is_function = inspect.isfunction(each) and each.__module__ == "torch.nn.functional"
        if not is_layer and not is_function:
            raise InvalidModel(f"{str(file)!r} was said to hold layers of PyTorch alone, and names {name}")
        found.append(each)
    return found


def _export(model: Any, file: Path, example: Any) -> None:
    import numpy

    torch = _torch()
    if example is None:
        raise InvalidValue("serialization_format='pt2' follows the network on an input_example; give one, an array")
    given = example if isinstance(example, list | tuple) else [example]
    # One row would be taken for the only number of rows that there can be.
    tensors = tuple(
        torch.as_tensor(numpy.require(each, requirements="W")).repeat_interleave(2, dim=0) for each in given
    )
    shapes = tuple({0: torch.export.Dim.DYNAMIC} for _ in tensors)
    try:
        torch.export.save(torch.export.export(model.eval(), tensors, dynamic_shapes=shapes), file)
    except Exception as error:
        raise InvalidValue(
            f"torch.export cannot follow the network: {str(error).splitlines()[0]}; leave serialization_format out"
        ) from error


def _answered(model: Any, rows: Any) -> Any:
    import numpy
    import pandas

    torch = _torch()
    is_frame = isinstance(rows, pandas.DataFrame)
    array = rows.to_numpy("float32") if is_frame else numpy.asarray(rows)
    kinds = [each.dtype for each in getattr(model, "parameters", list)() if each.is_floating_point()]
    tensor = torch.as_tensor(numpy.require(array, requirements="W"))  # pandas lends its own, which is not
    if tensor.is_floating_point() and kinds:
        tensor = tensor.to(kinds[0])
    with torch.no_grad():
        answer = model(tensor)
    if not isinstance(answer, torch.Tensor):
        raise InvalidValue(
            f"a network that predicts gives a tensor; this one gave a {libraries.class_name(type(answer))}: "
            "wrap it in one that gives the tensor that counts"
        )
    values = answer.cpu().numpy()
    return pandas.DataFrame(values, index=rows.index) if is_frame else values
