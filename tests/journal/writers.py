"""The writer of journals with its compiled part, and as it is where that could not be compiled."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from runstone.journal import appending, writer
from runstone.journal.writer import Writer

WAYS = ("compiled", "python")


def _loaded(source: Path) -> ModuleType:
    spec = spec_from_file_location(f"{source.stem}_of_python", source)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def appending_of(way: str) -> ModuleType:
    """The module that appends in one of the ways; skips the test where nothing is compiled."""
    assert appending.__file__ is not None
    if way == "python":
        return _loaded(Path(writer.__file__).with_name("appending.py"))
    if appending.__file__.endswith(".py"):
        pytest.skip("appending.c is not compiled: `make setup` does so where there is a compiler")
    return appending


def writer_of(way: str) -> type[Writer]:
    """The class that writes in one of the ways; skips the test where nothing is compiled."""
    module = appending_of(way)
    if module is appending:
        return Writer
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, appending.__name__, module)
        made: type[Writer] = _loaded(Path(writer.__file__)).Writer
    assert issubclass(made, module.Appending)
    return made
