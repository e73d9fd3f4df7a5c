"""Check that built pages load nothing from another host: ``python -m tools.offline FOLDER``. Links are free."""

import re
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

LOADING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
# Relations of <link> that a browser reads without loading anything.
SILENT = {"canonical", "alternate", "author", "license", "next", "prev", "search", "index"}
ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+")
STYLE_LOAD = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s;]+)")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        self.loads += STYLE_LOAD.findall(given.get("style", ""))
        if tag == "link" and set(given.get("rel", "").split()) <= SILENT:
            return
        for name in LOADING.get(tag, ()):
            if ADDRESS.match(given.get(name, "").strip()):
                self.loads.append(given[name])

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.loads += STYLE_LOAD.findall(data)


def main(arguments: Sequence[str]) -> int:
    """Print what the pages of a folder load from elsewhere; returns 1 if there is something."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m tools.offline FOLDER", file=sys.stderr)
        return 2
    found = 0
    for path in sorted(Path(arguments[0]).rglob("*")):
        if path.suffix in {".html", ".css", ".svg"}:
            for address in foreign_loads(path.read_text(encoding="utf-8"), is_style=path.suffix == ".css"):
                print(f"{path}: loads {address}")
                found += 1
    return 1 if found else 0


def foreign_loads(text: str, *, is_style: bool = False) -> list[str]:
    """Addresses on other hosts that a browser would load for a page or a style sheet."""
    if is_style:
        return STYLE_LOAD.findall(text)
    page = _Page()
    page.feed(text)
    return page.loads


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
