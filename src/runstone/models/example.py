"""The example of a model's input, and what the model answered to it: a test that travels with the model."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from runstone.entities import ArtifactPath
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidModel, InvalidValue
from runstone.models.packing import Packed, packed, unpacked

INPUT = "input_example.json"
SERVING = "serving_input_example.json"
FOLDER = "example"


def write(folder: Path, example: Any, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write an example as MLflow does; returns what the file ``MLmodel`` says of it.

    Args:
        folder: The model's folder.
        example: A frame of pandas or polars, an array, a dict, a list or a single value.
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
        input_example: A frame of pandas or polars, an array, a dict, a list or a single value; or a tuple of such and
            a dict of params.

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
    if type(example).__module__.startswith("pandas"):
        frame = example.to_frame() if example.ndim == 1 else example
        split = json.loads(frame.to_json(orient="split", date_format="iso", default_handler=str))
        split.pop("index", None)
        _put_all_digits(frame, split["data"])
        return "dataframe", split, {"dataframe_split": split}
    if type(example).__module__ == "numpy" or hasattr(example, "__array_interface__"):
        values = example.tolist()
        return "ndarray", values, {"inputs": values}
    tensors = isinstance(example, dict) and any(hasattr(each, "__array_interface__") for each in example.values())
    return "ndarray" if tensors else "json_object", example, {"inputs": example}


def _put_all_digits(frame: Any, rows: list[list[Any]]) -> None:
    """Numbers as they are, where pandas writes ten digits of each."""
    for place, kind in enumerate(frame.dtypes):
        if getattr(kind, "kind", "") == "f" and hasattr(kind, "newbyteorder"):
            for row, value in zip(rows, frame.iloc[:, place].tolist(), strict=True):
                row[place] = value


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidValue(
            f"an example of a model's input is kept as JSON, and {shown(value)} cannot be: {error}; "
            "give a frame, an array, or dicts and lists of plain values"
        ) from error


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{a_class(value)} among it is no plain value")


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
    """
    place = folder / FOLDER
    if not (place / f"{_INPUTS}.json").is_file():
        return None
    try:
        trees, tables = _read(place, _INPUTS)
        data, params = unpacked(trees["data"], tables), unpacked(trees.get("params"), tables)
        is_answered = (place / f"{_OUTPUTS}.json").is_file()
        expected = None
        if is_answered:
            trees, tables = _read(place, _OUTPUTS)
            expected = unpacked(trees["data"], tables)
    except (OSError, LookupError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidModel(f"the example in {str(place)!r} cannot be read: {error}") from error
    return SelfTest(data, params, expected, is_answered)


_INPUTS, _OUTPUTS = "typed-inputs", "typed-outputs"


def _write(place: Path, name: str, trees: dict[str, Any], tables: list[Any]) -> None:
    from pyarrow import OSFile, ipc

    files = [f"{name}-{number}.arrow" for number in range(len(tables))]
    for file, table in zip(files, tables, strict=True):
        with OSFile(str(place / file), "wb") as sink, ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    written = msgspec.json.format(msgspec.json.encode({**trees, "tables": files}), indent=1)
    (place / f"{name}.json").write_bytes(written + b"\n")


def _read(place: Path, name: str) -> tuple[dict[str, Any], list[Any]]:
    from pyarrow import ipc

    trees = msgspec.json.decode((place / f"{name}.json").read_bytes(), type=dict[str, Any])
    files = [ArtifactPath(file).name for file in trees["tables"]]
    return trees, [ipc.open_file((place / file).read_bytes()).read_all() for file in files]
