"""Whatever predicts, seen in one way."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from runstone.client.fluent.models import load_pyfunc
from runstone.entities.names import a_class, shown
from runstone.errors import InvalidValue, Unsupported
from runstone.models.enforcement import check_input
from runstone.models.predictor import PyFuncModel

SEVERAL = "a classifier of several outputs is not evaluated in one go; evaluate each output"


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What predicts.

    Attributes:
        name: What it is called in the file and on the page.
        thing: What was given, or loaded: it has a method ``predict``, or is called.
        model_id: Its logged model, where it is known.
        params: What it gets with each call, besides the rows.
    """

    name: str
    thing: Any
    model_id: str | None = None
    params: Mapping[str, Any] | None = None

    def predict(self, features: Any) -> Any:
        """What it predicts for rows of features, which stay as they are whatever it does with its own."""
        features = features if self.is_estimator else features.copy()
        method = getattr(self.thing, "predict", None)
        if self.params is not None:
            return method(features, params=dict(self.params))  # type: ignore[misc]  # as_model saw to it
        return self.thing(features) if method is None else method(features)

    def probabilities(self, features: Any) -> NDArray[Any] | None:
        """The probability of each label, shape (rows, labels), where it tells them."""
        method = getattr(self.native, "predict_proba", None)
        return None if method is None else np.asarray(method(self.native_rows(features)))

    @property
    def native(self) -> Any:
        """What a loaded model wraps, where it says so: it may tell probabilities, and score itself."""
        return _inner(self.thing)

    def native_rows(self, features: Any) -> Any:
        """Rows as the wrapped model gets them: as the signature of a loaded one says."""
        signature = self.thing.metadata.signature if isinstance(self.thing, PyFuncModel) else None
        return features if signature is None else check_input(signature, features)

    @property
    def feature_names(self) -> list[Any] | None:
        """The columns that it takes, in their order, where its signature says so, or it itself, as estimators do."""
        inputs = getattr(getattr(getattr(self.thing, "metadata", None), "signature", None), "inputs", None)
        if inputs is not None:
            return list(inputs.input_names()) if inputs.has_input_names() and not inputs.is_tensor_spec() else None
        known = getattr(self.native, "feature_names_in_", None)
        return None if known is None else list(known)

    @property
    def labels(self) -> list[Any] | None:
        """The labels that it knows, in the order of its probabilities, where it tells them.

        Raises:
            InvalidValue: It has several outputs, each with labels of its own.
        """
        known = getattr(self.native, "classes_", None)
        if isinstance(known, list) and any(np.ndim(each) for each in known):
            raise InvalidValue(SEVERAL)
        return None if known is None else list(np.asarray(known).tolist())

    @property
    def is_estimator(self) -> bool:
        """Whether it scores itself, as the estimators of scikit-learn do."""
        return callable(getattr(self.native, "score", None))

    def score(self, features: Any, targets: Any, weights: Any) -> float:
        """Its own score."""
        weighted = {} if weights is None else {"sample_weight": weights}
        return float(self.native.score(self.native_rows(features), targets, **weighted))


def as_model(
    given: Any,
    closing: ExitStack,
    *,
    env: str | None = None,
    config: str | Path | Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Model:
    """What was given as a model.

    Args:
        given: Something with a method ``predict``, a function from features to predictions, or the URI of a model.
        closing: Lets go of a model that is loaded for this.
        env: Where such a one predicts, as ``load_model`` takes it.
        config: Its settings, likewise.
        params: What a loaded model gets with each call, besides the rows.

    Raises:
        InvalidValue: It is none of these, or takes no params.
        NotFound: There is no model at the URI.
        Unsupported: It is the URI of an endpoint.
        UntrustedModel: It runs code, and comes from elsewhere.
    """
    if isinstance(given, str | os.PathLike):
        if str(given).startswith("endpoints:"):
            raise Unsupported("endpoints are not called from here; give a function that calls yours")
        loaded = closing.enter_context(load_pyfunc(os.fspath(given), model_config=config, env=env))
        return Model(os.fspath(given), loaded, loaded.model_id, params)
    if not callable(getattr(given, "predict", None)) and not callable(given):
        raise InvalidValue(
            "a model has a method predict(), or is a function from features to predictions; got "
            f"{shown(given)}, {a_class(given)}"
        )
    if params is not None and not isinstance(given, PyFuncModel):
        raise InvalidValue(
            "inference_params are for a model that is given by its URI, or loaded by runstone.pyfunc.load_model; got "
            f"{shown(given)}, {a_class(given)}: let a function call it with them"
        )
    inner = _inner(given)
    name = getattr(inner, "__name__", None) or type(inner).__name__
    return Model("a function" if name == "<lambda>" else name, given, getattr(given, "model_id", None), params)


def column_of_output(output: Any, name: str | None) -> NDArray[Any]:
    """Predictions as an array of one or two dimensions.

    Args:
        output: What a model gave.
        name: The column to take, where it gave several.

    Raises:
        InvalidValue: There is no such column.
    """
    if isinstance(output, pd.DataFrame) and name is not None:
        if name not in output.columns:
            raise InvalidValue(
                f"predictions names the column {shown(name)}, and the model gave "
                f"{', '.join(str(column) for column in output.columns)}"
            )
        return np.asarray(output[name])
    array = np.asarray(output)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _inner(thing: Any) -> Any:
    """What a loaded model wraps, where it says so: it may tell probabilities."""
    raw = getattr(thing, "get_raw_model", None)
    try:
        return thing if raw is None else raw()
    except Unsupported:  # it is in a process of its own
        return thing
