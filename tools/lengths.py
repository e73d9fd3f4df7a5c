"""Check that no file is above 600 lines and no Python function above 60; name the files above 400.

The docstring of a function does not count: what takes many arguments has to explain many.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.repository import ROOT, tracked_files

WANTED_FILE = 400
LONGEST_FILE = 600
LONGEST_FUNCTION = 60
SUFFIXES = (".py", ".R", ".ts", ".tsx", ".css")
GENERATED = ("web/src/types/api.d.ts",)


def main(root: Path = ROOT) -> int:
    """Print what is too long; returns 1 if something must be shortened."""
    errors: list[str] = []
    for path in tracked_files(root, *SUFFIXES):
        name = path.relative_to(root).as_posix()
        if name in GENERATED:
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            errors.append(f"{name}: {lines} lines; at most {LONGEST_FILE}: split it by idea")
        elif lines > WANTED_FILE:
            print(f"warning: {name}: {lines} lines; {WANTED_FILE} are wanted")
        if path.suffix == ".py":
            errors.extend(f"{name}:{problem}" for problem in long_functions(text))
    for error in errors:
        print(error)
    return 1 if errors else 0


def long_functions(source: str) -> Iterator[str]:
    """The functions of a module that are too long, as ``LINE: what is wrong``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _lines(node) - (_lines(node.body[0]) if ast.get_docstring(node) is not None else 0)
            if lines > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {lines} lines; at most {LONGEST_FUNCTION}: split it by idea"


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


if __name__ == "__main__":
    sys.exit(main())
