"""How a function of a user's is called: with the context and the params, if it takes them."""

import inspect
from collections.abc import Callable
from inspect import Parameter
from typing import Any

from runstone.errors import InvalidSignature, InvalidValue
from runstone.flavors.hinted import converting
from runstone.models.hints import as_hinted, hint_of_rows, signature_of_function
from runstone.models.signature import ModelSignature

_FORMS = "(context, model_input, params=None), where context and params may be left out"


class Call:
    """A function that predicts, called by what it takes.

    Args:
        function: The function, or a bound method.
        context: What it gets as ``context``.

    Raises:
        InvalidValue: It takes other things than such a function can be given.

    Example:
        >>> Call(lambda model_input: model_input * 2, None)(3, {"unused": 1})
        6
    """

    def __init__(self, function: Callable[..., Any], context: Any) -> None:
        self._function = _own(function)
        self._context = context
        self._takes_context, self.takes_params = _taken(self._function)
        self.signature, self._hint = _hinted(self._function)

    def __call__(self, rows: Any, params: dict[str, Any] | None) -> Any:
        """What it gives for some rows."""
        if self._hint is not None:
            rows = as_hinted(self._hint, rows)
        given = (self._context, rows) if self._takes_context else (rows,)
        return self._function(*given, **({"params": params} if self.takes_params else {}))

    def instead(self) -> tuple[Any, Any] | None:
        """The function, and what stands for it where MLflow calls it; ``None`` where it may stand for itself."""
        method = inspect.ismethod(self._function)
        plain = self._function.__func__ if inspect.ismethod(self._function) else self._function
        made = converting(plain, self._hint, place=method + self._takes_context)
        return None if made is None else (plain, made)


def _hinted(function: Callable[..., Any]) -> tuple[ModelSignature | None, Any]:
    """The signature that type hints say, and the hint of the rows; nothing where hints name what is not there."""
    try:
        return signature_of_function(function), hint_of_rows(function)
    except InvalidSignature:
        return None, None


def unwrapped(function: Any) -> Any:
    """The function of a user's inside of the checks that MLflow puts around it."""
    while getattr(function, "_is_pyfunc", False) and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _own(function: Callable[..., Any]) -> Callable[..., Any]:
    if not inspect.ismethod(function):
        found: Callable[..., Any] = unwrapped(function)
        return found
    method: Callable[..., Any] = unwrapped(function.__func__).__get__(function.__self__)
    return method


def _taken(function: Callable[..., Any]) -> tuple[bool, bool]:
    """Whether it takes the context, and whether it takes params."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # one that is written in C
        return False, False
    takes_params = any(each.name == "params" or each.kind is Parameter.VAR_KEYWORD for each in parameters)
    others = [each for each in parameters if each.name != "params" and each.kind is not Parameter.VAR_KEYWORD]
    places = [each for each in others if each.kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}]
    needed = [each for each in others if each.default is Parameter.empty]
    takes_context = len(places) > 1 and (places[0].name == "context" or places[1] in needed)
    if not places or any(each not in places[: 1 + takes_context] for each in needed):
        name = getattr(function, "__qualname__", repr(function))
        raise InvalidValue(f"{name} takes {_FORMS}; got {name}{inspect.signature(function)}")
    return takes_context, takes_params
