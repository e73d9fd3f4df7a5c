"""What a model needs, as the files in its folder say."""

import platform
from pathlib import Path
from typing import Any

import pytest
import yaml

from runstone.environments import Wanted
from runstone.errors import InvalidModel, Unsupported
from runstone.models.format import PYFUNC, Model
from runstone.workers.needs import NEEDS, needs

PYTHON = platform.python_version()


def wanted(folder: Path, python: str | None = PYTHON, **files: Any) -> Wanted:
    """What a folder with these files asks for."""
    for name, content in files.items():
        place = folder / NAMES[name]
        place.parent.mkdir(exist_ok=True)
        place.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    model = Model(flavors={PYFUNC: {} if python is None else {"python_version": python}})
    return needs(model, folder, "models/wheat")


NAMES = {
    "lock": "lock/requirements.txt",
    "requirements": "requirements.txt",
    "constraints": "constraints.txt",
    "more": "more.txt",
    "conda": "conda.yaml",
    "python_env": "python_env.yaml",
}
CONDA = {"dependencies": ["python=3.11.7", "pip<=24", {"pip": ["pandas==2.3.3"]}]}
BUILD = {"python": PYTHON, "build_dependencies": ["setuptools==80"], "dependencies": ["-r requirements.txt"]}


def test_lock_goes_before_all_other_files(tmp_path: Path) -> None:
    found = wanted(tmp_path, lock="# Python 3\nnumpy==2.4.0\n", requirements="numpy", conda=CONDA, python_env=BUILD)

    assert found == Wanted(PYTHON, ["numpy==2.4.0", "msgspec", "pyarrow", "pyyaml"], [])


def test_requirements_go_before_conda_and_bring_what_builds_them(tmp_path: Path) -> None:
    found = wanted(tmp_path, requirements="pandas>=2\nPyYAML==6\n", conda=CONDA, python_env=BUILD)

    assert found.requirements == ["pandas>=2", "PyYAML==6", "setuptools==80", "msgspec", "numpy", "pyarrow"]


def test_packages_for_pip_in_a_conda_environment_are_read_where_nothing_else_is(tmp_path: Path) -> None:
    assert wanted(tmp_path, conda=CONDA).requirements == ["pandas==2.3.3", *NEEDS]


@pytest.mark.parametrize("conda", ["dependencies:\n", "dependencies:\n- pip:\n", "dependencies: [{pip: }, python]\n"])
def test_conda_environment_that_lists_nothing_asks_for_nothing(tmp_path: Path, conda: str) -> None:
    assert wanted(tmp_path, conda=conda).requirements == list(NEEDS)


def test_other_files_that_are_named_are_read(tmp_path: Path) -> None:
    found = wanted(
        tmp_path,
        requirements="pandas\n-r more.txt\n--constraint=constraints.txt\n",
        more="scipy\n-c constraints.txt",
        constraints="numpy<3\n",
    )

    assert found.requirements[:2] == ["pandas", "scipy"]
    assert found.constraints == ["numpy<3", "numpy<3"]


def test_files_of_packages_in_the_folder_have_their_whole_paths(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "own-1-py3-none-any.whl").touch()
    elsewhere = ["https://host/a.whl", "/opt/b.whl", "wheels/absent.whl", "own @ file:///opt/c.whl"]

    found = wanted(tmp_path, requirements="\n".join(["wheels/own-1-py3-none-any.whl", *elsewhere]))

    assert found.requirements[:5] == [str(tmp_path / "wheels" / "own-1-py3-none-any.whl"), *elsewhere]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-r ../secrets.txt", r"asks for the file '\.\./secrets\.txt', which is not in its folder"),
        ("-c /etc/passwd", r"asks for the file '/etc/passwd', which is not in its folder"),
        ("../other.whl", r"asks for the file '\.\./other\.whl', which is not in its folder"),
        ("-r absent.txt", r"asks for what its file 'absent\.txt' says, and has no such file"),
        ("-r more.txt", r"asks for what its file 'more\.txt' says, which names itself"),
    ],
)
def test_files_that_cannot_be_meant_are_refused(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "other.whl").touch()
    (tmp_path / "model").mkdir()

    with pytest.raises(InvalidModel, match=f"^the model at 'models/wheat' {said}$"):
        wanted(tmp_path / "model", requirements=line, more="-r more.txt")


def test_packages_of_conda_are_refused(tmp_path: Path) -> None:
    conda = {"dependencies": ["python=3.11", "numpy=2.1", "conda-forge::gdal>=3", {"pip": ["pandas"]}]}

    with pytest.raises(Unsupported, match=r"packages of conda, which uv does not install: numpy=2\.1, conda-forge::gd"):
        wanted(tmp_path, requirements="pandas", conda=conda)

    assert wanted(tmp_path, lock="numpy==2.1.0\ngdal==3.4").requirements[:2] == ["numpy==2.1.0", "gdal==3.4"]


def test_unreadable_environment_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match=r"conda\.yaml' cannot be read: "):
        wanted(tmp_path, requirements="pandas", conda="a: [")


def test_folder_that_says_not_what_it_needs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidModel, match=r"has no file 'requirements\.txt', which says what it needs; load it withou"
    ):
        wanted(tmp_path)


@pytest.mark.parametrize("version", ["3.9.1", "2.7.18", "3.10"])
def test_python_that_no_worker_runs_on_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(Unsupported, match=rf"with Python {version}, and Runstone runs on 3\.11 and newer: load it"):
        wanted(tmp_path, version, requirements="pandas")


def test_folder_that_says_not_its_python_has_this_one(tmp_path: Path) -> None:
    assert wanted(tmp_path, None, requirements="pandas").python == PYTHON
