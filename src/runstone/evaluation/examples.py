"""The examples that a model is evaluated on: what it gets, what is true, and all columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runstone.data import Dataset, from_numpy, from_pandas
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue
from runstone.evaluation.options import Options

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What a model is evaluated on.

    Attributes:
        frame: All columns, one row for each example.
        features: What a model gets: a frame of the features, or the array that was given.
        feature_names: Names of the features.
        targets: What is true, one for each row; ``None`` where nothing is known.
        weights: Of the examples, float64, shape (rows,); ``None`` where all count the same.
    """

    frame: pd.DataFrame
    features: Any
    feature_names: list[str]
    targets: "pd.Series[Any] | None"
    weights: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def with_features(self, names: Sequence[Any] | None) -> "Examples":
        """The same, with these columns as features where they are all among them, in this order."""
        if names is None or isinstance(self.features, np.ndarray) or not set(names) <= set(self.features.columns):
            return self
        return replace(self, features=self.features[list(names)], feature_names=[str(name) for name in names])

    def column(self, name: str, meant: str) -> "pd.Series[Any]":
        """A column by name.

        Args:
            name: Its name.
            meant: What names it, for the error.

        Raises:
            InvalidValue: There is none of this name.
        """
        return column_of(self.frame, name, meant)

    def numbers(self, name: str, meant: str) -> FloatArray:
        """A column of finite numbers, float64.

        Raises:
            InvalidValue: There is none of this name, or it holds something else.
        """
        return finite_numbers(self.column(name, meant), f"the column {name!r}")


def column_of(frame: pd.DataFrame, name: str, meant: str) -> "pd.Series[Any]":
    """A column of a frame.

    Raises:
        InvalidValue: There is none of this name, or several.
    """
    if name not in frame.columns:
        listed = ", ".join(str(column) for column in frame.columns[:20])
        more = " and more" if len(frame.columns) > 20 else ""
        raise InvalidValue(f"{meant} names the column {shown(name)}, and the data has {listed or 'no columns'}{more}")
    found = frame[name]
    if (frame.columns == name).sum() > 1:
        raise InvalidValue(f"{meant} names the column {shown(name)}, and the data has several of this name")
    return found


def finite_numbers(values: Any, what: str) -> FloatArray:
    """Numbers as float64, without a gap.

    Args:
        values: One-dimensional.
        what: What they are, for the error.

    Raises:
        InvalidValue: Some are no numbers, or not finite.
    """
    array = np.asarray(values)
    if array.dtype.kind in "mMc":
        raise InvalidValue(f"{what} are numbers; got {array.dtype}")
    try:
        numbers = np.asarray(pd.to_numeric(pd.Series(array)), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"{what} are numbers: {error}") from None
    bad = ~np.isfinite(numbers)
    if bad.any():
        first = int(np.argmax(bad))
        raise InvalidValue(
            f"{what} are finite numbers; {int(bad.sum())} of {len(numbers)} are not, the first is "
            f"{numbers[first]} in row {first}"
        )
    return numbers


def examples(
    data: Any,
    *,
    targets: Any,
    predictions: Any,
    feature_names: Sequence[str] | None,
    options: Options,
    not_features: Sequence[str] = (),
) -> Examples:
    """Read what a caller gave.

    Args:
        data: A frame of pandas or polars, a table of Arrow, a dict of columns, an array, or a list of rows.
        targets: Name of a column; or the targets themselves.
        predictions: Name of the column with predictions, which is no feature.
        feature_names: Names of the columns that the model gets, or, with an array, of its columns.
        options: Which columns are no features, and the weights.
        not_features: Further columns that the model does not get.

    Raises:
        InvalidValue: Something is not there, of a wrong length or a wrong type.
    """
    if data is None:
        raise InvalidValue("evaluate() needs data: a frame, an array, or a dataset of runstone.data")
    if predictions is not None and not isinstance(predictions, str):
        raise InvalidValue(f"predictions is the name of a column; got {shown(predictions)}")
    if (frame := as_frame(data)) is not None:
        no_features = {predictions, *not_features, *_columns_of(options)}
        found = _of_frame(frame, targets, feature_names, no_features)
    else:
        found = _of_array(_as_array(data), targets, feature_names)
    return replace(found, weights=_weights(options.sample_weights, found))


def described(found: Examples, targets: Any, source: str | None) -> Dataset:
    """How the data is described that a model was evaluated on."""
    if isinstance(found.features, pd.DataFrame):
        return from_pandas(found.frame, source, targets if isinstance(targets, str) else None)
    return from_numpy(found.features, source, None if found.targets is None else found.targets.to_numpy())


def as_frame(data: Any) -> pd.DataFrame | None:
    """Data with named columns as a frame; ``None`` for other data."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, Mapping):
        try:
            return pd.DataFrame(data)
        except ValueError as error:
            raise InvalidValue(f"a dict of data has columns of one length: {error}") from None
    library = type(data).__module__.partition(".")[0]
    if library == "polars" and hasattr(data, "collect_schema"):
        found = data.collect() if hasattr(data, "collect") else data
        return pd.DataFrame({name: column.to_list() for name, column in found.to_dict().items()})
    if library == "pyarrow" and hasattr(data, "column_names"):
        table: pd.DataFrame = data.to_pandas()
        return table
    return None


def _as_array(data: Any) -> NDArray[Any]:
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise InvalidValue(f"the rows of the data are of one length: {error}") from None
    if array.ndim == 1 and array.dtype != object:
        array = array[:, np.newaxis]
    if array.ndim != 2:
        raise InvalidValue(
            f"data is a frame, a dict of columns, or an array of rows and columns; got {shown(data)}, "
            f"{a_class(data)} of {array.ndim} dimensions"
        )
    return array


def _check_not_empty(rows: int) -> None:
    if rows == 0:
        raise InvalidValue("there is nothing to evaluate on: the data has no rows")


def _of_frame(
    frame: pd.DataFrame, targets: Any, feature_names: Sequence[str] | None, no_features: set[str | None]
) -> Examples:
    _check_not_empty(len(frame))
    if targets is None or isinstance(targets, str):
        truth = None if targets is None else column_of(frame, targets, "targets")
    else:
        truth = _given_targets(targets, len(frame))
        _check_order(targets, frame)
    if feature_names is None:
        left_out = {*no_features, targets if isinstance(targets, str) else None}
        names = [name for name in frame.columns if name not in left_out]
    else:
        names = list(feature_names)
        for name in names:
            column_of(frame, name, "feature_names")
    frame = frame.reset_index(drop=True)
    truth = None if truth is None else truth.reset_index(drop=True)
    return Examples(frame, frame[names], [str(name) for name in names], truth)


def _columns_of(options: Options) -> set[str]:
    """Columns that are for the evaluation only: a forecaster may well use the time and the series."""
    one = options.probabilities
    several = [one] if isinstance(one, str) else list(one or [])
    weights = [options.sample_weights] if isinstance(options.sample_weights, str) else []
    bounds = [name for name in (options.lower, options.upper) if name is not None]
    return {*several, *weights, *bounds}


def _of_array(array: NDArray[Any], targets: Any, feature_names: Sequence[str] | None) -> Examples:
    _check_not_empty(len(array))
    names = [f"feature_{place + 1}" for place in range(array.shape[1])]
    if feature_names is not None:
        names = [str(name) for name in feature_names]
        if len(names) != array.shape[1]:
            raise InvalidValue(f"the data has {array.shape[1]} columns, and feature_names {len(names)} names")
    if isinstance(targets, str):
        raise InvalidValue(
            f"targets names the column {shown(targets)}, but an array has no names; give the targets themselves"
        )
    truth = None if targets is None else _given_targets(targets, len(array))
    frame = pd.DataFrame(array, columns=names)
    return Examples(frame, array, names, truth)


def _given_targets(targets: Any, rows: int) -> "pd.Series[Any]":
    array = np.asarray(targets)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise InvalidValue(f"targets are one for each row; got {array.ndim} dimensions")
    if len(array) != rows:
        raise InvalidValue(f"the data has {rows} rows, and there are {len(array)} targets")
    return pd.Series(array)


def _check_order(targets: Any, frame: pd.DataFrame) -> None:
    """See that targets with the index of the data have its order, for rows are taken by their place."""
    index = targets.index if isinstance(targets, pd.Series) else frame.index
    if index.equals(frame.index) or index.equals(pd.RangeIndex(len(index))) or not index.is_unique:
        return
    if index.isin(frame.index).all():
        raise InvalidValue(
            "the targets have the index of the data in another order; give targets.loc[data.index], or "
            "targets.to_numpy() if the rows belong together as they stand"
        )


def _weights(given: Any, found: Examples) -> FloatArray | None:
    if given is None:
        return None
    if isinstance(given, str):
        weights = found.numbers(given, "sample_weights")
    else:
        weights = finite_numbers(given, "sample_weights")
        if len(weights) != len(found):
            raise InvalidValue(f"the data has {len(found)} rows, and there are {len(weights)} sample_weights")
    if (weights < 0).any() or not (weights > 0).any():
        raise InvalidValue("sample_weights are not negative, and not all of them are 0")
    return weights
