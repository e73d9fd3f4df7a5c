"""Arrays and sparse matrices against the tensors of a schema."""

from collections.abc import Mapping
from typing import Any

from runstone.entities.names import shown
from runstone.errors import SignatureMismatch
from runstone.models.enforcement.mismatch import wrong_kind
from runstone.models.inference import library_of
from runstone.models.schema import Schema, TensorSpec


def checked(schema: Schema, data: Any, what: str) -> Any:
    """An array, or a dict of arrays, as the schema has it."""
    specs = [one for one in schema if isinstance(one, TensorSpec)]
    if not schema.has_input_names():
        return _tensor(specs[0], data, what)
    if isinstance(data, Mapping):
        given = dict(data)
    elif library_of(data) in {"pandas", "polars"} and hasattr(data, "columns"):
        given = {name: data[name].to_list() for name in data.columns}
    elif len(specs) == 1:
        given = {specs[0].name: data}
    else:
        raise wrong_kind(what, data, f"a dict with the arrays {shown(schema.input_names())}")
    if absent := [one.name for one in specs if one.name not in given]:
        raise SignatureMismatch(
            f"the {what} has no tensor {absent[0]!r}; wanted: {shown(schema.input_names())}; got: {shown(list(given))}",
            column=absent[0],
            wanted=shown(schema.input_names()),
        )
    found = {one.name: _tensor(one, given[one.name], what) for one in specs}
    same = given is not data and len(found) == len(given) and all(found[name] is given[name] for name in found)
    return data if same and isinstance(data, Mapping) else found


def _tensor(spec: TensorSpec, data: Any, what: str) -> Any:
    import numpy as np

    array = data
    if library_of(data) in {"pandas", "polars"} and hasattr(data, "to_numpy"):
        array = data.to_numpy()
    elif isinstance(data, list | tuple | int | float | str | bytes):
        array = _from_plain(spec, data, what)
    if not isinstance(array, np.ndarray) and not hasattr(array, "nnz"):
        raise wrong_kind(what, data, f"an array of numpy with the shape {spec.shape}")
    _check_shape(spec, array.shape, what)
    return _converted(spec, array, what)


def _whose(spec: TensorSpec, what: str) -> str:
    return f"the {what}" if spec.name is None else f"tensor {spec.name!r} of the {what}"


def _from_plain(spec: TensorSpec, data: Any, what: str) -> Any:
    """Lists as an array. A fraction of Python has no width of its own, so it may become a narrow one."""
    import numpy as np

    try:
        array = np.asarray(data)
    except ValueError:
        raise SignatureMismatch(
            f"{_whose(spec, what)} is a list whose parts differ in length; wanted: the shape {spec.shape}",
            column=spec.name,
            wanted=str(spec.shape),
        ) from None
    return array.astype(spec.type) if array.dtype.kind == spec.type.kind == "f" else array


def _check_shape(spec: TensorSpec, shape: tuple[int, ...], what: str) -> None:
    if len(shape) == len(spec.shape) and all(
        wanted in (-1, found) for wanted, found in zip(spec.shape, shape, strict=True)
    ):
        return
    advice = ""
    if len(shape) + 1 == len(spec.shape) and spec.shape[0] == -1:
        advice = "; for one row, give it as array[None]"
    raise SignatureMismatch(
        f"{_whose(spec, what)} has the shape {tuple(shape)}; wanted: {spec.shape}, where -1 is any length{advice}",
        column=spec.name,
        value=str(tuple(shape)),
        wanted=str(spec.shape),
    )


def _converted(spec: TensorSpec, array: Any, what: str) -> Any:
    """An array in the dtype of the tensor, if that changes no value."""
    import numpy as np

    found, wanted = array.dtype, spec.type
    if found == wanted or wanted.kind == "O" or (wanted.kind == found.kind and wanted.kind in "USV"):
        return array
    values = array.data if hasattr(array, "nnz") else array
    if found.kind == "O" and found.kind != wanted.kind:
        values = _from_objects(values, wanted)
    kinds = {found.kind, values.dtype.kind, wanted.kind}
    if (kinds <= set("iufO") or kinds == {"c"}) and values.dtype.kind != "O":
        with np.errstate(all="ignore"):
            there = values.astype(wanted)
            same = (there == values) & (there.astype(values.dtype) == values) | (np.isnan(there) & np.isnan(values))
        if same.all():
            return array.astype(wanted)
        place = np.argwhere(~np.atleast_1d(same))[0]
        raise _not_kept(spec, values, tuple(int(one) for one in place), what)
    if kinds in ({"M"}, {"m"}) and ((values.astype(wanted).astype(found) == values) | np.isnat(values)).all():
        return array.astype(wanted)
    raise SignatureMismatch(
        f"{_whose(spec, what)} has the dtype {found}; wanted: {spec.type_name}; "
        f"convert it with .astype({spec.type_name!r}) if that is what you mean",
        column=spec.name,
        value=str(found),
        wanted=spec.type_name,
    )


def _from_objects(values: Any, wanted: Any) -> Any:
    import numpy as np

    plain = np.array(values.tolist())
    return plain.astype(wanted) if plain.dtype.kind == wanted.kind == "f" else plain


def _not_kept(spec: TensorSpec, values: Any, place: tuple[int, ...], what: str) -> SignatureMismatch:
    value = values[place].item() if values.ndim else values.item()
    at = f" at {list(place)}" if values.ndim == len(spec.shape) else ""
    return SignatureMismatch(
        f"{_whose(spec, what)}{at} is {value}, of {values.dtype}, which {spec.type_name} cannot hold without a change; "
        f"convert it with .astype({spec.type_name!r}) if that does not matter",
        column=spec.name,
        row=place[0] if at else None,
        value=shown(value),
        wanted=spec.type_name,
    )
