"""Scores and metrics that a user computes of a fitted model: they are logged to the run of its fit."""

import logging
import sys
import weakref
from collections.abc import Callable, Iterable
from functools import wraps
from numbers import Real
from types import FrameType
from typing import Any

from msgspec import Struct, field

from runstone.autologging import written
from runstone.autologging.known import Known
from runstone.autologging.library import Library
from runstone.autologging.logbook import Logbook, name
from runstone.client.client import Client
from runstone.client.records import of_model
from runstone.client.runs import now_ms
from runstone.entities import Metric, Tag
from runstone.entities.names import MAX_KEY, MAX_TAG_VALUE

Function = Callable[..., Any]

PREDICTS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples", "transform")

_CALL = "runstone.metric."  # before the name of a metric: the tag that says how it was computed
_UNKNOWN = "unknown_dataset"
_MOST = 100  # values of one metric that a run gets
_MOST_PARTS = 20  # that a prediction may come in
# Their calls are a part of what a user has called.
_NOBODYS = {"runstone", "sklearn", "xgboost", "lightgbm", "catboost"}

_logger = logging.getLogger("runstone")


class Data(Struct, eq=False):
    """Data that a model was given.

    Attributes:
        name: What the user calls it.
        reference: Gives it, while it lives.
    """

    name: str
    reference: Callable[[], Any]


class Fitted(Struct, eq=False):
    """A fitted model.

    Attributes:
        library: Whose it is.
        run_id: The run of its fit.
        client: What that is logged through.
        attempt: Does something of ours after the fit, unless something of the fit's has failed.
        model_id: The logged model that it is, if it was logged.
        counts: How often each metric, and each name of data, was seen.
        names: The names of data, by object.
    """

    library: Library
    run_id: str
    client: Client
    attempt: Callable[[Callable[[], None]], None]
    model_id: str | None
    counts: dict[str, int] = field(default_factory=dict)
    names: Known[str] = field(default_factory=Known)

    def log(self, metric: str, data: Data, value: float, call: str) -> None:
        """Log a value.

        Args:
            metric: What was computed.
            data: What the model was given for it.
            value: The value.
            call: How that was written, where it says more than the name does.
        """
        numbered = metric + self._count(metric)
        if self.counts[metric] > _MOST:
            self._leave_out(metric)
            return
        key = name(f"{numbered}_{self._name(data)}")
        point = Metric(key, value, now_ms(), 0)
        self.client.log_batch(
            self.run_id,
            metrics=[point if self.model_id is None else of_model(point, self.model_id)],
            tags=[Tag(_CALL + key, call[:MAX_TAG_VALUE])] if call and len(_CALL + key) <= MAX_KEY else [],
        )

    def _leave_out(self, metric: str) -> None:
        if self.counts[metric] == _MOST + 1 and self.library.options is not None and not self.library.options.silent:
            _logger.warning("the run %s has %d values of %s, and gets no more", self.run_id, _MOST, metric)

    def _name(self, data: Data) -> str:
        """The name of data: the one that it was first seen by, and no name of other data."""
        value = data.reference()
        known = self.names.get(value)
        if known is not None:
            return known
        if value is None:
            return data.name
        found = data.name + self._count(f"{data.name} as data")
        self.names.put(value, found)
        return found

    def _count(self, what: str) -> str:
        """What tells this one from those before: nothing for the first, then ``-2``, ``-3``."""
        count = self.counts[what] = self.counts.get(what, 0) + 1
        return "" if count == 1 else f"-{count}"


class Use(Struct, eq=False):
    """A call by which a user makes use of a fitted model.

    Attributes:
        function: The name of what is called; empty for what may have any name.
        args: Its arguments, without the instance that it is a method of.
        kwargs: Its arguments by name.
        caller: Where it is called.
        result: What it gave.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    caller: FrameType
    result: Any

    def features(self, place: int) -> tuple[str, Any]:
        """The name and the value of the argument that is data, by its place or, else, the first that has a name."""
        if place < len(self.args):
            return "X", self.args[place]
        keyword = "X" if "X" in self.kwargs else next(iter(self.kwargs), "X")
        return keyword, self.kwargs.get(keyword)

    def data(self, place: int) -> Data:
        """That argument."""
        keyword, value = self.features(place)
        name = written.name(self.caller, self.function, place, keyword, value)
        return Data(name or _UNKNOWN, _reference(value))

    def log(self, fitted: Fitted, metric: str, data: Data, *, sign: int = 1, usual: int = 2) -> None:
        """Log what it gave, if that is a number.

        Args:
            fitted: The model.
            metric: What was computed.
            data: What the model was given for it.
            sign: -1 for the negative of the metric.
            usual: How many arguments say nothing that the name does not.
        """
        if not isinstance(self.result, bool) and isinstance(self.result, Real):
            has_more = len(self.args) + len(self.kwargs) > usual
            call = written.text(self.caller, self.function) if has_more else ""
            fitted.log(metric, data, sign * float(self.result), call)

    def keep(self, fitted: Fitted, place: int = 0) -> None:
        """Remember what it gave as predicted by a model."""
        features, data = self.features(place)[1], self.data(place)
        parts = self.result if isinstance(self.result, tuple | list) else (self.result,)
        for part in parts if len(parts) <= _MOST_PARTS else ():
            if part is not features:
                _predictions.put(part, (fitted, data))
                whole = _whole(part)
                if whole is not None and whole is not _whole(features) and whole is not features:
                    _predictions.put(whole, (fitted, data))


_models: Known[Fitted] = Known()
_predictions: Known[tuple[Fitted, Data]] = Known()


def remember(library: Library, book: Logbook, model: Any, model_id: str | None = None) -> Fitted:
    """Log to the run of a fit what is computed of its model from now on.

    Args:
        library: Whose model it is.
        book: That of the fit.
        model: Fitted.
        model_id: The logged model that it is, if it was logged.
    """
    fitted = Fitted(library, book.run_id, book.client, book.attempt, model_id)
    _models.put(model, fitted)
    return fitted


def remember_predicted(fitted: Fitted, function: str, features: Any, predicted: Any) -> None:
    """The same of what a fit has predicted itself.

    Args:
        fitted: The model.
        function: The name of what was called to fit it.
        features: What it was given.
        predicted: What it says of that.
    """
    caller = sys._getframe(1)
    while caller.f_back is not None and not _is_a_users(caller):
        caller = caller.f_back
    Use(function, (features,), {}, caller, predicted).keep(fitted)


def predicting(function: Function) -> Function:
    """A method that predicts, which remembers what it has predicted of which data."""

    @wraps(function)
    def ours(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        fitted = _models.get(args[0]) if args else None
        if fitted is not None and _is_a_users(sys._getframe(1)):
            use = Use(function.__name__, args[1:], kwargs, sys._getframe(1), result)
            fitted.attempt(lambda: use.keep(fitted))
        return result

    return ours


def scoring(function: Function) -> Function:
    """A method that scores its model, which logs the score."""

    @wraps(function)
    def ours(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        fitted = _models.get(args[0]) if args else None
        if fitted is not None and _is_a_users(sys._getframe(1)):
            use = Use(function.__name__, args[1:], kwargs, sys._getframe(1), result)
            metric = f"{type(args[0]).__name__}_{function.__name__}"
            fitted.attempt(lambda: use.log(fitted, metric, use.data(0)))
        return result

    return ours


def measuring(function: Function) -> Function:
    """A function that compares predictions with the truth, which logs what it finds."""

    @wraps(function)
    def ours(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        predicted = _predicted((*args, *kwargs.values())) if len(_predictions) else None
        if predicted is not None and _is_a_users(sys._getframe(1)):
            fitted, data = predicted
            use = Use(function.__name__, args, kwargs, sys._getframe(1), result)
            fitted.attempt(lambda: use.log(fitted, use.function, data))
        return result

    return ours


def judging(function: Function) -> Function:
    """The same for a scorer, which is given a model and the data."""

    @wraps(function)
    def ours(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        fitted = _models.get(args[1] if len(args) > 1 else kwargs.get("estimator"))
        if fitted is not None and _is_a_users(sys._getframe(1)):
            scorer, use = args[0], Use("", args[1:], kwargs, sys._getframe(1), result)
            counted = getattr(scorer._score_func, "__name__", "score")  # a partial one has no name
            fitted.attempt(lambda: use.log(fitted, counted, use.data(1), sign=scorer._sign, usual=3))
        return result

    return ours


def _predicted(values: Iterable[Any]) -> tuple[Fitted, Data] | None:
    """The first of some values that is a prediction, or a part of one."""
    for value in values:
        found = _predictions.get(value) or _predictions.get(_whole(value))
        if found is not None and found[0].library.options is not None:
            return found
    return None


def _whole(value: Any) -> Any:
    """The array that a part of one is taken from, such as a column; ``None`` for anything else."""
    return value.base if type(value).__module__ == "numpy" and hasattr(value, "base") else None


def _reference(value: Any) -> Callable[[], Any]:
    """What gives an object, while it lives; nothing for one whose end nobody is told of, such as a list."""
    try:
        return weakref.ref(value)
    except TypeError:
        return _nothing


def _nothing() -> None:
    """What is left of an object that cannot be kept without keeping it alive."""


def _is_a_users(caller: FrameType) -> bool:
    """Whether a call is one that a user has made, and no part of another one."""
    return caller.f_globals.get("__name__", "").partition(".")[0] not in _NOBODYS
