"""Stubs for ``runstone.sklearn`` and its like, which are made when the program runs: for type checkers and editors."""

import importlib
import inspect
import re
from types import FunctionType, ModuleType

from runstone.flavors.built_in import BUILT_IN

# What is ours comes after it, by the alphabet.
_FIRST = "from runstone.client.model_logging"
_HEAD = '''\
"""{about}"""

# Made by `make generated` from `runstone.flavors.{name}`; change that, not this file.

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runstone.client.model_logging import ModelInfo
from runstone.models.format import Model
from runstone.models.signature import ModelSignature

'''


def places() -> dict[str, str]:
    """For each flavor the path of its stub, as seen from the top of the repository."""
    return {name: f"src/runstone/{name}.pyi" for name in BUILT_IN if name != "pyfunc"}


def text(name: str) -> str:
    """The stub of one flavor."""
    module = importlib.import_module(f"runstone.{name}")
    assert isinstance(module, ModuleType)
    verbs = "".join(_declared(getattr(module, verb)) for verb in ("save_model", "log_model", "load_model"))
    head = _HEAD.format(about=module.__doc__, name=name)
    if hasattr(module, "autolog"):
        head = head.replace(_FIRST, f"from {module.autolog.__module__} import autolog as autolog\n{_FIRST}")
    used = "".join(line for line in head.splitlines(keepends=True) if _is_used(line, verbs))
    return used + verbs


def _declared(verb: object) -> str:
    assert isinstance(verb, FunctionType)
    signature = inspect.signature(verb)
    parts: list[str] = []
    for each in signature.parameters.values():
        if each.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = "" if each.default is inspect.Parameter.empty else " = ..."
        parts.append(f"{each.name}: {_shown(each.annotation)}{default}")
    listed = "".join(f"    {part},\n" for part in parts)
    return f"def {verb.__name__}(\n{listed}) -> {_shown(signature.return_annotation)}: ...\n"


def _shown(annotation: object) -> str:
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", written)


def _is_used(line: str, verbs: str) -> bool:
    """Whether a line of the head that imports names is needed; the others are."""
    if " import " not in line or " as " in line:
        return True
    return any(re.search(rf"\b{name}\b", verbs) for name in line.partition(" import ")[2].strip().split(", "))
