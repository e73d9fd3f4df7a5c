"""Data of any kind as a tree of JSON and tables of Arrow, and back; each value comes back as what it was.

The tree is what ``docs/reference/worker.md`` calls typed values: workers speak it, and a folder keeps its example so.
"""

import base64
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, Unsupported

KIND = "kind"
_LARGEST = 2**63
# The bytes of the widest fraction that Arrow has.
_WIDEST = 8
# The units that times of Arrow have.
_UNITS = ("[s]", "[ms]", "[us]", "[ns]")
_TEXTS = {"str": "U", "bytes": "S"}
_SPARSE = ("data", "indices", "indptr")
_COMPRESSED = {"csr": "csr", "csc": "csc", "bsr": "bsr"}


@dataclass
class Packed:
    """Data ready to be sent or kept.

    Attributes:
        tree: What JSON can hold; each object in it has a ``kind``.
        tables: Tables of Arrow, which the tree names by their places, from 0 on.
    """

    tree: Any = None
    tables: list[Any] = field(default_factory=list)

    def put(self, value: Any) -> Any:
        """Take one more value; returns its tree.

        Raises:
            InvalidValue: As :func:`packed`.
        """
        return _node(value, self, "")

    def place_of(self, table: Any) -> int:
        """Take one more table; returns its place."""
        self.tables.append(table)
        return len(self.tables) - 1


def packed(value: Any) -> Packed:
    """Pack data.

    Args:
        value: A frame or a series of pandas or polars, an array, a sparse matrix, or dicts, lists and plain values with
            such in them.

    Raises:
        InvalidValue: Something in it is of none of these kinds.
    """
    made = Packed()
    made.tree = made.put(value)
    return made


def unpacked(tree: Any, tables: Sequence[Any]) -> Any:
    """The data that was packed.

    Args:
        tree: As in ``Packed``.
        tables: As in ``Packed``.

    Raises:
        InvalidValue: It is no such tree, or names a table that is not there.
        Unsupported: A library that it is of is not installed.
    """
    if isinstance(tree, list):
        return [unpacked(each, tables) for each in tree]
    if not isinstance(tree, dict):
        return tree
    reader = _READERS.get(str(tree.get(KIND)))
    if reader is None:
        raise InvalidValue(f"the kind of a typed value is {', '.join(_READERS)}; got {shown(tree)}")
    try:
        return reader(tree, tables)
    except ModuleNotFoundError as error:
        raise Unsupported(
            f"data of the kind {tree[KIND]!r} needs {error.name}, which is not installed where the model is: "
            "add it to the model's requirements, extra_pip_requirements=[...]"
        ) from error
    except (LookupError, ArithmeticError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(f"the typed value {shown(tree)} cannot be read: {type(error).__name__}: {error}") from error


def _node(value: Any, made: Packed, place: str) -> Any:
    library, name = type(value).__module__.partition(".")[0], type(value).__name__
    if library in {"pandas", "polars"} and name in {"DataFrame", "Series"}:
        return _frame(value, made, place)
    if library == "scipy" and hasattr(value, "indptr"):
        parts = {part: _array(getattr(value, part), made, place) for part in _SPARSE}
        is_matrix = not name.endswith("_array")
        return {KIND: "sparse", "format": value.format, "matrix": is_matrix, "shape": list(value.shape), **parts}
    if library == "numpy" and name != "ndarray" and hasattr(value, "dtype") and value.ndim == 0:
        return {KIND: "scalar", "value": _array(value, made, place)}
    for kind, writer in _PLAIN.items():
        if isinstance(value, kind):
            return writer(value, made, place)
    if hasattr(value, "__array__"):
        return _array(value, made, place)
    raise InvalidValue(
        f"{place}{shown(value)} is {a_class(value)}, and cannot be packed; wanted: a frame or a series of "
        "pandas or polars, an array, or dicts, lists and plain values with such in them"
    )


# Each takes a value, what it is packed into, and how a message names its place.
_Writer = Callable[[Any, Packed, str], Any]


def _as_it_is(value: Any, _: Packed, __: str) -> Any:
    return value


def _whole(value: int, _: Packed, place: str) -> Any:
    if not -_LARGEST <= value < _LARGEST:
        raise InvalidValue(f"{place}{value} is beyond 64 bits; give it as a text")
    return int(value)


def _fraction(value: float, _: Packed, __: str) -> Any:
    return float(value) if math.isfinite(value) else {KIND: "float", "value": str(float(value))}


def _unicode(value: str, _: Packed, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(f"{place}{shown(value)} has a character that UTF-8 has not; give it as bytes") from None
    return str(value)


def _text(kind: str, write: Callable[[Any], str]) -> _Writer:
    return lambda value, _, __: {KIND: kind, "value": write(value)}


def _dict(value: dict[Any, Any], made: Packed, place: str) -> Any:
    if wrong := [key for key in value if not isinstance(key, str)]:
        raise InvalidValue(f"{place}the keys of a dict are texts; got {shown(wrong[0])}")
    return {KIND: "dict", "items": {key: _node(one, made, f"in {key!r}: ") for key, one in value.items()}}


def _list(value: Sequence[Any], made: Packed, place: str) -> Any:
    return [_node(one, made, place) for one in value]


def _tuple(value: tuple[Any, ...], made: Packed, place: str) -> Any:
    return {KIND: "tuple", "items": _list(value, made, place)}


def _microseconds(value: timedelta) -> str:
    return str(value // timedelta(microseconds=1))


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


_PLAIN: dict[type, _Writer] = {
    type(None): _as_it_is,
    bool: _as_it_is,
    int: _whole,
    float: _fraction,
    str: _unicode,
    bytes: _text("bytes", _base64),
    datetime: _text("datetime", datetime.isoformat),
    date: _text("date", date.isoformat),
    time: _text("time", time.isoformat),
    timedelta: _text("duration", _microseconds),
    Decimal: _text("decimal", str),
    tuple: _tuple,
    list: _list,
    dict: _dict,
}


def _frame(value: Any, made: Packed, place: str) -> Any:
    library = type(value).__module__.partition(".")[0]
    node: dict[str, Any] = {KIND: "frame", "library": library}
    if type(value).__name__ == "Series":
        node = {KIND: "series", "library": library, "name": _node(value.name, made, place)}
        value = value.to_frame("values") if library == "pandas" else value.alias("values").to_frame()
    node["part"] = made.place_of(_table_of_pandas(value, place) if library == "pandas" else value.to_arrow())
    return node


def _table_of_pandas(frame: Any, place: str) -> Any:
    import pyarrow

    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InvalidValue(f"{place}the column {twice!r} is there twice; give each a name of its own")
    if len(kinds := {type(name).__name__ for name in frame.columns}) > 1:
        raise InvalidValue(f"{place}the names of the columns are of several types, {', '.join(sorted(kinds))}; use one")
    try:
        return pyarrow.Table.from_pandas(frame)
    except (pyarrow.ArrowException, TypeError, ValueError, OverflowError) as error:
        said = "; ".join(map(str, error.args))
        raise InvalidValue(f"{place}the frame cannot be packed: {said}; give each column values of one type") from error


def _array(value: Any, made: Packed, place: str) -> Any:
    import numpy
    import pyarrow

    try:
        array = numpy.asarray(value)
    except (RuntimeError, TypeError, ValueError) as error:  # as a tensor says that has a gradient
        raise InvalidValue(f"{place}{shown(value)} cannot be made an array of numpy: {error}") from error
    shape = list(array.shape)
    if array.dtype == object:
        return {KIND: "objects", "shape": shape, "values": _list(array.ravel().tolist(), made, place)}
    if array.dtype.kind not in "biufUSTmM" or (array.dtype.kind == "f" and array.dtype.itemsize > _WIDEST):
        raise InvalidValue(
            f"{place}an array of the type {array.dtype} cannot be packed; give one of numbers, truths, times or texts"
        )
    dtype = {"U": "str", "T": "str", "S": "bytes"}.get(array.dtype.kind, array.dtype.name)
    flat = numpy.ascontiguousarray(array).reshape(-1)
    if array.dtype.kind in "mM" and not dtype.endswith(_UNITS):
        flat = flat.view(numpy.int64)
    # Arrow ends numpy's texts and bytes at their first NUL, and takes those of Python whole.
    plain = array.dtype.kind in "US"
    column = pyarrow.array(flat.tolist() if plain else flat.astype(flat.dtype.newbyteorder("="), copy=False))
    return {KIND: "array", "dtype": dtype, "shape": shape, "part": made.place_of(pyarrow.table({"values": column}))}


# Each takes an object of the tree, and the tables.
_Reader = Callable[[dict[str, Any], Sequence[Any]], Any]


def _read_frame(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    table = tables[tree["part"]]
    if tree.get("library") == "polars":
        import polars

        return polars.from_arrow(table)
    import pandas  # noqa: F401  # whose absence Arrow tells less well

    return table.to_pandas()


def _read_series(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    return _read_frame(tree, tables)["values"].rename(unpacked(tree.get("name"), tables))


def _read_array(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    import numpy

    column, dtype = tables[tree["part"]].column("values"), tree["dtype"]
    if dtype in _TEXTS:
        flat = numpy.array(column.to_pylist(), _TEXTS[dtype])
    else:
        flat = column.to_numpy()
        ticks = flat.dtype.kind == "i" and dtype.startswith(("datetime64", "timedelta64"))
        flat = flat.view(dtype) if ticks else flat.astype(dtype, copy=False)
    return flat.reshape(tree["shape"])


def _read_scalar(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    return unpacked(tree["value"], tables)[()]


def _read_objects(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    import numpy

    values = unpacked(tree["values"], tables)
    array = numpy.empty(len(values), object)
    for number, value in enumerate(values):
        array[number] = value
    return array.reshape(tree["shape"])


def _read_sparse(tree: dict[str, Any], tables: Sequence[Any]) -> Any:
    from scipy import sparse

    parts = tuple(unpacked(tree[part], tables) for part in _SPARSE)
    made = getattr(sparse, f"{_COMPRESSED[tree['format']]}_{'matrix' if tree.get('matrix') else 'array'}")
    return made(parts, shape=tree["shape"])


def _of_text(read: Callable[[str], Any]) -> _Reader:
    return lambda tree, _: read(tree["value"])


_READERS: dict[str, _Reader] = {
    "dict": lambda tree, tables: {key: unpacked(one, tables) for key, one in tree["items"].items()},
    "tuple": lambda tree, tables: tuple(unpacked(tree["items"], tables)),
    "float": _of_text(float),
    "bytes": _of_text(base64.b64decode),
    "datetime": _of_text(datetime.fromisoformat),
    "date": _of_text(date.fromisoformat),
    "time": _of_text(time.fromisoformat),
    "duration": _of_text(lambda text: timedelta(microseconds=int(text))),
    "decimal": _of_text(Decimal),
    "frame": _read_frame,
    "series": _read_series,
    "array": _read_array,
    "scalar": _read_scalar,
    "objects": _read_objects,
    "sparse": _read_sparse,
}
