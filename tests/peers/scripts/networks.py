"""Trains by Lightning and by Keras, with and without Runstone's autologging; says what it saw.

Run with Runstone's sources on the path: ``networks.py TOLD``.
"""

import io
import json
import logging
import os
import random
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
warnings.simplefilter("ignore")
logging.disable(logging.INFO)

import keras  # noqa: E402
import lightning  # noqa: E402
import numpy as np  # noqa: E402
import pytorch_lightning  # noqa: E402
import torch  # noqa: E402

import runstone  # noqa: E402
import runstone.keras  # noqa: E402
import runstone.pytorch  # noqa: E402

said: list[str] = []
trained: list[Any] = []
ROWS = np.random.default_rng(7).random((5, 3), dtype=np.float32)
handler = logging.Handler(logging.WARNING)
handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
logging.getLogger("runstone").addHandler(handler)


def module_of(library: Any) -> Any:
    class Line(library.LightningModule):  # type: ignore[misc]
        def __init__(self, width: int = 3, fails: bool = False) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.line = torch.nn.Linear(width, 1)
            trained.append(self)

        def forward(self, rows: Any) -> Any:
            return self.line(rows)

        def training_step(self, batch: Any, _: int) -> Any:
            if self.hparams.fails:
                raise RuntimeError("this batch is bad")
            loss = ((self.line(batch[0]) - batch[1]) ** 2).mean()
            self.log("train_loss", loss, on_step=True, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("val_loss", ((self.line(batch[0]) - batch[1]) ** 2).mean())

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=0.01)

    return Line


def train_lightning(library: Any, *, fails: bool = False) -> Any:
    torch.manual_seed(1)
    data = torch.utils.data.TensorDataset(torch.rand(32, 3), torch.rand(32, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True)
    module = module_of(library)(fails=fails)
    with tempfile.TemporaryDirectory() as folder:
        trainer = library.Trainer(
            max_epochs=3,
            accelerator="cpu",
            logger=False,
            default_root_dir=folder,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        before = list(trainer.callbacks)
        try:
            trainer.fit(module, loader, loader)
        except RuntimeError as error:
            return str(error), trainer.callbacks == before
        written = torch.load(trainer.checkpoint_callback.best_model_path, weights_only=False)
    weights = io.BytesIO()
    torch.save(module.state_dict(), weights)
    return [
        weights.getvalue().hex(),
        sorted(written),
        sorted(written["callbacks"]),
        float(trainer.callback_metrics["val_loss"]),
        trainer.callbacks == before,
        [part.training for part in module.modules()],
        torch.rand(1).item(),
    ]


def train_keras(*, fails: bool = False) -> Any:
    keras.backend.clear_session()  # names of layers are counted
    keras.utils.set_random_seed(1)
    layers = [keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    trained.append(model)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    rows = np.random.rand(64, 5 if fails else 3)
    try:
        history = model.fit(rows, rows.sum(1), epochs=3, batch_size=8, validation_split=0.25, verbose=0)
    except ValueError as error:
        return str(error)
    return [
        [weights.tobytes().hex() for weights in model.get_weights()],
        history.history,
        list(map(type, [])),
        np.random.rand(),
        torch.rand(1).item(),
    ]


def says(model: Any) -> Any:
    """What a model predicts."""
    if isinstance(model, keras.Model):
        return model.predict(ROWS, verbose=0).tolist()
    with torch.no_grad():
        return model.eval()(torch.from_numpy(ROWS)).tolist()


def logged_model(original: Any) -> dict[str, Any]:
    """What has become of the model of the last run, loaded again."""
    run = runstone.last_active_run()
    assert run is not None
    (output,) = run.outputs.model_outputs
    uri = f"models:/{output.model_id}"
    info = runstone.models.get_model_info(uri)
    flavor = getattr(runstone, "keras" if isinstance(original, keras.Model) else "pytorch")
    wanted = says(original)
    return {
        "flavors": sorted(info.flavors),
        "is equal": says(flavor.load_model(uri)) == wanted,
        "is equal as a function": np.asarray(runstone.pyfunc.load_model(uri).predict(ROWS)).tolist() == wanted,
        "run": info.run_id == run.info.run_id,
        "signature": None if info.signature is None else info.signature.to_dict(),
    }


def last_run() -> dict[str, Any]:
    run = runstone.last_active_run()
    assert run is not None
    client = runstone.Client()
    return {
        "status": run.info.status,
        "params": run.data.params,
        "library": run.data.tags["mlflow.autologging"],
        "files": sorted(file.path for file in client.list_artifacts(run.info.run_id)),
        "curves": {
            key: [point.step for point in client.get_metric_history(run.info.run_id, key)] for key in run.data.metrics
        },
        "losses": [point.value for point in client.get_metric_history(run.info.run_id, "val_loss")],
        "data": [read.dataset.profile for read in run.inputs.dataset_inputs],
        "models": len(run.outputs.model_outputs),
    }


WAYS = {
    "lightning": lambda **options: train_lightning(lightning.pytorch, **options),
    "pytorch_lightning": lambda **options: train_lightning(pytorch_lightning, **options),
    "keras": train_keras,
}


CHOICES: dict[str, dict[str, Any]] = {
    "by default": {},
    "all weights": {"checkpoint_save_best_only": False, "checkpoint_save_weights_only": True},
    "every five steps": {"checkpoint_save_best_only": False, "checkpoint_save_freq": 5},
    "the highest": {"checkpoint_mode": "max"},
    "the best of every two steps": {"checkpoint_monitor": "loss_of_none", "checkpoint_save_freq": 2},
    "none": {"checkpoint": False},
}


def checkpoints(way: str, train: Any) -> dict[str, Any]:
    """What is kept of a training, for each choice."""
    autolog = getattr(runstone, "keras" if way == "keras" else "pytorch").autolog
    plain = train()
    found: dict[str, Any] = {}
    # The second name of Lightning is the same library.
    for title, chosen in {"by default": {}}.items() if way == "pytorch_lightning" else CHOICES.items():
        autolog(log_models=False, **chosen)
        same, original = train() == plain, trained[-1]
        autolog(disable=True)
        run = runstone.last_active_run()
        assert run is not None
        folder = Path(runstone.artifacts.download_artifacts(f"runs:/{run.info.run_id}"))
        files = sorted(path for path in (folder / "checkpoints").rglob("*") if path.is_file())
        told = {str(path.relative_to(folder)): json.loads(path.read_text()) for path in files if path.suffix == ".json"}
        states = [path for path in files if path.suffix != ".json"]
        found[title] = {
            "same": same,
            "states": [str(path.relative_to(folder)) for path in states],
            "told": told,
            "loaded": [says(loaded(path, original)) == says(original) for path in states],
        }
    return found


def loaded(path: Path, original: Any) -> Any:
    """A network in the state of a checkpoint."""
    if path.suffix == ".keras":
        return keras.saving.load_model(path)
    if path.suffix == ".h5":
        copied = keras.models.clone_model(original)
        copied.load_weights(path)
        return copied
    return type(original).load_from_checkpoint(path, weights_only=True)


@keras.saving.register_keras_serializable()
class Noise(keras.layers.Layer):  # type: ignore[misc]
    """Draws when it predicts, too: by a seed of its own, or by that of all."""

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = None if seed is None else keras.random.SeedGenerator(seed)

    def call(self, rows: Any) -> Any:
        return rows + keras.random.normal(keras.ops.shape(rows), seed=self.seed)


def train_drawing(seed: int | None = None) -> Any:
    """What a network that draws predicts after its training, and the next random numbers."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), Noise(seed), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(ROWS, ROWS[:, 0], epochs=1, verbose=0)
    numbers = keras.ops.convert_to_numpy(keras.random.normal((2,))).tolist()
    return [says(model), says(model), numbers, random.random(), np.random.rand(), torch.rand(1).item()]


def train_by_class(**options: Any) -> None:
    """A network with a metric that is one number for each of three classes."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=[keras.metrics.F1Score()])
    model.fit(ROWS, keras.utils.to_categorical([0, 1, 2, 0, 1], 3), epochs=2, verbose=0, **options)


def train_on_several_inputs() -> list[int]:
    """How many rows a network of two inputs is asked about."""
    asked: list[int] = []

    class Asked(keras.Model):  # type: ignore[misc]
        def predict(self, rows: Any, **options: Any) -> Any:
            asked.append(len(rows[0]))
            return super().predict(rows, **options)

    inputs = [keras.Input((3,)), keras.Input((2,))]
    model = Asked(inputs, keras.layers.Dense(1)(keras.layers.Concatenate()(inputs)))
    model.compile(optimizer="adam", loss="mse")
    model.fit([ROWS, ROWS[:, :2]], ROWS[:, 0], epochs=1, verbose=0)
    return asked


def train_on(data: Any, valid: Any = None, **options: Any) -> None:
    """Lightning, on a dataset, and measured on another one."""
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
        options = {"max_epochs": 1, "accelerator": "cpu", "default_root_dir": folder, **quiet, **options}
        loaders = [None if each is None else torch.utils.data.DataLoader(each, batch_size=4) for each in (data, valid)]
        lightning.pytorch.Trainer(**options).fit(module_of(lightning.pytorch)(), *loaders)


class Named(torch.utils.data.Dataset):  # type: ignore[misc]
    """A dataset that keeps its tensors by name."""

    def __init__(self) -> None:
        self.tensors = {"rows": torch.rand(8, 3), "level": torch.rand(8, 1)}

    def __len__(self) -> int:
        return 8

    def __getitem__(self, place: int) -> Any:
        return self.tensors["rows"][place], self.tensors["level"][place]


def runs_of_second_process() -> int:
    """How many runs come of a fit in a process that Lightning has started beside the first."""
    os.environ["LOCAL_RANK"] = "1"
    before = len(runstone.search_runs(output_format="list"))
    trainer = lightning.pytorch.Trainer(accelerator="cpu", devices=2, strategy="ddp", logger=False)
    with suppress(TypeError):
        trainer.fit(None)
    del os.environ["LOCAL_RANK"]
    return len(runstone.search_runs(output_format="list")) - before


def odd_data() -> dict[str, Any]:
    """What is seen of data of Lightning that is out of the ordinary, and of a process that is not the first."""
    runstone.pytorch.autolog()
    train_on(Named())
    named = last_run()
    train_on(torch.utils.data.TensorDataset(torch.rand(8, 3), torch.rand(8, 1).bfloat16()))
    half = last_run()
    train_on(Named(), Named(), max_epochs=3, check_val_every_n_epoch=2)
    rarely = last_run()
    second = runs_of_second_process()
    runstone.pytorch.autolog(disable=True)
    return {"named": named, "half": half, "rarely": rarely, "second": second}


def odd_networks() -> dict[str, Any]:
    """What is seen of networks that are out of the ordinary."""
    plain = [train_drawing(), train_drawing(3), train_drawing(3)]
    runstone.keras.autolog()
    drawing = [train_drawing(), train_drawing(3)]
    runstone.keras.autolog(log_input_examples=True)
    drawing.append(train_drawing(3))
    runstone.keras.autolog(checkpoint_monitor="loss")
    train_by_class(sample_weight=np.ones(5))
    by_class = last_run()
    asked = train_on_several_inputs()
    several = last_run()
    runstone.keras.autolog(disable=True)
    return {
        "drawing": drawing == plain,
        "by class": by_class,
        "asked": asked,
        "several": several["models"],
    }


def main(told: Path) -> None:
    seen: dict[str, Any] = {"odd": odd_networks() | odd_data()}
    for name, train in WAYS.items():
        originals = [keras.Model.fit, lightning.pytorch.Trainer.fit, pytorch_lightning.Trainer.fit]
        without, failed_without = train(), train(fails=True)
        runstone.autolog()
        with_it = train()
        run, model = last_run(), logged_model(trained[-1])
        failed_with = train(fails=True)
        failed_run = last_run()
        runstone.autolog(disable=True)
        seen[name] = {
            "same": with_it == without,
            "same failure": failed_with == failed_without,
            "failure": str(failed_with),
            "restored": originals == [keras.Model.fit, lightning.pytorch.Trainer.fit, pytorch_lightning.Trainer.fit],
            "run": run,
            "model": model,
            "failed": failed_run["status"],
            "failed models": failed_run["models"],
            "checkpoints": checkpoints(name, train),
        }
    told.write_text(json.dumps({**seen, "said": said}), "utf-8")


main(Path(sys.argv[1]))
