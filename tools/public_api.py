"""The public names of ``runstone`` with their signatures, one a line, as ``spec/public-api.txt`` holds them."""

import inspect
from collections.abc import Iterator
from types import ModuleType

import runstone
from runstone.flavors.built_in import BUILT_IN


def text() -> str:
    """The list: every name of ``runstone.__all__``, and the public methods of the classes among them."""
    # Flavors are not in `__all__`: `from runstone import *` must not replace the library that has the same name.
    names = sorted({*runstone.__all__, *BUILT_IN})
    return "".join(f"{line}\n" for name in names for line in describe(name, getattr(runstone, name)))


def describe(name: str, thing: object) -> Iterator[str]:
    """A public thing in one line, and the public members of a class in one line each."""
    if isinstance(thing, ModuleType):
        yield f"{name}: module"
        for member in sorted(getattr(thing, "__all__", ())):
            yield from describe(f"{name}.{member}", getattr(thing, member))
    elif isinstance(thing, type):
        if thing.__name__ != name.rsplit(".", 1)[-1]:
            yield f"{name}: another name of {thing.__name__}"
            return
        yield f"{name}: class"
        for member in sorted(_own_members(thing)):
            yield from _member(f"{name}.{member}", inspect.getattr_static(thing, member))
    elif callable(thing):
        yield f"{name}{inspect.signature(thing)}"
    else:
        yield f"{name}: {type(thing).__name__}"


def _own_members(kind: type) -> set[str]:
    """Public members that a class has from itself and its ancestors of the same package."""
    package = kind.__module__.split(".")[0]
    ancestors = [base for base in kind.__mro__ if base.__module__.split(".")[0] == package]
    return {member for base in ancestors for member in vars(base) if not member.startswith("_")}


def _member(name: str, value: object) -> Iterator[str]:
    if isinstance(value, classmethod | staticmethod):
        yield f"{name}{inspect.signature(value.__func__)}"
    elif inspect.isfunction(value):
        yield f"{name}{inspect.signature(value)}"
    elif isinstance(value, property):
        yield f"{name}: property"
