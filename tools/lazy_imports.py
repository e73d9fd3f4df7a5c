"""Check that imports stand at the top of a module, but where the house allows otherwise.

``flavors``, ``models``, ``workers``, ``autologging``, ``evaluation``, ``artifacts``, ``client``, ``data`` and ``media``
may import a third-party library inside a function, or for typing only, so that ``import runstone`` stays light. ``cli``
may import anything inside a function, so that ``--help`` stays quick. Our own modules are never imported for typing
only, which hides rings, but where names are loaded late.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.repository import ROOT, tracked_files

THIRD_PARTY_ROOMS = {
    "flavors",
    "models",
    "workers",
    "autologging",
    "evaluation",
    "artifacts",
    "client",
    "data",
    "media",
}
FREE_ROOMS = {"cli"}
# These load their names late, and import them for type checkers.
LATE = {"__init__.py", "models/__init__.py"}


def main(root: Path = ROOT) -> int:
    """Print the imports in the wrong place; returns 1 if there are any."""
    package = root / "src" / "runstone"
    found = 0
    for path in tracked_files(root, ".py"):
        if path.is_relative_to(package):
            for problem in misplaced_imports(path.read_text(encoding="utf-8"), _room(path.relative_to(package))):
                print(f"{path.relative_to(root).as_posix()}:{problem}")
                found += 1
    return 1 if found else 0


def _room(path: Path) -> str:
    return path.as_posix() if path.as_posix() in LATE else path.parts[0]


def misplaced_imports(source: str, room: str) -> Iterator[str]:
    """The imports of a module that stand in the wrong place, as ``LINE: what is wrong``.

    Args:
        source: Text of the module.
        room: First part of its path below the package: a folder, or the name of the file.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in _imports(*functions):
        if room not in FREE_ROOMS and not (room in THIRD_PARTY_ROOMS and _is_third_party(node)):
            yield f"{node.lineno}: import inside a function; it belongs to the top of the module"
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    for node in _imports(*tests):
        if room not in LATE and (room not in THIRD_PARTY_ROOMS or not _is_third_party(node)):
            yield f"{node.lineno}: import for typing only; import it plainly, or move the type to a lower room"


def _imports(*parts: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    found = {node for part in parts for node in ast.walk(part) if isinstance(node, ast.Import | ast.ImportFrom)}
    return sorted(found, key=lambda node: node.lineno)


def _is_third_party(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return all(name.split(".")[0] not in {"runstone", ""} for name in names)


if __name__ == "__main__":
    sys.exit(main())
