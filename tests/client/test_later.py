"""What a script does not ask for is not loaded."""

import subprocess
import sys

import pytest

import runstone


def printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("room", ["autologging", "evaluation", "flavors.resolve", "models.signature"])
def test_import_loads_no_room_of_models(room: str) -> None:
    loaded = printed(f"import sys, runstone; print('runstone.{room}' in sys.modules)")

    assert loaded == "False"


@pytest.mark.parametrize(
    "statement",
    [
        "from runstone.sklearn import log_model",
        "import runstone.sklearn; runstone.sklearn.log_model",
        "import runstone; runstone.sklearn.autolog",
        "from runstone.pyfunc import PythonModel",
        "from runstone.models import infer_signature",
        "import runstone; runstone.models.infer_signature, runstone.types.Schema, runstone.evaluate",
        "from runstone import *; autolog, evaluate, log_model, pyfunc",
    ],
)
def test_each_way_to_ask_for_it_loads_it(statement: str) -> None:
    answer = printed(f"{statement}; print('there')")

    assert answer == "there"


def test_module_of_a_flavor_lists_its_verbs() -> None:
    listed = dir(runstone.sklearn)  # type: ignore[attr-defined]  # made when the program runs

    assert {"autolog", "load_model", "log_model", "save_model"} <= set(listed)


def test_absent_name_of_a_flavor_is_told() -> None:
    with pytest.raises(AttributeError, match=r"module 'runstone\.sklearn' has no attribute 'train'"):
        runstone.sklearn.train  # type: ignore[attr-defined]  # noqa: B018
