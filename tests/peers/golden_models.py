"""Make the folders of ``spec/models`` anew: ``python -m tests.peers.golden_models``.

One of each kind by each maker: MLflow 2, MLflow 3 and Runstone. Needs `make peer`, `make clients` and `make libraries`.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.peers import genuine, passages
from tests.peers.flavor_examples import LIGHT, ROWS, plain

PLACE = genuine.ROOT / "spec" / "models"
# What a folder is called, and the example that it is made of.
NAMES = {
    "sklearn": "sklearn_regression",
    "xgboost": "xgboost_estimator",
    "lightgbm": "lightgbm_booster",
    "onnx": "onnx_matrix",
}
SPARK = "spark_pipeline"
# A custom model as a script: a pickle of MLflow's would name places of the machine that it was made on.
SCRIPT = """\
from {package}.models import set_model
from {package}.pyfunc import PythonModel


class Scaled(PythonModel):
    def load_context(self, context):
        with open(context.artifacts["factor"]) as file:
            self.factor = float(file.read())

    def predict(self, context, model_input, params=None):
        return model_input["height"] * self.factor


set_model(Scaled())
"""
SAVE = """
import sys
import pandas
from {package}.pyfunc import save_model

save_model(
    path=sys.argv[1], python_model="scaled.py", artifacts={{"factor": "factor.txt"}},
    input_example=pandas.DataFrame({{"height": [61.5, 58.0]}}), pip_requirements=["pandas"],
)
"""


def main() -> None:
    """Replace the folders."""
    for maker, python in {"mlflow-2": genuine.MAKERS["2"], "mlflow-3": genuine.MAKERS["3"], "runstone": None}.items():
        with TemporaryDirectory() as temporary:
            folder = Path(temporary)
            _make(folder, python)
            shutil.rmtree(PLACE / maker, ignore_errors=True)
            for name, made in NAMES.items():
                _keep(folder, maker, name, made)
            expected = {"rows": {"height": [61.5, 58.0]}, "predictions": [153.75, 145.0]}
            shutil.copytree(folder / "custom", PLACE / maker / "pyfunc" / "model")
            if python is not None:
                # MLflow writes down where the script was.
                file = PLACE / maker / "pyfunc" / "model" / "MLmodel"
                file.write_text(file.read_text().replace(str(folder), "/project"))
            (PLACE / maker / "pyfunc" / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    _make_spark(PLACE / "mlflow-2-spark")


def _make_spark(place: Path) -> None:
    """A pipeline of Spark by MLflow 2, which borrows the library from the environment that has it."""
    lent = list(map(str, (genuine.ROOT / ".venv-libraries").resolve().glob("lib/python*/site-packages")))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        passages.theirs(genuine.MAKERS["2"], folder, passages.save(folder, [SPARK]), libraries=lent)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder / SPARK, place / "model")
        expected = {"rows": plain(ROWS), "predictions": json.loads((folder / f"{SPARK}.json").read_text())}
        (place / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def _make(folder: Path, python: Path | None) -> None:
    package = "runstone" if python is None else "mlflow"
    (folder / "factor.txt").write_text("2.5")
    (folder / "scaled.py").write_text(SCRIPT.format(package=package))
    custom = ["-c", SAVE.format(package=package), str(folder / "custom")]
    if python is None:
        passages.ours(Path(sys.executable), passages.save(folder, NAMES.values()))
        subprocess.run([sys.executable, *custom], check=True, cwd=folder)
        return
    passages.theirs(python, folder, passages.save(folder, NAMES.values()))
    genuine.run(*custom, address="", folder=folder, python=python)


def _keep(folder: Path, maker: str, name: str, made: str) -> None:
    place = PLACE / maker / name
    shutil.copytree(folder / made, place / "model")
    expected = {
        "rows": plain(LIGHT[made]().rows),
        "predictions": json.loads((folder / f"{made}.json").read_text()),
    }
    (place / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
