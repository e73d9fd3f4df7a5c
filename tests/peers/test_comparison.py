"""The same scripts on a genuine server and on ours see the same, but for what is listed here and explained in
``docs/explanation/mlflow-differences.md``.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.peers.calls import differences
from tests.peers.genuine import ROOT, run_script, running_genuine_server
from tests.peers.ours import our_server

pytestmark = [pytest.mark.peer, pytest.mark.slow]

PAGE = ROOT / "docs" / "explanation" / "mlflow-differences.md"
SCRIPTS = ("experiments", "runs", "searches", "files", "records", "models", "lineage")
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")
# What two servers need not have in common: when it was done.
MOMENTS = {"creation_time", "last_update_time"}
Seen = dict[str, Any]

# Where the two differ on purpose: script, then path, then what the genuine server shows and what ours does.
# The page of the differences has a heading for each name in brackets.
INVALID = "INVALID_PARAMETER_VALUE"
DIFFERENCES: dict[str, dict[str, tuple[Any, Any]]] = {
    "runs": {
        # [Infinities]
        "child_metrics.high": ("1.7976931348623157e+308", "inf"),
        "child_metrics.low": ("-1.7976931348623157e+308", "-inf"),
        "not_finite.high[0]": ("1.7976931348623157e+308", "inf"),
        "not_finite.low[0]": ("-1.7976931348623157e+308", "-inf"),
        # [Values that are too long]
        "long_param": (["", ""], INVALID),
        # [A history of a run that is not there]
        "unknown_history": (["", ""], "RESOURCE_DOES_NOT_EXIST"),
        # [A param twice in a batch]
        "param_twice_in_batch": (INVALID, ["", ""]),
    },
    "searches": {
        # [Filters]
        "in": (INVALID, ["run-03", "run-04"]),
        "not_in": (INVALID, ["run-22", "run-21"]),
    },
    "lineage": {
        # [Logged models]
        "model.tags.runstone.flavor": (..., "sklearn"),
        "changed.tags.runstone.flavor": (..., "sklearn"),
    },
}


def plain(value: Any) -> Any:
    """What was seen, without what is new at each time: run ids, moments, and the words of errors."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key not in MOMENTS}
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and str(value[1]).startswith(f"{value[0]}: "):
            return value[0]  # an error: the code counts
        each_plain = [plain(each) for each in value]
        # [The order of metrics]: by key here; what has the same key keeps its order.
        is_by_key = all(isinstance(each, dict) and "key" in each for each in value)
        return sorted(each_plain, key=lambda each: str(each["key"])) if is_by_key else each_plain
    return RUN_ID.sub("RUN", value) if isinstance(value, str) else value


def seen_at(address: str, folder: Path) -> Seen:
    """What each script sees, one after the other on the same server."""
    folder.mkdir()
    return {name: run_script(name, address, folder) for name in SCRIPTS}


@pytest.fixture(scope="module")
def views(peer: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    """What is seen at a genuine server, and at ours."""
    folder = tmp_path_factory.mktemp("comparison")
    with running_genuine_server(folder) as address:
        genuine = seen_at(address, folder / "genuine")
    with our_server(folder) as server:
        ours = seen_at(server.address, folder / "ours")
    return genuine, ours


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_sees_the_same_on_both_servers(views: tuple[Seen, Seen], script: str) -> None:
    genuine, ours = views

    found = dict(differences(plain(genuine[script]), plain(ours[script])))

    assert found == DIFFERENCES.get(script, {})


def test_every_difference_has_its_heading() -> None:
    named = re.findall(r"# \[(.+)\]", Path(__file__).read_text(encoding="utf-8"))
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(named) >= 6
    assert set(named) - set(headings) == set()
