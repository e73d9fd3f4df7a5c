"""Functions of other libraries put in place of their own, and put back."""

import sys
from collections.abc import Callable, Collection
from operator import itemgetter
from types import FunctionType, MethodType, ModuleType
from typing import Any

Function = Callable[..., Any]
Wrap = Callable[[Function], Function]

_WRITTEN_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE: other classes cannot be changed


class Patches:
    """What was replaced, and by what.

    A function is replaced only once, and put back only where nobody else has replaced it since.
    """

    def __init__(self) -> None:
        self._done: dict[tuple[int, str], tuple[Any, str, Any, Any]] = {}

    def method(self, owner: type, name: str, wrap: Wrap) -> None:
        """Replace a method that a class itself defines; nothing happens where it does not.

        Args:
            owner: The class.
            name: The method.
            wrap: Makes the new function, which takes the instance first, from the old one.
        """
        original = vars(owner).get(name) if owner.__flags__ & _WRITTEN_IN_PYTHON else None
        if isinstance(original, FunctionType):
            self._put(owner, name, original, wrap(original))
        elif hasattr(original, "__get__") and not isinstance(original, classmethod | staticmethod | property):
            self._put(owner, name, original, Conditional(original, wrap))

    def functions(self, module: ModuleType, names: Collection[str], wrap: Wrap, *, inside: bool = True) -> None:
        """Replace functions of a module, and wherever else they are by now, under whatever name.

        Args:
            module: Where they are offered.
            names: Their names.
            wrap: Makes each new function from the old one.
            inside: Whether they are replaced in the rest of the module's package, too.
        """
        ours = {id(each) for _, _, _, each in self._done.values()}
        found = [vars(module).get(name) for name in names]
        made = {
            id(each): (each, wrap(each)) for each in found if isinstance(each, FunctionType) and id(each) not in ours
        }
        if not inside:
            for _, new in made.values():
                new.__module__ = module.__name__  # a pickle of it is the place where it is found
        package = module.__name__.partition(".")[0]
        for known, place in list(sys.modules.items()) if made else ():
            if not inside and place is not module and known.partition(".")[0] == package:
                continue
            values = list(getattr(place, "__dict__", {}).items())
            if not made.keys().isdisjoint(map(id, map(itemgetter(1), values))):  # nearly all have none, and go quickly
                for name, value in values:
                    if id(value) in made:
                        self._put(place, name, *made[id(value)])

    def restore(self) -> None:
        """Put everything back."""
        while self._done:
            owner, name, original, ours = self._done.popitem()[1]
            if vars(owner).get(name) is ours:
                setattr(owner, name, original)

    def _put(self, owner: Any, name: str, original: Any, ours: Any) -> None:
        if (id(owner), name) not in self._done:
            setattr(owner, name, ours)
            self._done[id(owner), name] = owner, name, original, ours


class Conditional:
    """A method that is there under a condition, as ``available_if`` of scikit-learn makes it, with another function."""

    def __init__(self, original: Any, wrap: Wrap) -> None:
        """Prepare.

        Args:
            original: What stands in the class; it decides whether the method is there.
            wrap: Makes the new function from the one that it gives.
        """
        self._original, self._wrap = original, wrap
        self.__doc__ = original.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Function:
        found = self._original.__get__(instance, owner)
        if isinstance(found, MethodType):
            return MethodType(self._wrap(found.__func__), found.__self__)
        return self._wrap(found)
