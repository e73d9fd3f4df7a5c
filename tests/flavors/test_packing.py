"""What goes with a model: code, files, and the packages it needs."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from runstone.errors import InvalidModel, InvalidValue, LocalFileNotFound, RunstoneError, SignatureMismatch
from runstone.models import infer_signature
from runstone.models import requirements as requirements_of_models
from runstone.pyfunc import PythonModel, load_model, save_model

ROWS = pd.DataFrame({"height": [1.0, 2.0]})
Script = Callable[..., Any]


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Writes modules of a user's into the working folder and imports one, as a script there would."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    before = set(sys.modules)

    def imported(name: str, **files: str) -> Any:
        for loaded in list(sys.modules):  # a script has none of the modules that other tests imported, as our `tools`
            if loaded.partition(".")[0] in {each.partition("_")[0] for each in files}:
                monkeypatch.delitem(sys.modules, loaded)
        for each, text in files.items():
            file = Path(f"{each.replace('__', '/').replace('_0', '/__init__')}.py")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return __import__(name)

    yield imported
    for name in set(sys.modules) - before:
        if "work" in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


class Asks(PythonModel):
    def __init__(self, ask: Any) -> None:
        self.ask = ask

    def predict(self, context: Any, model_input: Any) -> Any:
        return self.ask()


def requirements(folder: str = "model") -> set[str]:
    return {line.partition("==")[0] for line in (Path(folder) / "requirements.txt").read_text().splitlines()}


def test_module_of_ones_own_that_is_missing_is_warned_of(users: Script) -> None:
    helper = users("helper", helper="def ask():\n    return 1\n")

    told = r"module 'helper'.*give code_paths=\['helper.py'\] or infer_code_paths=True"
    with pytest.warns(UserWarning, match=told) as warned:
        save_model("model", python_model=Asks(helper.ask))

    assert warned[0].filename == __file__


@pytest.mark.parametrize("editable", [False, True])
def test_module_of_ones_own_may_have_the_name_of_an_installed_one(
    users: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editable: bool
) -> None:
    folder = tmp_path / "installed" / "ships_tests-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: ships-tests\nVersion: 1.0\n")
    (folder / "top_level.txt").write_text("helper\n")
    (folder / "direct_url.json").write_text(f'{{"dir_info": {{"{"editable" if editable else "x"}": true}}}}')
    monkeypatch.syspath_prepend(str(tmp_path / "installed"))
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    requirements_of_models._distributions.cache_clear()
    helper = users("helper", helper="def ask():\n    return 1\n")

    told = r"module 'helper'.*give code_paths=\['helper.py'\]"
    with nullcontext() if editable else pytest.warns(UserWarning, match=told):
        save_model("model", python_model=Asks(helper.ask))

    requirements_of_models._distributions.cache_clear()
    assert ("ships-tests" in requirements()) == editable


def test_modules_of_ones_own_are_found(users: Script) -> None:
    helper = users(
        "helper",
        helper="import tools.deep\nimport plain\ndef ask():\n    return tools.deep.ANSWER + plain.ANSWER\n",
        tools_0="",
        tools__deep="from .deeper import ANSWER",
        tools__deeper="ANSWER = 3",
        plain="ANSWER = 4",
        unrelated="",
    )
    Path("tools", "data.csv").write_text("1")

    save_model("model", python_model=Asks(helper.ask), infer_code_paths=True)

    assert load_model("model").predict(ROWS) == 7
    packed = sorted(
        file.relative_to("model/code").as_posix() for file in Path("model/code").rglob("*") if file.is_file()
    )
    assert packed == ["helper.py", "plain.py", "tools/__init__.py", "tools/deep.py", "tools/deeper.py"]


def test_module_that_packed_code_needs_is_warned_of(users: Script) -> None:
    helper = users("helper", helper="import plain\ndef ask():\n    return plain.ANSWER\n", plain="ANSWER = 4")

    with pytest.warns(UserWarning, match=r"code_paths=\['plain.py'\]"):
        save_model("model", python_model=Asks(helper.ask), code_paths=["helper.py"])


def test_folders_are_packed_whole_and_without_what_is_made_of_them(users: Script) -> None:
    tools = users("tools", tools_0="from .deep import ask", tools__deep="def ask():\n    return 5\n")
    Path("tools", "words.txt").write_text("words")

    save_model("model", python_model=Asks(tools.ask), code_paths=["tools"])

    assert load_model("model").predict(ROWS) == 5
    packed = sorted(file.name for file in Path("model/code/tools").iterdir())
    assert packed == ["__init__.py", "deep.py", "words.txt"]


@pytest.mark.parametrize("infer", [False, True])
def test_model_that_is_saved_among_its_code_is_not_copied_into_itself(users: Script, infer: bool) -> None:
    package = users("package", package_0="from package.part import ask\n", package__part="def ask():\n    return 5\n")

    save_model(
        "package/models/asks",
        python_model=Asks(package.ask),
        code_paths=None if infer else ["package"],
        infer_code_paths=infer,
    )

    code = Path("package/models/asks/code")
    files = {file.relative_to(code).as_posix() for file in code.rglob("*")}
    assert files - {"package/models"} == {"package", "package/__init__.py", "package/part.py"}
    assert load_model("package/models/asks").predict(ROWS) == 5


def test_code_of_another_model_is_taken_as_it_is(users: Script) -> None:
    helper = users("helper", helper="def ask():\n    return 6\n")
    save_model("model", python_model=Asks(helper.ask), code_paths=["helper.py"])

    save_model("again", python_model=Asks(helper.ask), code_paths=["model/code"])

    assert load_model("again").predict(ROWS) == 6
    assert Path("again/code/helper.py").is_file()


@pytest.mark.parametrize(
    ("paths", "error", "message"),
    [
        ("helper.py", InvalidValue, r"code_paths is a list of paths; got 'helper.py': put it in brackets"),
        (["json.py"], InvalidValue, "'json.py' has the name of a module of Python's own; rename it"),
        (["absent.py"], LocalFileNotFound, "absent.py"),
    ],
)
def test_wrong_code_paths_are_refused(paths: Any, error: type[Exception], message: str, users: Script) -> None:
    with pytest.raises(error, match=message):
        save_model("model", python_model=Asks(len), code_paths=paths)

    assert not Path("model").exists()


def test_code_that_is_no_python_is_refused(users: Script) -> None:
    Path("helper.py").write_text("def (")

    with pytest.raises(InvalidValue, match=r"the model's code '.*helper.py' is no Python: invalid syntax"):
        save_model("model", python_model=Asks(len), code_paths=["helper.py"])


def test_requirements_are_what_the_pickle_and_the_code_import(users: Script) -> None:
    helper = users(
        "helper",
        helper="import msgspec.json\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sqlalchemy\n"
        "def ask():\n    from packaging.version import Version\n    return Version\n",
    )

    def predict(model_input: Any) -> Any:
        import yaml

        return yaml, helper.ask(), pd.NA

    save_model("model", python_model=predict, code_paths=["helper.py"])

    assert requirements() == {"cloudpickle", "msgspec", "packaging", "pandas", "pyyaml"}


def test_requirements_may_be_given(users: Script) -> None:
    Path("needs.txt").write_text("pandas>=2  # rows\n\n")

    save_model("added", python_model=len, extra_pip_requirements=["msgspec>=0.18", "cloudpickle>=2"])
    save_model("given", python_model=len, pip_requirements="needs.txt")
    save_model("conda", python_model=len, conda_env={"dependencies": ["python=3.11", {"pip": ["msgspec==0.20"]}]})
    save_model("nothing", python_model=len, conda_env={"dependencies": [{"pip": None}]})

    assert Path("added/requirements.txt").read_text() == "msgspec>=0.18\ncloudpickle>=2\n"
    assert Path("given/requirements.txt").read_text() == "pandas>=2\n"
    assert Path("conda/requirements.txt").read_text() == "msgspec==0.20\n"
    assert Path("nothing/requirements.txt").read_text() == ""


def test_files_that_requirements_name_go_with_the_model(users: Script) -> None:
    Path("sub").mkdir()
    Path("sub/needs.txt").write_text(
        "pandas>=2\n-r more.txt\n--constraint=limits.txt\n--extra-index-url https://x.test\n"
    )
    Path("sub/more.txt").write_text("msgspec>=0.18 --hash=sha256:00\n")
    Path("sub/limits.txt").write_text("numpy<9\n")

    save_model("model", python_model=len, pip_requirements="sub/needs.txt")

    assert Path("model/requirements.txt").read_text().splitlines() == [
        "pandas>=2",
        "msgspec>=0.18 --hash=sha256:00",
        "--extra-index-url https://x.test",
        "-c constraints.txt",
    ]
    assert Path("model/constraints.txt").read_text() == "numpy<9\n"
    assert "constraints" not in Path("model/lock/requirements.txt").read_text()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"pip_requirements": ["pandas=>2"]}, InvalidValue, r"pip_requirements: 'pandas=>2' is no requirement such as"),
        ({"extra_pip_requirements": ["-r absent.txt"]}, LocalFileNotFound, r"no file or folder 'absent.txt'"),
        ({"conda_env": {"dependencies": [{"pip": ["a b"]}]}}, InvalidValue, "conda_env: 'a b' is no requirement"),
    ],
)
def test_wrong_requirements_are_refused(
    options: dict[str, Any], error: type[Exception], message: str, users: Script
) -> None:
    with pytest.raises(error, match=message):
        save_model("model", python_model=len, **options)

    assert not Path("model").exists()


def test_files_of_one_name_do_not_hide_each_other(users: Script) -> None:
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "text.txt").write_text(name)

    class Reads(PythonModel):
        def load_context(self, context: Any) -> None:
            self.texts = [Path(context.artifacts[name], "text.txt").read_text() for name in ("folder",)]
            self.texts += [Path(context.artifacts[name]).read_text() for name in ("one", "two")]

        def predict(self, context: Any, model_input: Any) -> Any:
            return self.texts

    save_model("model", python_model=Reads(), artifacts={"one": "a/text.txt", "two": "b/text.txt", "folder": "b"})

    assert load_model("model").predict(ROWS) == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("artifacts", "error", "message"),
    [
        (["a"], InvalidValue, r"artifacts is a dict such as .*; got \['a'\]"),
        ({"weights": [1, 2]}, InvalidValue, r"artifacts: 'weights' is the path of a file; got \[1, 2\]: write it"),
        ({"weights": "absent.bin"}, LocalFileNotFound, r"no file or folder 'absent.bin'"),
        ({"weights": "nowhere://a/b"}, InvalidValue, "nowhere"),
    ],
)
def test_wrong_artifacts_are_refused(artifacts: Any, error: type[Exception], message: str, users: Script) -> None:
    with pytest.raises(error, match=message):
        save_model("model", python_model=len, artifacts=artifacts)

    assert not Path("model").exists()


def test_model_that_reads_what_it_was_not_given_is_refused_with_an_example(users: Script) -> None:
    class Reads(PythonModel):
        def load_context(self, context: Any) -> None:
            Path("settings.txt").read_text()

        def predict(self, context: Any, model_input: Any) -> Any:
            return context.artifacts["weights"]

    class Forgets(PythonModel):
        def predict(self, context: Any, model_input: Any) -> Any:
            return context.artifacts["weights"]

    with pytest.raises(InvalidValue, match=r"cannot be loaded from what was saved: FileNotFoundError.*settings.txt"):
        save_model("model", python_model=Reads(), input_example=ROWS)
    with pytest.raises(LookupError, match="the model has no artifact 'weights': it was saved without any"):
        save_model("model", python_model=Forgets(), input_example=ROWS)

    assert not Path("model").exists()


def test_module_that_is_not_here_is_told_when_the_model_is_loaded(users: Script) -> None:
    helper = users("helper", helper="def ask():\n    return 1\n")
    with pytest.warns(UserWarning, match="helper"):
        save_model("model", python_model=Asks(helper.ask))
    del sys.modules["helper"]
    Path("helper.py").unlink()

    with pytest.raises(InvalidModel, match=r"python_model.pkl' needs the module 'helper', which is not here"):
        load_model("model")


def test_code_that_fails_tells_where(users: Script) -> None:
    helper = users("helper", helper="def ask():\n    return 1\n")
    Path("packed").mkdir()
    Path("packed/helper.py").write_text("x = 1\ny = x / 0\n")

    save_model("model", python_model=Asks(helper.ask), code_paths=["packed/helper.py"])

    with pytest.raises(InvalidModel, match=r"cannot be unpickled: ZeroDivisionError in helper.py, line 2: division"):
        load_model("model")


def test_code_that_imports_runstone_brings_what_stands_for_it_with_mlflow(users: Script) -> None:
    helper = users("helper", helper="import runstone\ndef ask():\n    return runstone.__name__\n")

    save_model("model", python_model=Asks(helper.ask), code_paths=["helper.py"])

    assert load_model("model").predict(ROWS) == "runstone"
    asked = "import runstone; print(hasattr(runstone, 'offline'))"  # what MLflow does not have
    told = subprocess.run([sys.executable, "-c", asked], cwd="model/code", capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"


def test_example_is_checked_by_the_signature_and_gets_its_params(users: Script) -> None:
    def predict(model_input: Any, params: Any) -> Any:
        return model_input * params["by"]

    signature = infer_signature(ROWS, ROWS, {"by": 2})

    save_model("model", python_model=predict, signature=signature, input_example=ROWS)
    with pytest.raises(SignatureMismatch, match="'height'"):
        save_model("other", python_model=predict, signature=signature, input_example=pd.DataFrame({"width": [1.0]}))

    assert json.loads(Path("model/example/outputs.json").read_text())["data"] == [[2.0], [4.0]]
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("conda", "message"),
    [
        ("absent.yaml", "there is no file or folder 'absent.yaml'"),
        ("broken.yaml", "conda_env is a conda environment, as a dict or the path of a YAML file"),
        ("text.yaml", "conda_env is a conda environment, as a dict or the path of a YAML file"),
        (["pandas"], "conda_env is a conda environment, as a dict or the path of a YAML file"),
        ({"dependencies": "pandas"}, "conda_env is a conda environment, as a dict or the path of a YAML file"),
    ],
)
def test_conda_environment_that_cannot_be_read_is_refused_and_nothing_is_written(
    conda: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("dependencies: [")
    Path("text.yaml").write_text("pandas")

    with pytest.raises(RunstoneError, match=re.escape(message)):
        save_model("model", python_model=len, conda_env=conda)

    assert sorted(place.name for place in tmp_path.iterdir()) == ["broken.yaml", "text.yaml"]
