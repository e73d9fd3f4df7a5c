"""Modules of the front door that are loaded when something of them is first asked for.

A script that logs values pays for no models: they would double the time of ``import runstone``.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from runstone.flavors.built_in import BUILT_IN

Names = dict[str, Any]


class LaterModule(ModuleType):
    """A module that gets its names when the first of them is asked for."""

    def __init__(self, name: str, about: str, load: Callable[[], Names]) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            name: Its name, as it is imported.
            about: Its documentation.
            load: Gives its public names, with ``__all__``; and ``__getattr__`` where others are explained.
        """
        super().__init__(name, about)
        self._load = load

    def __getattr__(self, name: str) -> Any:
        # Python itself asks every module for names such as `__file__` and `__path__`.
        if name == "__all__" or not name.startswith("__"):
            self.__dict__.update(self._load())
            if name in self.__dict__:
                return self.__dict__[name]
            if "__getattr__" in self.__dict__:
                return self.__dict__["__getattr__"](name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__all__})


def install(package: str, more: Callable[[str], Names]) -> dict[str, ModuleType]:
    """The modules of all built-in flavors, by name; ``import PACKAGE.NAME`` finds them, and others', from now on.

    Args:
        package: The front door's name.
        more: For a flavor, names that its module has besides those that all have.
    """
    made: dict[str, ModuleType] = {
        name: LaterModule(f"{package}.{name}", _about(name), _loading(f"{package}.{name}", name, more))
        for name in BUILT_IN
    }
    sys.modules.update({f"{package}.{name}": module for name, module in made.items()})
    sys.meta_path.append(_Finder(package))
    return made


def installed(package: str, name: str) -> ModuleType | None:
    """The module of a flavor that another package brings; ``None`` if none brings it.

    What is installed is read when somebody asks for a name, and the package when somebody asks for a verb.
    """
    return import_module(f"{package}.{name}") if _is_flavor(name) else None


class _Finder:
    """Finds the modules of flavors that other packages bring, where Python finds no module of that name.

    Args:
        package: The front door's name.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Where a module is, as Python asks its finders."""
        package, _, name = fullname.rpartition(".")
        if package != self._package or not _is_flavor(name):
            return None
        return ModuleSpec(fullname, self)  # type: ignore[arg-type]  # typeshed wants what Python does without

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module, as Python asks its loaders."""
        name = spec.name.rpartition(".")[2]
        return LaterModule(spec.name, _about(name), _loading(spec.name, name, lambda _: {}))

    def exec_module(self, module: ModuleType) -> None:
        """Load nothing before something of it is asked for."""


def _is_flavor(name: str) -> bool:
    return name in import_module("runstone.flavors.resolve").names()


def _about(name: str) -> str:
    if name == "pyfunc":
        return "Models of your own, and every model loaded so that it predicts the same way."
    return f"Models of the flavor {name}: saved, logged and loaded."


def _loading(module: str, name: str, more: Callable[[str], Names]) -> Callable[[], Names]:
    def load() -> Names:
        if name == "pyfunc":
            real = import_module("runstone.client.fluent.pyfunc")
            found: Names = {public: getattr(real, public) for public in real.__all__}
            return {**found, "__all__": real.__all__, "__getattr__": real.__getattr__}
        found = import_module("runstone.client.fluent.flavors").verbs(name, module)
        found |= more(name)
        return {**found, "__all__": sorted(found)}

    return load
