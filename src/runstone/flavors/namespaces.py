"""The code that a model brings, in an import namespace of its own.

MLflow puts the folder of each model's code on ``sys.path``: of two models with a helper module of the same name, the
second gets the first one's, and answers with it. Here, modules of a model are known to its own code alone.

Two means do that. Code of a model runs with an ``__import__`` of its own, which looks among the model's files first:
so every import statement is answered rightly, at any time and in any thread. And while a model is being loaded, its
modules stand in ``sys.modules``, so that whoever looks a class up by name, as joblib does for a pickle, finds it;
afterwards ``sys.modules`` is as it was.
"""

import builtins
import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from importlib.util import resolve_name
from pathlib import Path
from threading import Condition
from types import ModuleType
from typing import Any
from uuid import uuid4

from runstone.errors import InvalidState

_RUNSTONE = __name__.partition(".")[0]

# How long one model waits for another one, with modules of the same names, to be loaded.
PATIENCE_S = 600.0

# Functions that find modules or classes by their names, and are called by code of models.
_BY_NAME = {
    "cloudpickle": ("load", "loads"),
    "dill": ("load", "loads"),
    "importlib": ("import_module",),
    "joblib": ("load",),
    "pickle": ("load", "loads"),
}

# The namespaces that this thread loads something in, the innermost last.
_chain: ContextVar[tuple["Namespace", ...]] = ContextVar("_chain", default=())
_turn = Condition()
# Whose modules stand in `sys.modules` now, by top name; the innermost last.
_shown: dict[str, list["Namespace"]] = {}


class Namespace:
    """The modules of one loaded model.

    Args:
        folder: Where its code is; ``None`` for a model that brings none.
        substitutes: Modules to be found under other names in its code, as ours are where MLflow's are asked for.
    """

    def __init__(
        self, folder: Path | None, substitutes: Mapping[str, Callable[[str], ModuleType]] | None = None
    ) -> None:
        self._folder = folder
        self._substitutes = substitutes or {}
        self._modules: dict[str, ModuleType] = {}
        self._wrapped: dict[str, ModuleType] = {}
        self._loading = 0
        self._set_aside: dict[str, ModuleType] = {}
        self.names = top_names(folder)
        self.builtins: dict[str, Any] = {**vars(builtins), "__import__": self._import}

    def knows(self, name: str) -> bool:
        """Whether a module is to be found here, and not where all modules are."""
        top = name.partition(".")[0]
        return top in self.names or top in self._substitutes

    def module(self, name: str) -> ModuleType:
        """A module by its full name; whatever is none of the model's is imported as ever.

        Raises:
            ImportError: It is not there, or fails.
        """
        top = name.partition(".")[0]
        if top in self._substitutes:
            return self._substitutes[top](name)
        found = self._modules.get(name)
        if found is None:
            with self.loading():
                found = importlib.import_module(name)
        return found

    def run(self, file: Path) -> None:
        """Run a script as code of the model; no module of its name stays behind.

        Raises:
            Exception: Whatever it raises.
        """
        name = f"{file.stem}_{uuid4().hex}"  # two of one name may run at the same time
        source = _Source(name, str(file), self.builtins)
        module = ModuleType(name)
        module.__file__ = str(file)
        sys.modules[name] = module  # for those that look up where a class is from, as dataclasses do
        try:
            source.exec_module(module)
        finally:
            del sys.modules[name]

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Show the model's modules to all that look for modules by name, for a while.

        Raises:
            InvalidState: Another model with modules of the same names has been loading all that time.
        """
        chain = _chain.get()
        self._show(chain)
        token = _chain.set((*chain, self))
        try:
            yield
        finally:
            _chain.reset(token)
            self._hide()

    def _show(self, chain: Sequence["Namespace"]) -> None:
        mine = (self, *chain)
        with _turn:
            free = _turn.wait_for(
                lambda: all(not _shown.get(name) or _shown[name][-1] in mine for name in self.names), PATIENCE_S
            )
            if not free:
                raise InvalidState(
                    f"another model with modules of the same names ({', '.join(sorted(self.names))}) has been loading "
                    f"for {PATIENCE_S:g} s; load models that wait for each other one after the other"
                )
            self._loading += 1
            if self._loading == 1 and self.names:
                for name in self.names:
                    _shown.setdefault(name, []).append(self)
                self._set_aside = self._taken_out()
                sys.modules.update(self._modules)
                sys.meta_path.insert(0, self)

    def _hide(self) -> None:
        with _turn:
            self._loading -= 1
            if self._loading == 0 and self.names:
                sys.meta_path.remove(self)
                self._modules.update(self._taken_out())
                sys.modules.update(self._set_aside)
                self._set_aside = {}
                for name in self.names:
                    _shown[name].remove(self)
            _turn.notify_all()

    def _taken_out(self) -> dict[str, ModuleType]:
        mine = [name for name in list(sys.modules) if name.partition(".")[0] in self.names]
        return {name: sys.modules.pop(name) for name in mine}

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """Where a module of the model is, as Python asks its finders."""
        if fullname.partition(".")[0] not in self.names:
            return None
        spaces: list[str] = []
        for place in [str(self._folder)] if path is None else path:
            found = self._finder(place).find_spec(fullname)
            if found is not None and found.loader is not None:
                return found
            if found is not None:
                spaces += found.submodule_search_locations or ()
        if not spaces:
            return None
        package = ModuleSpec(fullname, None, is_package=True)
        package.submodule_search_locations = spaces
        return package

    def _finder(self, place: str) -> FileFinder:
        def source(name: str, file: str) -> "_Source":
            return _Source(name, file, self.builtins)

        return FileFinder(place, (ExtensionFileLoader, EXTENSION_SUFFIXES), (source, SOURCE_SUFFIXES))  # type: ignore[arg-type]

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        full = _resolved(name, globals or {}, level)
        if not self.knows(full):
            real = builtins.__import__(name, globals, locals, fromlist or (), level)
            return self._with_names(real) if self.names and real.__name__ in _BY_NAME else real
        module = self.module(full)
        if not fromlist:
            return self.module(full.partition(".")[0])
        wanted = getattr(module, "__all__", ()) if "*" in fromlist else fromlist
        for each in wanted:
            if not hasattr(module, each) and hasattr(module, "__path__"):
                self._submodule(f"{full}.{each}")
        return module

    def _submodule(self, name: str) -> None:
        try:
            self.module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise

    def _with_names(self, real: ModuleType) -> ModuleType:
        """A copy of a module whose functions find the model's modules by name."""
        found = self._wrapped.setdefault(real.__name__, ModuleType(real.__name__, real.__doc__))
        vars(found).update(vars(real))
        for each in _BY_NAME[real.__name__]:
            setattr(found, each, self._inside(getattr(real, each)))
        return found

    def _inside(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inside(*args: Any, **options: Any) -> Any:
            with self.loading():
                return function(*args, **options)

        return inside


class _Source(SourceFileLoader):
    """Runs a file of a model with the model's own ``__import__``; reads and writes no bytecode."""

    def __init__(self, name: str, file: str, with_builtins: dict[str, Any]) -> None:
        super().__init__(name, file)
        self._builtins = with_builtins

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__builtins__"] = self._builtins
        super().exec_module(module)

    def path_stats(self, path: str) -> Mapping[str, Any]:
        # Bytecode is no file that was saved with the model: what stands beside the source may be another's.
        raise OSError(path)


def current() -> Namespace:
    """The namespace in which this thread loads a model; an empty one where it loads none."""
    chain = _chain.get()
    return chain[-1] if chain else Namespace(None)


def top_names(folder: Path | None) -> frozenset[str]:
    """Names of the modules and packages in a folder, but those that are Python's, and ours."""
    if folder is None or not folder.is_dir():
        return frozenset()
    names = {each.name.partition(".")[0] for each in folder.iterdir()}
    return (
        frozenset(name for name in names if name.isidentifier()) - sys.stdlib_module_names - {"__pycache__", _RUNSTONE}
    )


def _resolved(name: str, globals: Mapping[str, Any], level: int) -> str:
    if level == 0:
        return name
    package = globals.get("__package__") or ""
    if not package:
        package = globals.get("__name__", "")
        if "__path__" not in globals:
            package = package.rpartition(".")[0]
    if not package:
        raise ImportError("attempted relative import with no known parent package")
    return resolve_name("." * level + name, package)
