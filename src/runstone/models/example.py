"""The example of a model's input, and what the model answered to it: a test that travels with the model."""

import json
from pathlib import Path
from typing import Any

import msgspec

from runstone.entities.names import shown
from runstone.errors import InvalidValue

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
        request |= {"params": params}
    (folder / INPUT).write_bytes(_json(body))
    (folder / SERVING).write_bytes(msgspec.json.format(_json(request), indent=2))
    return info


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
    raise TypeError(f"a {type(value).__name__} among it is no plain value")


def expect(folder: Path, rows: Any, answer: Any) -> None:
    """Write an example and what the model answered to it, as the self-test of the folder.

    Args:
        folder: The model's folder.
        rows: The example.
        answer: What the model gave for it; one that JSON cannot hold is left out.
    """
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    (place / "inputs.json").write_bytes(_json(_written(rows)[1]))
    try:
        expected = _json(_written(answer)[1])
    except InvalidValue:
        return
    (place / "outputs.json").write_bytes(expected)
