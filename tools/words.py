"""Check that no file names a place that only one machine knows: a home folder, a package registry."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.repository import ROOT, tracked_files

# Below a folder of one person or one machine.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/[\w.-]+")
REGISTRY = re.compile(r"https?://[^\s)\"'>]*\b(?:pypi|pythonhosted|npmjs|yarnpkg|debian|ubuntu|cran)\.[a-z]+")
INDEX_OPTION = re.compile(r"^\s*(?:--(?:extra-)?index-url|--find-links|-i |-f |registry\s*=)", re.MULTILINE)
LOCK_ADDRESS = re.compile(r"\"resolved\":\s*\"https?://")
BINARY = {".png", ".jpg", ".ico", ".woff2", ".gz", ".zip", ".db", ".parquet"}


def main(root: Path = ROOT) -> int:
    """Print the words that must go; returns 1 if there are any."""
    found = 0
    for path in tracked_files(root):
        name = path.relative_to(root).as_posix()
        if path.suffix not in BINARY:
            for problem in foreign_words(name, path.read_text(encoding="utf-8", errors="replace")):
                print(f"{name}:{problem}")
                found += 1
    return 1 if found else 0


def foreign_words(name: str, text: str) -> Iterator[str]:
    """What a file says that only one machine understands, as ``LINE: what is wrong``.

    Args:
        name: Path of the file in the repository, with forward slashes.
        text: Its content.
    """
    rules = [(MACHINE_PATH, "a path of one machine"), (REGISTRY, "the host of a package registry")]
    if name.startswith("requirements/") or name.endswith(".npmrc"):
        rules.append((INDEX_OPTION, "an option that names a package index"))
    if name.endswith("package-lock.json"):
        rules.append((LOCK_ADDRESS, "the address of a package; set `omit-lockfile-registry-resolved` in .npmrc"))
    for pattern, what in rules:
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{line}: {what}: {match.group().strip()}"


if __name__ == "__main__":
    sys.exit(main())
