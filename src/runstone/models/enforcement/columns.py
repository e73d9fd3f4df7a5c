"""One column of any library against a field."""

from typing import Any

import msgspec

from runstone.models.enforcement import pandas
from runstone.models.fields import Field
from runstone.models.inference import arrow, library_of, polars
from runstone.models.values import bounds


def checked(column: Any, field: Field, library: str, what: str) -> Any:
    """A column as the field has it, in the library that it is of.

    Raises:
        SignatureMismatch: A value is not of the field.
    """
    if library == "pandas":
        return pandas.checked(column, field, what)
    found = (polars if library == "polars" else arrow).field_of(column)
    if found.dtype == field.dtype and found.type == field.type and (field.nullable or not found.missing):
        known = field.levels is None or set(found.levels or ()) <= set(field.levels)
        if known and (field.type, field.zone) == (found.type, found.zone):
            return column
    as_pandas = to_pandas(column)
    return back(pandas.checked(as_pandas, _free(field), what), library)


def _free(field: Field) -> Field:
    """A field without the name that another library has for its type."""
    return msgspec.structs.replace(field, dtype=None)


def to_pandas(data: Any) -> Any:
    """A column or a frame of polars or Arrow in pandas, with whole numbers whole where some are missing."""
    import pandas as pd

    held = data.to_arrow() if library_of(data) == "polars" else data
    if not hasattr(held, "column_names"):
        return _series(held, pd)
    made = pd.DataFrame({place: _series(column, pd) for place, column in enumerate(held.columns)})
    made.columns = pd.Index(held.column_names)
    return made


def _series(column: Any, pd: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):  # whose places pandas does not take if they have no sign
        column = column.cast(column.type.value_type)
    if column.type.num_fields:  # lists and structs, whose numbers pandas would make fractions where one is missing
        return pd.Series(column.to_pylist(), dtype=object)
    return column.to_pandas(types_mapper=lambda kind: _whole(kind, pd))


def _whole(kind: Any, pd: Any) -> Any:
    name = str(kind)
    if name == "bool":
        return pd.BooleanDtype()
    return pd.api.types.pandas_dtype(pandas.masked(name)) if bounds(name) else None


def back(series: Any, library: str) -> Any:
    """A series of pandas as a column of another library."""
    if library == "polars":
        import polars as pl

        return pl.from_pandas(series)
    import pyarrow as pa

    return pa.Array.from_pandas(series)


def built(values: list[Any], field: Field, library: str) -> Any:
    """A column of values that are of a field."""
    import pandas as pd

    series = pd.Series(values, dtype=object)
    if library == "pandas":
        return pandas.checked(series, field, "input")
    return back(pandas.checked(series, _free(field), "input"), library)
