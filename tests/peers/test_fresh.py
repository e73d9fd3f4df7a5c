"""Models that the genuine MLflow saved predict here in the environment that they were saved with."""

import json
from pathlib import Path

import pandas as pd
import pytest

import runstone
from tests.peers import genuine

pytestmark = [pytest.mark.peer, pytest.mark.slow]

ROWS = pd.DataFrame({"height": [61.5, 58.0, 44.0], "leaves": [3.0, 5.0, 1.0]})
SAVE = """
import json, sys
import cloudpickle, mlflow, pandas, sklearn
from sklearn.linear_model import LinearRegression

rows = pandas.DataFrame(json.loads(sys.argv[1]))
open("constraints.txt", "w").write(f"scikit-learn=={sklearn.__version__}")
needed = ["scikit-learn", "-c constraints.txt", f"cloudpickle=={cloudpickle.__version__}"]


class Scaled(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        from importlib.metadata import version

        return (model_input["height"] * context.model_config["by"]).tolist() + [version("mlflow")]

    def predict_stream(self, context, model_input, params=None):
        yield from model_input["height"]


model = LinearRegression().fit(rows, [1.0, 2.0, 4.0])
mlflow.sklearn.save_model(model, "linear", input_example=rows, pip_requirements=needed)
mlflow.pyfunc.save_model("scaled", python_model=Scaled(), model_config={"by": 2.0}, pip_requirements=needed)
loaded = [mlflow.pyfunc.load_model(name).predict(rows) for name in ("linear", "scaled")]
print(json.dumps([list(loaded[0]), loaded[1]]))
"""


@pytest.mark.parametrize("maker", genuine.MAKERS)
def test_folder_of_mlflow_predicts_in_its_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: str
) -> None:
    python = genuine.MAKERS[maker]
    if not python.exists():
        pytest.skip(f"MLflow {maker} is not installed: run `make peer clients`")
    told = genuine.run("-c", SAVE, json.dumps(ROWS.to_dict("list")), address="", folder=tmp_path, python=python)
    linear, scaled = json.loads(told.splitlines()[-1])
    monkeypatch.setenv("RUNSTONE_ENVIRONMENTS", str(tmp_path / "environments"))
    monkeypatch.chdir(tmp_path)

    with runstone.pyfunc.load_model("linear", env="fresh") as model:
        assert model.predict(ROWS).tolist() == linear
    with runstone.pyfunc.load_model("scaled", env="fresh") as model:
        assert model.predict(ROWS) == scaled
        assert list(model.predict_stream(ROWS)) == ROWS["height"].tolist()
    assert len(list((tmp_path / "environments").iterdir())) == 1
