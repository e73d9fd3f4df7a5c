"""The public names of ``runstone`` with their signatures, one a line, as ``spec/public-api.txt`` holds them."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import runstone


def text() -> str:
    """The list: every name of ``runstone.__all__``, and the public methods of the classes among them."""
    return "".join(f"{line}\n" for name in sorted(runstone.__all__) for line in describe(name, getattr(runstone, name)))


def describe(name: str, thing: object) -> Iterator[str]:
    """A public thing in one line, and the public members of a class in one line each."""
    if isinstance(thing, ModuleType):
        yield f"{name}: module"
        for member in sorted(getattr(thing, "__all__", ())):
            yield from describe(f"{name}.{member}", getattr(thing, member))
    elif isinstance(thing, type):
        yield f"{name}: class"
        for member, value in sorted(vars(thing).items()):
            if not member.startswith("_"):
                yield from _member(f"{name}.{member}", value)
    elif callable(thing):
        yield f"{name}{inspect.signature(thing)}"
    else:
        yield f"{name}: {type(thing).__name__}"


def _member(name: str, value: object) -> Iterator[str]:
    if isinstance(value, classmethod | staticmethod):
        yield f"{name}{inspect.signature(value.__func__)}"
    elif inspect.isfunction(value):
        yield f"{name}{inspect.signature(value)}"
    elif isinstance(value, property):
        yield f"{name}: property"
