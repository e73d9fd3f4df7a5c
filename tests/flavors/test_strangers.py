"""What a stranger writes into the file MLmodel lets no pickle pass for a file that runs no code."""

import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import lightgbm
import pandas as pd
import pytest
import xgboost
from sklearn.linear_model import LinearRegression

from runstone.errors import InvalidModel, UntrustedModel
from runstone.flavors import loading, resolve, saving
from runstone.flavors.saving import Extras
from runstone.models import manifest
from runstone.models.format import PYFUNC, Model

ROWS = pd.DataFrame({"height": [61.5, 58.0, 70.2, 49.9] * 6})
TALL = [1.0, 0.0, 1.0, 0.0] * 6
MODELS: dict[str, Callable[[], Any]] = {
    "sklearn": lambda: LinearRegression().fit(ROWS, TALL),
    "lightgbm": lambda: lightgbm.LGBMRegressor(n_estimators=1, verbose=-1).fit(ROWS, TALL).booster_,
    "xgboost": lambda: xgboost.XGBRegressor(n_estimators=1).fit(ROWS, TALL),
}
FILES = ["model.skops", "model.lgb", ".lgb", ".skops", "model.pkl", "inner/.lgb", "model.LGB"]
FORMATS = ["skops", "pickle", None]


class Opened:
    """Makes a folder when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = str(place)

    def __reduce__(self) -> Any:
        return os.mkdir, (self.place,)


@pytest.fixture(scope="module", params=sorted(MODELS))
def flavor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(flavor: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose files are all pickles that tell when they are opened."""
    place = tmp_path_factory.mktemp("strange") / "model"
    saving.save(resolve.named(flavor), MODELS[flavor](), place, Extras())
    for name in FILES:
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(pickle.dumps(Opened(place.parent / "opened")))
    return place


def said(folder: Path, block: str, **settings: Any) -> Path:
    model = Model.load(folder)
    model.flavors[block] |= settings
    model.save(folder)
    manifest.write(folder)
    return folder


def test_no_name_of_a_file_makes_a_pickle_run(folder: Path, flavor: str) -> None:
    for file, kind, block in product(FILES, FORMATS, (flavor, PYFUNC)):
        said(folder, block, data=file, pickled_model=file, serialization_format=kind)
        with pytest.raises((UntrustedModel, InvalidModel)):
            loading.load(folder, uri="s3://bucket/model", trust=False)

    assert not (folder.parent / "opened").exists()


def test_what_one_block_says_counts_where_the_other_says_nothing(tmp_path: Path) -> None:
    saving.save(resolve.named("sklearn"), MODELS["sklearn"](), tmp_path / "model", Extras())
    model = Model.load(tmp_path / "model")
    del model.flavors["sklearn"]["code"]
    model.save(tmp_path / "model")
    said(tmp_path / "model", PYFUNC, code="code")

    with pytest.raises(UntrustedModel, match="it brings code of its own"):
        loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False)


def with_skops(folder: Path, *named: str, node: dict[str, Any]) -> Path:
    """A model of scikit-learn whose file of skops holds something else, which it names as it has to."""
    saving.save(resolve.named("sklearn"), MODELS["sklearn"](), folder, Extras())
    with zipfile.ZipFile(folder / "model.skops") as opened:
        schema = json.loads(opened.read("schema.json"))
    with zipfile.ZipFile(folder / "model.skops", "w") as opened:
        opened.writestr("schema.json", json.dumps({**schema, "__id__": 1, **node}))
    return said(folder, "sklearn", skops_trusted_types=list(named))


def at(module: str, name: str, *path: str) -> dict[str, Any]:
    """What skops finds as a name in a module, or by a path of attributes from there."""
    node: dict[str, Any] = {"__module__": module, "__class__": name, "__loader__": "FunctionNode"}
    for step in path:
        node = {**node, "__loader__": "MethodNode", "content": {"func": step, "obj": node}}
    return node


@pytest.mark.parametrize(
    ("named", "node"),
    [
        (["sklearn.calibration.warnings"], at("sklearn.calibration", "warnings")),
        (
            ["sklearn.calibration.warnings", "sklearn.calibration.warnings.sys"],
            at("sklearn.calibration", "warnings", "sys"),
        ),
        (["scipy.sparse._matrix_io.save_npz"], at("scipy.sparse._matrix_io", "save_npz")),
        (["scipy.sparse.csr_matrix"], at("scipy.sparse", "csr_matrix")),
        (["scipy.sparse.tests.test_base._DTypes"], at("scipy.sparse.tests.test_base", "_DTypes")),
        (["sklearn.calibration.absent.name"], at("sklearn.calibration.absent", "name")),
    ],
    ids=lambda each: each[-1] if isinstance(each, list) else "",
)
def test_name_below_a_harmless_package_lets_nothing_else_be_called(
    named: list[str], node: dict[str, Any], tmp_path: Path
) -> None:
    folder = with_skops(tmp_path / "model", *named, node=node)
    said(folder, PYFUNC, predict_fn="displayhook")  # where it is the module `sys`

    with pytest.raises(UntrustedModel, match=f"parts that skops does not vouch for, .*{named[-1]}"):
        loading.load(folder, uri="s3://bucket/model", trust=False)


def test_class_that_a_file_names_is_no_model(tmp_path: Path) -> None:
    name = "scipy.sparse._csr.csr_matrix"
    folder = with_skops(tmp_path / "model", name, node=at(*name.rpartition(".")[::2]))

    with pytest.raises(InvalidModel, match="holds no estimator of scikit-learn; got <class 'scipy"):
        loading.load(folder, uri="s3://bucket/model", trust=False)


@pytest.mark.parametrize("name", ["xgboost.collective.finalize", "xgboost.core.DMatrix", "xgboost.core.sys"])
def test_class_of_the_library_that_is_no_model_is_not_called(name: str, tmp_path: Path) -> None:
    saving.save(resolve.named("xgboost"), MODELS["xgboost"](), tmp_path / "model", Extras())
    said(tmp_path / "model", "xgboost", model_class=name)

    wanted = f"'model_class' of a model of xgboost is a Booster or an estimator of it; got '{name}'"
    with pytest.raises(InvalidModel, match=re.escape(wanted)):
        loading.load(tmp_path / "model", uri="s3://bucket/model", trust=False)
