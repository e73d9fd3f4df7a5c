"""The example of a model's input, and what the model answered to it: a test that travels with the model."""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from runstone.entities import ArtifactPath
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidModel, InvalidValue, SignatureMismatch, Unsupported
from runstone.models import requests
from runstone.models.enforcement import check_input
from runstone.models.inference import library_of
from runstone.models.packing import Packed, packed, unpacked
from runstone.models.signature import ModelSignature

_SPARSE = ("csr", "csc")
INPUT = "input_example.json"
SERVING = "serving_input_example.json"
FOLDER = "example"


def write(folder: Path, example: Any, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write an example as MLflow does; returns what the file ``MLmodel`` says of it.

    Args:
        folder: The model's folder.
        example: A frame of pandas or polars, an array, a sparse matrix in rows or columns (CSR or CSC), a dict, a list
            or a single value.
        params: Params that belong to it.

    Raises:
        InvalidValue: JSON cannot hold it.
    """
    kind, body, request = _written(example)
    info: dict[str, Any] = {"artifact_path": INPUT, "serving_input_path": SERVING, "type": kind}
    if kind == "dataframe":
        info["pandas_orient"] = "split"
    if params is not None:
        info["params"] = "true"
        body = {"inputs": body, "params": params}
    (folder / INPUT).write_bytes(_json(body))
    (folder / SERVING).write_bytes(_request_of(request, params))
    return info


def convert_input_example_to_serving_input(input_example: Any) -> str | None:
    """The body of a request that asks a served model about an example.

    Args:
        input_example: A frame of pandas or polars, an array, a sparse matrix in rows or columns (CSR or CSC), a dict, a
            list or a single value; or a tuple of such and a dict of params.

    Returns:
        JSON, as the file ``serving_input_example.json`` has it; ``None`` for no example.

    Raises:
        InvalidValue: JSON cannot hold it.

    Example:
        >>> print(convert_input_example_to_serving_input([1, 2]))
        {
          "inputs": [
            1,
            2
          ]
        }
    """
    if input_example is None:
        return None
    rows, params = with_params(input_example)
    return _request_of(_written(rows)[2], params).decode()


def with_params(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """The rows of an example, and the params that a tuple gives with them, as MLflow's users do."""
    if isinstance(example, tuple) and len(example) == 2 and isinstance(example[1], dict):
        return example
    return example, None


def _request_of(request: dict[str, Any], params: dict[str, Any] | None) -> bytes:
    return msgspec.json.format(_json(request if params is None else {**request, "params": params}), indent=2)


def _written(example: Any) -> tuple[str, Any, dict[str, Any]]:
    if hasattr(example, "to_pandas"):
        example = example.to_pandas()
    if library_of(example) == "pandas" and (hasattr(example, "columns") or hasattr(example, "to_frame")):
        split = _split(example.to_frame() if example.ndim == 1 else example)
        return "dataframe", split, {"dataframe_split": split}
    if getattr(example, "format", None) in _SPARSE and hasattr(example, "indptr"):
        parts = {part: getattr(example, part).tolist() for part in ("data", "indices", "indptr")}
        body = {**parts, "shape": list(example.shape)}
        return f"sparse_matrix_{example.format}", body, {"inputs": example.toarray().tolist()}
    if type(example).__module__ == "numpy" or hasattr(example, "__array_interface__"):
        values = example.tolist()
        return "ndarray", values, {"inputs": values}
    tensors = isinstance(example, dict) and any(hasattr(each, "__array_interface__") for each in example.values())
    return "ndarray" if tensors else "json_object", example, {"inputs": example}


def _split(frame: Any) -> Any:
    """The columns and the rows of a frame of pandas."""
    places = [place for place, kind in enumerate(frame.dtypes) if _is_of_bytes(frame.iloc[:, place], kind)]
    plain = frame.copy(deep=False)
    for place in places:
        plain.isetitem(place, [_text(each) for each in frame.iloc[:, place]])
    try:
        split = json.loads(plain.to_json(orient="split", date_format="iso", default_handler=str))
    except (ValueError, OverflowError) as error:
        raise InvalidValue(
            f"an example of a model's input is kept as JSON, and the frame cannot be: {error}; "
            "give columns of plain values"
        ) from error
    split.pop("index", None)
    _put_all_digits(frame, split["data"])
    return split


def _is_of_bytes(column: Any, kind: Any) -> bool:
    return getattr(kind, "kind", "") == "O" and any(isinstance(each, bytes) for each in column)


def _text(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _put_all_digits(frame: Any, rows: list[list[Any]]) -> None:
    """Numbers and times as they are, where pandas writes ten digits of each number, and milliseconds."""
    for place, kind in enumerate(frame.dtypes):
        column = frame.iloc[:, place]
        if getattr(kind, "kind", "") == "f" and hasattr(kind, "newbyteorder"):
            for row, value in zip(rows, column.tolist(), strict=True):
                row[place] = value
        elif getattr(kind, "kind", "") == "M":
            for row, value, is_missing in zip(rows, column, column.isna(), strict=True):
                row[place] = None if is_missing else value.isoformat()


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise InvalidValue(
            f"an example of a model's input is kept as JSON, and {shown(value)} cannot be: {error}; "
            "give a frame, an array, or dicts and lists of plain values"
        ) from error


def _plain(value: Any) -> Any:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if type(plain) is not type(value):
        return plain
    raise TypeError(f"{a_class(value)} among it is no plain value")


def read(folder: Path, about: Mapping[str, Any], signature: ModelSignature | None) -> tuple[Any, Any]:
    """The example of a folder, and the params that belong to it.

    Args:
        folder: The model's folder.
        about: What the file ``MLmodel`` says of the example.
        signature: What the model takes and gives; ``None`` if nobody said. What came through JSON gets its types.

    Raises:
        InvalidModel: It cannot be read.
        Unsupported: A library that it is of is not installed.
    """
    if (typed := _typed_inputs(folder / FOLDER)) is not None:
        return typed
    try:
        body = json.loads((folder / ArtifactPath(str(about.get("artifact_path")))).read_bytes())
        params = None
        if about.get("params"):
            body, params = body["inputs"], body["params"]
        return _rows(str(about.get("type")), body, signature), params
    except ModuleNotFoundError as error:
        raise Unsupported(f"the example of this model needs {error.name}, which is not installed: install it") from None
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise InvalidModel(f"the example in {str(folder)!r} cannot be read: {type(error).__name__}: {error}") from error


def _rows(kind: str, body: Any, signature: ModelSignature | None) -> Any:
    if kind.removeprefix("sparse_matrix_") in _SPARSE:
        from scipy import sparse

        made = getattr(sparse, f"{kind.removeprefix('sparse_matrix_')}_matrix")
        return made((body["data"], body["indices"], body["indptr"]), shape=body["shape"])
    if kind not in {"dataframe", "ndarray"}:
        return body
    rows = body
    if kind == "dataframe":
        import pandas

        rows = requests.with_bytes(pandas.DataFrame(body["data"], columns=body["columns"]), signature)
    if signature is not None:
        with suppress(SignatureMismatch):
            return check_input(signature, rows)
    return requests.arrays(rows) if kind == "ndarray" else rows


@dataclass(frozen=True)
class SelfTest:
    """An example, and what the model answered to it when it was saved.

    Attributes:
        data: The example.
        params: Params that belong to it.
        expected: The answer.
        is_answered: Whether an answer was kept.
    """

    data: Any
    params: Any
    expected: Any
    is_answered: bool


def expect(folder: Path, rows: Any, answer: Any, params: dict[str, Any] | None = None) -> None:
    """Write an example and what the model answered to it, as the self-test of the folder.

    They stand there twice: as plain JSON, for any reader, and as typed values, from which each type comes back.

    Args:
        folder: The model's folder.
        rows: The example.
        answer: What the model gave for it; one that cannot be kept is left out.
        params: Params that belong to it.
    """
    _expect_typed(folder, rows, answer, params)
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    (place / "inputs.json").write_bytes(_json(_written(rows)[1]))
    try:
        expected = _json(_written(answer)[1])
    except InvalidValue:
        return
    (place / "outputs.json").write_bytes(expected)


def _expect_typed(folder: Path, rows: Any, answer: Any, params: dict[str, Any] | None) -> None:
    try:
        inputs = Packed()
        trees = {"data": inputs.put(rows), "params": inputs.put(params)}
    except InvalidValue:
        return
    (folder / FOLDER).mkdir(exist_ok=True)
    _write(folder / FOLDER, _INPUTS, trees, inputs.tables)
    with suppress(InvalidValue):
        outputs = packed(answer)
        _write(folder / FOLDER, _OUTPUTS, {"data": outputs.tree}, outputs.tables)


def self_test(folder: Path) -> SelfTest | None:
    """The self-test of a folder; ``None`` where there is none.

    Raises:
        InvalidModel: It cannot be read.
        Unsupported: A library that it is of is not installed.
    """
    place = folder / FOLDER
    inputs = _typed_inputs(place)
    if inputs is None:
        return None
    is_answered = (place / f"{_OUTPUTS}.json").is_file()
    expected = _read(place, _OUTPUTS)["data"] if is_answered else None
    return SelfTest(*inputs, expected, is_answered)


def _typed_inputs(place: Path) -> tuple[Any, Any] | None:
    if not (place / f"{_INPUTS}.json").is_file():
        return None
    found = _read(place, _INPUTS)
    return found["data"], found["params"]


_INPUTS, _OUTPUTS = "typed-inputs", "typed-outputs"


def _write(place: Path, name: str, trees: dict[str, Any], tables: list[Any]) -> None:
    from pyarrow import OSFile, ipc

    files = [f"{name}-{number}.arrow" for number in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        with OSFile(str(place / file), "wb") as sink, ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    written = msgspec.json.format(msgspec.json.encode({**trees, "tables": files}), indent=1)
    (place / f"{name}.json").write_bytes(written + b"\n")


def _read(place: Path, name: str) -> dict[str, Any]:
    """The data of a file, and its params."""
    from pyarrow import ipc

    try:
        trees = msgspec.json.decode((place / f"{name}.json").read_bytes(), type=dict[str, Any])
        files = [ArtifactPath(file).name for file in trees.pop("tables")]
        tables = [ipc.open_file((place / file).read_bytes()).read_all() for file in files]
        return {"data": unpacked(trees["data"], tables), "params": unpacked(trees.get("params"), tables)}
    except (OSError, LookupError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidModel(f"the example in {str(place)!r} cannot be read: {error}") from error
