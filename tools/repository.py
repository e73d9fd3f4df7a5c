"""Where the repository stands, and which files it has."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked_files(root: Path, *suffixes: str) -> list[Path]:
    """Files of the repository that exist, new ones that git does not ignore included, sorted.

    Args:
        root: Top of a git working tree.
        suffixes: Endings to keep, with their dot; all files if none is given.
    """
    answer = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [root / name for name in sorted(set(answer.split("\0"))) if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]
