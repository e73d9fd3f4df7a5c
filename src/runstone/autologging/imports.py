"""Libraries that are imported later: told of when they are there, never imported from here."""

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader, SourcelessFileLoader
from types import ModuleType
from typing import Any

Told = Callable[[ModuleType], None]


class Arrivals:
    """Tells of each module of some packages, once it was executed.

    It finds nothing by itself: the module comes from whoever has it, with the loader that it has always had.
    """

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}

    def expect(self, package: str, told: Told) -> None:
        """Tell of every module of a package that is imported from now on.

        Args:
            package: Its name, without dots.
            told: Called with each module; must not raise.
        """
        self._told[package] = told
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def forget(self, package: str) -> None:
        """Tell of it no longer."""
        self._told.pop(package, None)
        if not self._told and self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find, prepared to tell of it."""
        told = self._told.get(fullname.partition(".")[0])
        if told is None:
            return None
        for finder in sys.meta_path:
            if finder is not self:
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    if isinstance(spec.loader, SourceFileLoader | SourcelessFileLoader | ExtensionFileLoader):
                        _tell_after(spec.loader, told)
                    return spec
        return None


def _tell_after(loader: Any, told: Told) -> None:
    """Let the loader, which serves this one module, tell after its work."""

    def exec_module(module: ModuleType) -> None:
        vars(loader).pop("exec_module", None)
        loader.exec_module(module)
        told(module)

    loader.exec_module = exec_module
