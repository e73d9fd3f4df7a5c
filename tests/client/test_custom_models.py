"""Models of a user's own are logged with what they need, from wherever that is."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pandas as pd
import pytest

import runstone
from runstone.errors import ArtifactNotFound, InvalidValue, NotFound
from runstone.pyfunc import PythonModel, get_model_dependencies, load_model, log_model

pytestmark = pytest.mark.usefixtures("chosen")

ROWS = pd.DataFrame({"height": [1.0, 2.0]})


class Reads(PythonModel):
    def load_context(self, context: Any) -> None:
        self.texts = {name: Path(path).read_text() for name, path in context.artifacts.items()}

    def predict(self, context: Any, model_input: Any) -> Any:
        return self.texts


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    Path("here.txt").write_text("here")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as classes of a script are
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


def test_files_come_from_runs_and_from_other_models() -> None:
    with runstone.start_run() as run:
        runstone.log_text("of a run", "words/text.txt")
    first = log_model(name="first", python_model=Reads(), artifacts={"text": "here.txt"})

    second = log_model(
        name="second",
        python_model=Reads(),
        artifacts={
            "run": f"runs:/{run.info.run_id}/words/text.txt",
            "model": f"{first.model_uri}/artifacts/here.txt",
            "file": Path("here.txt").resolve().as_uri(),
        },
    )

    assert load_model(second.model_uri).predict(ROWS) == {"run": "of a run", "model": "here", "file": "here"}
    assert second.flavors["python_function"]["artifacts"]["run"]["uri"] == f"runs:/{run.info.run_id}/words/text.txt"


def test_file_that_is_not_there_leaves_nothing_behind() -> None:
    with runstone.start_run() as run, pytest.raises(ArtifactNotFound, match=r"absent\.txt"):
        log_model(name="a", python_model=Reads(), artifacts={"x": f"runs:/{run.info.run_id}/absent.txt"})

    assert runstone.search_logged_models(output_format="list") == []


def test_model_that_cannot_be_kept_leaves_nothing_behind() -> None:
    model = Reads()
    model.lock = threading.Lock()  # type: ignore[attr-defined]

    with pytest.raises(InvalidValue, match=r"cannot be pickled, because of Reads\.lock"):
        log_model(name="a", python_model=model)

    assert runstone.search_logged_models(output_format="list") == []


def test_flavor_is_found_by_the_type_of_the_model() -> None:
    info = runstone.log_model(Reads(), "reads", artifacts={"text": "here.txt"}, metadata={"crop": "wheat"})
    runstone.save_model(Reads(), "folder", artifacts={"text": "here.txt"})

    loaded = runstone.load_model(info.model_uri)

    assert loaded.predict(ROWS) == {"text": "here"} == load_model("folder").predict(ROWS)
    assert (info.name, loaded.metadata.metadata) == ("reads", {"crop": "wheat"})


def test_file_of_what_a_model_needs_is_found() -> None:
    info = log_model(name="a", python_model=Reads())

    assert "cloudpickle==" in Path(get_model_dependencies(info.model_uri)).read_text()
    assert Path(get_model_dependencies(info.model_uri, format="conda")).name == "conda.yaml"
    with pytest.raises(InvalidValue, match="format is one of 'pip', 'conda'; got 'poetry'"):
        get_model_dependencies(info.model_uri, format="poetry")


def test_model_that_says_not_what_it_needs_is_told(tmp_path: Path) -> None:
    runstone.pyfunc.save_model("model", python_model=Reads())
    Path("model/requirements.txt").unlink()

    with pytest.raises(NotFound, match=r"requirements\.txt of the model model"):
        get_model_dependencies("model")


@pytest.mark.parametrize("name", ["spark_udf", "ChatModel", "ResponsesAgent"])
def test_what_is_left_to_mlflow_is_told(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'{name}'.* left to MLflow"):
        getattr(runstone.pyfunc, name)


def test_name_that_nobody_knows_is_absent_in_few_words() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'nothing'$"):
        getattr(runstone.pyfunc, "nothing")  # noqa: B009  # a type checker knows that it is absent
