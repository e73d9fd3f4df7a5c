"""Models that are kept as the script that makes them."""

import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas as pd
import pytest

import runstone
from runstone.errors import InvalidModel, InvalidState, InvalidValue, LocalFileNotFound, ModelSettingNotFound
from runstone.models import ModelConfig, manifest, set_model
from runstone.pyfunc import PyFuncModel, load_model, save_model

ROWS = pd.DataFrame({"height": [1.0, 2.0]})

SCALED = """
    from runstone.models import ModelConfig, set_model
    from runstone.pyfunc import PythonModel

    config = ModelConfig(development_config={"by": 2})


    class Scaled(PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * config.get("by")


    set_model(Scaled())
"""


def script(folder: Path, text: str, name: str = "scaled.py") -> str:
    (folder / name).write_text(dedent(text))
    return str(folder / name)


def saved(folder: Path, text: str = SCALED, **options: Any) -> Path:
    save_model(str(folder / "model"), python_model=script(folder, text), **options)
    return folder / "model"


def first(model: PyFuncModel) -> Any:
    return model.predict(ROWS)["height"][0]


def test_script_makes_the_model_when_it_is_loaded(tmp_path: Path) -> None:
    folder = saved(tmp_path)

    loaded = load_model(str(folder))

    assert first(loaded) == 2.0
    assert type(loaded.unwrap_python_model()).__name__ == "Scaled"
    assert not (folder / "python_model.pkl").exists()


def test_settings_of_the_script_travel_with_it_and_may_be_changed(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (tmp_path / "config.yaml").write_text("by: 4\n")

    assert load_model(str(folder)).model_config == {"by": 2}
    assert first(load_model(str(folder), model_config={"by": 3})) == 3.0
    assert first(load_model(str(folder), model_config=str(tmp_path / "config.yaml"))) == 4.0
    with pytest.raises(InvalidValue, match="the model has no setting 'to': it has 'by'"):
        load_model(str(folder), model_config={"to": 3})


def test_settings_that_are_given_go_before_those_of_the_script(tmp_path: Path) -> None:
    folder = saved(tmp_path, model_config={"by": 5, "more": "x"})

    loaded = load_model(str(folder))

    assert first(loaded) == 5.0
    assert loaded.model_config == {"by": 5, "more": "x"}


def test_model_without_settings_takes_none(tmp_path: Path) -> None:
    folder = saved(tmp_path, "import runstone\nrunstone.models.set_model(lambda rows: rows)")

    with pytest.raises(InvalidValue, match="the model has no setting 'by': it has none"):
        load_model(str(folder), model_config={"by": 1})


def test_script_written_for_mlflow_finds_ours(tmp_path: Path) -> None:
    text = """
    from __future__ import annotations

    import dataclasses

    import mlflow
    import mlflow.pyfunc
    from mlflow.models import infer_signature, set_model
    from mlflow.types.schema import ColSpec

    @dataclasses.dataclass
    class Settings:
        by: int = 3

    class Scaled(mlflow.pyfunc.PythonModel):
        def load_context(self, context: mlflow.pyfunc.PythonModelContext):
            self.settings = Settings()

        def predict(self, context, model_input):
            import mlflow.exceptions

            assert issubclass(mlflow.exceptions.MlflowException, Exception)
            return model_input * self.settings.by

    mlflow.models.set_model(Scaled())
    """

    loaded = load_model(str(saved(tmp_path, text)))

    assert first(loaded) == 3.0
    assert "mlflow" not in sys.modules


def test_script_uses_code_and_files_that_it_brings(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def twice(rows):\n    return rows * 2\n")
    (tmp_path / "text.txt").write_text("5")
    text = """
    from pathlib import Path

    from helper import twice
    from runstone.models import set_model
    from runstone.pyfunc import PythonModel

    class Twice(PythonModel):
        def load_context(self, context):
            self.by = float(Path(context.artifacts["text"]).read_text())

        def predict(self, context, model_input):
            return twice(model_input) * self.by

    set_model(Twice())
    """

    folder = saved(
        tmp_path,
        text,
        code_paths=[str(tmp_path / "helper.py")],
        artifacts={"text": str(tmp_path / "text.txt")},
        input_example=ROWS,
    )

    assert first(load_model(str(folder))) == 10.0
    assert "helper" not in sys.modules


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("x = 1", InvalidModel, r"'scaled.py' does not say which object is the model.*runstone.models.set_model"),
        ("x = 1\n1 / 0", InvalidModel, r"'scaled.py' fails in line 2: ZeroDivisionError: division by zero"),
        ("def (", InvalidModel, r"'scaled.py' fails: SyntaxError"),
        ("import nowhere_to_be_found", InvalidModel, "imports 'nowhere_to_be_found', which is not here; name its file"),
        ("import mlflow.h2o", InvalidModel, "imports 'mlflow.h2o', which is not here"),
        ("from mlflow import h2o", InvalidModel, "cannot import name 'h2o'"),
        ("import mlflow\nmlflow.nothing", InvalidModel, r"AttributeError: module 'mlflow' has no.*pip install mlflow"),
        ("from runstone.models import set_model\nset_model(len)\nset_model(len)", InvalidState, "set_model was called"),
        ("from runstone.models import set_model\nset_model(int)", InvalidValue, r"got the class int: write int\(\)"),
        ("from runstone.models import set_model\nset_model(3)", InvalidValue, "or the path of a script; got 3"),
        (
            "from runstone.models import ModelConfig\nModelConfig()",
            InvalidValue,
            "asks for its settings.*there are none",
        ),
    ],
)
def test_script_that_makes_no_model_is_refused(text: str, error: type[Exception], message: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        saved(tmp_path, text)

    assert [each.name for each in tmp_path.iterdir()] == ["scaled.py"]


def test_script_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"the path of a script that ends with \.py; got 'model.txt'"):
        save_model(str(tmp_path / "model"), python_model="model.txt")
    with pytest.raises(LocalFileNotFound, match=r"absent\.py"):
        save_model(str(tmp_path / "model"), python_model="absent.py")


def test_folder_without_its_script_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "scaled.py").unlink()
    manifest.write(folder)

    with pytest.raises(InvalidModel, match="its folder is not whole"):
        load_model(str(folder))


def test_script_that_is_run_by_itself_hands_its_model_to_nobody() -> None:
    set_model(lambda rows: rows)
    set_model(lambda rows: rows)

    assert ModelConfig(development_config={"a": 1}).to_dict() == {"a": 1}


def test_setting_that_is_not_there_is_told(tmp_path: Path) -> None:
    config = ModelConfig(development_config={"depth": 1})

    with pytest.raises(ModelSettingNotFound, match=r"^model_config has no 'width'; it has 'depth'$") as caught:
        config.get("width")
    assert isinstance(caught.value, KeyError)  # which scripts that were written for MLflow catch


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        (["a"], InvalidValue, r"development_config is a dict, or the path of a YAML file that holds one; got \['a'\]"),
        ("absent.yaml", LocalFileNotFound, "absent.yaml"),
    ],
)
def test_settings_that_are_none_are_refused(config: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ModelConfig(development_config=config)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe"])
def test_file_of_settings_that_is_no_yaml_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(content)

    with pytest.raises(InvalidValue, match=r"model_config: '.*config.yaml' is no YAML"):
        saved(tmp_path, model_config=str(tmp_path / "config.yaml"))


def test_packages_that_a_script_imports_are_required(tmp_path: Path) -> None:
    text = "import msgspec\nfrom runstone.models import set_model\nset_model(lambda rows: msgspec)"

    folder = saved(tmp_path, text)

    assert any(line.startswith("msgspec==") for line in (folder / "requirements.txt").read_text().splitlines())


def test_front_door_has_the_words() -> None:
    assert runstone.models.set_model is set_model
