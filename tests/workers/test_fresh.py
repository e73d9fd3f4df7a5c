"""A model predicts in the environment that it was saved with."""

import platform
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import runstone
from runstone import environments as environments_of
from runstone.errors import EnvironmentFailed, InvalidValue, PredictionFailed, Unsupported, UntrustedModel
from runstone.flavors import saving
from runstone.flavors.pyfunc import PyfuncFlavor
from runstone.flavors.python_model import PythonModel
from runstone.flavors.saving import Extras
from runstone.models import requirements
from runstone.models.format import PYFUNC, Model
from runstone.models.manifest import write as write_manifest
from runstone.workers import fresh

# An environment without packages.
EMPTY = environments_of.Wanted(platform.python_version(), [])
# Another pandas than the one that runs the tests.
OTHER = "2.3.3"
ROWS = pd.DataFrame({"x": [1.5, 2.5], "level": pd.Categorical(["b", "a"], ["b", "a"])})


def versions() -> PythonModel:
    """A model that tells where it predicts."""

    class Versions(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            import os
            import sys

            import pandas

            told = {"pandas": pandas.__version__, "python": sys.version, "pid": os.getpid(), "path": sys.path}
            return told if model_input is None else model_input.assign(x=model_input["x"] * 2)

    return Versions()


def save(folder: Path, pip: list[str], model: Any = None, **options: Any) -> Path:
    saving.save(PyfuncFlavor(), model or versions(), folder, Extras(pip_requirements=pip), **options)
    return folder


def listed(folder: Path) -> list[str]:
    """What a model asks for."""
    return (folder / requirements.REQUIREMENTS).read_text().split()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that asks for another pandas."""
    return save(tmp_path_factory.mktemp("saved") / "model", [f"pandas=={OTHER}", "numpy", "cloudpickle"])


@pytest.fixture(autouse=True)
def folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_model_predicts_with_the_packages_that_it_was_saved_with(saved: Path, kept: Path) -> None:
    with runstone.pyfunc.load_model(str(saved), env="fresh") as model:
        told = model.predict(None)
        answer = model.predict(ROWS)

    assert told["pandas"] == OTHER != pd.__version__
    assert str(kept) in "".join(told["path"])
    assert not any(str(Path(pd.__file__).parents[1]) in path for path in told["path"])
    pd.testing.assert_frame_equal(answer, ROWS.assign(x=[3.0, 5.0]))


def test_environment_is_made_once(saved: Path, kept: Path) -> None:
    runstone.pyfunc.load_model(str(saved), env="fresh").close()
    before = {place: place.stat().st_mtime_ns for place in kept.iterdir()}

    runstone.pyfunc.load_model(str(saved), env="fresh").close()

    assert kept.stat().st_mode & 0o777 == 0o700
    assert {place: place.stat().st_mtime_ns for place in kept.iterdir()} == before
    assert not [place for place in kept.iterdir() if place.name.startswith(".")]


def test_model_in_another_process_has_no_object_here(saved: Path) -> None:
    with runstone.pyfunc.load_model(str(saved), env="fresh") as model:
        assert model.metadata.flavors[PYFUNC]["python_version"] == platform.python_version()
        for refused in (model.get_raw_model, model.unwrap_python_model):
            with pytest.raises(Unsupported, match="in a process of its own"):
                refused()
        with pytest.raises(Unsupported, match=r"a model of mlflow\.pyfunc\.model does not predict bit by bit"):
            model.predict_stream(ROWS)


def test_model_answers_bit_by_bit(saved: Path, tmp_path: Path) -> None:
    class Lines(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return list(self.predict_stream(context, model_input))

        def predict_stream(self, context: Any, model_input: Any, params: Any = None) -> Any:
            yield from model_input.itertuples(index=False, name=None)

    folder = save(tmp_path / "model", listed(saved), Lines())

    with runstone.pyfunc.load_model(str(folder), env="fresh") as model:
        assert list(model.predict_stream(ROWS)) == model.predict(ROWS) == [(1.5, "b"), (2.5, "a")]


def test_code_that_starts_processes_has_runstone_there_as_well(saved: Path, tmp_path: Path) -> None:
    class Pool(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            from multiprocessing import get_context

            with get_context("spawn").Pool(1) as pool:
                return pool.apply(eval, ("__import__('runstone.errors').errors.InvalidValue.__name__",))

    folder = save(tmp_path / "model", listed(saved), Pool())

    with runstone.pyfunc.load_model(str(folder), env="fresh") as model:
        assert model.predict(None) == "InvalidValue"


def test_settings_are_changed_where_it_is_loaded(saved: Path, tmp_path: Path) -> None:
    class Settings(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return context.model_config

    folder = save(tmp_path / "model", listed(saved), Settings(), model_config={"depth": 2, "unit": "mm"})
    Path("settings.yaml").write_text("depth: 4\n")

    for given, depth in ((None, 2), ({"depth": 3}, 3), ("settings.yaml", 4)):
        with runstone.pyfunc.load_model(str(folder), env="fresh", model_config=given) as model:
            assert model.predict(None) == model.model_config == {"depth": depth, "unit": "mm"}


def test_unknown_setting_is_refused_before_anything_is_made(tmp_path: Path, kept: Path) -> None:
    folder = save(tmp_path / "model", ["absent==1"])

    with pytest.raises(InvalidValue, match=r"the model has no setting 'depth': it has none"):
        runstone.pyfunc.load_model(str(folder), env="fresh", model_config={"depth": 3})


def test_values_keep_their_types_between_two_versions_of_pandas(saved: Path) -> None:
    frame = pd.DataFrame(
        {
            "x": [1.0, 2.0],
            "whole": pd.array([1, None], "Int64"),
            "text": ["a", None],
            "zoned": pd.to_datetime(["2026-01-01", "2026-07-01"]).tz_localize("Europe/Berlin"),
            "level": pd.Categorical(["b", None], ["b", "a"], ordered=True),
        }
    )

    with runstone.pyfunc.load_model(str(saved), env="fresh") as model:
        answer = model.predict(frame)

    assert answer["text"].tolist()[0] == "a"
    pd.testing.assert_frame_equal(answer.drop(columns="text"), frame.assign(x=[2.0, 4.0]).drop(columns="text"))


def test_other_environment_is_refused(saved: Path) -> None:
    with pytest.raises(InvalidValue, match=r"env is None, for this process, or 'fresh'.*got 'conda'"):
        runstone.pyfunc.load_model(str(saved), env="conda")


def test_package_that_is_not_to_be_had_is_named_and_leaves_nothing(tmp_path: Path, kept: Path) -> None:
    folder = save(tmp_path / "model", [f"absent @ file://{tmp_path}/absent-1.0-py3-none-any.whl"])
    before = set(kept.iterdir()) if kept.exists() else set()

    with pytest.raises(EnvironmentFailed, match=r"the packages that the model at '.*model' needs .*absent"):
        runstone.pyfunc.load_model(str(folder), env="fresh")

    assert set(kept.iterdir()) == before


def test_python_that_is_not_to_be_had_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    folder = save(tmp_path / "model", ["numpy"])

    with pytest.raises(EnvironmentFailed, match=r"needs Python 3\.99\.1, which cannot be had"):
        runstone.pyfunc.load_model(str(changed(folder, "3.99.1")), env="fresh")


def test_environment_whose_python_is_gone_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTONE_ENVIRONMENTS", str(tmp_path / "environments"))
    python = environments_of.environment(EMPTY, what="the test")
    python.unlink()
    python.symlink_to(tmp_path / "uninstalled")

    assert environments_of.environment(EMPTY, what="the test") == python
    assert python.exists()


def changed(folder: Path, version: str) -> Path:
    """The folder, as if another Python had saved it."""
    model = Model.load(folder)
    model.flavors[PYFUNC]["python_version"] = version
    model.save(folder)
    write_manifest(folder)
    return folder


def test_missing_uv_is_told(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("RUNSTONE_ENVIRONMENTS", str(tmp_path / "none"))

    with pytest.raises(Unsupported, match=r"environments are made by uv, which is not installed; .* pip install uv"):
        runstone.pyfunc.load_model(str(saved), env="fresh")


def test_packages_of_a_stranger_are_not_installed(saved: Path) -> None:
    with pytest.raises(UntrustedModel, match=r"env='fresh' installs the packages that it asks for.*trust=True"):
        fresh.load(saved, uri="s3://bucket/model", trust=False)


def test_failure_at_load_brings_its_traceback(saved: Path, tmp_path: Path) -> None:
    class Broken(PythonModel):
        def load_context(self, context: Any) -> None:
            raise RuntimeError("no such device")

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return model_input

    folder = save(tmp_path / "model", listed(saved), Broken())

    with pytest.raises(PredictionFailed, match="RuntimeError: no such device") as raised:
        runstone.pyfunc.load_model(str(folder), env="fresh")

    assert "load_context" in raised.value.remote_traceback
