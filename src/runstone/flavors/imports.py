"""What a model's code imports, read off its source or its compiled functions; nothing is run."""

import ast
import dis
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

from runstone.errors import InvalidValue
from runstone.models import requirements

# Ours, what stands in for it, and the program that runs.
_NOT_ITS_OWN = {"runstone", "mlflow", "__main__", "__mp_main__"}


def of_source(place: Path) -> frozenset[str]:
    """Top names of the modules that a file imports, or the files of a folder; its own are among them.

    Args:
        place: A Python file, or a folder with such files.

    Raises:
        InvalidValue: A file is no Python.
    """
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return frozenset(name for file in files for name in _imported(_tree(file)))


def of_code(code: CodeType) -> frozenset[str]:
    """Top names of the modules that a compiled function imports when it runs; those inside of it are others."""
    found = (each.argval for each in dis.get_instructions(code) if each.opname == "IMPORT_NAME")
    return frozenset(name.partition(".")[0] for name in found if name)


def local(names: frozenset[str]) -> dict[str, Path]:
    """Of the modules of these top names, those that are a user's own: their file, or the folder of their package.

    They are already imported, and come neither from an installed package nor from Python.
    """
    found: dict[str, Path] = {}
    for name in sorted(names - sys.stdlib_module_names - _NOT_ITS_OWN):
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        path = Path(file)
        if (path.suffix == ".py" or (file and path.is_dir())) and not requirements.is_installed(name, path):
            found[name] = path.parent if path.name == "__init__.py" else path
    return found


def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        raise InvalidValue(f"the model's code {str(file)!r} is no Python: {error}") from error


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        else:
            yield from _imported(node)
