"""The flavors of large libraries pass their tests where these libraries are, and their models go to MLflow and back."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.peers import genuine, passages
from tests.peers.flavor_examples import LARGE
from tests.peers.genuine import ROOT
from tests.peers.passages import Passage

pytestmark = [pytest.mark.peer, pytest.mark.slow]

# MLflow 2 has no graphs of PyTorch; its Spark is in spec/models, as it would cost another start of Java on either side.
NOT_BY_2 = {"pytorch_graph", "spark_pipeline"}
PYTHON = ROOT / ".venv-libraries" / "bin" / "python"


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python that has the large libraries, and MLflow 3 with them."""
    if not PYTHON.exists():
        pytest.skip("the large libraries are not installed: run `make libraries`")
    return PYTHON


@pytest.fixture(scope="module")
def out(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Ours, loaded by MLflow 3."""
    folder = tmp_path_factory.mktemp("ours")
    passages.ours(python, "save", folder, *LARGE)
    passages.theirs(python, folder, "load", folder, folder / "seen.json", *LARGE)
    return passages.seen(folder, folder / "seen.json")


@pytest.fixture(scope="module", params=["2", "3"])
def back(request: pytest.FixtureRequest, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Passage:
    """Theirs, loaded here; MLflow 2 borrows the libraries."""
    folder = tmp_path_factory.mktemp("theirs")
    maker = python if request.param == "3" else genuine.MAKERS["2"]
    lent = [] if request.param == "3" else list(map(str, python.parents[1].resolve().glob("lib/python*/site-packages")))
    names = [name for name in LARGE if request.param == "3" or name not in NOT_BY_2]
    passages.theirs(maker, folder, "save", folder, *names, libraries=lent)
    passages.ours(python, "load", folder, folder / "seen.json", *names)
    return passages.seen(folder, folder / "seen.json")


@pytest.mark.parametrize("name", LARGE)
def test_mlflow_predicts_with_ours(name: str, out: Passage) -> None:
    seen = out.seen[name]

    assert seen["pyfunc"] == seen["native"] == out.wanted(name)
    assert seen["signature"]


@pytest.mark.parametrize("name", LARGE)
def test_we_predict_with_theirs(name: str, back: Passage) -> None:
    if name not in back.seen:
        assert name in NOT_BY_2
        return
    seen = back.seen[name]

    assert seen["pyfunc"] == seen["native"] == back.wanted(name)


@pytest.mark.parametrize("name", ["keras", "prophet", "pytorch", "spacy", "spark", "transformers"])
def test_flavor_passes_its_tests(name: str, python: Path, tmp_path: Path) -> None:
    # Coverage of this one file; warnings are those of the libraries, whose versions are what they are.
    covered = [f"--cov=runstone.flavors.{name}", "--cov-branch", "--cov-config", os.devnull, "--cov-fail-under=95"]
    command = [str(python), "-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *covered]
    variables = {"PYTHONPATH": str(ROOT / "src"), "COVERAGE_FILE": str(tmp_path / "coverage")}

    done = subprocess.run(
        [*command, "--cov-report=term-missing", f"tests/flavors/large/test_{name}.py"],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:]
