"""The flavors of large libraries pass their tests where these libraries are, and their models go to MLflow and back."""

import os
from pathlib import Path

import pytest

from tests.peers import genuine, passages
from tests.peers.flavor_examples import LARGE
from tests.peers.genuine import ROOT
from tests.peers.passages import Passage

pytestmark = [pytest.mark.peer, pytest.mark.slow]

# MLflow 2 has no graphs of PyTorch; its Spark is in spec/models, as it would cost another start of Java on either side.
BY_2 = [name for name in LARGE if name not in {"pytorch_graph", "spark_pipeline"}]
PYTHON = ROOT / ".venv-libraries" / "bin" / "python"


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python that has the large libraries, and MLflow 3 with them."""
    if not PYTHON.exists():
        pytest.skip("the large libraries are not installed: run `make libraries`")
    return PYTHON


@pytest.fixture(scope="module")
def ours(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours."""
    folder = tmp_path_factory.mktemp("ours")
    passages.ours(python, passages.save(folder, LARGE))
    return folder


@pytest.fixture(scope="module")
def theirs(ours: Path, python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of either MLflow, of which the third has loaded ours as well; the second borrows the libraries."""
    two, three = (tmp_path_factory.mktemp("theirs") for _ in range(2))
    passages.theirs(python, three, passages.load(ours, LARGE), passages.save(three, LARGE))
    lent = map(str, python.parents[1].resolve().glob("lib/python*/site-packages"))
    passages.theirs(genuine.MAKERS["2"], two, passages.save(two, BY_2), libraries=lent)
    return {"2": two, "3": three}


@pytest.fixture(scope="module")
def out(ours: Path, theirs: dict[str, Path]) -> Passage:
    """Ours, loaded by MLflow 3 before it saved its own."""
    return passages.seen(ours)


@pytest.fixture(scope="module")
def back(python: Path, theirs: dict[str, Path]) -> dict[str, Passage]:
    """Theirs, loaded here."""
    passages.ours(python, passages.load(theirs["2"], BY_2), passages.load(theirs["3"], LARGE))
    return {maker: passages.seen(folder) for maker, folder in theirs.items()}


@pytest.mark.parametrize("name", LARGE)
def test_mlflow_predicts_with_ours(name: str, out: Passage) -> None:
    seen = out.seen[name]

    assert seen["pyfunc"] == seen["native"] == out.wanted(name)
    assert seen["signature"]


@pytest.mark.parametrize(("maker", "name"), [*(("2", name) for name in BY_2), *(("3", name) for name in LARGE)])
def test_we_predict_with_theirs(maker: str, name: str, back: dict[str, Passage]) -> None:
    seen = back[maker].seen[name]

    assert seen["pyfunc"] == seen["native"] == back[maker].wanted(name)


@pytest.mark.parametrize("name", ["keras", "prophet", "pytorch", "spacy", "spark", "transformers"])
def test_flavor_passes_its_tests(name: str, python: Path, tmp_path: Path) -> None:
    # Coverage of this one file; warnings are those of the libraries, whose versions are what they are.
    covered = [f"--cov=runstone.flavors.{name}", "--cov-branch", "--cov-config", os.devnull, "--cov-fail-under=95"]
    command = ["-m", "pytest", "-q", "-W", "default", "-p", "no:cacheprovider", *covered, "--cov-report=term-missing"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COVERAGE_FILE": str(tmp_path / "coverage")}

    genuine.run_in(python, *command, f"tests/flavors/large/test_{name}.py", variables=variables, folder=ROOT)
