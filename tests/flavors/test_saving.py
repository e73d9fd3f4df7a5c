"""A model's folder is there as a whole or not at all, whatever comes between."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runstone.errors import AlreadyExists, InvalidModel, InvalidValue
from runstone.flavors import loading, saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.saving import Extras
from runstone.models import Model, infer_signature
from runstone.pyfunc import PythonModel, load_model, save_model

# A model that does something while it is written.
_SAVES = """
import os, resource, signal, sys
from runstone.errors import RunstoneError
from runstone.pyfunc import PythonModel, save_model

class Own(PythonModel):
    def __init__(self):
        self.part = "x" * 100_000

    def __getstate__(self):
        {then}
        return vars(self)

    def predict(self, model_input):
        return model_input

try:
    save_model("new/model", python_model=Own())
except RunstoneError as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""


class Own(PythonModel):
    def __init__(self, then: Any = None) -> None:
        self.then = then

    def __getstate__(self) -> dict[str, Any]:
        if self.then is not None:
            self.then()
        return {}

    def predict(self, model_input: Any) -> Any:
        return model_input


class Tensor:
    """As one of PyTorch with a gradient: its dtype is none of numpy's, and it becomes no array before ``detach``."""

    ndim, shape, dtype = 1, (1,), "torch.float32"

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("call detach first")

    def tolist(self) -> list[float]:
        return [1.5]


class Answers(PythonModel):
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def predict(self, model_input: Any) -> Any:
        return self.answer


def saves(then: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _SAVES.format(then=then)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_save_that_is_killed_leaves_no_model(tmp_path: Path) -> None:
    done = saves("os.kill(os.getpid(), signal.SIGKILL)", tmp_path)

    assert done.returncode == -9
    assert not (tmp_path / "new" / "model").exists()
    save_model(str(tmp_path / "new" / "model"), python_model=Own())
    assert load_model(str(tmp_path / "new" / "model")).predict(3) == 3


def test_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    # To the program, a file that may not grow any more is a disk that is full.
    full = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"

    done = saves(full, tmp_path)

    assert done.stdout == "BackendError: the model cannot be written to 'new/model': File too large; make room\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, SystemExit])
def test_save_that_breaks_off_leaves_nothing(error: type[BaseException], tmp_path: Path) -> None:
    def stop() -> None:
        raise error

    with pytest.raises(error):
        saving.save(PyfuncFlavor(), Own(stop), tmp_path / "new" / "deeper" / "model", Extras())

    assert list(tmp_path.iterdir()) == []


def test_other_errors_of_the_system_are_as_they_were(tmp_path: Path) -> None:
    def stop() -> None:
        raise ConnectionResetError("the user's own")

    with pytest.raises(ConnectionResetError, match="the user's own"):
        saving.save(PyfuncFlavor(), Own(stop), tmp_path / "model", Extras())

    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_there_and_empty_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk").mkdir(0o750)
    (tmp_path / "link").symlink_to("disk")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    for place in (tmp_path / "link", Path()):
        saving.save(PyfuncFlavor(), Own(), place, Extras())

        assert loading.load(place, uri="here", trust=True).predict(3) == 3
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "disk").stat().st_mode & 0o777 == 0o750
    assert {each.name for each in Path.cwd().iterdir()} == {each.name for each in (tmp_path / "disk").iterdir()}


def test_folder_is_open_to_whom_the_user_lets_in(tmp_path: Path) -> None:
    before = os.umask(0o077)

    try:
        saving.save(PyfuncFlavor(), Own(), tmp_path / "model", Extras())
    finally:
        os.umask(before)

    assert {each.stat().st_mode & 0o077 for each in [tmp_path / "model", *(tmp_path / "model").rglob("*")]} == {0}


def test_what_is_known_of_a_model_already_stays(tmp_path: Path) -> None:
    signature, other = infer_signature([1.5]), infer_signature(["a"])
    about = Model(metadata={"owner": "crops"}, signature=signature, run_id="a" * 32)

    save_model(str(tmp_path / "kept"), python_model=Own(), mlflow_model=about)
    save_model(str(tmp_path / "said"), python_model=Own(), mlflow_model=about, signature=other, metadata={"a": 1})
    save_model(str(tmp_path / "none"), python_model=Own(), mlflow_model=about, signature=False)

    kept, said, none = (Model.load(tmp_path / name) for name in ("kept", "said", "none"))
    assert (kept.metadata, kept.signature, kept.run_id) == ({"owner": "crops"}, signature, "a" * 32)
    assert (said.metadata, said.signature) == ({"a": 1}, other)
    assert none.signature is None


def test_example_comes_back_as_it_was_given(tmp_path: Path) -> None:
    rows = np.array([[1, 0.5]], "float32")

    saved = save_model(str(tmp_path / "model"), python_model=Own(), input_example=(rows, {"k": 1}), signature=False)

    loaded = load_model(str(tmp_path / "model"))
    for found in (saved.load_input_example(), loaded.input_example):
        assert found.dtype == "float32"
        assert found.tolist() == [[1, 0.5]]
    assert loaded.metadata.load_input_example_params() == {"k": 1}
    assert json.loads(str(loaded.metadata.get_serving_input())) == {"inputs": [[1.0, 0.5]], "params": {"k": 1}}
    (tmp_path / "model" / "serving_input_example.json").unlink()
    with pytest.raises(InvalidModel, match=r"serving_input_example\.json' cannot be read"):
        loaded.metadata.get_serving_input()


@pytest.mark.parametrize(
    "answer", [Tensor(), np.array([1], "longdouble"), object()], ids=lambda each: type(each).__name__
)
def test_answer_that_cannot_be_kept_stops_no_save(answer: Any, tmp_path: Path) -> None:
    save_model(str(tmp_path / "model"), python_model=Answers(answer), input_example=[1.5])

    model = load_model(str(tmp_path / "model"))
    assert model.metadata.signature is not None
    assert type(model.predict([1.5])).__name__ == type(answer).__name__
    assert not (tmp_path / "model" / "example" / "typed-outputs.json").exists()


def test_of_two_that_save_to_one_place_one_is_told(tmp_path: Path) -> None:
    def other() -> None:
        saving.save(PyfuncFlavor(), Own(), tmp_path / "model", Extras())

    with pytest.raises(AlreadyExists, match=r"model' was made by somebody else meanwhile"):
        saving.save(PyfuncFlavor(), Own(other), tmp_path / "model", Extras())

    assert loading.load(tmp_path / "model", uri="here", trust=True).predict(3) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_link_to_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").symlink_to("nowhere")

    with pytest.raises(InvalidValue, match="is a link to 'nowhere', which is not there; make that first"):
        save_model(str(tmp_path / "model"), python_model=Own())

    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidValue, match=r"file/model' cannot be made: Not a directory; choose another place"):
        saving.save(PyfuncFlavor(), Own(), tmp_path / "file" / "model", Extras())


@pytest.mark.parametrize(
    ("extras", "options", "message"),
    [
        ({"metadata": [1]}, {}, r"metadata is a dict of plain values; got \[1\]"),
        ({"metadata": {"at": np.float64(3)}}, {}, r"'MLmodel' holds plain values: .*; got np\.float64\(3\.0\) in meta"),
        (
            {},
            {"about": {"metadata": {}}},
            r"mlflow_model is a runstone\.models\.Model that describes the model; got \{",
        ),
        ({}, {"model_config": {"lock": threading.Lock()}}, r"'MLmodel' holds plain values: .*; got <unlocked"),
        ({"extra_files": "notes.txt"}, {}, r"extra_files is a list of paths; got 'notes.txt': put it in brackets"),
        ({"extra_files": [3]}, {}, r"extra_files is a list of paths; got \[3\]"),
        ({"code_paths": 3}, {}, r"code_paths is a list of paths; got 3"),
        ({"pip_requirements": "a.txt"}, {}, r"or the path of a file; got 'a\.txt', and there is no such file"),
    ],
)
def test_what_cannot_be_kept_beside_it_is_refused(
    extras: dict[str, Any], options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match=message):
        saving.save(PyfuncFlavor(), Own(), tmp_path / "model", Extras(**extras), **options)

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a/helper.py", "b/helper.py", "strange/we:ird.txt", "apart/e\u0301.txt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("ANSWER = 1\n")
    for name in ("dangling", "loop", "pipe"):
        Path(name).mkdir()
    Path("dangling/link").symlink_to("nowhere")
    Path("loop/link").symlink_to("../loop")
    os.mkfifo("pipe/pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("what", "given", "message"),
    [
        ("code_paths", ["a/helper.py", "b/helper.py"], r"'b/helper.py' has the same name as another one, 'helper.py'"),
        ("extra_files", ["a/helper.py", "b/helper.py"], r"'b/helper.py' has the same name as another one, 'helper.py'"),
        ("artifacts", {"it": "dangling"}, r"'dangling/link' cannot be copied into the model: .*No such file"),
        ("artifacts", {"it": "loop"}, r"cannot be copied into the model: .*Too many levels"),
        ("data_path", "pipe", r"'pipe/pipe' cannot be copied into the model: `pipe/pipe` is a named pipe"),
        ("artifacts", {"it": "pipe/pipe"}, r"'pipe/pipe' cannot be copied into the model: `pipe/pipe` is a named pipe"),
        ("artifacts", {"it": "strange"}, r"artifact path 'artifacts/strange/we:ird.txt' holds a colon"),
        ("artifacts", {"it": "apart"}, r"artifact path '.*' is no composed Unicode"),
    ],
)
def test_files_that_would_not_come_back_are_refused(what: str, given: Any, message: str, files: Path) -> None:
    before = sorted(files.iterdir())
    model = {"loader_module": "json"} if what == "data_path" else {"python_model": Own()}

    with pytest.raises(InvalidValue, match=message):
        save_model("model", **model, **{what: given})

    assert sorted(files.iterdir()) == before


def test_files_of_an_artifact_come_as_they_are(files: Path) -> None:
    for name in ("a/.git/HEAD", "a/__pycache__/helper.pyc"):
        Path(name).parent.mkdir()
        Path(name).write_text("kept")

    save_model("model", python_model=Own(), artifacts={"it": "a"}, code_paths=["a"])

    kept = {each.relative_to("model").as_posix() for each in Path("model").rglob("*") if each.is_file()}
    assert {"artifacts/a/.git/HEAD", "artifacts/a/__pycache__/helper.pyc", "code/a/helper.py"} <= kept
    assert not {name for name in kept if name.startswith("code/a/") and name != "code/a/helper.py"}
    load_model("model").close()
