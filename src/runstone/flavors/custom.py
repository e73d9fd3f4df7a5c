"""A model of a user's own with its context, ready to predict."""

import inspect
from typing import Any

from runstone.entities.names import shown
from runstone.errors import InvalidValue
from runstone.flavors.calls import Call
from runstone.flavors.python_model import FunctionModel, PythonModel, PythonModelContext
from runstone.models.signature import ModelSignature


class Custom:
    """A model with its context.

    Args:
        model: A ``PythonModel``, or another object with ``predict``.
        context: What it is given as ``context``.

    Attributes:
        custom_model: The model.
        python_model: The same, if it is a ``PythonModel``; ``None`` otherwise.
        context: The same.
        is_streamable: Whether it answers bit by bit.
        signature: What the type hints of ``predict`` say; ``None`` if they say nothing.

    Raises:
        InvalidValue: ``predict`` takes what it cannot be given.
    """

    def __init__(self, model: Any, context: PythonModelContext) -> None:
        self.custom_model = model
        self.python_model = model if isinstance(model, PythonModel) else None
        self.context = context
        stream = getattr(type(model), "predict_stream", None)
        self.is_streamable = stream is not None and stream is not PythonModel.predict_stream
        self.predict = Call(model.func if isinstance(model, FunctionModel) else model.predict, context)
        self.signature: ModelSignature | None = self.predict.signature
        if self.is_streamable:
            self.predict_stream = Call(model.predict_stream, context)


def made_of(model: Any) -> PythonModel:
    """A model as it is kept.

    Raises:
        InvalidValue: It is none.
    """
    if isinstance(model, type):
        raise InvalidValue(f"python_model is an instance; got the class {model.__name__}: write {model.__name__}()")
    predict = getattr(model, "predict", model)
    if inspect.iscoroutinefunction(predict):
        name = getattr(predict, "__qualname__", repr(predict))
        raise InvalidValue(f"{name} is asynchronous, and nobody would wait for it: define it without async")
    if isinstance(model, PythonModel):
        if type(model).predict is PythonModel.predict:
            raise InvalidValue(f"{type(model).__name__} has no method predict(context, model_input, params=None)")
        return model
    if callable(model):
        return FunctionModel(model)
    raise InvalidValue(
        "python_model is an instance of a class made of runstone.pyfunc.PythonModel, a function, or the path of a "
        f"script; got {shown(model)}"
    )
