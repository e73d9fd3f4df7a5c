"""The script that makes stores to import from: what the genuine MLflow says that it put there."""

from pathlib import Path

import pytest

from tests.peers.genuine import MAKERS, fill_store

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("kind", ["database", "folder"])
def test_stores_to_import_have_one_of_everything(tmp_path: Path, maker: str, kind: str) -> None:
    address = f"sqlite:///{tmp_path}/mlflow.db" if kind == "database" else str(tmp_path / "mlruns")

    told = fill_store(maker, address, tmp_path, artifacts=tmp_path / "files" if kind == "database" else None)

    experiments = {each["name"]: each for each in told["experiments"].values()}
    runs = experiments["records · 記録"]["runs"].values()
    mother = next(run for run in runs if run["name"] == "mother")
    assert {name: each["stage"] for name, each in experiments.items()} == {
        "Default": "active",
        "gone": "deleted",
        "records · 記録": "active",
        "second name": "active",
    }
    assert {run["status"] for run in runs} == {"FAILED", "FINISHED", "KILLED", "RUNNING", "SCHEDULED"}
    assert {run["stage"] for run in runs} == {"active", "deleted"}
    assert (len(mother["histories"]["long"]), len(mother["inputs"]), len(mother["files"])) == (3000, 2, 5)
    assert len(experiments["records · 記録"].get("models", {})) == (3 if maker == "3" else 0)
    assert set(told["models"]["Größe"]["versions"]) == {"1", "3", "4"}
    assert told["models"]["Größe"]["aliases"] == {"also": "3", "champion": "3", "first-one": "1"}
