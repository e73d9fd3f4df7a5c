"""Check that imports stand at the top of a module, but where the house allows otherwise.

Inside a function, ``flavors``, ``autolog``, ``artifacts`` and ``client`` may import a third-party library (so that
``import runstone`` stays light), and ``cli`` may import anything (so that ``--help`` stays quick). Imports for typing
only hide rings between modules and are allowed nowhere.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.repository import ROOT, tracked_files

THIRD_PARTY_ROOMS = {"flavors", "autolog", "artifacts", "client"}
FREE_ROOMS = {"cli"}


def main(root: Path = ROOT) -> int:
    """Print the imports in the wrong place; returns 1 if there are any."""
    package = root / "src" / "runstone"
    found = 0
    for path in tracked_files(root, ".py"):
        if path.is_relative_to(package):
            for problem in misplaced_imports(path.read_text(encoding="utf-8"), path.relative_to(package).parts[0]):
                print(f"{path.relative_to(root).as_posix()}:{problem}")
                found += 1
    return 1 if found else 0


def misplaced_imports(source: str, room: str) -> Iterator[str]:
    """The imports of a module that stand in the wrong place, as ``LINE: what is wrong``.

    Args:
        source: Text of the module.
        room: First part of its path below the package: a folder, or the name of the file.
    """
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {node for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield f"{node.lineno}: import for typing only; import it plainly, or move the type to a lower room"
        if isinstance(node, ast.Import | ast.ImportFrom) and node in inside and not _may_be_inside(node, room):
            yield f"{node.lineno}: import inside a function; it belongs to the top of the module"


def _may_be_inside(node: ast.Import | ast.ImportFrom, room: str) -> bool:
    if room in FREE_ROOMS:
        return True
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    ours = any(name.split(".")[0] in {"runstone", ""} for name in names)
    return room in THIRD_PARTY_ROOMS and not ours


if __name__ == "__main__":
    sys.exit(main())
