"""The flavors of large libraries pass their tests where these libraries are, and their models go to MLflow and back."""

import os
from collections.abc import Iterator
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
def java(python: Path) -> Iterator[dict[str, str]]:
    """Variables of a Java for all three processes that use Spark: it starts for longer than it then works."""
    with genuine.running_java(python) as variables:
        yield variables


@pytest.fixture(scope="module")
def ours(python: Path, java: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of ours."""
    folder = tmp_path_factory.mktemp("ours")
    passages.ours(python, passages.save(folder, LARGE), more=java)
    return folder


@pytest.fixture(scope="module")
def three(ours: Path, python: Path, java: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of MLflow 3, which has loaded ours as well."""
    folder = tmp_path_factory.mktemp("three")
    passages.theirs(python, folder, passages.load(ours, LARGE), passages.save(folder, LARGE), more=java)
    return folder


@pytest.fixture(scope="module")
def two(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of MLflow 2, which borrows the libraries."""
    folder = tmp_path_factory.mktemp("two")
    lent = map(str, python.parents[1].resolve().glob("lib/python*/site-packages"))
    passages.theirs(genuine.MAKERS["2"], folder, passages.save(folder, BY_2), libraries=lent)
    return folder


@pytest.fixture(scope="module")
def out(ours: Path, three: Path) -> Passage:
    """Ours, loaded by MLflow 3 before it saved its own."""
    return passages.seen(ours)


@pytest.fixture(scope="module")
def back(python: Path, java: dict[str, str], two: Path, three: Path) -> dict[str, Passage]:
    """Theirs, loaded here."""
    passages.ours(python, passages.load(two, BY_2), passages.load(three, LARGE), more=java)
    return {"2": passages.seen(two), "3": passages.seen(three)}


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
