"""What a classifier said, as numbers of labels and their probabilities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue
from runstone.evaluation.examples import Examples, FloatArray, IntArray, finite_numbers
from runstone.evaluation.models import SEVERAL, Model, column_of_output
from runstone.evaluation.options import Options
from runstone.evaluation.scoring import counted

_SUM_TOLERANCE = 1e-3
# Of single precision, as XGBoost tells them, sums are off by 6e-8; scikit-learn warns from 2e-8 on.
_ROUNDED = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labels of a classifier.

    Attributes:
        known: In their order.
        positive: Number of the one that a classifier of two looks for; ``None`` for more than two.
    """

    known: list[Any]
    positive: int | None

    @property
    def texts(self) -> list[str]:
        """As they are shown."""
        return [str(label) for label in self.known]

    def numbers(self, values: Any, what: str) -> IntArray:
        """The number of each value's label, int64.

        Raises:
            InvalidValue: A value is none of the labels, or is missing.
        """
        series = pd.Series(np.asarray(values))
        if (missing := series.isna()).any():
            raise InvalidValue(
                f"{int(missing.sum())} of {len(series)} {what} are missing (NaN or None), the first in row "
                f"{int(missing.argmax())}; drop or fill these rows"
            )
        places = {label: place for place, label in enumerate(self.known)}
        codes = [places.get(value, -1) for value in series.tolist()]
        if -1 in codes:
            row = codes.index(-1)
            raise InvalidValue(
                f"{shown(series.tolist()[row])}, in row {row} of the {what}, is none of the labels "
                f"{', '.join(map(shown, self.known[:10]))}; name all of them in evaluator_config['label_list']"
            )
        return np.asarray(codes, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """Examples, and what a classifier said of them.

    Attributes:
        labels: Its labels.
        truth: Numbers of the true labels, int64, shape (rows,).
        predicted: Numbers of the predicted labels, int64, shape (rows,).
        probabilities: float64, shape (rows, labels); ``None`` where it told none.
        weights: Of the examples, float64, shape (rows,).
        average: How the metrics of several labels become one.
    """

    labels: Labels
    truth: IntArray
    predicted: IntArray
    probabilities: FloatArray | None
    weights: FloatArray | None
    average: str

    @property
    def seen(self) -> IntArray:
        """Numbers of the labels that are true of an example that counts, int64, in their order."""
        return np.unique(self.truth[counted(self)])

    def __len__(self) -> int:
        return len(self.truth)

    def part(self, rows: NDArray[Any]) -> "Classified":
        """Some of the rows."""
        return Classified(
            self.labels,
            self.truth[rows],
            self.predicted[rows],
            None if self.probabilities is None else self.probabilities[rows],
            None if self.weights is None else self.weights[rows],
            self.average,
        )


def labels_of(found: Examples, said: Iterable[Any], model: Model | None, options: Options) -> Labels:
    """The labels that there are.

    Args:
        found: The examples, with targets.
        said: What was predicted.
        model: It may know its labels.
        options: They may name them, and the one that is looked for.

    Raises:
        InvalidValue: ``pos_label`` is none of them, there are none, or two that are written alike.
    """
    assert found.targets is not None
    if options.label_list is not None:
        known = list(options.label_list)
        if len(set(known)) != len(known):
            raise InvalidValue(f"each label of label_list comes once; got {shown(known)}")
    elif model is not None and model.labels is not None:
        known = model.labels
    else:
        for what, values in (("targets", found.targets.dropna()), ("predictions", pd.Series(list(said)).dropna())):
            _check_no_shares(values, what)
        known = _in_order({*found.targets.dropna().tolist(), *pd.Series(list(said)).dropna().tolist()})
    _check_told_apart(known)
    if options.pos_label is not None and options.pos_label not in known:
        raise InvalidValue(f"pos_label is one of the labels {', '.join(map(shown, known))}; got {options.pos_label!r}")
    if len(known) == 1 and known[0] in (0, 1):
        known = [type(known[0])(0), type(known[0])(1)]  # the other one is not among these examples
    if len(known) != 2:
        return Labels(known, None)
    wanted = options.pos_label if options.pos_label is not None else (1 if 1 in known else known[-1])
    return Labels(known, known.index(wanted))


def _check_told_apart(known: Sequence[Any]) -> None:
    """See that no two labels are written alike, as the number 1 and the text ``1`` are."""
    seen: dict[str, Any] = {}
    for label in known:
        if (other := seen.setdefault(str(label), label)) is not label:
            raise InvalidValue(
                f"there are the labels {shown(other)}, {a_class(other)}, and {shown(label)}, {a_class(label)}, which "
                "are written alike: give targets and predictions one type"
            )


def _check_no_shares(values: "pd.Series[Any]", what: str) -> None:
    """See that labels are no measured numbers, and no probabilities."""
    if not pd.api.types.is_float_dtype(values) or not (values % 1 != 0).any():
        return
    first = float(values[values % 1 != 0].iloc[0])
    way = (
        "give probabilities of a column by evaluator_config['probabilities'], and those of a model as one column for "
        "each label"
        if what == "predictions"
        else "numbers are predicted by model_type='regressor'"
    )
    raise InvalidValue(f"{what} of a classifier are labels; got {first:g}: {way}")


def classified(found: Examples, model: Model | None, predictions: str | None, options: Options) -> Classified:
    """Let a classifier predict, or read its predictions from the data.

    Args:
        found: The examples, with targets.
        model: What predicts; ``None`` where the predictions are a column.
        predictions: Name of that column, or of one that the model gives.
        options: Names of the columns with probabilities, and so on.

    Raises:
        InvalidValue: What was predicted does not fit.
    """
    if model is None:
        assert predictions is not None
        said = np.asarray(found.column(predictions, "predictions"))
        told = _columns(found, options)
    else:
        said = column_of_output(model.predict(found.features), predictions)
        told = _in_order_of(model, model.probabilities(found.features), options.label_list)
    if len(said) != len(found):
        raise InvalidValue(f"the data has {len(found)} rows, and the model gave {len(said)} predictions")
    if said.ndim == 2:  # a function that gives probabilities
        told, said = said, np.empty(0)
    labels = labels_of(found, said.tolist(), model, options)
    probabilities = None if told is None else _probabilities(told, labels, len(found))
    if said.size == 0 and probabilities is not None:
        predicted = np.asarray(probabilities.argmax(axis=1), dtype=np.int64)
    else:
        predicted = labels.numbers(said, "predictions")
    truth = labels.numbers(found.targets, "targets")
    return Classified(labels, truth, predicted, probabilities, found.weights, options.average)


def _in_order_of(model: Model, told: NDArray[Any] | None, wanted: Sequence[Any] | None) -> NDArray[Any] | None:
    """Probabilities in the order of the labels that were named, where these are all that the model knows.

    A label that it does not know, such as one that came up after its fit, has the probability 0.
    """
    known = model.labels
    if told is None or wanted is None or known is None or told.ndim != 2 or not set(known) <= set(wanted):
        return told
    found = np.zeros((len(told), len(wanted)))
    found[:, [list(wanted).index(label) for label in known]] = told
    return found


def _columns(found: Examples, options: Options) -> NDArray[Any] | None:
    if options.probabilities is None:
        return None
    meant = "probabilities"
    if isinstance(options.probabilities, str):
        return found.numbers(options.probabilities, meant)
    return np.column_stack([found.numbers(name, meant) for name in options.probabilities])


def _probabilities(told: NDArray[Any], labels: Labels, rows: int) -> FloatArray:
    if told.dtype == object and told.ndim == 1:
        raise InvalidValue(SEVERAL)
    count = len(labels.known)
    values: NDArray[np.float64] = finite_numbers(told.ravel(), "probabilities").reshape(told.shape)
    if len(values) != rows:
        raise InvalidValue(f"the data has {rows} rows, and the model gave {len(values)} rows of probabilities")
    if ((values < 0) | (values > 1)).any():
        worst = values.min() if values.min() < 0 else values.max()
        raise InvalidValue(f"probabilities are between 0 and 1; got {worst:.6g}: are these scores?")
    if values.ndim == 1:
        if labels.positive is None:
            raise InvalidValue(
                f"one column of probabilities is for two labels, and there are {count}; give one of each"
            )
        both = np.column_stack([1 - values, values])
        return both if labels.positive == 1 else both[:, ::-1]
    if values.shape[1] != count:
        raise InvalidValue(
            f"there are {values.shape[1]} probabilities for each row, and {count} labels, "
            f"{', '.join(map(shown, labels.known[:10]))}; name all labels, in order, in evaluator_config['label_list']"
        )
    sums = values.sum(axis=1)
    if (off := np.abs(sums - 1) > _SUM_TOLERANCE).any():
        row = int(np.argmax(off))
        raise InvalidValue(f"the probabilities of a row sum up to 1; those of row {row} sum up to {sums[row]:.6g}")
    # Rounded ones are made whole; all others stay as they are, so that numbers are those of scikit-learn.
    return values / sums[:, np.newaxis] if (np.abs(sums - 1) > _ROUNDED).any() else values


def _in_order(values: set[Any]) -> list[Any]:
    try:
        return sorted(values)
    except TypeError:  # numbers and texts, side by side
        return sorted(values, key=str)
