"""Read the table of the two surfaces, and check it against the public names."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("parity.yaml")
FIELDS = {"r", "why", "missing"}


def read(path: Path = TABLE) -> dict[str, dict[str, str]]:
    """The table: for each Python name what it is called in R, or why it is not there."""
    table: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return table


def problems(names: Collection[str], table: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What is wrong with the table.

    Args:
        names: The public names of Python.
        table: One entry for each name: ``r``, the name in R; ``why``, where it is not the same as in Python; or
            ``missing``, why R does not have it yet.
    """
    for name in sorted(set(names) - set(table)):
        yield f"{name}: public in Python, and not in the table; name its spelling in R, or why R lacks it"
    for name in sorted(set(table) - set(names)):
        yield f"{name}: in the table, and not public in Python; remove it"
    taken: dict[str, str] = {}
    for name, entry in table.items():
        yield from (f"{name}: {problem}" for problem in _entry_problems(name, entry))
        spelling = entry.get("r", "")
        if spelling and taken.setdefault(spelling, name) != name:
            yield f"{name}: {spelling}() in R is {taken[spelling]} already"


def _entry_problems(name: str, entry: Mapping[str, str]) -> Iterator[str]:
    if unknown := set(entry) - FIELDS:
        yield f"the fields are {', '.join(sorted(FIELDS))}; got {', '.join(sorted(unknown))}"
    if ("r" in entry) == ("missing" in entry):
        yield "wanted: `r`, the name in R, or `missing`, why R does not have it"
    if entry.get("r", name) != name and not entry.get("why"):
        yield f"another name in R ({entry['r']}) needs a `why`"
