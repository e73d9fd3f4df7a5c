"""Datasets of pandas and of polars."""

import importlib
import io
from typing import TYPE_CHECKING, Any

from runstone.data.dataset import Dataset, check_name, digest_of, place
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, Unsupported

if TYPE_CHECKING:
    import pandas
    import polars

# What MLflow calls the kinds of columns, by the beginning of the name of the dtype in pandas and in polars.
_KINDS = {
    "bool": "boolean",
    "int8": "integer",
    "int16": "integer",
    "int32": "integer",
    "uint8": "integer",
    "uint16": "integer",
    "int64": "long",
    "uint32": "long",
    "uint64": "long",
    "float32": "float",
    "float16": "float",
    "float64": "double",
    "datetime": "datetime",
    "date": "datetime",
    "binary": "binary",
}


def from_pandas(
    df: "pandas.DataFrame",
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """A dataset of a frame of pandas.

    Args:
        df: The frame.
        source: A path, a URL or a dict that says where it came from; the script itself if ``None``.
        targets: Name of the column that is to be predicted.
        name: A name for people; ``dataset`` if ``None``.
        digest: Told apart by this instead of a hash of the data.
        predictions: Name of the column with predictions.

    Raises:
        InvalidValue: ``df`` is no frame of pandas, has no such column, or the source cannot be described.
        Unsupported: pandas is not installed.

    Example:
        >>> import pandas
        >>> wheat = from_pandas(pandas.DataFrame({"height": [61.5, 58.0], "kind": ["a", "b"]}), name="wheat")
        >>> wheat.profile
        {'num_rows': 2, 'num_elements': 4}
        >>> [(column["name"], column["type"]) for column in wheat.schema["mlflow_colspec"]]
        [('height', 'double'), ('kind', 'string')]
    """
    _check_frame(df, "pandas")
    names = [str(column) for column in df.columns]
    if digest is None:
        digest = digest_of(repr(names).encode(), *(_column_bytes(df.iloc[:, place]) for place in range(len(names))))
    columns = [
        (name, str(dtype), bool(df.iloc[:, number].isna().any()))
        for number, (name, dtype) in enumerate(zip(names, df.dtypes, strict=True))
    ]
    return _dataset(df, columns, source, name=name, digest=digest, targets=targets, predictions=predictions)


def from_polars(
    df: "polars.DataFrame",
    source: Any = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """A dataset of a frame of polars; the arguments are those of ``from_pandas``.

    Raises:
        InvalidValue: ``df`` is no frame of polars, has no such column, or the source cannot be described.
        Unsupported: polars is not installed.
    """
    _check_frame(df, "polars")
    if digest is None:
        out = io.BytesIO()
        df.write_ipc(out, compression="uncompressed")
        digest = digest_of(out.getvalue())
    columns = [(column.name, str(column.dtype), column.null_count() > 0) for column in df]
    return _dataset(df, columns, source, name=name, digest=digest, targets=targets, predictions=predictions)


def _check_frame(df: object, library: str) -> None:
    """See that a frame is one of pandas or of polars."""
    try:
        frames: Any = importlib.import_module(library)
    except ImportError:
        raise Unsupported(
            f"from_{library}() needs {library}, which is not installed; install it with 'pip install {library}'"
        ) from None
    if not isinstance(df, frames.DataFrame):
        raise InvalidValue(f"from_{library}() takes a frame of {library}; got {shown(df)}, {a_class(df)}")


def _dataset(
    df: Any,
    columns: list[tuple[str, str, bool]],
    source: Any,
    *,
    name: str | None,
    digest: str,
    targets: str | None,
    predictions: str | None,
) -> Dataset:
    """A dataset of a frame whose columns are known by name, dtype and whether there are gaps."""
    known = [column for column, _, _ in columns]
    for what, wanted in (("targets", targets), ("predictions", predictions)):
        if wanted is not None and wanted not in known:
            raise InvalidValue(
                f"the {what} of a dataset are one of its columns, {', '.join(known)}; got {shown(wanted)}"
            )
    rows = len(df)
    schema = {
        "mlflow_colspec": [
            {"type": _kind(dtype), "name": column, "required": not has_gaps} for column, dtype, has_gaps in columns
        ]
    }
    source_type, described = place(source)
    profile = {"num_rows": rows, "num_elements": rows * len(columns)}
    return Dataset(check_name(name), digest, source_type, described, schema, profile, df, targets, predictions)


def _kind(dtype: str) -> str:
    name = dtype.lower()
    return next((kind for start, kind in _KINDS.items() if name.startswith(start)), "string")


def _column_bytes(column: "pandas.Series[Any]") -> bytes:
    """The values of a column: its own bytes where they say all, else the text of each."""
    described = f"{column.dtype} ".encode()
    if column.dtype.kind in "biufMm" and not hasattr(column.dtype, "na_value"):
        return described + column.to_numpy().tobytes()
    return described + "\0".join(map(repr, column.tolist())).encode("utf-8", "surrogatepass")
