"""Models of a user's own: what they are called with, how they are kept, and that their code is theirs alone."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pydantic
import pytest

import runstone
from runstone.errors import InvalidModel, InvalidValue, ModelArtifactNotFound, SignatureMismatch, UntrustedModel
from runstone.flavors import loading, saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.python_model import FunctionModel, PythonModel, PythonModelContext
from runstone.flavors.saving import Extras
from runstone.models import infer_signature, manifest, signature_of_function
from runstone.models.format import PYFUNC, Model
from runstone.models.predictor import PyFuncModel

FLAVOR = PyfuncFlavor()
ROWS = pd.DataFrame({"height": [1.0, 2.0]})


class Row(pydantic.BaseModel):
    age: int
    name: str | None = None


class Hinted(PythonModel):
    def predict(self, context: Any, model_input: list[Row]) -> list[str]:
        return [f"{row.name} is {row.age}" for row in model_input]


class Scaled(PythonModel):
    def __init__(self, by: float) -> None:
        self.by = by

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        return model_input * self.by


def save(model: Any, folder: Path, extras: Extras | None = None, **options: Any) -> Path:
    saving.save(FLAVOR, model, folder, extras or Extras(), **options)
    return folder


def load(folder: Path) -> PyFuncModel:
    return loading.load(folder, uri=str(folder), trust=True)


def imported(folder: Path, name: str) -> Any:
    """A module of a user's own, as `import NAME` in a training script in that folder gives it."""
    sys.path.insert(0, str(folder))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(folder))


def forget(*names: str) -> None:
    for name in names:
        sys.modules.pop(name, None)


def test_class_predicts_after_it_was_saved(tmp_path: Path) -> None:
    loaded = load(save(Scaled(3.0), tmp_path / "model"))

    assert list(loaded.predict(ROWS)["height"]) == [3.0, 6.0]
    assert loaded.unwrap_python_model().by == 3.0


@pytest.mark.parametrize(
    "function",
    [
        lambda model_input: model_input.shape[0],
        lambda rows: rows.shape[0],
        lambda context, model_input: len(model_input),
        lambda anything, rows: len(rows),
        lambda model_input, params: len(model_input),
        lambda context, model_input, params=None: len(model_input),
        lambda rows, limit=10: min(len(rows), limit),
        lambda rows, **more: len(rows),
        len,
    ],
)
def test_function_is_called_by_what_it_takes(function: Callable[..., Any], tmp_path: Path) -> None:
    loaded = load(save(function, tmp_path / "model"))

    assert loaded.predict(ROWS) == 2


@pytest.mark.parametrize(
    "function",
    [lambda: 1, lambda *rows: 1, lambda a, b, c: 1, lambda rows, *, limit: 1],
)
def test_function_that_takes_something_else_is_refused(function: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"takes \(context, model_input, params=None\)"):
        save(function, tmp_path / "model")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Scaled, r"got the class Scaled: write Scaled\(\)"),
        (PythonModel(), r"PythonModel has no method predict\(context, model_input, params=None\)"),
        ({"no": "model"}, "python_model is an instance of a class made of runstone.pyfunc.PythonModel, a function"),
    ],
)
def test_what_is_no_model_is_refused(model: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=message):
        save(model, tmp_path / "model")

    assert list(tmp_path.iterdir()) == []


def test_asynchronous_function_is_refused(tmp_path: Path) -> None:
    async def predict(model_input: Any) -> Any:
        return model_input

    with pytest.raises(InvalidValue, match=r"predict is asynchronous, and nobody would wait for it"):
        save(predict, tmp_path / "model")


def test_params_that_nobody_would_see_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="has the params 'by', and predict takes none: add params=None"):
        save(lambda rows: rows, tmp_path / "model", Extras(input_example=(ROWS, {"by": 2})))
    assert list(tmp_path.iterdir()) == []

    save(lambda rows: len(rows.index), tmp_path / "model")
    with pytest.raises(InvalidValue, match="the model takes no params; got 'by': leave them out"):
        load(tmp_path / "model").predict(ROWS, params={"by": 2})


def test_two_models_with_a_helper_of_one_name_answer_each_with_its_own(tmp_path: Path) -> None:
    """MLflow answers with the first model's helper for both: its issues 4061, 12377 and 14145."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "helper.py").write_text(f"class Who:\n    def answer(self):\n        return {name!r}\n")
        helper = imported(tmp_path / name, "helper")
        extras = Extras(code_paths=[str(tmp_path / name / "helper.py")])
        save(with_attribute(helper.Who()), tmp_path / f"model-{name}", extras)
        forget("helper")

    one, two = load(tmp_path / "model-one"), load(tmp_path / "model-two")

    assert [one.predict(ROWS), two.predict(ROWS), one.predict(ROWS)] == ["one", "two", "one"]
    assert "helper" not in sys.modules


def with_attribute(who: Any) -> PythonModel:
    class Asks(PythonModel):
        def __init__(self) -> None:
            self.who = who

        def predict(self, context: Any, model_input: Any) -> Any:
            return self.who.answer()

    return Asks()


def test_model_that_writes_into_its_rows_leaves_the_example_as_it_was(tmp_path: Path) -> None:
    class Adds(PythonModel):
        def predict(self, context: Any, model_input: Any) -> Any:
            model_input["area"] = model_input["height"] ** 2
            return model_input["area"].tolist()

    example = ROWS.copy()

    loaded = load(save(Adds(), tmp_path / "model", Extras(input_example=example)))

    pd.testing.assert_frame_equal(example, ROWS)
    assert loaded.predict(ROWS.copy()) == [1.0, 4.0]
    assert "area" not in (tmp_path / "model" / "example" / "inputs.json").read_text()


def test_import_inside_of_predict_finds_the_models_own(tmp_path: Path) -> None:
    def predict(model_input: Any) -> Any:
        def inner() -> Any:
            import lateral  # type: ignore[import-not-found]  # it is the model's

            return lateral.ANSWER

        return inner()

    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "lateral.py").write_text(f"ANSWER = {number}")
        save(predict, tmp_path / f"model{number}", Extras(code_paths=[str(tmp_path / str(number) / "lateral.py")]))

    loaded = [load(tmp_path / f"model{number}") for number in (1, 2, 1)]

    assert [each.predict(ROWS) for each in loaded] == [1, 2, 1]
    assert "lateral" not in sys.modules


def test_module_that_a_function_uses_is_the_models_own(tmp_path: Path) -> None:
    (tmp_path / "lateral.py").write_text("def answer():\n    return 1\n")
    lateral = imported(tmp_path, "lateral")
    folder = save(lambda rows: lateral.answer(), tmp_path / "model", Extras(code_paths=[str(tmp_path / "lateral.py")]))
    lateral.answer = lambda: 2

    loaded = load(folder)

    assert loaded.predict(ROWS) == 1
    assert sys.modules["lateral"] is lateral
    forget("lateral")


def test_class_of_the_running_program_stays_as_it_is(tmp_path: Path) -> None:
    class Changing(PythonModel):
        def predict(self, model_input: Any) -> Any:
            return "saved"

    folder = save(Changing(), tmp_path / "model")
    Changing.predict = lambda self, model_input: "changed"  # type: ignore[method-assign]

    loaded = load(folder)

    assert loaded.predict(ROWS) == "saved"
    assert Changing().predict(ROWS) == "changed"


def test_pickle_of_an_artifact_is_opened_with_the_models_code(tmp_path: Path) -> None:
    joblib = pytest.importorskip("joblib")
    (tmp_path / "features.py").write_text("class Doubles:\n    def __call__(self, rows):\n        return rows * 2\n")
    features = imported(tmp_path, "features")
    joblib.dump(features.Doubles(), tmp_path / "doubles.joblib")
    forget("features")

    class Loads(PythonModel):
        def load_context(self, context: PythonModelContext) -> None:
            import joblib

            self.doubles = joblib.load(context.artifacts["doubles"])

        def predict(self, context: Any, model_input: Any) -> Any:
            return self.doubles(model_input)

    folder = save(
        Loads(),
        tmp_path / "model",
        Extras(code_paths=[str(tmp_path / "features.py")]),
        artifacts={"doubles": str(tmp_path / "doubles.joblib")},
    )

    assert list(load(folder).predict(ROWS)["height"]) == [2.0, 4.0]
    assert "features" not in sys.modules


def test_model_from_elsewhere_needs_trust(tmp_path: Path) -> None:
    folder = save(Scaled(3.0), tmp_path / "model")

    with pytest.raises(UntrustedModel, match=r"python_model.pkl is code.*trust=True"):
        loading.load(folder, uri="s3://bucket/model", trust=False)


def test_artifact_that_was_not_saved_is_told() -> None:
    context = PythonModelContext({"weights": "/a/weights"}, None)

    with pytest.raises(ModelArtifactNotFound, match="no artifact 'x': it was saved with 'weights'") as caught:
        context.artifacts["x"]
    assert isinstance(caught.value, KeyError)
    assert context.artifacts.get("x") is None
    with pytest.raises(KeyError, match="saved without any"):
        PythonModelContext({}, None).artifacts["x"]


def test_model_of_a_function_predicts_by_itself() -> None:
    assert FunctionModel(lambda rows, params: (rows, params)).predict(1, {"a": 2}) == (1, {"a": 2})


def test_code_of_another_python_is_not_run(tmp_path: Path) -> None:
    """Python would take it for its own, and crash."""

    class Here(Scaled):
        def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            return model_input * self.by

    folder = save(Here(2.0), tmp_path / "model")
    told = Model.load(folder)
    told.flavors[PYFUNC]["python_version"] = "3.99.1"
    told.save(folder)
    manifest.write(folder)

    with pytest.raises(
        InvalidModel, match=r"code that Python 3\.99\.1 compiled, .* env='fresh' or by Python 3\.99, or"
    ):
        load(folder)

    told.flavors[PYFUNC]["python_version"] = f"{sys.version_info[0]}.{sys.version_info[1]}.99"
    told.save(folder)
    manifest.write(folder)
    assert load(folder).predict(2) == 4


def test_class_without_predict_stream_does_not_stream(tmp_path: Path) -> None:
    class Streams(Scaled):
        def predict_stream(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            yield from model_input

    loaded = load(save(Streams(1.0), tmp_path / "model"))

    stream = loaded.predict_stream([1, 2])

    assert inspect.isgenerator(stream)
    assert list(stream) == [1, 2]


def test_model_in_the_place_of_the_path_is_told() -> None:
    with pytest.raises(InvalidValue, match="the first argument is the path; write python_model="):
        runstone.pyfunc.save_model(Scaled(1.0))  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="the first argument is the name; write python_model="):
        runstone.pyfunc.log_model(Scaled(1.0))  # type: ignore[arg-type]


def test_names_that_say_two_things_are_refused() -> None:
    with pytest.raises(InvalidValue, match="two words for the same"):
        runstone.pyfunc.log_model("a", name="b", python_model=Scaled(1.0))


def test_model_is_saved_and_loaded_by_the_modules_verbs(tmp_path: Path) -> None:
    runstone.pyfunc.save_model(str(tmp_path / "model"), python_model=Scaled(2.0), input_example=ROWS)

    loaded = runstone.pyfunc.load_model(str(tmp_path / "model"))

    assert list(loaded.predict(ROWS)["height"]) == [2.0, 4.0]


def test_type_hints_say_the_signature_and_the_class_of_each_row(tmp_path: Path) -> None:
    loaded = load(save(Hinted(), tmp_path / "model"))

    assert loaded.predict([{"age": 1.0, "name": "a"}, Row(age=2)]) == ["a is 1", "None is 2"]
    assert loaded.predict(pd.DataFrame({"age": [1], "name": ["a"]})) == ["a is 1"]
    with pytest.raises(SignatureMismatch, match=r"the input, row 1, at \['age'\], is 'x', a str"):
        loaded.predict([{"age": 1}, {"age": "x"}])
    assert loaded.metadata.signature == signature_of_function(Hinted().predict)


def test_signature_that_is_given_goes_before_type_hints(tmp_path: Path) -> None:
    folder = save(lambda rows: rows, tmp_path / "plain", Extras(signature=infer_signature(ROWS)))
    without = save(Hinted(), tmp_path / "without", Extras(signature=False))

    assert load(folder).metadata.signature == infer_signature(ROWS)
    assert load(without).metadata.signature is None


def test_hint_that_names_what_is_not_there_says_nothing(tmp_path: Path) -> None:
    def predict(rows: "Nowhere") -> Any:  # type: ignore[name-defined]  # noqa: F821
        return rows

    loaded = load(save(predict, tmp_path / "model"))

    assert loaded.metadata.signature is None
    assert loaded.predict([1]) == [1]
