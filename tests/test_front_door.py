"""The front door offers MLflow's names, each with MLflow's arguments or listed as absent with the reason."""

import importlib
import inspect
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import runstone
from runstone.client import Client, arguments
from runstone.errors import RunstoneError
from tools.mlflow_surface import plain

SPEC = Path(__file__).resolve().parent.parent / "spec"
SURFACE: dict[str, Any] = json.loads((SPEC / "mlflow-surface.json").read_text(encoding="utf-8"))
ABSENT: dict[str, dict[str, list[str]]] = json.loads((SPEC / "mlflow-absent.json").read_text(encoding="utf-8"))

GENUINE: dict[str, list[dict[str, Any]]] = {
    **SURFACE["module"],
    **{f"artifacts.{name}": taken for name, taken in SURFACE["artifacts"].items()},
    **{f"Client.{name}": taken for name, taken in SURFACE["client"].items()},
}
LISTED = [name for areas in ABSENT.values() for names in areas.values() for name in names]


def ours(name: str) -> Any:
    """What the front door has by this name, or ``None``."""
    found: Any = runstone
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


@pytest.mark.parametrize("name", sorted(set(GENUINE) - set(LISTED)))
def test_function_takes_what_mlflow_takes(name: str) -> None:
    function = ours(name)

    assert callable(function), f"{name} is absent: offer it, or list it in spec/mlflow-absent.json"
    taken = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.name != "self"]
    wanted = GENUINE[name]
    assert [parameter.name for parameter in taken[: len(wanted)]] == [argument["name"] for argument in wanted]
    assert [parameter.kind.name for parameter in taken[: len(wanted)]] == [argument["kind"] for argument in wanted]
    assert all(parameter.default is not parameter.empty for parameter in taken[len(wanted) :])


@pytest.mark.parametrize("name", sorted(set(GENUINE) - set(LISTED)))
def test_argument_left_out_means_what_mlflow_means(name: str) -> None:
    taken = inspect.signature(ours(name)).parameters

    for argument in GENUINE[name]:
        default = taken[argument["name"]].default
        if "default" not in argument:
            assert default is inspect.Parameter.empty, argument["name"]
        elif argument["name"].endswith("view_type"):
            assert default is arguments.view_type(argument["default"])
        else:
            assert plain(default) == argument["default"], argument["name"]


def test_listed_names_are_mlflows_and_absent() -> None:
    assert len(LISTED) == len(set(LISTED))
    assert [name for name in LISTED if name not in GENUINE] == []
    assert [name for name in LISTED if callable(ours(name))] == []


@pytest.mark.parametrize("name", ["paddle", *(name for name in LISTED if "." not in name)])
def test_absent_name_of_mlflow_says_what_is_not_there_and_what_to_do(name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(runstone, name)

    told = str(caught.value)
    assert told.startswith(f"module 'runstone' has no attribute {name!r}: ")
    assert "are not there yet; a script that uses them" in told
    assert "keeps 'import mlflow', with MLFLOW_TRACKING_URI" in told
    assert caught.value.name == name


def test_slip_in_a_name_is_answered_with_the_name_that_is_close() -> None:
    with pytest.raises(
        AttributeError, match=r"^module 'runstone' has no attribute 'log_metrc'; did you mean 'log_metric'\?$"
    ):
        runstone.log_metrc("a", 1)  # type: ignore[attr-defined]  # the slip


@pytest.mark.parametrize("name", ["_private", "__wrapped__"])
def test_private_name_is_absent_in_few_words(name: str) -> None:
    with pytest.raises(AttributeError, match=f"^module 'runstone' has no attribute '{name}'$"):
        getattr(runstone, name)


def test_names_for_star_are_all_there_and_sorted_by_kind() -> None:
    assert [name for name in runstone.__all__ if not hasattr(runstone, name)] == []
    assert len(runstone.__all__) == len(set(runstone.__all__))
    assert {name for name in SURFACE["module"] if callable(ours(name))} <= set(runstone.__all__)


def test_names_of_mlflow_mean_the_same_things() -> None:
    assert runstone.MlflowClient is runstone.Client is Client
    assert runstone.MlflowException is RunstoneError
    assert RunstoneError("message").error_code == "INTERNAL_ERROR"


def test_names_are_where_mlflows_users_look_for_them() -> None:
    batch = (
        runstone.entities.Metric("a", 1.0, 0, 0),
        runstone.entities.Param("b", "2"),
        runstone.entities.RunTag("c", "3"),
    )

    assert [each.key for each in batch] == ["a", "b", "c"]
    assert runstone.tracking.MlflowClient is Client
    assert runstone.tracking.get_tracking_uri is runstone.get_tracking_uri
    assert runstone.exceptions.MlflowException is runstone.exceptions.RestException is RunstoneError
    assert runstone.__version__ == metadata.version("runstone")


def test_artifacts_are_a_room_and_the_place_of_its_verbs() -> None:
    room = importlib.import_module("runstone.artifacts")

    assert runstone.artifacts is room
    assert set(SURFACE["artifacts"]) == set(room.__all__)
    for name in room.__all__:
        assert inspect.getdoc(getattr(room, name))


def test_evaluation_is_reached_from_models_as_well() -> None:
    models = importlib.import_module("runstone.models")

    for name in ("evaluate", "make_metric", "MetricThreshold", "EvaluationResult"):
        assert getattr(models, name) is getattr(runstone, name)


def test_verbs_of_artifacts_can_be_imported_first() -> None:
    code = "from runstone.artifacts import load_text; import runstone.artifacts.local as local; print(load_text, local)"

    ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)

    assert "function load_text" in ended.stdout


def test_every_public_function_says_what_it_does() -> None:
    for name in runstone.__all__:
        assert inspect.getdoc(getattr(runstone, name)), name
    for name, member in inspect.getmembers(Client):
        assert name.startswith("_") or inspect.getdoc(member), name
