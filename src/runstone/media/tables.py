"""Tables as users have them, frames of pandas and dicts of columns, into files and back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from runstone.entities import ArtifactPath, Run
from runstone.entities.names import shown
from runstone.errors import InvalidValue, Unsupported
from runstone.media import frames, images

if TYPE_CHECKING:
    import pandas

SUFFIXES = (".json", ".parquet")

File = tuple[ArtifactPath, bytes]


def to_frame(data: Any) -> "pandas.DataFrame":
    """A table as a frame.

    Args:
        data: A frame of pandas, or a dict from column to values, or to one value for a table of one row.

    Raises:
        InvalidValue: It is neither, or its columns differ in length.
        Unsupported: pandas is not installed.
    """
    frames.check_installed("tables are frames of pandas, which")
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data.copy()
    if not isinstance(data, Mapping):
        raise InvalidValue(f"a table is a frame of pandas or a dict of columns; got {shown(data)}, a {_type(data)}")
    columns = dict(data)
    if columns and not any(_is_column(values) for values in columns.values()):
        columns = {name: [value] for name, value in columns.items()}
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
            cells = []
            for value in frame[column]:
                cell = value
                if _is_image(value):
                    stem = f"table_images/{table.removesuffix('.json').removesuffix('.parquet')}/{uuid4()}"
                    full, small = ArtifactPath(f"{stem}.png"), ArtifactPath(f"{stem}.webp")
                    yield full, images.encode(value, ".png")
                    yield small, images.thumbnail(value)
                    cell = {"type": "image", "filepath": str(full), "compressed_filepath": str(small)}
                cells.append(cell)
            frame[column] = cells


def encode(frame: "pandas.DataFrame", suffix: str) -> bytes:
    """The bytes of a table's file: JSON with ``columns`` and ``data``, or Parquet.

    Raises:
        InvalidValue: It holds what such a file cannot.
        Unsupported: Parquet is wanted and pyarrow is not installed.
    """
    try:
        if suffix == ".parquet":
            buffer = BytesIO()
            frame.to_parquet(buffer, index=False)
            return buffer.getvalue()
        return frame.to_json(orient="split", index=False, date_format="iso", force_ascii=False).encode()
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
        return pd.DataFrame(parts["data"], columns=parts["columns"])
    except ImportError:
        raise _no_parquet() from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InvalidValue(f"the artifact is no table of {suffix!r}: {error}") from None


def joined(frames_: "Sequence[pandas.DataFrame]") -> "pandas.DataFrame":
    """The rows of several tables, one below the other; columns that a table lacks are empty."""
    import pandas as pd

    return pd.concat(list(frames_), ignore_index=True)


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


def _is_column(values: Any) -> bool:
    return hasattr(values, "__len__") and not isinstance(values, str | bytes | Mapping)


def _is_image(value: Any) -> bool:
    return isinstance(value, images.Image) or any(kind.__module__ == "PIL.Image" for kind in type(value).__mro__)


def _no_parquet() -> Unsupported:
    return Unsupported("Parquet needs pyarrow, which is not installed; install it, or name the file .json")


def _type(value: object) -> str:
    return type(value).__name__
