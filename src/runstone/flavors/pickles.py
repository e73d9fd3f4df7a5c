"""Files that run code when they are opened: written where a library offers no better, and always by cloudpickle."""

import importlib
import inspect
import io
import pickle
import platform
import traceback
import types
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runstone.entities.names import a_class
from runstone.errors import InvalidModel, InvalidValue, RunstoneError, Unsupported
from runstone.flavors import imports, namespaces, stand_ins
from runstone.flavors.calls import unwrapped
from runstone.flavors.namespaces import Namespace

# What objects raise that cannot be pickled.
_CANNOT = (pickle.PicklingError, TypeError, AttributeError, RecursionError, NotImplementedError, ValueError)
# cloudpickle writes a module that a function uses as a call of one of these with its name.
_IMPORTING = {"subimport", "dynamic_subimport"}
_OBJECT = "object "
_CLOUDPICKLE = "cloudpickle.cloudpickle"


def dump(model: Any, file: Path, *, plain: bool = False, instead: tuple[Any, Any] | None = None) -> frozenset[str]:
    """Write an object; returns the top names of the modules that functions in it import when they run.

    Args:
        model: The object.
        file: Where to.
        plain: By the standard library's pickle, which keeps classes by their names alone.
        instead: A function in it, and what is written in its place.

    Raises:
        InvalidValue: It cannot be pickled.
        Unsupported: cloudpickle is not installed.
    """
    try:
        with file.open("wb") as opened:
            pickler = pickle.Pickler(opened) if plain else _pickler()(opened, instead)
            pickler.dump(model)
    except _CANNOT as error:
        file.unlink(missing_ok=True)
        raise InvalidValue(
            f"the model cannot be pickled, because of {_culprit(model)}: {error}; keep what cannot be pickled, such as "
            "open files, locks and connections, out of the object, and make it in load_context"
        ) from error
    return frozenset(getattr(pickler, "imported", ()))


def load(file: Path, *, python: str | None = None) -> Any:
    """Read an object; whoever calls has made sure that its maker is trusted.

    Args:
        file: Where it is.
        python: Version of Python that wrote it; ``None`` if nobody knows.

    Raises:
        InvalidModel: The file is missing or damaged, needs a module that is not there, or has code of another Python.
    """
    try:
        with file.open("rb") as opened:
            return _Unpickler(opened, namespaces.current(), python).load()
    except FileNotFoundError:
        raise InvalidModel(f"the model has no file {str(file)!r}: its folder is not whole") from None
    except ModuleNotFoundError as error:
        raise InvalidModel(
            f"{str(file)!r} needs the module {error.name!r}, which is not here; a module of its maker's belongs in "
            "code_paths when the model is saved; for a package, install what the model's requirements.txt lists, or "
            "load it with env='fresh'"
        ) from error
    except RunstoneError:
        raise
    except Exception as error:  # whatever the code of a model's modules raises
        raise InvalidModel(f"{str(file)!r} cannot be unpickled: {_told(error)}") from error


def modules(file: Path | zipfile.Path) -> frozenset[str]:
    """Top names of the modules that a pickle refers to; found without running it."""
    import pickletools  # on use: it is large

    found: set[str] = set()
    # What was pushed last: texts, whether written out or taken from the memo; of objects that were found by name, that.
    pushed: list[str] = []
    memo: dict[int, str] = {}
    importing = False
    for code, argument, _ in pickletools.genops(file.read_bytes()):
        if code.name in {"MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"}:
            number = len(memo) if code.name == "MEMOIZE" else int(str(argument))
            memo[number] = pushed[-1] if pushed else ""
        elif code.name in {"GLOBAL", "STACK_GLOBAL"}:
            module, name = str(argument).split(" ", 1) if code.name == "GLOBAL" else pushed[-2:]
            found.add(module)
            pushed.append(_OBJECT + name)
            importing = name in _IMPORTING
        elif isinstance(argument, str) or code.name in {"BINGET", "LONG_BINGET", "GET"}:
            pushed.append(argument if isinstance(argument, str) else memo.get(int(str(argument)), ""))
            if importing:
                found.add(pushed[-1])
            importing = pushed[-1] in {_OBJECT + each for each in _IMPORTING}
    return frozenset(name.partition(".")[0] for name in found if name and not name.startswith(_OBJECT))


def _pickler() -> Any:
    """cloudpickle's, with our classes written down by the names that MLflow has for them."""
    try:
        import cloudpickle
    except ModuleNotFoundError:
        raise Unsupported('pickles need cloudpickle; install it with: pip install "runstone[models]"') from None

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # it ships no types
        def __init__(self, file: Any, instead: tuple[Any, Any] | None = None) -> None:
            super().__init__(file)
            self.imported: set[str] = set()
            self._instead = instead

        def reducer_override(self, obj: Any) -> Any:
            if isinstance(obj, types.CodeType):
                self.imported |= imports.of_code(obj)
            if self._instead is not None and obj is self._instead[0]:
                return super().reducer_override(self._instead[1])
            place = stand_ins.OF_MLFLOW.get(obj) if isinstance(obj, type) else None
            if place is not None:
                return getattr, (_Module(place[0]), place[1])
            return super().reducer_override(obj)

    return Pickler


def _culprit(model: Any) -> str:
    """Which part of an object cannot be pickled, as it is written in Python: ``Model.parts['lock']``."""
    path, seen = type(model).__name__, {id(model)}
    found: tuple[str, Any] | None = ("", model)
    while found is not None:
        path, part = path + found[0], found[1]
        seen.add(id(part))
        found = next(((step, each) for step, each in _parts(part) if id(each) not in seen and _fails(each)), None)
    return f"{path}, {a_class(part)}"


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    """What an object is made of, each with the way to it."""
    if isinstance(thing, Mapping):
        yield from ((f"[{key!r}]", each) for key, each in thing.items())
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from ((f"[{number}]", each) for number, each in enumerate(thing))
    function = getattr(thing, "__func__", thing)
    if isinstance(function, types.FunctionType):
        used = inspect.getclosurevars(function)
        yield from ((f" uses {name}", each) for name, each in {**used.nonlocals, **used.globals}.items())
    elif isinstance(thing, type):
        yield from ((f".{name}", each) for name, each in vars(thing).items())
    elif hasattr(thing, "__dict__"):
        yield from ((f".{name}", each) for name, each in vars(thing).items())
        yield from (
            (f".{name}", each) for name, each in vars(type(thing)).items() if isinstance(each, types.FunctionType)
        )


def _fails(part: Any) -> bool:
    try:
        _pickler()(io.BytesIO()).dump(part)
    except _CANNOT:
        return True
    return False


def _told(error: Exception) -> str:
    """What an error of somebody's code says, and where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = "" if last.filename == __file__ else f" in {Path(last.filename).name}, line {last.lineno}"
    return f"{type(error).__name__}{where}: {error}"


class _Module:
    """Pickled as the import of a module, which need not be there when it is written."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return importlib.import_module, (self._name,)


class _Unpickler(pickle.Unpickler):
    """Finds what a pickle refers to in the model's own namespace, and makes its functions and classes live there."""

    def __init__(self, file: Any, namespace: Namespace, python: str | None) -> None:
        super().__init__(file)
        self._namespace = namespace
        self._python = python

    def find_class(self, module_name: str, name: str) -> Any:
        """What a pickle means by a name."""
        if module_name == _CLOUDPICKLE or (module_name, name) == ("importlib", "import_module"):
            ours = getattr(self, f"_on{name}" if name.startswith("_") else f"_on_{name}", None)
            if ours is not None:
                return ours
        top = module_name.partition(".")[0]
        if top == stand_ins.MLFLOW:
            return stand_ins.named(module_name, name)
        if not self._namespace.knows(module_name):
            return super().find_class(module_name, name)
        found: Any = self._namespace.module(module_name)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def _on_builtin_type(self, name: str) -> Any:
        here, there = platform.python_version(), self._python
        if name == "CodeType" and there is not None and there.split(".")[:2] != here.split(".")[:2]:
            # It would be taken for its own by this one, and end the process, or worse.
            raise InvalidModel(
                f"the model has code that Python {there} compiled, and Python {here} cannot run it: load it with "
                f"env='fresh' or by Python {'.'.join(there.split('.')[:2])}, or save it as a script, which runs on both"
            )
        return super().find_class(_CLOUDPICKLE, "_builtin_type")(name)

    def _on_import_module(self, name: str) -> Any:
        return self._namespace.module(name)

    def _on_subimport(self, name: str) -> Any:
        return self._namespace.module(name)

    def _on_make_function(self, code: Any, globals: dict[str, Any], name: str, defaults: Any, closure: Any) -> Any:
        globals["__builtins__"] = self._namespace.builtins
        return types.FunctionType(code, globals, name, defaults, closure)

    def _on_function_setstate(self, function: Any, state: Any) -> None:
        super().find_class(_CLOUDPICKLE, "_function_setstate")(function, state)
        function.__globals__["__builtins__"] = self._namespace.builtins

    def _on_make_skeleton_class(self, kind: Any, name: str, bases: Any, options: Any, _: Any, extra: Any) -> Any:
        # Without cloudpickle's mark of the class: with it, a class of this name that lives in this process would get
        # the methods of the saved one.
        return super().find_class(_CLOUDPICKLE, "_make_skeleton_class")(kind, name, bases, options, None, extra)

    def _on_make_skeleton_enum(self, bases: Any, name: str, full: str, members: Any, module: str, *rest: Any) -> Any:
        make = super().find_class(_CLOUDPICKLE, "_make_skeleton_enum")
        return make(bases, name, full, members, module, None, *rest[1:])

    def _on_class_setstate(self, made: Any, state: Any) -> Any:
        attributes = {name: unwrapped(each) for name, each in state[0].items()}
        return super().find_class(_CLOUDPICKLE, "_class_setstate")(made, (attributes, *state[1:]))
