"""Lists, series and single values, which have no name."""

from typing import Any

from runstone.models.enforcement import columns, rows
from runstone.models.enforcement.mismatch import no_fit, wrong_kind
from runstone.models.fields import Field
from runstone.models.inference import library_of
from runstone.models.schema import ColSpec, Schema
from runstone.models.values import NotOfType, python_value, value_of

SERIES = {"pandas.Series": "pandas", "polars.Series": "polars", "pyarrow.Array": "pyarrow"}
PLAIN = {"list", "value"}


def checked(schema: Schema, data: Any, what: str) -> Any:
    """Values without a name as the schema has them: in a list, in a series, or one alone."""
    [field] = [one.field for one in schema if isinstance(one, ColSpec)]
    if schema.container in SERIES:
        return _series(field, data, SERIES[schema.container], what)
    if isinstance(data, list | tuple) or _holds_values(data):
        return _list(field, _listed(field, data, what), what)
    return _value(field, data, None, what)


def _holds_values(data: Any) -> bool:
    """Whether it is an array, a series or a frame; not one value of such a library, as ``numpy.float64``."""
    return library_of(data) is not None and hasattr(data, "__len__") and getattr(data, "shape", None) != ()


def _listed(field: Field, data: Any, what: str) -> Any:
    """The values of a list, an array, a series, or of a column of a frame: its only one, or the one of the name."""
    if isinstance(data, list | tuple):
        return data
    shape: tuple[int, ...] = getattr(data, "shape", (0,))
    if field.type in {"struct", "map"} and hasattr(data, "columns"):
        optional = {one.name for one in field.fields or () if not one.required}
        return [
            {name: value for name, value in row.items() if value is not None or name not in optional}
            for row in rows.dicts_of(data)
        ]
    if field.name is not None and field.name in getattr(data, "columns", ()):
        data = data[field.name]
    elif len(shape) == 2:
        if shape[1] != 1:
            raise wrong_kind(what, data, f"a list, or a frame with one column; it has {shape[1]}")
        data = data.iloc[:, 0] if hasattr(data, "iloc") else data[:, 0]
    return (
        data.to_list() if hasattr(data, "to_list") else data.tolist() if hasattr(data, "tolist") else data.to_pylist()
    )


def _list(field: Field, data: Any, what: str) -> list[Any]:
    found = [_value(field, one, row, what) for row, one in enumerate(data)]
    same = isinstance(data, list) and all(new is old for new, old in zip(found, data, strict=True))
    return data if same else found


def _value(field: Field, value: Any, row: int | None, what: str) -> Any:
    if field.type == "any":
        return value
    plain = python_value(value)
    if field.type == "struct" and isinstance(plain, dict):  # what nobody asks for is left, as columns of a frame are
        known = {one.name for one in field.fields or ()}
        plain = plain if known >= plain.keys() else {key: one for key, one in plain.items() if key in known}
    try:
        return value_of(field, plain)
    except NotOfType as error:
        raise no_fit(what, field, row, value, error) from None


def _series(field: Field, data: Any, library: str, what: str) -> Any:
    if library_of(data) != library or len(getattr(data, "shape", (0,))) != 1:
        found = _list(field, _listed(field, data, what), what)
        return columns.built(found, field, library)
    return columns.checked(data, field, library, what)
