"""Models of ONNX, which hold a graph of known operators, and predict by ONNX Runtime."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_FILE = "model.onnx"
_PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
_OPTIONS = (
    "execution_mode",
    "extra_session_config",
    "graph_optimization_level",
    "inter_op_num_threads",
    "intra_op_num_threads",
)
_MODES = {"parallel": "ORT_PARALLEL", "sequential": "ORT_SEQUENTIAL"}
# What ONNX Runtime calls the types of tensors, as numpy does.
_TYPES = {"double": "float64", "float": "float32", "float16": "float16", "bool": "bool", "string": "object"}


class OnnxFlavor:
    """Keeps models of ONNX, whatever library made them."""

    name: ClassVar[str] = "onnx"
    argument: ClassVar[str] = "onnx_model"
    loader_module: ClassVar[str] = "mlflow.onnx"
    modules: ClassVar[tuple[str, ...]] = ("onnx", "onnxruntime")

    def accepts(self, model: object) -> bool:
        """Whether it is a ``ModelProto``."""
        return libraries.is_a(model, "onnx.onnx_ml_pb2.ModelProto")

    def save(
        self,
        model: Any,
        folder: Path,
        *,
        onnx_execution_providers: Sequence[str] | None = None,
        onnx_session_options: Mapping[str, Any] | None = None,
        save_as_external_data: bool = True,
    ) -> Saved:
        """Write ``model.onnx``, and ``model.onnx.data`` beside it for long tensors.

        Args:
            model: The model.
            folder: The model's folder.
            onnx_execution_providers: What ONNX Runtime may predict on, the preferred first; CUDA where there is some,
                else the processor, if ``None``.
            onnx_session_options: Options of the session: ``execution_mode`` (``"sequential"`` or ``"parallel"``),
                ``graph_optimization_level`` (0, 1, 2 or 99), ``inter_op_num_threads``, ``intra_op_num_threads``, and
                ``extra_session_config``, a dict.
            save_as_external_data: Whether tensors of more than a kilobyte go into a file of their own, as they must
                in a model of 2 GB.

        Raises:
            InvalidValue: The model is none of ONNX, or breaks its rules; or an option is not known.
        """
        onnx = libraries.imported("onnx", install="runstone[onnx]")
        if not self.accepts(model):
            raise InvalidValue(f"onnx_model is a ModelProto of onnx; got a {libraries.class_name(type(model))}")
        _session_options(onnx_session_options)
        try:
            onnx.checker.check_model(model)
        except onnx.checker.ValidationError as error:
            raise InvalidValue(f"the model breaks the rules of onnx: {str(error).strip()}") from error
        copied = onnx.ModelProto()
        copied.CopyFrom(model)  # writing tensors elsewhere takes them out of the model
        onnx.save_model(copied, folder / _FILE, save_as_external_data=save_as_external_data, location=f"{_FILE}.data")
        return Saved(
            flavor={
                "code": None,
                "data": _FILE,
                "onnx_session_options": None if onnx_session_options is None else dict(onnx_session_options),
                "onnx_version": onnx.__version__,
                "providers": list(onnx_execution_providers or _PROVIDERS),
            },
            pyfunc={"data": _FILE},
        )

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Never: a model names operators, and brings none."""
        return ""

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The ``ModelProto``.

        Raises:
            InvalidModel: The file cannot be read, or breaks the rules of ONNX.
            Unsupported: onnx is not installed.
        """
        onnx = libraries.imported("onnx", install="runstone[onnx]")
        file = libraries.file_of(folder, settings, "data", _FILE)
        with libraries.reading(file, "onnx"):
            model = onnx.load(file)
            onnx.checker.check_model(file)
        return model

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:
        """Runs a session: a frame comes back for a frame, a dict of arrays for arrays."""
        runtime = libraries.imported("onnxruntime", install="runstone[onnx]")
        there = runtime.get_available_providers()
        wanted = libraries.texts_of(settings, "providers") or _PROVIDERS
        session = runtime.InferenceSession(
            model.SerializeToString(),
            _session_options(settings.get("onnx_session_options")),
            providers=[name for name in wanted if name in there] or there,
        )
        return lambda rows, params: _answered(session, rows)  # noqa: ARG005 - a graph has no params


def _session_options(given: Mapping[str, Any] | None) -> Any:
    """Options of a session as ONNX Runtime has them."""
    runtime = libraries.imported("onnxruntime", install="runstone[onnx]")
    options = runtime.SessionOptions()
    if given is not None and not isinstance(given, Mapping):
        raise InvalidValue(f"onnx_session_options are a dict with {', '.join(_OPTIONS)}; got {shown(given)}")
    for name, value in (given or {}).items():
        if name not in _OPTIONS:
            raise InvalidValue(f"onnx_session_options are {', '.join(_OPTIONS)}; got {shown(name)}")
        if name == "execution_mode" and value not in tuple(_MODES):
            raise InvalidValue(f"execution_mode is one of {', '.join(_MODES)}; got {shown(value)}")
        try:
            _set(options, name, value, runtime)
        except (AttributeError, TypeError, ValueError) as error:
            said = str(error).splitlines()[0]
            raise InvalidValue(f"{name} of onnx_session_options cannot be {shown(value)}: {said}") from error
    return options


def _set(options: Any, name: str, value: Any, runtime: Any) -> None:
    if name == "execution_mode":
        options.execution_mode = getattr(runtime.ExecutionMode, _MODES[value])
    elif name == "graph_optimization_level":
        options.graph_optimization_level = runtime.GraphOptimizationLevel(value)
    elif name == "extra_session_config":
        for key, each in value.items():
            options.add_session_config_entry(key, each)
    else:
        setattr(options, name, value)


def _answered(session: Any, rows: Any) -> Any:
    import numpy
    import pandas

    is_frame = isinstance(rows, pandas.DataFrame)
    feeds = {each.name: _tensor(each, value) for each, value in _by_input(session.get_inputs(), rows)}
    answers = {each.name: found for each, found in zip(session.get_outputs(), session.run(None, feeds), strict=True)}
    if not is_frame or any(numpy.asarray(each).size != len(rows) for each in answers.values()):
        return answers
    # One value for each row, whether the tensor has one dimension or two.
    return pandas.DataFrame({name: numpy.asarray(each).reshape(-1) for name, each in answers.items()})


def _by_input(inputs: Sequence[Any], rows: Any) -> list[tuple[Any, Any]]:
    """For each input of the graph what goes into it."""
    import pandas

    names = [each.name for each in inputs]
    if isinstance(rows, pandas.DataFrame) and len(inputs) == 1 and names[0] not in rows.columns:
        return [(inputs[0], rows.to_numpy())]
    if isinstance(rows, Mapping | pandas.DataFrame):
        if absent := [name for name in names if name not in rows]:
            raise InvalidValue(
                f"the model takes {', '.join(map(repr, names))}, and {absent[0]!r} is not there; "
                f"got {shown(list(rows))}"
            )
        return [(each, rows[each.name]) for each in inputs]
    if len(inputs) > 1:
        raise InvalidValue(
            f"the model takes {', '.join(map(repr, names))}: give a dict or a frame with these; got {shown(rows)}"
        )
    return [(inputs[0], rows)]


def _tensor(wanted: Any, value: Any) -> Any:
    """Values as the input of a graph takes them; none is lost but by rounding to fewer digits."""
    import numpy

    if not wanted.type.startswith("tensor("):
        return value
    kind = wanted.type.removeprefix("tensor(").removesuffix(")")
    array = numpy.asarray(value)
    try:
        array = array.astype(_TYPES.get(kind, kind), casting="unsafe" if kind == "string" else "same_kind")
    except TypeError:
        raise InvalidValue(f"{wanted.name!r} takes values of type {kind}; got {array.dtype}") from None
    is_column = len(wanted.shape) == array.ndim + 1 and wanted.shape[-1] == 1
    return array.reshape(-1, 1) if is_column else array
