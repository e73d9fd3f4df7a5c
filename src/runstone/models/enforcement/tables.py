"""Tables against the columns of a schema."""

from collections.abc import Mapping
from typing import Any

import msgspec

from runstone.entities.names import shown
from runstone.errors import SignatureMismatch
from runstone.models.enforcement import columns, pandas, rows
from runstone.models.enforcement.mismatch import wrong_kind
from runstone.models.fields import Field
from runstone.models.inference import library_of
from runstone.models.inference.pandas import column_name
from runstone.models.schema import ColSpec, Schema

_FRAMES = {"pandas", "polars", "pyarrow"}


class Plan:
    """What is needed at each check of one schema, found out once."""

    def __init__(self, schema: Schema) -> None:
        self.library = schema.container if schema.container in _FRAMES else "pandas"
        found = [one.field for one in schema if isinstance(one, ColSpec)]
        # What a library calls a type means nothing to another.
        self.free = [msgspec.structs.replace(one, dtype=None) for one in found]
        self.fields = self.free if schema.container not in _FRAMES else found
        self.named = schema.has_input_names()
        self.names = [one.name for one in found] if self.named else list(range(len(found)))
        self.one_row = schema.container == "dict"
        self.quick = [_quick(one) for one in self.fields] if self.library == "pandas" else [None] * len(found)
        self.all_quick = self.named and all(one is not None for one in self.quick)

    def fits(self, data: Any) -> bool:
        """Whether a frame of pandas needs nothing, seen without a look at its values."""
        return data.columns.tolist() == self.names and all(
            pandas.is_dtype(found, wanted) for found, wanted in zip(data.dtypes.tolist(), self.quick, strict=True)
        )


def _quick(field: Field) -> Any:
    """The dtype of pandas with which a column needs no look at its values; ``None`` if there is no such."""
    dtype = pandas.dtype_of(field)
    whole = field.nullable or type(dtype).__module__.startswith("numpy")
    return dtype if whole and pandas.tells_all(dtype) and field.type != "any" else None


def checked(schema: Schema, data: Any, what: str) -> Any:
    """A table as the schema has it: its columns in order, each of its type, and no others."""
    if schema.plan is None:
        schema.plan = Plan(schema)
    plan: Plan = schema.plan
    library = library_of(data)
    if library == "polars" and hasattr(data, "collect"):
        raise wrong_kind(what, data, "a frame that holds its data: collect() it first")
    if library in _FRAMES and hasattr(data, "columns"):
        if library == plan.library:
            fits = library == "pandas" and plan.all_quick and plan.fits(data)
            return data if fits else _native(plan, data, what)
        return _of_other_library(plan, data, what)
    frame = _of_columns(plan, _columns(plan, data, library, what), what)
    return frame if plan.library == "pandas" else _moved(plan, frame)


def _columns(plan: Plan, data: Any, library: str | None, what: str) -> dict[Any, Any]:
    """Whatever came as columns by name, each a list or an array."""
    if library is not None and hasattr(data, "shape") and not hasattr(data, "nnz"):
        return rows.from_array(data, plan.names, what)
    if isinstance(data, Mapping):
        return rows.from_dict(data, plan.fields, what, one_row=plan.one_row)
    if isinstance(data, list | tuple):
        return rows.from_list(data, plan.fields, plan.names, what)
    if not plan.named and len(plan.fields) == 1 and library is None:
        return {0: [data]}
    raise wrong_kind(what, data, f"a frame with the columns {shown(plan.names)}")


def _places(plan: Plan, names: list[Any], what: str) -> list[int | None]:
    """Where the columns of a schema stand in a frame; ``None`` for one that is not there and need not be."""
    if not plan.named:
        if len(names) < len(plan.fields):
            raise SignatureMismatch(
                f"the {what} has only {len(names)} of the {len(plan.fields)} columns, which are told by their places",
                wanted=str(len(plan.fields)),
            )
        return list(range(len(plan.fields)))
    if names == plan.names:
        return list(range(len(names)))
    known = {name: place for place, name in reversed(list(enumerate(names)))}
    if absent := [one.name for one in plan.fields if one.required and one.name not in known]:
        raise _absent(plan, absent, names, what)
    if len(known) < len(names) and (twice := [name for name in plan.names if names.count(name) > 1]):
        raise SignatureMismatch(
            f"the {what} has the column {twice[0]!r} {names.count(twice[0])} times; leave one", column=str(twice[0])
        )
    found = [known.get(name) for name in plan.names]
    if all(place is None for place in found):
        raise _absent(plan, plan.names, names, what)
    return found


def _absent(plan: Plan, absent: list[Any], names: list[Any], what: str) -> SignatureMismatch:
    unknown = [name for name in names if name not in plan.names]
    said = f"; not known are {shown(unknown)}" if unknown else ""
    return SignatureMismatch(
        f"the {what} has no column {' and no '.join(map(repr, absent))}{said}; wanted: {shown(plan.names)}",
        column=str(absent[0]),
        wanted=shown(plan.names),
    )


def _native(plan: Plan, frame: Any, what: str) -> Any:
    """A frame of the library that the schema was made from."""
    places = _places(plan, _names(frame), what)
    there = [place for place in places if place is not None]
    if there != list(range(len(_names(frame)))):
        frame = _picked(frame, there)
    dtypes = frame.dtypes.tolist() if plan.library == "pandas" else [None] * len(there)
    parts = [
        part for part, place in zip(zip(plan.fields, plan.quick, strict=True), places, strict=True) if place is not None
    ]
    changed = {}
    for place, (field, quick) in enumerate(parts):
        if quick is None or not pandas.is_dtype(dtypes[place], quick):
            column = _column(frame, place)
            made = columns.checked(column, field, plan.library, what)
            if made is not column:
                changed[place] = made
    return _with(frame, changed) if changed else frame


def _names(frame: Any) -> list[Any]:
    if library_of(frame) == "pandas":
        return [column_name(name) for name in frame.columns]
    return list(frame.columns) if library_of(frame) == "polars" else list(frame.column_names)


def _picked(frame: Any, places: list[int]) -> Any:
    if library_of(frame) == "pandas":
        return frame.iloc[:, places]
    return frame[:, places] if library_of(frame) == "polars" else frame.select(places)


def _column(frame: Any, place: int) -> Any:
    if library_of(frame) == "pandas":
        return frame.iloc[:, place]
    return frame.to_series(place) if library_of(frame) == "polars" else frame.column(place)


def _with(frame: Any, changed: dict[int, Any]) -> Any:
    """A frame with other columns at some places."""
    match library_of(frame):
        case "polars":
            return frame.with_columns([column.alias(frame.columns[place]) for place, column in changed.items()])
        case "pyarrow":
            for place, column in changed.items():
                frame = frame.set_column(place, frame.column_names[place], column)
            return frame
    made = frame.copy(deep=False)
    for place, column in changed.items():
        made.isetitem(place, column)
    return made


def _of_columns(plan: Plan, given: dict[Any, Any], what: str) -> Any:
    """A frame of pandas of columns that are lists or arrays."""
    import pandas as pd

    names = list(given)
    made = {}
    for field, place in zip(
        plan.free if plan.library != "pandas" else plan.fields, _places(plan, names, what), strict=True
    ):
        if place is not None:
            column = given[names[place]]
            if isinstance(column, list):
                column = pandas.array_of(pandas.values_of(column, field, what), field, pandas.dtype_of(field))
            else:
                column = pandas.checked(pd.Series(column), field, what)
            made[names[place]] = column
    return pd.DataFrame(made)


def _of_other_library(plan: Plan, data: Any, what: str) -> Any:
    """A frame of another library than the one that the schema was made from."""
    found = data.copy(deep=False) if library_of(data) == "pandas" else columns.to_pandas(data)
    if plan.library == "pandas":
        return _native(plan, found, what)
    places = _places(plan, _names(found), what)
    for field, place in zip(plan.free, places, strict=True):
        if place is not None:
            found.isetitem(place, pandas.checked(found.iloc[:, place], field, what))
    return _moved(plan, _picked(found, [place for place in places if place is not None]))


def _moved(plan: Plan, frame: Any) -> Any:
    """A frame of pandas in the library that the schema was made from."""
    made = {str(name): columns.back(frame.iloc[:, place], plan.library) for place, name in enumerate(frame.columns)}
    if plan.library == "polars":
        import polars as pl

        return pl.DataFrame(made)
    import pyarrow as pa

    return pa.table(made)
