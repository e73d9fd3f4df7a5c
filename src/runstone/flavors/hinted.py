"""Rows in the classes of type hints, where MLflow calls the model: it hands over plain dicts.

Here the rows are made so before ``predict`` is called. MLflow puts such checks around ``predict`` when a class is made;
so the function is written into the pickle with the conversion around it.
"""

import functools
import types
import typing
from collections.abc import Callable
from typing import Any


def converting(function: Any, hint: Any, *, place: int) -> Any:
    """A function that makes its rows as a hint says, and calls another one; needs nothing of ours where it is opened.

    Args:
        function: The function as it stands in its class, or alone.
        hint: The type hint of its rows.
        place: Which of its arguments they are, from 0.

    Returns:
        ``None`` where there is nothing to make.
    """
    if not isinstance(function, types.FunctionType) or not _makes_something(hint):
        return None
    return _around(_copy(function), hint, place)


def _around(function: Callable[..., Any], hint: Any, place: int) -> Any:
    @functools.wraps(function)
    def predict(*arguments: Any, **options: Any) -> Any:
        import pydantic

        if len(arguments) > place and isinstance(arguments[place], list):
            rows = pydantic.TypeAdapter(hint).validate_python(arguments[place])
            arguments = (*arguments[:place], rows, *arguments[place + 1 :])
        return function(*arguments, **options)

    predict._is_pyfunc = True  # type: ignore[attr-defined]  # by this, MLflow and we know that it is around another one
    return predict


def _copy(function: types.FunctionType) -> types.FunctionType:
    """The same function as another object, as what stands for the first one in a pickle holds the second one."""
    made = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    made.__kwdefaults__ = function.__kwdefaults__
    made.__dict__.update(function.__dict__)
    made.__annotations__, made.__qualname__ = function.__annotations__, function.__qualname__
    made.__module__, made.__doc__ = function.__module__, function.__doc__
    return made


def _makes_something(hint: Any) -> bool:
    element = (*typing.get_args(hint), str)[0]
    if typing.get_origin(hint) is not list or element in {str, int, float, bool, bytes}:
        return False
    try:
        import pydantic

        pydantic.TypeAdapter(hint)
    except Exception:  # noqa: BLE001 - what it cannot make is left as it is
        return False
    return True
