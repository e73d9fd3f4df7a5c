"""Tables as users have them, frames of pandas and dicts of columns, into files and back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from runstone.entities import ArtifactPath, Run
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, Unsupported
from runstone.media import cells, frames, images

if TYPE_CHECKING:
    import pandas

SUFFIXES = (".json", ".parquet")

File = tuple[ArtifactPath, bytes]


def to_frame(data: Any) -> "pandas.DataFrame":
    """A table as a frame.

    Args:
        data: A frame of pandas or polars, or a dict from column to values, or to one value for a table of one row.

    Raises:
        InvalidValue: It is neither, or its columns differ in length, or two of them have one name.
        Unsupported: pandas is not installed.
    """
    frames.check_installed("tables are frames of pandas, which")
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        _check_names(data)
        return data.copy()
    if type(data).__module__.startswith("polars.") and hasattr(data, "to_dict"):
        data = data.to_dict(as_series=False)
    if not isinstance(data, Mapping):
        raise InvalidValue(
            f"a table is a frame of pandas or polars, or a dict of columns; got {shown(data)}, {a_class(data)}"
        )
    columns: dict[Any, Any] = dict(data)
    if columns and not any(_is_column(values) for values in columns.values()):
        columns = {name: [value] for name, value in columns.items()}
    for name, values in columns.items():
        if isinstance(values, list | tuple) and cells.would_round(values):
            columns[name] = pd.Series(values, dtype=object)
    try:
        return pd.DataFrame(columns)
    except ValueError as error:
        raise InvalidValue(f"the columns are no table: {error}") from None


def take_out_images(frame: "pandas.DataFrame", table: ArtifactPath) -> Iterator[File]:
    """Put the names of files in the place of images, and give those files.

    Args:
        frame: A table; changed in place.
        table: Name of its artifact.

    Yields:
        Each image as PNG and as a small WebP, with their names.
    """
    for column in frame.columns:
        if frame[column].dtype == object and any(_is_image(value) for value in frame[column]):
            replaced = []
            for value in frame[column]:
                cell = value
                if _is_image(value):
                    stem = f"table_images/{table.removesuffix('.json').removesuffix('.parquet')}/{uuid4()}"
                    full, small = ArtifactPath(f"{stem}.png"), ArtifactPath(f"{stem}.webp")
                    yield full, images.encode(value, ".png")
                    yield small, images.thumbnail(value)
                    cell = {"type": "image", "filepath": str(full), "compressed_filepath": str(small)}
                replaced.append(cell)
            frame[column] = replaced


def encode(frame: "pandas.DataFrame", suffix: str) -> bytes:
    """The bytes of a table's file: JSON with ``columns`` and ``data``, or Parquet.

    In JSON every number is kept exactly: NaN is written as ``null``, an infinity as ``1e999``, which is plain JSON for
    every reader and too large for any float.

    Raises:
        InvalidValue: It holds what such a file cannot.
        Unsupported: Parquet is wanted and pyarrow is not installed.
    """
    try:
        if suffix == ".parquet":
            buffer = BytesIO()
            frame.to_parquet(buffer, index=False)
            return buffer.getvalue()
        rows = zip(*(column.tolist() for _, column in frame.items()), strict=True)
        return f'{{"columns":{cells.of_list(frame.columns)},"data":{cells.of_list(rows)}}}'.encode()
    except ImportError:
        raise _no_parquet() from None
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidValue(f"the table cannot be written as {suffix!r}: {error}") from None


def decode(data: bytes, suffix: str) -> "pandas.DataFrame":
    """The table in the bytes of a file.

    Raises:
        InvalidValue: The bytes are no such table.
        Unsupported: It is Parquet and pyarrow is not installed, or pandas is not.
    """
    frames.check_installed("tables are frames of pandas, which")
    import pandas as pd

    try:
        if suffix == ".parquet":
            return pd.read_parquet(BytesIO(data))
        parts = json.loads(data)
        return _typed(pd.DataFrame(parts["data"], columns=parts["columns"], dtype=object))
    except ImportError:
        raise _no_parquet() from None
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        raise InvalidValue(f"the artifact is no table of {suffix!r}: {error}") from None


def joined(frames_: "Sequence[pandas.DataFrame]") -> "pandas.DataFrame":
    """The rows of several tables, one below the other; columns that a table lacks are empty.

    Raises:
        InvalidValue: A table has two columns of one name, and another does not.
    """
    import pandas as pd

    types = [dict(frame.dtypes.items()) for frame in frames_]
    try:
        return pd.concat([_guarded(frame, types) for frame in frames_], ignore_index=True)
    except pd.errors.InvalidIndexError:
        raise InvalidValue("the tables cannot be joined: one has two columns of one name; give each its own") from None


def with_run_columns(frame: "pandas.DataFrame", run: Run, names: Sequence[str]) -> "pandas.DataFrame":
    """The table with columns that tell the same of its run in each row.

    Args:
        frame: A table; changed in place.
        run: The run that logged it.
        names: Columns of ``search_runs``, such as ``run_id`` or ``params.lr``; empty where the run has no such value.

    Raises:
        InvalidValue: No run has such a column.
    """
    facts = frames.of_runs([run]).iloc[0].to_dict()
    for name in names:
        if name not in facts and not name.startswith(("metrics.", "params.", "tags.")):
            raise InvalidValue(
                f"runs have no column {name!r}; wanted: run_id, experiment_id, status, artifact_uri, start_time, "
                "end_time, metrics.NAME, params.NAME or tags.NAME"
            )
        frame[name] = facts.get(name)
    return frame


def _check_names(frame: "pandas.DataFrame") -> None:
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InvalidValue(f"the columns of a table have different names; got two named {shown(twice)}: rename one")


def _typed(frame: "pandas.DataFrame") -> "pandas.DataFrame":
    """The table with the type in each column that its cells have; integers that it would round stay objects."""
    import pandas as pd

    if frame.empty:
        return frame
    typed = {}
    for number, (_, column) in enumerate(frame.items()):
        values = column.tolist()
        if all(value is None for value in values):
            typed[number] = column.astype("float64")
        else:
            typed[number] = column if cells.would_round(values) else pd.Series(values)
    made = pd.DataFrame(typed)
    made.columns = frame.columns
    return made


def _guarded(frame: "pandas.DataFrame", types: Sequence[Mapping[Any, Any]]) -> "pandas.DataFrame":
    """The table with objects in columns whose integers a join with tables of these types would round."""
    wide = [
        name
        for name, column in frame.items()
        if column.dtype.kind in "iu"
        and any(others.get(name) != column.dtype for others in types)
        and cells.would_round([*column.tolist(), None])
    ]
    return frame.astype(dict.fromkeys(wide, object)) if wide else frame


def _is_column(values: Any) -> bool:
    return hasattr(values, "__len__") and not isinstance(values, str | bytes | Mapping)


def _is_image(value: Any) -> bool:
    return isinstance(value, images.Image) or any(kind.__module__ == "PIL.Image" for kind in type(value).__mro__)


def _no_parquet() -> Unsupported:
    return Unsupported("Parquet needs pyarrow, which is not installed; install it, or name the file .json")
