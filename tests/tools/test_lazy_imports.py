from pathlib import Path

import pytest

from tests.tools.conftest import MakeFile
from tools import lazy_imports

IN_FUNCTION = "def f():\n    {}\n"


@pytest.mark.parametrize(
    ("room", "statement"),
    [
        ("stores", "import pandas"),
        ("server", "from starlette.responses import Response"),
        ("client", "from runstone.stores import resolve"),
        ("artifacts", "from . import local"),
        ("errors.py", "import json"),
    ],
)
def test_import_inside_a_function_is_refused(room: str, statement: str) -> None:
    problems = list(lazy_imports.misplaced_imports(IN_FUNCTION.format(statement), room))

    assert problems == ["2: import inside a function; it belongs to the top of the module"]


@pytest.mark.parametrize(
    ("room", "statement"),
    [
        ("client", "import pandas as pd"),
        ("artifacts", "from obstore import get"),
        ("flavors", "import xgboost"),
        ("autologging", "import sklearn"),
        ("cli", "from runstone.server import listen"),
    ],
)
def test_room_that_must_stay_light_may_import_inside_a_function(room: str, statement: str) -> None:
    assert list(lazy_imports.misplaced_imports(IN_FUNCTION.format(statement), room)) == []


def test_import_in_a_nested_function_is_named_once() -> None:
    source = "def f():\n    def g():\n        import json\n"

    assert len(list(lazy_imports.misplaced_imports(source, "stores"))) == 1


@pytest.mark.parametrize(
    ("room", "statement", "expected"),
    [
        ("media", "import pandas", []),
        ("client", "from runstone.stores.base import TrackingStore", ["3:"]),
        ("stores", "import pandas", ["3:"]),
        ("cli", "from runstone.server import app", ["3:"]),
    ],
)
def test_only_libraries_of_some_users_are_imported_for_typing_only(
    room: str, statement: str, expected: list[str]
) -> None:
    source = f"import typing\nif typing.TYPE_CHECKING:\n    {statement}\n"

    assert [problem[:2] for problem in lazy_imports.misplaced_imports(source, room)] == expected


def test_only_the_package_is_looked_at(repository: Path, make_file: MakeFile) -> None:
    make_file("tests/test_a.py", IN_FUNCTION.format("import json"))
    make_file("src/runstone/cli/a.py", IN_FUNCTION.format("import json"))

    assert lazy_imports.main(repository) == 0

    make_file("src/runstone/stores/a.py", IN_FUNCTION.format("import json"))

    assert lazy_imports.main(repository) == 1


def test_this_repository_holds_the_rule() -> None:
    assert lazy_imports.main() == 0
