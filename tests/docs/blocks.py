"""The fenced blocks of a page, and what its comments say about them.

A comment right above a fence says how it is treated::

    <!-- not run: REASON -->     it is shown only; the reason is for the reader of the source
    <!-- background: PORT -->    a shell block that starts a server on that port and is left running
    <!-- output -->              a `text` block: what the block before it prints; `...` stands for anything
    <!-- fails -->               a shell block that ends with an error, as the page says

Blocks in `python`, `shell` and `console` run; `json`, `toml` and `yaml` are read; any other needs a reason.
"""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

RUN = {"python", "shell", "console"}
PARSERS: dict[str, Callable[[str], object]] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}
# Directives of the site whose content is Markdown again, and those that hold no code.
NESTED = {"{note}", "{tip}", "{warning}", "{important}", "{admonition}", "{dropdown}"}
PLAIN = {"{toctree}", "{eval-rst}", "{literalinclude}"}
COMMENT = re.compile(r"<!--\s*(?P<word>not run|background|output|fails)(?::\s*(?P<value>.+?))?\s*-->", re.DOTALL)


class BadPage(AssertionError):
    """A page holds a block that cannot be treated as it stands."""


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        page: The file, relative to the repository.
        line: Line of the fence, from 1.
        language: First word behind the fence.
        code: What it holds.
        mark: Word of the comment above it; empty if there is none.
        value: What the comment says behind its word.
    """

    page: str
    line: int
    language: str
    code: str
    mark: str = ""
    value: str = ""

    @property
    def place(self) -> str:
        """File and line, as tools print it."""
        return f"{self.page}:{self.line}"


def blocks_of(path: Path, root: Path) -> list[Block]:
    """The fenced blocks of a page, those inside notes included, in order."""
    return _blocks(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix(), first_line=1)


def _blocks(text: str, page: str, *, first_line: int) -> list[Block]:
    found: list[Block] = []
    tokens = MarkdownIt("commonmark").parse(text)
    for index, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "code_block":
            raise BadPage(f"{page}:{line}: an indented block; put it between fences, with its language")
        if token.type != "fence":
            continue
        language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        if language in NESTED:
            found += _blocks(token.content, page, first_line=line + 1)
        elif language not in PLAIN:
            mark, value = _comment_above(tokens, index)
            found.append(Block(page, line, language, token.content, mark, value))
    return found


def _comment_above(tokens: list[Token], index: int) -> tuple[str, str]:
    before = tokens[index - 1] if index else None
    if before is None or before.type != "html_block":
        return "", ""
    match = COMMENT.fullmatch(before.content.strip())
    return (match["word"], (match["value"] or "").strip()) if match else ("", "")


def check(block: Block, *, before: Block | None) -> None:
    """Check that a block can be run, can be read, or names its reason.

    Args:
        block: The block.
        before: The block before it on the page.

    Raises:
        BadPage: It can not.
    """
    if block.mark == "not run":
        _demand(len(block.value.split()) >= 3, block, "the comment must name a reason: <!-- not run: REASON -->")
    elif block.mark == "output":
        _demand(before is not None and before.language in {"python", "shell"}, block, "there is no block to print this")
    elif block.language in RUN:
        fitting = block.mark != "background" or (block.language == "shell" and block.value.isdigit())
        _demand(fitting, block, "wanted: <!-- background: PORT --> above a shell block")
        _demand(block.mark != "fails" or block.language == "shell", block, "only a shell block may be said to fail")
    elif block.language in PARSERS:
        _parse(block)
    else:
        _demand(False, block, f"a block in {block.language or 'no language'} is not run; say <!-- not run: REASON -->")


def _parse(block: Block) -> None:
    try:
        PARSERS[block.language](block.code)
    except (ValueError, yaml.YAMLError) as error:
        raise BadPage(f"{block.place}: this is no {block.language}: {error}") from None


def _demand(holds: bool, block: Block, what: str) -> None:
    if not holds:
        raise BadPage(f"{block.place}: {what}")
