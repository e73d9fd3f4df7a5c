"""Everything that has a name has a heading in the reference."""

import re
import tomllib
from collections.abc import Iterable

import pytest

from runstone import errors
from runstone.artifacts import resolve as artifacts
from runstone.autologging.verbs import VERBS
from runstone.cli.main import main as command_line
from runstone.config import SETTINGS
from runstone.flavors import resolve as flavors
from runstone.flavors.built_in import BUILT_IN
from runstone.schemas import openapi
from runstone.stores import resolve as stores
from tools.reference import commands
from tools.repository import ROOT

REFERENCE = ROOT / "docs" / "reference"


def headings(page: str) -> set[str]:
    return set(re.findall(r"^#+ `(.+)`$", (REFERENCE / page).read_text(encoding="utf-8"), re.MULTILINE))


def error_names(kind: type[errors.RunstoneError] = errors.RunstoneError) -> set[str]:
    # What a module keeps to itself, and never lets out, needs no page.
    public = [child for child in kind.__subclasses__() if child.__module__ == errors.__name__]
    return {kind.__name__}.union(*map(error_names, public))


def extras() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["optional-dependencies"])


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("settings.md", [setting.name for setting in SETTINGS]),
        ("errors.md", error_names()),
        ("rest.md", [f"{endpoint.method} {endpoint.path}" for endpoint in openapi.ENDPOINTS]),
        ("cli.md", [path for path, _ in commands(command_line, "runstone")]),
        ("install.md", extras()),
        ("autolog.md", ["runstone.autolog", *(f"runstone.{name}.autolog" for name in VERBS)]),
        ("flavors.md", BUILT_IN),
        ("plugins.md", [stores.ENTRY_POINTS, artifacts.ENTRY_POINTS, flavors.ENTRY_POINTS]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_name_has_a_heading(page: str, names: Iterable[str]) -> None:
    assert set(names) - headings(page) == set()


def test_tree_in_the_errors_module_names_every_class() -> None:
    drawn = set(re.findall(r"(?:├──|└──) (\w+)", errors.__doc__ or ""))

    assert error_names() - {"RunstoneError"} == drawn
