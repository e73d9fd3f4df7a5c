"""Check the fragments in ``changes/``, and gather them into ``CHANGELOG.md`` for a release.

``python -m tools.changes check`` or ``python -m tools.changes gather VERSION YYYY-MM-DD``.
"""

import datetime
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.repository import ROOT

KINDS = ("added", "changed", "fixed", "removed")
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.(?:" + "|".join(KINDS) + r")\.md")
MARK = "<!-- Releases stand below; `python -m tools.changes gather` writes them. -->\n"
USAGE = "usage: python -m tools.changes check | gather VERSION YYYY-MM-DD"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Check or gather; returns the exit code."""
    match list(arguments):
        case ["check"]:
            problems = list(malformed(root / "changes"))
        case ["gather", version, date] if re.fullmatch(r"\d+\.\d+\.\d+", version) and _is_date(date):
            problems = list(malformed(root / "changes")) or gather(root, version, date)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def malformed(folder: Path) -> Iterator[str]:
    """What is wrong with the fragments of a folder."""
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        if not NAME.fullmatch(path.name):
            yield f"changes/{path.name}: wanted a name like keep-nan.fixed.md, which ends in one of {', '.join(KINDS)}"
            continue
        text = path.read_text(encoding="utf-8").strip()
        if not text.endswith(".") or not (text[0].isupper() or text[0] == "`"):
            yield f"changes/{path.name}: wanted whole sentences; it begins or ends like something else"
        elif "\n#" in f"\n{text}" or "\n-" in f"\n{text}":
            yield f"changes/{path.name}: wanted plain sentences without headings and lists"


def gather(root: Path, version: str, date: str) -> list[str]:
    """Move the fragments into the changelog as the section of a release; returns what stands in the way."""
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    if text.count(MARK) != 1:
        return [f"CHANGELOG.md: wanted the line {MARK.strip()!r} once"]
    if f"\n## {version} " in text:
        return [f"CHANGELOG.md: the release {version} stands there already"]
    fragments = [path for path in sorted((root / "changes").glob("*.md")) if path.name != "README.md"]
    if not fragments:
        return ["changes/: there is nothing to gather"]
    section = f"\n## {version} ({date})\n"
    for kind in KINDS:
        entries = [path.read_text(encoding="utf-8").strip() for path in fragments if path.name.endswith(f".{kind}.md")]
        if entries:
            section += f"\n### {kind.capitalize()}\n\n"
            section += "".join(f"- {entry.replace(chr(10), chr(10) + '  ')}\n" for entry in entries)
    changelog.write_text(text.replace(MARK, MARK + section), encoding="utf-8")
    for path in fragments:
        path.unlink()
    return []


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
