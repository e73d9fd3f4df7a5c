"""Check the files that are made from the code, or write them: ``python -m tools.generated [--write]``."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from runstone.evaluation import document
from runstone.schemas import openapi
from tools import public_api, reference, stubs
from tools.repository import ROOT

FILES: dict[str, Callable[[], str]] = {
    "spec/openapi.json": lambda: openapi.text().decode(),
    "spec/public-api.txt": public_api.text,
    "spec/models/evaluation/schema.json": lambda: document.schema().decode(),
    "docs/reference/evaluation.md": reference.evaluation_page,
    "docs/reference/settings.md": reference.settings_page,
    "docs/reference/errors.md": reference.errors_page,
    "docs/reference/rest.md": reference.rest_page,
    "docs/reference/cli.md": reference.command_line_page,
    **{place: partial(stubs.text, name) for name, place in stubs.places().items()},
}


def main(arguments: Sequence[str], root: Path = ROOT, files: dict[str, Callable[[], str]] = FILES) -> int:
    """Check, or write with ``--write``; returns the exit code."""
    if arguments not in ([], ["--write"]):
        print("usage: python -m tools.generated [--write]", file=sys.stderr)
        return 2
    stale = [name for name, make in files.items() if _read(root / name) != make()]
    for name in stale:
        if arguments:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(files[name](), encoding="utf-8")
            print(f"{name}: written")
        else:
            print(f"{name}: not what the code makes; run `make generated`, read the difference and commit it")
    return 1 if stale and not arguments else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
